"""The ways in which quoted lines may differ from a file: all can be undone in the file's own text, none is a guess."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from vivek.edits.haystack import Fit, Form, Haystack, as_is, bare, split, without_trailing
from vivek.edits.literals import Folding, fold
from vivek.edits.reply import Replacement

_BOM = "\ufeff"
_RIVAL = 0.6  # of the quoted lines in one place make it a rival of a place that fits only when shifted


@dataclass(frozen=True, slots=True)
class _Wording:
    """A block in one wording."""

    search: tuple[str, ...]
    replace: tuple[str, ...]
    note: str = ""
    form: Form = without_trailing


def find_fits(hay: Haystack, block: Replacement) -> list[Fit]:
    """Return all places of the first way in which a block fits at all; none when it fits in no way."""
    search, replaced = tuple(split(block.search)), tuple(split(block.replace))
    exact = hay.places(search, as_is)
    if exact:
        return [Fit(start, search, replaced) for start in exact]
    if not any(char.isalnum() for char in block.search):
        return []  # braces alone are found exactly or not at all
    for wording in _wordings(hay, _Wording(search, replaced)):
        fits = _by_lines(hay, wording)
        if fits:
            return fits
    return []


def _wordings(hay: Haystack, block: _Wording) -> Iterator[_Wording]:
    """Yield the block as it stands, without a byte order mark, without needless escapes, in plain characters."""
    if block.search[0].startswith(_BOM):
        given = tuple(line.removeprefix(_BOM) for line in block.replace[:1]) + block.replace[1:]
        block = _Wording((block.search[0].removeprefix(_BOM), *block.search[1:]), given, "byte order mark ignored")
    yield block
    plain = _unescaped(block)
    if plain is not None:
        yield plain
    if Folding(hay.path, hay.lines).differs(block.search):
        note = _joined(block.note, "typographic characters read as plain ones")
        yield replace(block, note=note, form=fold)


def _unescaped(block: _Wording) -> _Wording | None:
    r"""Return the block with `\"` read as `"` when each of its quotes of that kind is escaped."""
    together = "\n".join((*block.search, *block.replace))
    search, given = block.search, block.replace
    changed = False
    for quote in "\"'":
        escaped = "\\" + quote
        if escaped in together and together.count(escaped) == together.count(quote):
            search = tuple(line.replace(escaped, quote) for line in search)
            given = tuple(line.replace(escaped, quote) for line in given)
            changed = True
    return _Wording(search, given, _joined(block.note, "escaped quotes read as plain ones")) if changed else None


def _by_lines(hay: Haystack, block: _Wording) -> list[Fit]:
    """Return the places of a wording: as it is, without the blank lines at its ends, shifted as a whole."""
    wordings = dict.fromkeys((block, _without_ends(block)))
    if block.form is fold:
        return next((fits for wording in wordings if (fits := _folded(hay, wording))), [])
    for wording in wordings:
        starts = hay.places(wording.search, without_trailing)
        if starts:
            note = wording.note or "blanks at line ends ignored"
            return [Fit(start, wording.search, wording.replace, note, without_trailing) for start in starts]
    for wording in wordings:
        fits = [fit for start in hay.places(wording.search, bare) if (fit := _shifted(hay, wording, start)) is not None]
        if fits:
            return [] if len(fits) == 1 and _has_rival(hay, fits[0], block) else fits
    return []


def _folded(hay: Haystack, block: _Wording) -> list[Fit]:
    folding = Folding(hay.path, hay.lines)
    starts = [start for start in hay.places(block.search, fold) if folding.allows(start, block.search)]
    given = tuple(folding.plain(line) for line in block.replace)
    return [Fit(start, block.search, given, block.note, fold) for start in starts]


def _without_ends(block: _Wording) -> _Wording:
    """Return a block without the blank lines around it, as far as they stand around both parts."""
    head, tail = _blank_ends(block.search)
    if not head and not tail:
        return block
    given_head, given_tail = _blank_ends(block.replace)
    begin, end = min(head, given_head), len(block.replace) - min(tail, given_tail)
    search = block.search[head : len(block.search) - tail]
    note = _joined(block.note, "blank lines at its ends ignored")
    return replace(block, search=search, replace=block.replace[begin : max(begin, end)], note=note)


def _blank_ends(lines: Sequence[str]) -> tuple[int, int]:
    filled = [index for index, line in enumerate(lines) if line.strip()]
    return (filled[0], len(lines) - 1 - filled[-1]) if filled else (len(lines), 0)


def _shifted(hay: Haystack, block: _Wording, start: int) -> Fit | None:
    """Return the fit of a block that is indented more or less than the file, by the same blanks in every line."""
    shift: tuple[str, str] | None = None  # what the block has too much, what it lacks
    for line, quoted in zip(hay.lines[start : start + len(block.search)], block.search, strict=True):
        if not quoted.strip(" \t"):
            continue
        held, given = _indentation(line), _indentation(quoted)
        common = min(len(held), len(given))
        if held[len(held) - common :] != given[len(given) - common :]:
            return None
        here = given[: len(given) - common], held[: len(held) - common]
        if shift is not None and here != shift:
            return None
        shift = here
    much, lacking = shift or ("", "")
    filled = [line for line in block.replace if line.strip(" \t")]
    if not all(line.startswith(much) for line in filled):
        return None
    search, given_lines = (
        tuple(lacking + line.removeprefix(much) if line.strip(" \t") else line for line in lines)
        for lines in (block.search, block.replace)
    )
    return Fit(start, search, given_lines, _joined(block.note, _told(much, lacking)), without_trailing)


def _has_rival(hay: Haystack, fit: Fit, block: _Wording) -> bool:
    """Tell whether most of the quoted lines stand elsewhere as they are quoted: then that place may be meant."""
    places: dict[str, list[int]] = {}
    for index, line in enumerate(hay.lines):
        places.setdefault(without_trailing(line), []).append(index)
    filled = [(index, key) for index, line in enumerate(block.search) if (key := without_trailing(line)).strip()]
    votes = Counter(place - index for index, key in filled for place in places.get(key, ())[:1_000])
    votes.pop(fit.start, None)
    return bool(votes) and votes.most_common(1)[0][1] >= _RIVAL * len(filled)


def _indentation(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _told(much: str, lacking: str) -> str:
    blanks, sign = (much, "-") if much else (lacking, "")
    unit = " tab" + ("s" if len(blanks) > 1 else "") if set(blanks) == {"\t"} else ""
    return f"indentation adjusted by {sign}{len(blanks)}{unit}"


def _joined(*notes: str) -> str:
    return "; ".join(note for note in notes if note)
