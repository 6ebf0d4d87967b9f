"""Bytes to text and back without losing one byte: encoding, byte order mark, line ends. Opens no file."""

import codecs
import re
from dataclasses import dataclass

from vivek.edits.lines import compare

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What a file may declare: each character for itself, ASCII as it is, no state between characters.
_DECLARABLE = frozenset(
    {
        *(
            "ascii",
            "utf-8",
            "koi8-r",
            "koi8-u",
            "mac-roman",
            "mac-cyrillic",
            "tis-620",
            "cp437",
            "cp850",
            "cp852",
            "cp866",
        ),
        *(f"iso8859-{number}" for number in range(1, 17) if number != 12),
        *(f"cp{number}" for number in range(1250, 1259)),
        *("shift_jis", "cp932", "euc_jp", "gb2312", "gbk", "gb18030", "big5", "cp950", "euc_kr", "cp949"),
    }
)
_PEP_263 = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK_OR_COMMENT = re.compile(rb"^[ \t\f]*(?:#|$)")
_XML = re.compile(rb"^<\?xml[^>\n]{0,200}?\bencoding=[\"']([-\w.]+)[\"']")
END = re.compile(r"\r\n|\n|\r")
_BINARY_MARKS = (b"%PDF-",)


@dataclass(frozen=True, slots=True)
class Text:
    r"""A decoded file, with all that is needed to write it back.

    Attributes:
        text: The characters; every line ends with `\n`, unless `mixed`: then each line keeps its own end.
        encoding: Python's name of the encoding.
        bom: The byte order mark, or b"".
        eol: The line end of the file, or the most frequent one.
        mixed: Whether lines end in more than one way.
        final_newline: Whether the last line has an end; True for an empty file.
    """

    text: str
    encoding: str = "utf-8"
    bom: bytes = b""
    eol: str = "\n"
    mixed: bool = False
    final_newline: bool = True

    @property
    def plain(self) -> str:
        r"""The text with every line ended by `\n`: what a model is shown."""
        return END.sub("\n", self.text) if self.mixed else self.text


@dataclass(frozen=True, slots=True)
class Undecodable:
    """Bytes that cannot be edited as text, and why."""

    reason: str


def is_binary(data: bytes) -> bool:
    """Return whether bytes are no text at all: NUL bytes without the mark of a wide encoding, or a known format."""
    if data.startswith(_BINARY_MARKS):
        return True
    wide = any(data.startswith(bom) for bom, encoding in _BOMS if encoding != "utf-8")
    return not wide and b"\0" in data


def decode(data: bytes) -> Text | Undecodable:
    """Return the text of a file, or why it must not be edited.

    UTF-8, UTF-16 and UTF-32 with their mark, and the usual older encodings where the file declares them (PEP 263, XML)
    are taken. Nothing is guessed: `encode(decode(data).text, decode(data)) == data` holds for whatever is taken.
    """
    if is_binary(data):
        return Undecodable("it is a binary file")
    marked = [(bom, encoding) for bom, encoding in _BOMS if data.startswith(bom)]
    if marked:
        bom, encoding = marked[0]
        raw = _strict(data[len(bom) :], encoding)
        if raw is None or "\0" in raw:
            return Undecodable(f"its byte order mark says {encoding}, its bytes do not")
        return _described(raw, encoding, bom)
    encoding = _declared(data)
    if encoding not in _DECLARABLE:
        if not data.isascii():
            return Undecodable(f"it declares the encoding {encoding}, which is not supported")
        encoding = "ascii"
    raw = _strict(data, encoding)
    if raw is None:
        return Undecodable(f"its bytes are not valid {encoding}")
    if encoding != "utf-8" and raw.encode(encoding) != data:  # two spellings of one character
        return Undecodable(f"its bytes would not come back the same from {encoding}")
    return _described(raw, encoding, b"")


def encode(text: str, like: Text) -> bytes:
    r"""Return the bytes of a text in the form of the file it belongs to.

    Args:
        text: Lines end with `\n`, or, where `like.mixed`, as they shall end in the file.
        like: The file as it was decoded.

    Raises:
        UnicodeEncodeError: If the encoding of the file lacks a character of the text.
    """
    raw = text if like.mixed or like.eol == "\n" else text.replace("\n", like.eol)
    return like.bom + raw.encode(like.encoding)


def with_ends_of(new: str, old: Text) -> str:
    r"""Return a whole new text, its lines ended by `\n`, with the line ends of the old one, ready for `encode`.

    A last line without an end stays without one. Where ends are mixed, a line that is kept keeps its own end, and a
    new line takes that of the line it replaces or follows.
    """
    settled = new.removesuffix("\n")
    if old.final_newline and new:
        settled += "\n"
    return _aligned(settled, old) if old.mixed else settled


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _declared(data: bytes) -> str:
    first, _, rest = data[:2_000].partition(b"\n")
    found = _XML.match(first) or _PEP_263.match(first)
    if found is None and _BLANK_OR_COMMENT.match(first.rstrip(b"\r")):
        found = _PEP_263.match(rest.partition(b"\n")[0])
    if found is None:
        return "utf-8"
    name = found[1].decode("ascii")
    try:
        "".encode(name)  # a word after "coding:" that names no text encoding declares nothing
    except (LookupError, ValueError):
        return "utf-8"
    return codecs.lookup(name).name.removesuffix("-sig")


def _described(raw: str, encoding: str, bom: bytes) -> Text:
    if "\r" not in raw:  # as a rule
        return Text(raw, encoding, bom, final_newline=not raw or raw.endswith("\n"))
    crlf = raw.count("\r\n")
    counts = {"\n": raw.count("\n") - crlf, "\r\n": crlf, "\r": raw.count("\r") - crlf}
    eol = max(counts, key=lambda end: counts[end])
    mixed = sum(count > 0 for count in counts.values()) > 1
    return Text(
        text=raw if mixed or eol == "\n" else raw.replace(eol, "\n"),
        encoding=encoding,
        bom=bom,
        eol=eol,
        mixed=mixed,
        final_newline=not raw or raw.endswith(("\n", "\r")),
    )


def _aligned(new: str, old: Text) -> str:
    old_lines = END.split(old.text)
    old_ends = [*END.findall(old.text), ""]  # after the last piece nothing follows
    new_lines = new.split("\n")
    ends: list[str] = []
    for step in compare(old_lines, new_lines):
        for offset in range(step.new_to - step.new_from):
            source = step.old_from + offset
            if source >= step.old_to:  # an added line: like the one before it
                ends.append(ends[-1] if ends else old_ends[0] or old.eol)
            else:
                ends.append(old_ends[source] or old.eol)
    ends[-1] = ""
    for at in range(1, len(ends)):
        if ends[at - 1] == "\r" and not new_lines[at] and ends[at] == "\n":
            ends[at] = "\r\n"  # else the two ends would read as one
    return "".join(line + end for line, end in zip(new_lines, ends, strict=True))
