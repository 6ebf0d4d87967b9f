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

    with running("-m", "vivek", "review", folder=workspace, columns=120, variables=variables) as terminal:
        terminal.shows("1 finding: 1 high.", seconds=60)
        shown = "\n".join(terminal.lines())
        assert f"\n{PRICES}:10: high: " in shown
        assert r"\x1b]0;owned\x07\x1b[2J" in shown, "the code's own escapes are drawn, not obeyed"
        assert (f"\x1b[31m{PRICES}:10: high: ".encode() in terminal.raw) is coloured
        assert terminal.ends() == 0
