"""What is said to a model and by it."""

from dataclasses import dataclass, field
from typing import Literal

from vivek.schema.tools import ToolCall

Role = Literal["system", "user", "assistant"]
MediaType = Literal["image/png", "image/jpeg", "image/webp", "image/gif"]


@dataclass(frozen=True, slots=True)
class Image:
    """A picture shown to a model.

    Attributes:
        media_type: Its format.
        data: Its bytes, as in the file.
        tokens: About how many tokens it takes, for budgets.
    """

    media_type: MediaType
    data: bytes = field(repr=False)
    tokens: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation.

    Attributes:
        role: Who speaks; `tool` is the result of a native tool call.
        content: The text.
        images: Pictures that a user's message shows.
        tool_calls: Native calls that an assistant's message makes.
        tool_call_id: Which call a `tool` message answers.
    """

    role: Role | Literal["tool"]
    content: str
    images: tuple[Image, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str = ""
