"""How a change reads: its diff and its lines counted, from the bytes before and after."""

from collections.abc import Mapping

from vivek.edits.codec import Undecodable, decode
from vivek.edits.diff import count, unified

Contents = Mapping[str, bytes | None]


def diff_of(before: Contents, after: Contents) -> str:
    """Return the difference of some files as a unified diff, in the order of their paths.

    Args:
        before: Their bytes by path, None for a file that is new.
        after: The bytes they get, None for a file that is deleted; of the same paths.
    """
    return "".join(unified(path, _text(before[path]), _text(after[path])) for path in sorted(after))


def lines_of(before: bytes | None, after: bytes | None) -> tuple[int, int]:
    """Return how many lines of a file are added and how many removed."""
    return count(_text(before), _text(after))


def _text(data: bytes | None) -> str | None:
    """Return bytes as text for showing; what is no text is shown as a remark."""
    if data is None:
        return None
    text = decode(data)
    return f"({text.reason})\n" if isinstance(text, Undecodable) else text.text
