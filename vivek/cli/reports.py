"""Writes reports: lines in a machine's form or in colours, to standard output or into a file; and how far one is."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from vivek.cli.options import look_at_terminal
from vivek.errors import WorkspaceError

Styled = tuple[str, str]
"""A style and the text of a line in it."""

_SHARED = 0o644


def write_lines(lines: Iterable[str], output: str | None = None) -> None:
    """Write lines to standard output, or in one step into a file.

    Args:
        lines: The lines, without their ends.
        output: The file, None for standard output.

    Raises:
        WorkspaceError: If the file cannot be written.
    """
    text = "".join(f"{line}\n" for line in lines)
    if output is None:
        sys.stdout.write(text)
        return
    from vivek.config.writing import replace_file

    path = Path(output).expanduser()
    try:
        if path.exists() and not path.is_file():  # a terminal or a pipe is written to, not replaced
            path.write_text(text, encoding="utf-8", errors="backslashreplace")
        else:
            replace_file(path, text.encode("utf-8", "backslashreplace"), mode=_SHARED)
    except OSError as error:
        msg = f"{output} cannot be written: {error.strerror}."
        raise WorkspaceError(msg, hint="Check the rights of its folder and the space on its disk.") from error
    sys.stderr.write(f"written to {output}\n")


def draw_lines(lines: Iterable[Styled], output: str | None = None) -> None:
    """Write styled lines: in colours where there is somebody to see them, else as plain text.

    Args:
        lines: The lines, without their ends.
        output: The file, None for standard output.

    Raises:
        WorkspaceError: If the file cannot be written.
    """
    if output is not None or not look_at_terminal().draws:
        write_lines((line for _, line in lines), output)
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    for style, line in lines:
        console.print(Text(line, style=style), soft_wrap=True)


@contextmanager
def progress() -> Iterator[Callable[[int, int], None] | None]:
    """Give what draws how far the index is, on a terminal; the line is taken away at the end."""
    if not look_at_terminal().shows:
        yield None
        return
    from vivek.cli.render.index import progress_line

    drawn: list[int] = [0]

    def tell(done: int, total: int) -> None:
        line = progress_line(done, total)
        sys.stderr.write(f"\r{line:<{drawn[0]}}")
        sys.stderr.flush()
        drawn[0] = len(line)

    try:
        yield tell
    finally:
        if drawn[0]:
            sys.stderr.write(f"\r{'':<{drawn[0]}}\r")
            sys.stderr.flush()
