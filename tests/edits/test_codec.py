import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivek.edits.codec import Text, Undecodable, decode, encode, is_binary, with_ends_of

ENDS = ("\n", "\r\n", "\r")
LINE = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\n\0\ufeff"), max_size=8)
LATIN = st.text(alphabet=st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=8)


def lines_with_ends(line: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    ended = st.tuples(line, st.sampled_from(ENDS)).map("".join)
    return st.tuples(st.lists(ended, max_size=8), line).map(lambda parts: "".join(parts[0]) + parts[1])


TEXT = lines_with_ends(LINE)
UNICODE = st.sampled_from(
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ]
)


def decoded(data: bytes) -> Text:
    text = decode(data)
    assert isinstance(text, Text), text
    return text


def refused(data: bytes) -> str:
    text = decode(data)
    assert isinstance(text, Undecodable)
    return text.reason


@given(TEXT, UNICODE)
def test_every_mix_of_encoding_mark_and_line_ends_survives_the_round_trip(raw: str, form: tuple[bytes, str]) -> None:
    bom, encoding = form
    data = bom + ("x" + raw).encode(encoding)

    text = decoded(data)

    assert encode(text.text, text) == data
    assert (text.bom, text.encoding) == form
    assert "\r" not in text.plain


@given(lines_with_ends(LATIN))
def test_a_declared_single_byte_encoding_survives_the_round_trip(raw: str) -> None:
    data = ("# -*- coding: latin-1 -*-\n" + raw).encode("latin-1")

    text = decoded(data)

    assert text.encoding == "iso8859-1"
    assert encode(text.text, text) == data


@given(st.binary(max_size=40))
def test_whatever_bytes_are_taken_come_back_identical(data: bytes) -> None:
    text = decode(data)

    assert isinstance(text, Undecodable) or encode(text.text, text) == data


@given(TEXT, st.lists(LINE, max_size=6))
def test_a_rewritten_file_reads_as_the_new_text_with_the_old_last_end(raw: str, lines: list[str]) -> None:
    old = decoded(raw.encode())
    new = "".join(line + "\n" for line in lines)

    again = decoded(encode(with_ends_of(new, old), old))

    assert again.plain == new.removesuffix("\n") + ("\n" if new and old.final_newline else "")


@given(TEXT)
def test_the_same_text_given_back_changes_no_byte(raw: str) -> None:
    old = decoded(raw.encode())

    assert with_ends_of(old.plain, old) == old.text


def test_an_edit_leaves_the_ends_of_all_other_lines_as_they_were() -> None:
    old = decoded(b"one\r\ntwo\nthree\rfour\r\nfive\n")

    new = encode(with_ends_of("one\ntwo\n2.5\nthree\nFOUR\nfive\nsix\n", old), old)

    assert new == b"one\r\ntwo\n2.5\nthree\rFOUR\r\nfive\nsix\n"


def test_a_line_put_first_in_a_mixed_file_takes_the_end_of_the_line_below() -> None:
    old = decoded(b"one\r\ntwo\nthree\n")

    assert encode(with_ends_of("zero\none\ntwo\nthree\n", old), old) == b"zero\r\none\r\ntwo\nthree\n"


def test_a_line_after_one_without_an_end_gets_the_usual_end() -> None:
    old = decoded(b"one\r\ntwo\r\nthree\nfour")

    assert encode(with_ends_of("one\ntwo\nthree\nfour\nfive\n", old), old) == b"one\r\ntwo\r\nthree\nfour\r\nfive"


def test_two_ends_that_meet_do_not_become_one() -> None:
    old = decoded(b"one\rtwo\n\nthree\n")

    new = with_ends_of("one\n\nthree\n", old)

    assert decoded(encode(new, old)).plain == "one\n\nthree\n"


@pytest.mark.parametrize(
    ("data", "eol", "mixed", "final"),
    [
        (b"", "\n", False, True),
        (b"a", "\n", False, False),
        (b"a\n", "\n", False, True),
        (b"a\r\nb\r\n", "\r\n", False, True),
        (b"a\rb\r", "\r", False, True),
        (b"a\r\nb\r\nc\n", "\r\n", True, True),
        (b"a\r\r\nb", "\r\n", True, False),
    ],
)
def test_line_ends_are_described(data: bytes, eol: str, mixed: bool, final: bool) -> None:
    text = decoded(data)

    assert (text.mixed, text.final_newline) == (mixed, final)
    assert mixed or text.eol == eol


def test_a_final_newline_is_neither_added_nor_removed() -> None:
    assert with_ends_of("a\nb\n", decoded(b"a")) == "a\nb"
    assert with_ends_of("a\nb", decoded(b"a\n")) == "a\nb\n"
    assert with_ends_of("", decoded(b"a\n")) == ""


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '\x80'\n", "cp1252"),
        (b"<?xml version='1.0' encoding='ISO-8859-1'?>\n<a>\xe9</a>\n", "iso8859-1"),
        (b"# coding: utf8\nx = '\xc3\xa9'\n", "utf-8"),
        (b"# coding: utf-8-sig\n", "utf-8"),
        (b"# coding: shift_jis\nx = '\x83\x65'\n", "shift_jis"),
        (b"# coding: utf-7\nx = 1\n", "ascii"),
        (b"<?xml version='1.0' encoding='windows-1251'?>\n<a>\xe9</a>\n", "cp1251"),
        (b"# Coding: base64 of the matter\n", "utf-8"),
        (b"# coding: nonsense\n\xc3\xa9\n", "utf-8"),
        (b"x = 1\n# coding: latin-1\n", "utf-8"),
        (b"\n# coding: latin-1\n", "iso8859-1"),
    ],
)
def test_declared_encodings_count_in_the_first_two_lines(data: bytes, encoding: str) -> None:
    assert decoded(data).encoding == encoding


@pytest.mark.covers("F-C06", "F-C07")
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x7fELF\0\0", "it is a binary file"),
        (b"%PDF-1.7 all ascii", "it is a binary file"),
        (b"caf\xe9\n", "its bytes are not valid utf-8"),
        (b"# coding: iso-2022-jp\n\x83\x65\n", "it declares the encoding iso2022_jp, which is not supported"),
        (b"# coding: cp932\n\xfa\x54\n", "its bytes would not come back the same from cp932"),
        (b"# coding: cp1252\n\x81\n", "its bytes are not valid cp1252"),
        (b"# coding: ascii\n\xc3\xa9\n", "its bytes are not valid ascii"),
        (codecs.BOM_UTF16_LE + b"a\0b", "its byte order mark says utf-16-le, its bytes do not"),
        (codecs.BOM_UTF8 + b"a\0b", "it is a binary file"),
        (codecs.BOM_UTF16_BE + b"\0\0", "its byte order mark says utf-16-be, its bytes do not"),
    ],
)
def test_bytes_that_cannot_be_edited_as_text_are_refused_with_the_reason(data: bytes, reason: str) -> None:
    assert refused(data) == reason


@pytest.mark.covers("F-C05")
def test_wide_text_with_its_mark_is_not_binary() -> None:
    assert not is_binary(codecs.BOM_UTF16_LE + "a".encode("utf-16-le"))
    assert is_binary(b"a\0")


def test_a_character_that_the_encoding_lacks_is_an_error() -> None:
    with pytest.raises(UnicodeEncodeError):
        encode("€", decoded(b"# coding: latin-1\n"))
