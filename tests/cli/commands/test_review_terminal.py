"""A review on a real terminal: in colours, each place on a line of its own, nothing that the code says obeyed."""

from pathlib import Path

import pytest

from tests.cli.terminal import running

pytestmark = pytest.mark.pty

PRICES = "till/prices.py"
EVAL = "def load(text: str) -> object:\n    return eval(text)  # \x1b]0;owned\x07\x1b[2J\n"


@pytest.mark.parametrize(("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_a_finding_is_drawn_in_the_colour_of_its_severity(
    workspace: Path, variables: dict[str, str], coloured: bool
) -> None:
    with (workspace / PRICES).open("a") as file:
        file.write(f"\n\n{EVAL}")

    with running("-m", "vivek", "review", "--no-model", folder=workspace, columns=120, variables=variables) as terminal:
        terminal.shows("1 finding: 1 high.", seconds=60)
        shown = "\n".join(terminal.lines())
        assert f"\n{PRICES}:10: high: " in shown
        assert r"\x1b]0;owned\x07\x1b[2J" in shown, "the code's own escapes are drawn, not obeyed"
        assert (f"\x1b[31m{PRICES}:10: high: ".encode() in terminal.raw) is coloured
        assert terminal.ends() == 0


def test_fixes_are_gone_through_by_key_and_ctrl_c_keeps_what_was_kept(workspace: Path) -> None:
    loose = workspace / "till" / "loose.py"
    loose.write_text("import os\nimport sys\n\nX = 1\n")

    line = ("-m", "vivek", "review", "--no-model", "--fix")
    with running(*line, folder=workspace, columns=100, rows=50) as terminal:
        terminal.shows("fix 1 of 2", seconds=60)
        terminal.shows("Apply? [Y/n/e/a/q/?]")
        assert b"\x1b[31m-import os" in terminal.raw
        terminal.child.send("y\r")
        terminal.shows("fix 2 of 2")
        terminal.shows("Apply? [Y/n/e/a/q/?]", times=2)
        terminal.child.send("\x03")
        assert terminal.ends() == 130, "\n".join(terminal.lines())
        shown = "\n".join(terminal.lines())

    assert "kept till/loose.py:1 [ruff/F401]" in shown
    assert "fixes: 1 kept" in shown, "the report comes all the same"
    assert loose.read_text() == "import sys\n\nX = 1\n"
