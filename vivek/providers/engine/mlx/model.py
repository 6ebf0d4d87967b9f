"""Loads tokenizer and weights of a model folder. Runs no code that comes with it, asks no network."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from vivek.providers.engine.mlx.folder import MlxFolder
from vivek.providers.engine.mlx.library import load_libraries, told_as_ours

_PIECE_BYTES = 256 * 2**20
_HINT = "Fetch the model again, or choose another one."
# A prompt is computed in pieces; between two of them a reply can be stopped.
_CPU_STEP, _GPU_STEP = 64, 512


@dataclass(frozen=True, slots=True)
class Network:
    """A model in memory.

    Attributes:
        model: The layers, an object of mlx-lm.
        on_gpu: Whether a GPU computes.
        step: Tokens of a prompt that are computed at a time.
    """

    model: Any  # mlx-lm has no types
    on_gpu: bool
    step: int


def load_tokenizer(folder: MlxFolder) -> Any:  # mlx-lm has no types
    """Load the tokenizer of a model, with its chat template.

    Raises:
        ProviderUnavailableError: If the libraries are missing.
        RequestInvalidError: If the folder's tokenizer cannot be used.
    """
    load_libraries()
    with told_as_ours(f"The tokenizer of {folder.name} cannot be loaded", _HINT):
        from mlx_lm import utils

        ends = utils.load_config(folder.path).get("eos_token_id")
        return utils.load_tokenizer(folder.path, {"trust_remote_code": False}, eos_token_ids=ends)


def load_network(folder: MlxFolder, check: Callable[[], None]) -> Network:
    """Load the weights of a model.

    Args:
        folder: A folder that can be used.
        check: Called often; raises when loading is to stop.

    Raises:
        ProviderUnavailableError: If the libraries are missing, or the memory does not suffice.
        RequestInvalidError: If the weights cannot be used.
    """
    load_libraries()
    with told_as_ours(f"{folder.name} cannot be loaded", _HINT):
        import mlx.core as mx
        from mlx.utils import tree_flatten
        from mlx_lm import utils

        # The weights are read from the disk when they are first computed with: piece by piece, here.
        model, _ = utils.load_model(folder.path, lazy=True, trust_remote_code=False)
        waiting: list[Any] = []
        for _, weights in tree_flatten(model.parameters()):
            waiting.append(weights)
            if sum(each.nbytes for each in waiting) >= _PIECE_BYTES:
                check()
                mx.eval(waiting)
                waiting = []
        check()
        mx.eval(waiting)
        utils.maybe_set_recommended_wired_limit()  # on a Mac: what computes stays in memory
        on_gpu = mx.default_device() == mx.gpu
    return Network(model, on_gpu, _GPU_STEP if on_gpu else _CPU_STEP)


def free_memory() -> None:
    """Give memory back that MLX keeps for reuse."""
    import gc

    import mlx.core as mx

    gc.collect()
    mx.clear_cache()
