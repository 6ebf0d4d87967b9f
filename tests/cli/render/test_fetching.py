import io

from rich.console import Console

from vivek.cli.render.fetching import LiveFetch, PlainFetch
from vivek.schema.fetching import FetchProgress

MB = 1_000_000


def test_lines_come_when_something_begins_and_every_ten_percent() -> None:
    out = io.StringIO()
    view = PlainFetch(out)
    view.show(FetchProgress("fetching", 0, 100 * MB, notice="from host.example\x1b[2J"))
    for done in range(0, 100, 3):
        view.show(FetchProgress("fetching", done * MB, 100 * MB))
    view.show(FetchProgress("finishing", 100 * MB, 100 * MB))
    view.close()

    lines = out.getvalue().splitlines()
    assert lines[0] == "from host.example\\x1b[2J"
    assert lines[1] == "fetching 0 %, 0 B of 100.0 MB"
    assert lines[2] == "fetching 12 %, 12.0 MB of 100.0 MB"
    assert lines[-1] == "finishing 100 %, 100.0 MB of 100.0 MB"
    assert len(lines) == 12


def test_an_unknown_total_is_not_guessed() -> None:
    out = io.StringIO()
    view = PlainFetch(out)
    for done in range(100):
        view.show(FetchProgress("fetching", done * MB))

    assert out.getvalue() == "fetching\n"


def test_a_bar_is_drawn_and_the_terminal_left_in_order() -> None:
    out = io.StringIO()
    view = LiveFetch(Console(file=out, force_terminal=True, width=80))
    view.show(FetchProgress("fetching", 10 * MB, 100 * MB, notice="[bold]from[/] host.example"))
    view.show(FetchProgress("[red]checking", 100 * MB, 100 * MB))
    view.close()

    text = out.getvalue()
    assert "[bold]from[/] host.example" in text
    assert "[red]checking" in text
    assert "100.0/100.0 MB" in text
    assert text.rstrip().endswith("\x1b[?25h")  # the cursor is back


def test_a_bar_that_never_began_leaves_nothing() -> None:
    out = io.StringIO()
    LiveFetch(Console(file=out, force_terminal=True)).close()

    assert out.getvalue() == ""
