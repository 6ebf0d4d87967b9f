"""What a model may call, and the calls it makes."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ToolCard:
    """A tool as it is told to a model.

    Attributes:
        name: Letters, digits, `_` and `-`.
        description: What it does and when to use it.
        parameters: A JSON schema of its arguments, an object.
    """

    name: str
    description: str
    parameters: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ToolCallPiece:
    """A piece of a native tool call as it streams; pieces of one `index` make one call.

    Attributes:
        index: Which call of the reply it belongs to.
        id: The call's id, on its first piece; "" when the server gives none.
        name: The tool's name, on its first piece.
        arguments: A piece of the JSON text of its arguments.
    """

    index: int
    id: str = ""
    name: str = ""
    arguments: str = ""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A whole tool call.

    Attributes:
        id: The call's id; its result names it.
        name: The tool's name.
        arguments: JSON text of its arguments, an object.
    """

    id: str
    name: str
    arguments: str
