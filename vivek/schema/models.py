"""What is known of a model, and how vivek treats it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from vivek.schema.request import Sampling

Ability = Literal["tools", "thinking", "vision", "embeddings", "structured_output"]
Size = Literal["small", "medium", "large"]


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Facts about one model on one server; None means unknown.

    Attributes:
        name: The name its server knows it by.
        window_loaded: Tokens of the window as loaded now.
        window_maximum: Tokens of the largest window the model was made for.
        parameters: Number of weights.
        quantisation: As the server names it, such as `Q4_K_M`.
        architecture: As the file or server names it, such as `qwen2`.
        size_bytes: Bytes of the weights on disk.
        abilities: What the model or server says it can do.
        loaded: Whether it is in memory now.
        cache_bytes: Bytes that one token of context takes in memory (keys and values of all layers).
        sampling: The sampling its maker or server set for it; None where nothing is said.
        digest: What tells these weights from others of the same name.
        gpu_share: Which part of it lies in the memory of a GPU, 0 to 1; None when unknown or not loaded.
        sources: For each fact known, where it was read.
        window_default: Tokens of the window that was set for it where it is kept (Ollama's `num_ctx`).
        prompts_kept: How many prompts its server keeps computed at a time. With 1 a call that does not begin with the
            prompt before it costs that prompt; None is as good as 1. An engine of vivek's own knows it once it is
            loaded, so ask `describe` after the first reply.
        at_once: How many prompts its server works on at a time, each with a cache of its own; None is as good as 1.
    """

    name: str
    window_loaded: int | None = None
    window_maximum: int | None = None
    parameters: int | None = None
    quantisation: str | None = None
    architecture: str | None = None
    size_bytes: int | None = None
    abilities: frozenset[Ability] = frozenset()
    loaded: bool = False
    cache_bytes: int | None = None
    sampling: Sampling = field(default_factory=Sampling)
    digest: str | None = None
    gpu_share: float | None = None
    sources: Mapping[str, str] = field(default_factory=dict)
    window_default: int | None = None
    prompts_kept: int | None = None
    at_once: int | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """Whether a server can be used now."""

    ok: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """How a model of one size is treated when nothing better was measured.

    Attributes:
        size: The class of size.
        sampling: For prose of the executor.
        prose_tokens: Room for a reply in prose.
        step_limit: Executor calls a turn.
        fixed_tokens: Most that the system text may weigh.
        thinking_tokens: Most that it may think before it answers.
    """

    size: Size
    sampling: Sampling
    prose_tokens: int
    step_limit: int
    fixed_tokens: int
    thinking_tokens: int
