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
    """

    media_type: MediaType
    data: bytes = field(repr=False)


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


@dataclass(frozen=True, slots=True)
class Row:
    """One committed message of a transcript, chained to the one before by hash.

    Attributes:
        hash: SHA-256 (hex) over parent, role, node and content.
        parent: Hash of the row before, or None at the start of a generation.
        role: Who speaks.
        node: The node that said or asked it (`planner`, `executor`, ...).
        blob: SHA-256 (hex) of the content in the content store.
        tokens: Tokens by which the transcript grew with it, as counted or estimated when it was committed; less than
            its content has, even below zero, where a count put an earlier estimate right.
    """

    hash: str
    parent: str | None
    role: Role
    node: str
    blob: str
    tokens: int
