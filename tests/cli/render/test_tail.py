import io

import pyte

from vivek.cli.render.tail import Tail


class Screen:
    """A tail on a terminal that is played back."""

    def __init__(self, columns: int = 20, rows: int = 6) -> None:
        self.out = io.StringIO()
        self.tail = Tail(self.out)
        self.screen = pyte.HistoryScreen(columns, rows, history=100)
        self.screen.set_mode(pyte.modes.LNM)
        self._stream = pyte.Stream(self.screen)
        self._read = 0

    def lines(self) -> list[str]:
        written = self.out.getvalue()
        self._stream.feed(written[self._read :])
        self._read = len(written)
        return [line.rstrip() for line in self.screen.display if line.strip()]

    def written(self) -> str:
        """Return what came since the last look at the screen."""
        return self.out.getvalue()[self._read :]


def test_a_frame_like_the_last_one_writes_nothing() -> None:
    screen = Screen()
    screen.tail.draw(["one", "two"], 20)
    size = len(screen.out.getvalue())
    screen.tail.draw(["one", "two"], 20)

    assert len(screen.out.getvalue()) == size


def test_only_a_line_that_changed_is_written() -> None:
    screen = Screen()
    screen.tail.draw(["a long line", "1 s"], 20)
    assert screen.lines() == ["a long line", "1 s"]
    screen.tail.draw(["a long line", "2 s"], 20)

    assert "a long" not in screen.written()
    assert screen.lines() == ["a long line", "2 s"]


def test_a_shorter_tail_leaves_nothing_of_the_longer_one() -> None:
    screen = Screen()
    screen.tail.draw(["one", "two", "three"], 20)
    screen.tail.draw(["x"], 20)
    assert screen.lines() == ["x"]
    screen.tail.clear()
    assert screen.lines() == []
    assert not screen.screen.cursor.hidden


def test_what_is_printed_stays_above_the_tail() -> None:
    screen = Screen(rows=3)
    for number in range(5):
        screen.tail.draw(["open", "status"], 20, above=f"block {number}\n")
    screen.tail.clear("the end\n")

    top = ["".join(line[x].data for x in range(20)).rstrip() for line in screen.screen.history.top]
    assert screen.lines()[-1:] == ["the end"]
    top = ["".join(line[x].data for x in range(20)).rstrip() for line in screen.screen.history.top]
    assert [*top, *screen.lines()] == [*(f"block {number}" for number in range(5)), "the end"]


def test_a_line_that_is_wider_than_it_was_measured_does_not_break() -> None:
    screen = Screen(columns=10)
    screen.tail.draw(["0123456789 and more", "status"], 10)
    screen.tail.draw(["0123456789 and less", "status"], 10)

    assert len(screen.lines()) == 2
    screen.tail.clear()
    assert screen.lines() == []


def test_all_of_a_frame_is_one_write_between_the_marks_of_an_update() -> None:
    screen = Screen()
    screen.tail.draw(["one"], 20, above="text\n")

    assert screen.out.getvalue().startswith("\x1b[?2026h")
    assert screen.out.getvalue().endswith("\x1b[?2026l")


def test_a_terminal_that_became_narrower_is_cleared_of_what_it_broke_into_more_lines() -> None:
    screen = Screen()
    screen.tail.draw(["one", "status"], 20)
    screen.lines()
    screen.tail.draw(["one", "status"], 10)

    assert screen.written().index("\x1b[J") < screen.written().index("one")
