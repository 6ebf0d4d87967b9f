"""What a transcript is made of."""

from dataclasses import dataclass

from vivek.schema.messages import Role
from vivek.schema.pictures import Picture


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
        pictures: Pictures that it shows.
    """

    hash: str
    parent: str | None
    role: Role
    node: str
    blob: str
    tokens: int
    pictures: tuple[Picture, ...] = ()
