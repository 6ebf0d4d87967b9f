"""`vivek analyze --format html` from the command line: one file, twice the same."""

from pathlib import Path

from tests.cli.conftest import Vivek
from tests.cli.render.html.pages import parse


def test_the_report_of_a_real_project_is_one_file_and_twice_the_same(workspace: Path, vivek: Vivek) -> None:
    out = workspace.parent / "report.html"

    first = vivek("analyze", "--no-model", "--format", "html", "--output", str(out))
    written = out.read_text()
    vivek("analyze", "--no-model", "--format", "html", "--output", str(out))

    assert (first[0], first[1]) == (0, "")
    assert out.read_text() == written
    page = parse(written.splitlines())
    assert page.every("h1")[0].text == "Architecture of workspace"
    assert "till/report.py" in page.text


def test_a_focus_is_kept(vivek: Vivek) -> None:
    _, out, _ = vivek("analyze", "--no-model", "--format", "html", "--focus", "tests")

    titles = [each.text for each in parse(out.splitlines()).every("h2")]
    assert titles == ["Tests and dead code", "Entry points, settings, tools", "What the figures do not cover"]
