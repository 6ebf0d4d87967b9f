"""Cuts what a model writes into sentences, and each into what is said and what is cited for it."""

import re
from dataclasses import dataclass
from typing import Final

_ID = r"M\d{1,5}|[^\s\[\](),;`]+:\d{1,7}"
_GROUP: Final = re.compile(rf"[\[(]\s*`?((?:{_ID})`?(?:\s*[,;]\s*`?(?:{_ID})`?)*)\s*[\])]")
_END: Final = re.compile(rf"[.!?]+(?=\s|$|[\[(])(?:\s*{_GROUP.pattern})*")
_BULLET: Final = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")
_SHORTENED: Final = ("e.g.", "i.e.", "etc.", "vs.", "cf.")
_PLAIN: Final = str.maketrans("\u2019\u2018\u201c\u201d\u00a0\u202f\u2013\u2014", "''\"\"  -,")


@dataclass(frozen=True, slots=True)
class Said:
    """A piece of a sentence, with the ids that stand behind it."""

    text: str
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence as it was written.

    Attributes:
        text: It without its citations.
        pieces: What is said and cited, in order; one without citations where it cites nothing.
    """

    text: str
    pieces: tuple[Said, ...]

    @property
    def cites(self) -> tuple[str, ...]:
        """Return all that it cites, each once."""
        return tuple(dict.fromkeys(cite for piece in self.pieces for cite in piece.cites))


def split_sentences(text: str) -> tuple[Written, ...]:
    """Return the sentences of a text; headings are none, an item of a list is at least one."""
    found: list[Written] = []
    for block in _blocks(text.translate(_PLAIN)):
        found += [written for sentence in _cut(block) if (written := _written(sentence)) is not None]
    return tuple(found)


def _blocks(text: str) -> list[str]:
    """Return paragraphs and items of lists, each on one line."""
    blocks: list[str] = []
    fresh = True
    for line in text.splitlines():
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            fresh = True
            continue
        item = _BULLET.match(line)
        said = line[item.end() :].strip() if item else stripped
        if fresh or item:
            blocks.append(said)
        else:
            blocks[-1] = f"{blocks[-1]} {said}"
        fresh = False
    return blocks


def _cut(block: str) -> list[str]:
    sentences: list[str] = []
    begin = 0
    for end in _END.finditer(block):
        before = block[begin : end.end()]
        if before.rstrip().lower().endswith(_SHORTENED):
            continue
        sentences.append(before.strip())
        begin = end.end()
    rest = block[begin:].strip()
    return [*sentences, rest] if rest else sentences


def _written(sentence: str) -> Written | None:
    pieces: list[Said] = []
    begin = 0
    for group in _GROUP.finditer(sentence):
        cites = tuple(each.strip("` ") for each in re.split("[,;]", group[1]))
        said = sentence[begin : group.start()].strip()
        begin = group.end()
        if pieces and not said.strip(" .,;"):
            pieces[-1] = Said(pieces[-1].text, (*pieces[-1].cites, *cites))
        else:
            pieces.append(Said(said, cites))
    rest = sentence[begin:].strip()
    if not pieces:
        pieces.append(Said(rest, ()))
    elif rest.strip(" .!?,;"):
        pieces[-1] = Said(f"{pieces[-1].text} {rest}", pieces[-1].cites)
    text = re.sub(r"\s+([.,;!?])", r"\1", " ".join(_GROUP.sub(" ", sentence).split()))
    if not re.search(r"\w", text):
        return None
    return Written(text, tuple(pieces))
