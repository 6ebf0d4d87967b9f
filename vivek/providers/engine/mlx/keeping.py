"""What was computed of a thread, on disk: written when the model is given up, read when it is loaded again."""

import json
from pathlib import Path

from vivek.providers.engine.kept import find_kept, forget_kept, write_kept
from vivek.providers.engine.mlx.caches import Kept, length_of

LEAST_TOKENS = 256  # fewer are computed again as fast as they are fetched
_ENDING = ".safetensors"


def save_newest(path: Path, kept: Kept) -> None:
    """Keep the cache of one thread.

    Args:
        path: Where, without an ending.
        kept: The thread's.
    """
    from mlx_lm.models.cache import save_prompt_cache

    if not kept.thread_id or len(kept.tokens) < LEAST_TOKENS:
        return
    said = {"thread": kept.thread_id, "tokens": json.dumps(kept.tokens)}
    write_kept(path, _ENDING, lambda file: save_prompt_cache(str(file), kept.cache, said))


def load_newest(path: Path) -> Kept | None:
    """Return what was kept, None if there is nothing that can be used."""
    name = find_kept(path)
    if not name.endswith(_ENDING):
        return None
    from mlx_lm.models.cache import load_prompt_cache

    try:
        cache, said = load_prompt_cache(str(path.with_name(name)), return_metadata=True)
        kept = Kept(said["thread"], cache, [int(token) for token in json.loads(said["tokens"])])
    except (OSError, RuntimeError, ValueError, LookupError, TypeError):  # written by another mlx-lm
        forget_kept(path)
        return None
    return kept if length_of(kept.cache) == len(kept.tokens) else None
