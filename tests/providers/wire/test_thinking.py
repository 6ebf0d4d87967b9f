import pytest

from vivek.providers.wire.thinking import ThoughtSplitter


def split(*pieces: str) -> tuple[str, str]:
    splitter = ThoughtSplitter()
    parts = [*(splitter.split(piece) for piece in pieces), splitter.flush()]
    return "".join(text for text, _ in parts), "".join(thinking for _, thinking in parts)


@pytest.mark.parametrize(
    ("reply", "text", "thinking"),
    [
        ("plain text", "plain text", ""),
        ("<think>hm, a < b</think>\n\nyes </think>", "yes </think>", "hm, a < b"),
        ("\n <think>\nhm\n</think>yes", "yes", "\nhm\n"),
        ("<think></think>yes", "yes", ""),
        ("<think>never ends </thin", "", "never ends </thin"),
        ("<think>hm</think> \n", "", "hm"),
        ("the tag <think> is text</think>", "the tag <think> is text</think>", ""),
        ("<thinking is hard>", "<thinking is hard>", ""),
        ("  <thi", "  <thi", ""),
        ("  indented", "  indented", ""),
        ("", "", ""),
    ],
)
def test_only_a_reply_that_begins_with_the_tag_has_thoughts(reply: str, text: str, thinking: str) -> None:
    assert split(reply) == (text, thinking)
    assert split(*reply) == (text, thinking), "one character at a time"
    for place in range(len(reply)):
        assert split(reply[:place], reply[place:]) == (text, thinking)


def test_text_is_not_held_back_once_it_is_known_to_be_text() -> None:
    splitter = ThoughtSplitter()
    assert [splitter.split(piece) for piece in ("a", "<", "think>")] == [("a", ""), ("<", ""), ("think>", "")]


def test_thoughts_are_not_held_back_longer_than_a_tag() -> None:
    splitter = ThoughtSplitter()
    assert splitter.split("<think>long thought <") == ("", "long thought ")
    assert splitter.split("b") == ("", "<b")
