import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivek.edits.codec import END, Text, decode, encode
from vivek.edits.spans import Span, overlapping, put_in, splice

ENDS = st.sampled_from(["\n", "\r\n", "\r"])
LINE = st.sampled_from(["", "a", "b", "  c", "\x0c", "\u2028x"])


def decoded(raw: str) -> Text:
    text = decode(raw.encode())
    assert isinstance(text, Text)
    return text


def spliced(raw: str, *spans: Span) -> str:
    text = decoded(raw)
    return encode(splice(text, spans), text).decode()


def pieces(raw: str) -> list[str]:
    return [line + end for line, end in zip(END.split(raw), [*END.findall(raw), ""], strict=True) if line + end]


@given(st.lists(st.tuples(LINE, ENDS), min_size=1, max_size=9), st.booleans(), st.data())
@pytest.mark.covers("F-C01", "F-C02")
def test_every_line_outside_of_a_span_keeps_its_bytes(
    lines: list[tuple[str, str]], final: bool, data: st.DataObject
) -> None:
    raw = "".join(line + end for line, end in lines) + ("" if final else "last")
    before = pieces(raw)
    start = data.draw(st.integers(0, len(before)))
    end = data.draw(st.integers(start, len(before)))

    after = pieces(spliced(raw, Span(start, end, ("X\n", "Y\n"))))

    assert after[:start] == [piece if END.search(piece) else piece + decoded(raw).eol for piece in before[:start]]
    assert [END.sub("", piece) for piece in after[start : start + 2]] == ["X", "Y"]
    assert after[start + 2 :] == before[end:]


def test_a_new_line_takes_the_end_of_the_line_it_replaces_or_of_its_neighbour() -> None:
    raw = "a\r\nb\nc\rd\n"

    assert spliced(raw, Span(1, 2, ("B\n", "B\n"))) == "a\r\nB\nB\nc\rd\n"
    assert spliced(raw, Span(3, 3, ("x\n",))) == "a\r\nb\nc\rx\rd\n"
    assert spliced(raw, Span(0, 0, ("x\n",))) == "x\r\na\r\nb\nc\rd\n"


def test_two_ends_that_meet_do_not_become_one() -> None:
    assert spliced("a\rb\n\nc\r\n", Span(1, 2, ())) == "a\r\r\nc\r\n"
    assert spliced("a\rb\n\nc\r\n", Span(0, 2, ("x\n",))) == "x\n\nc\r\n"


def test_a_missing_last_newline_stays_missing() -> None:
    assert spliced("a\nb", Span(1, 2, ("B\n",))) == "a\nB"
    assert spliced("a\nb", Span(2, 2, ("c\n",))) == "a\nb\nc"
    assert spliced("a\r\nb\nc", Span(3, 3, ("d\n",))) == "a\r\nb\nc\nd"
    assert spliced("a", Span(0, 1, ())) == ""


def test_spans_overlap_when_they_claim_a_line_or_the_same_gap() -> None:
    first, second, gap = Span(0, 2, ()), Span(2, 4, ()), Span(2, 2, ("x\n",))

    assert overlapping([second, gap, first]) is None
    assert overlapping([first, Span(1, 3, ())]) == (first, Span(1, 3, ()))
    assert overlapping([gap, Span(2, 2, ("y\n",))]) is not None
    assert put_in(["0\n", "1\n", "2\n", "3\n"], [second, gap]) == ["0\n", "1\n", "x\n"]
