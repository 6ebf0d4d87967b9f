"""Replies drawn by a real child on a real pseudo-terminal, and its screen played back."""

import io
import re
from pathlib import Path

import pyte
import pytest
from rich.console import Console

from tests.cli.replies import CORPUS
from tests.cli.terminal import running
from vivek.cli.render.console import LiveView
from vivek.edits.words import marked
from vivek.schema.events import TextDelta

CHILD = Path(__file__).parent / "drawing_child.py"
END = "[the end]"
ALLOWED = re.compile(rb"\x1b\[(?:\?(?:25|2026|7)[hl]|[0-9;]*m|\d*[ACJK])")

pytestmark = pytest.mark.pty


def rendered(text: str, columns: int) -> list[str]:
    """Return the lines of a reply that came whole, without any tail."""
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, color_system="truecolor", width=columns, height=24)
    view = LiveView(console, clock=lambda: 0.0, mark=marked, tail=False)
    view.show(TextDelta("executor", text))
    view.close()
    screen = pyte.HistoryScreen(columns, 24, history=5_000)
    screen.set_mode(pyte.modes.LNM)
    pyte.Stream(screen).feed(out.getvalue())
    top = ["".join(line[x].data for x in range(columns)).rstrip() for line in screen.history.top]
    return "\n".join([*top, *(line.rstrip() for line in screen.display)]).rstrip("\n").split("\n")


@pytest.mark.parametrize("columns", [40, 80, 200])
@pytest.mark.parametrize("piece", [1, 7])
@pytest.mark.parametrize("name", CORPUS)
def test_the_last_screen_is_the_rendered_reply_however_it_came(
    tmp_path: Path, name: str, piece: int, columns: int
) -> None:
    reply = tmp_path / "reply.md"
    reply.write_bytes(CORPUS[name].encode())
    with running(str(CHILD), str(reply), str(piece), folder=tmp_path, columns=columns) as terminal:
        terminal.shows(END)
        assert terminal.ends() == 0
        assert terminal.cursor

    assert terminal.lines() == [*rendered(CORPUS[name], columns), END]
    codes = re.findall(rb"\x1b[^\x1b\r\n]{0,8}", terminal.raw)
    assert codes
    assert not [code for code in codes if not ALLOWED.match(code)]


@pytest.mark.parametrize(("before", "behind"), [(80, 120), (120, 60)])
def test_a_resize_in_the_middle_of_a_reply_leaves_each_line_once(tmp_path: Path, before: int, behind: int) -> None:
    reply = tmp_path / "reply.md"
    reply.write_bytes(CORPUS["many lines"].encode())
    with running(str(CHILD), str(reply), "5", "700", folder=tmp_path, columns=before) as terminal:
        terminal.shows("writing")
        terminal.resize(behind, 24)
        terminal.shows("writing")
        terminal.child.send("\n")
        terminal.shows(END)
        assert terminal.ends() == 0

    lines = [line for line in terminal.lines() if line]
    assert lines == [*(f"Line {number} of a long reply, which is a paragraph." for number in range(60)), END]
