"""Finds the one place that quoted lines stand for. Never the closest one: what is not certain is refused."""

from collections.abc import Sequence

from vivek.edits.haystack import Fit, Haystack
from vivek.edits.hints import belongs, narrow
from vivek.edits.misses import already_there, contradicted, not_found, nothing_quoted, overlap, several
from vivek.edits.relaxing import find_fits
from vivek.edits.reply import Replacement
from vivek.edits.spans import Span, overlapping
from vivek.schema.edits import Refusal


def place(path: str, text: str, blocks: Sequence[Replacement]) -> tuple[Span, ...] | Refusal:
    r"""Return what the blocks of a file change in its text, or why one of them has no certain place.

    Exact equality comes first, then each relaxation that can be undone in the file's own text (see `relaxing`). One
    place is taken; of several, the one that the hints of the block leave. All blocks are held against the same text.
    The spans hold only what really changes, so blocks may quote the same lines around their changes.

    Args:
        path: The file.
        text: Its present text, lines ended by `\n`.
        blocks: All blocks of one reply for this file.
    """
    hay = Haystack(path, text)
    found: list[list[Fit]] = []
    for number, block in enumerate(blocks, 1):
        if not block.search.strip():
            if not (block.at_end or hay.is_blank):
                return nothing_quoted(path, number, len(blocks))
            found.append([hay.end(block)])
            continue
        fits = find_fits(hay, block)
        if not fits:
            return already_there(hay, block) or not_found(hay, block, number, len(blocks))
        if len(fits) == 1 and not belongs(hay, fits[0], block):
            return contradicted(hay, fits[0], block, number, len(blocks))
        found.append(fits if len(fits) == 1 else narrow(hay, fits, block))
    found = _by_order(found, blocks)
    for number, (fits, block) in enumerate(zip(found, blocks, strict=True), 1):
        if len(fits) > 1:
            return several(hay, fits, block, number, len(blocks))
    changes = [fits[0].spans() for fits in found]
    return _disjoint(path, changes) or tuple(span for spans in changes for span in spans)


def _by_order(found: Sequence[list[Fit]], blocks: Sequence[Replacement]) -> list[list[Fit]]:
    """Narrow the places of blocks that stand in the order of the file to those between their certain neighbours."""
    narrowed = list(found)
    for index, fits in enumerate(found):
        if len(fits) == 1 or not blocks[index].ordered:
            continue
        before = max((other[0].end for other in narrowed[:index] if len(other) == 1), default=0)
        after = next((other[0].start for other in found[index + 1 :] if len(other) == 1), None)
        between = [fit for fit in fits if fit.start >= before and (after is None or fit.end <= after)]
        narrowed[index] = between if len(between) == 1 else fits
    return narrowed


def _disjoint(path: str, changes: Sequence[Sequence[Span]]) -> Refusal | None:
    """Refuse two blocks that change the same lines, or put lines in at the same place."""
    numbered = [(span, number) for number, spans in enumerate(changes, 1) for span in spans]
    clash = overlapping(span for span, _ in numbered)
    if clash is None:
        return None
    first, second = (next(number for span, number in numbered if span is one) for one in clash)
    return overlap(path, min(first, second), max(first, second))
