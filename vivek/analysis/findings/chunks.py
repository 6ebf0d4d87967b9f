"""Cuts a change into pieces of a size that is read at once: every changed line belongs to exactly one. Pure."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from vivek.schema.changes import ChangedFile, DiffLine, Hunk
from vivek.schema.findings import Receipt
from vivek.syntax.outline import outline

PIECE = 2_000
"""Tokens of a piece, roughly counted, where a window has room for it."""

Count = Callable[[str], int]
"""Returns the tokens of a text."""

Span = tuple[int, int]
"""First and last line of a definition in the new version, from 1."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of one file's change.

    Attributes:
        id: Stable for the same text, wherever in the file it stands.
        path: The file.
        hunks: What it holds, in order; a hunk that is too large is cut.
        tokens: What its lines take at most; more than the budget only where a single line does.
    """

    id: str
    path: str
    hunks: tuple[Hunk, ...]
    tokens: int

    @property
    def lines(self) -> int:
        """How many changed lines it holds."""
        return sum(hunk.changed for hunk in self.hunks)

    @property
    def text(self) -> str:
        """Its lines as a diff has them, without heads of hunks."""
        return "".join(f"{line.sign}{line.text}\n" for hunk in self.hunks for line in hunk.lines)


def pieces(file: ChangedFile, budget: int = PIECE) -> tuple[Chunk, ...]:
    """Return the pieces of a file's change as every reader of a review knows them, cut at definitions where need be.

    Args:
        file: The file.
        budget: Tokens of a piece, roughly counted.
    """
    whole = split(file, budget, _rough)
    if len(whole) < 2 or file.new_text is None:
        return whole
    spans = [(symbol.start + 1, symbol.end) for symbol in outline(file.path, file.new_text) or ()]
    return split(file, budget, _rough, spans)


def split(file: ChangedFile, budget: int, count: Count, definitions: Sequence[Span] = ()) -> tuple[Chunk, ...]:
    """Return the pieces of a file's change, each as large as the budget allows.

    Between two pieces lies the border of a hunk, else that of a definition, else of a line; a line is never cut.

    Args:
        file: The file; one that is put aside has no pieces.
        budget: Tokens of a piece.
        count: Returns the tokens of a text; of two texts together it returns no more than of both apart.
        definitions: Where the definitions of the new version lie.
    """
    if file.aside:
        return ()
    borders = {border for first, last in definitions for border in (first, last + 1)}
    packed: list[tuple[list[Hunk], int]] = []
    for hunk, tokens in _pieces(file.hunks, budget, count, borders):
        if packed and packed[-1][1] + tokens <= budget:
            packed[-1] = ([*packed[-1][0], hunk], packed[-1][1] + tokens)
        else:
            packed.append(([hunk], tokens))
    return tuple(_named(file.path, packed))


def receipt_of(chunk: Chunk, read_by: tuple[str, ...] = (), skipped: str = "") -> Receipt:
    """Return what became of a piece."""
    lines = [line for hunk in chunk.hunks for line in hunk.lines if line.sign != " "]
    numbers = [line.new for line in lines if line.new] or [line.old for line in lines] or [0]
    return Receipt(chunk.id, chunk.path, chunk.lines, min(numbers), max(numbers), read_by, skipped)


def receipt_aside(file: ChangedFile) -> Receipt:
    """Return what became of a file that is not read."""
    digest = _digest(file.path, f"{file.aside}:{file.added}:{file.removed}")
    return Receipt(digest, file.path, file.added + file.removed, 0, 0, (), file.aside)


def receipt_left_out(path: str, why: str) -> Receipt:
    """Return what became of a file beyond those that a review looks at."""
    return Receipt(_digest(path, why), path, 0, 0, 0, (), why)


def _rough(text: str) -> int:
    return len(text) // 4 + 1


def _pieces(hunks: Sequence[Hunk], budget: int, count: Count, borders: set[int]) -> Iterator[tuple[Hunk, int]]:
    """Yield hunks that fit, and parts of those that do not; a part without a change is left out."""
    for hunk in hunks:
        costs = [count(f"{line.sign}{line.text}\n") for line in hunk.lines]
        if sum(costs) <= budget:
            yield hunk, sum(costs)
            continue
        begin = 0
        while begin < len(costs):
            end = _end(hunk.lines, costs, begin, budget, borders)
            lines = hunk.lines[begin:end]
            if any(line.sign != " " for line in lines):
                yield Hunk(_first(lines, old=True), _first(lines, old=False), lines), sum(costs[begin:end])
            begin = end


def _end(lines: Sequence[DiffLine], costs: Sequence[int], begin: int, budget: int, borders: set[int]) -> int:
    """Return where a part that begins at a line ends: at the last border that fits, else where the budget ends."""
    spent, end, border = 0, begin, 0
    while end < len(costs) and (end == begin or spent + costs[end] <= budget):
        if end > begin and lines[end].new in borders:
            border = end
        spent += costs[end]
        end += 1
    if end == len(costs):
        return end
    return end if lines[end].new in borders or not border else border


def _first(lines: Sequence[DiffLine], *, old: bool) -> int:
    return next((number for line in lines if (number := line.old if old else line.new)), 0)


def _named(path: str, packed: Sequence[tuple[list[Hunk], int]]) -> Iterator[Chunk]:
    seen: Counter[str] = Counter()
    for hunks, tokens in packed:
        chunk = Chunk("", path, tuple(hunks), tokens)
        digest = _digest(path, chunk.text)
        seen[digest] += 1
        yield Chunk(digest if seen[digest] == 1 else f"{digest}-{seen[digest]}", path, chunk.hunks, tokens)


def _digest(path: str, text: str) -> str:
    return hashlib.blake2b(f"{path}\0{text}".encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
