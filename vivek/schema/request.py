"""What is asked of a provider."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from vivek.schema.messages import Message
from vivek.schema.tools import ToolCard


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is drawn; None leaves the choice to the model's own defaults.

    Attributes:
        temperature: How much is left to chance: 0 takes the likeliest token each time.
        top_p: The share of likelihood from which tokens are drawn.
        top_k: How many of the likeliest tokens are drawn from; 0 for all.
        repeat_penalty: How much a token that was written before loses; 1 for nothing.
        seed: Where chance begins, so that a reply can be had again.
    """

    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    repeat_penalty: float | None = None
    seed: int | None = None


SAMPLING_RANGES: Mapping[str, tuple[float, float]] = {
    "temperature": (0.0, 2.0),
    "top_p": (0.001, 1.0),
    "top_k": (0, 1_000_000),
    "repeat_penalty": (0.5, 2.0),
    "seed": (0, 2**32 - 1),
}
"""The values that servers agree on, both ends included."""


@dataclass(frozen=True, slots=True)
class Request:
    """One call of a model.

    Attributes:
        model: The model's name as its server knows it.
        messages: The whole prompt; never empty.
        max_tokens: Upper bound of the reply, in tokens of that model.
        window: The context window wanted, in tokens, for servers that take one (Ollama's `num_ctx`).
        sampling: How tokens are drawn.
        schema: A JSON schema that the reply must follow, strings and arrays bounded; None for free text.
        think: Whether a thinking model may think first; None leaves it to the model.
        tools: What the model may call natively; with a schema it may call nothing, but the cards stay in the prompt's
            head, where a server's cache wants them.
        thread_id: The conversation it belongs to, for engines in this process that keep a cache for each; "" for none.
    """

    model: str
    messages: tuple[Message, ...]
    max_tokens: int
    window: int | None = None
    sampling: Sampling = field(default_factory=Sampling)
    schema: Mapping[str, object] | None = None
    think: bool | None = None
    tools: tuple[ToolCard, ...] = ()
    thread_id: str = ""
