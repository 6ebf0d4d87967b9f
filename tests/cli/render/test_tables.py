import pytest

from vivek.cli.render.safe_text import width_of
from vivek.cli.render.tables import age_of, conversation, thread_table
from vivek.schema.threads import ThreadStatus, ThreadSummary

NOW = 1_700_000_000.0


def thread(name: str, title: str, *, ago: float = 60, status: ThreadStatus = "finished") -> ThreadSummary:
    return ThreadSummary(name, "chat", title, "/src/shop", "ollama/qwen", 3, NOW - ago, status)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-5, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3_599, "59 min"),
        (7_200, "2 h"),
        (90_000, "1 d"),
        (8 * 86_400, "1 w"),
        (800 * 86_400, "2 y"),
    ],
)
def test_an_age_is_told_in_its_largest_unit(seconds: float, shown: str) -> None:
    assert age_of(seconds) == shown


def test_a_table_lines_up() -> None:
    rows = [thread("calm-otter-7", "Rename f"), thread("red-fox-12", "Wait", status="needs_approval", ago=7_200)]

    assert thread_table(rows, now=NOW, width=100).split("\n") == [
        "THREAD        STATUS          TURNS  AGE    TITLE",
        "calm-otter-7  finished        3      1 min  Rename f",
        "red-fox-12    needs approval  3      2 h    Wait",
    ]


@pytest.mark.parametrize("width", [30, 40, 60, 80])
def test_a_table_fits_its_terminal(width: int) -> None:
    rows = [thread("calm-otter-7", "日本語の長いタイトル" * 5), thread("red-fox-12", "x" * 200)]

    lines = thread_table(rows, now=NOW, width=width).split("\n")

    assert all(width_of(line) <= width for line in lines)
    assert lines[1].startswith("calm-otter-7  ")


def test_a_hostile_title_stays_one_harmless_line() -> None:
    lines = thread_table([thread("calm-otter-7", "a\n\x1b[2Jb")], now=NOW, width=100).split("\n")

    assert len(lines) == 2
    assert "\x1b" not in lines[1]


def test_directories_are_named_when_asked_for() -> None:
    assert "/src/shop" in thread_table([thread("calm-otter-7", "t")], now=NOW, width=200, directories=True)
    assert "/src/shop" not in thread_table([thread("calm-otter-7", "t")], now=NOW, width=200)


def test_a_conversation_names_its_speakers() -> None:
    said = "".join(conversation([("user", ["Hi\x07"]), ("assistant", ["Hello.\n"])]))
    assert said == "user:\nHi\\x07\n\nassistant:\nHello.\n"
    assert list(conversation([])) == []


def test_how_a_long_message_is_read_does_not_change_what_is_shown() -> None:
    text = " \n one\r\n two  three\r\n\x07\n\n\n four \n\n"
    whole = "".join(conversation([("user", [text])]))

    assert whole == "user:\none\n two  three\n\\x07\n\n\n four\n"
    for place in range(len(text) + 1):
        assert "".join(conversation([("user", [text[:place], text[place:]])])) == whole
    assert "".join(conversation([("user", text)])) == whole
