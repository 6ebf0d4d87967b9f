"""What is typed while a turn runs, as the lines below its tail."""

from collections.abc import Sequence

from vivek.cli.render.safe_text import fit, one_line, visible, width_of

_SHOWN = 2
_HINT = "  (Up or Esc: edit)"
_LONGEST = 500


def typed_lines(queued: Sequence[str], draft: str, columns: int) -> list[str]:
    """Return lines that fit: the messages that wait by their beginnings, the one that is written by its end.

    Args:
        queued: The messages that wait.
        draft: The message that is being written, its cursor in it; "" for none.
        columns: The width of the terminal.
    """
    lines = [f"queued: {one_line(text, _LONGEST)}" for text in queued[:_SHOWN]]
    if len(queued) > _SHOWN:
        lines.append(f"queued: {len(queued) - _SHOWN} more")
    if lines:
        lines = [fit(line, columns) for line in lines[:-1]] + [fit(lines[-1], columns - len(_HINT)) + _HINT]
    if draft:
        lines.append(_end(f"> {visible(draft[-_LONGEST:])}", columns))
    return [fit(line, columns) for line in lines]


def _end(line: str, columns: int) -> str:
    """Return the end of a line that fits, with a mark for what is left out before it."""
    while width_of(line) > columns:
        line = f"…{line[max(2, (len(line) - columns) // 2 + 1) :]}"
    return line
