"""The refusals of blocks that have no certain place; each shows real lines, so that the next try can be right."""

from collections.abc import Sequence

from vivek.edits.feedback import AGAIN_BLOCKS, refuse
from vivek.edits.haystack import MANY, Fit, Haystack, as_is, split, without_trailing
from vivek.edits.hints import enclosing
from vivek.edits.nearest import find_nearest
from vivek.edits.reply import Replacement
from vivek.schema.edits import Refusal

_PLACES = 8


def not_found(hay: Haystack, block: Replacement, number: int, of: int) -> Refusal:
    """Refuse lines that are nowhere in a file, and show those that are most like them."""
    what = f"the lines to be replaced are not in it: {_which(block, number, of)}."
    near = find_nearest(hay.lines, split(block.search))
    if near is None:
        advice = f"No lines of the file are like them. {AGAIN_BLOCKS} Copy the lines exactly as they were shown to you."
        return refuse(hay.path, "not found", what, advice=advice)
    first, last = near
    what += f" The lines of the file that are most like them are {_range(first, last)}:"
    advice = f"{AGAIN_BLOCKS} Copy the lines exactly, with their blanks."
    return refuse(hay.path, "not found", what, copied=hay.lines[first:last], advice=advice)


def several(hay: Haystack, fits: Sequence[Fit], block: Replacement, number: int, of: int) -> Refusal:
    """Refuse lines that stand at several places, and tell these."""
    told = []
    for fit in fits if len(fits) <= _PLACES else fits[: _PLACES - 1]:
        around = enclosing(hay, fit.start)
        told.append(_range(fit.start, fit.end) + (f", in: {' > '.join(around[-2:])}" if around else ""))
    if len(fits) > _PLACES:
        told.append(f"and {len(fits) - _PLACES + 1} more")
    count = len(fits) if len(fits) < MANY else f"{MANY} or more"
    what = f"the lines to be replaced stand at {count} places: {_which(block, number, of)}. The places:"
    advice = f"{AGAIN_BLOCKS} Quote enough lines around the change to fit one place only."
    return refuse(hay.path, "several places", what, quoted=told, advice=advice)


def already_there(hay: Haystack, block: Replacement) -> Refusal | None:
    """Refuse lines that are gone because what shall take their place stands there already, or return None."""
    given = split(block.replace)
    if sum(bool(line.strip()) for line in given) < 2 or len(hay.places(given, as_is)) != 1:
        return None
    what = "the lines to be replaced are not in it, but those that shall take their place are."
    advice = "Leave that block out, or quote the lines as they are now."
    return refuse(hay.path, "done already", what, advice=advice)


def contradicted(hay: Haystack, fit: Fit, block: Replacement, number: int, of: int) -> Refusal:
    """Refuse lines whose only place is not where the reply says it is."""
    said = ", ".join(block.anchor.split("\n"))
    around = enclosing(hay, fit.start)
    where = f"in `{around[-1]}`" if around else "outside of any function"
    what = (
        f"the lines to be replaced stand {where}, {_range(fit.start, fit.end)}, but you say `{said}`: "
        f"{_which(block, number, of)}."
    )
    return refuse(hay.path, "another place", what, advice=f"{AGAIN_BLOCKS} Quote the lines of the place you mean.")


def nothing_quoted(path: str, number: int, of: int) -> Refusal:
    """Refuse lines that are to be put into a file without a word on where."""
    which = "your block" if of == 1 else f"block {number} of {of}"
    what = f"{which} quotes no line of the file, so there is no telling where its lines belong."
    advice = (
        f"{AGAIN_BLOCKS} Quote the lines before or after which they belong, and give those back together with them."
    )
    return refuse(path, "nothing quoted", what, advice=advice)


def overlap(path: str, first: int, second: int) -> Refusal:
    """Refuse two blocks that change the same lines."""
    what = f"your blocks {first} and {second} change the same lines, or put lines in at the same place."
    advice = f"{AGAIN_BLOCKS} Make one block of the two. Each block is held against the file as it was shown to you."
    return refuse(path, "overlapping blocks", what, advice=advice)


def _which(block: Replacement, number: int, of: int) -> str:
    first = next((line.strip() for line in split(block.search) if without_trailing(line).strip()), "")
    first = first if len(first) <= 80 else first[:80] + " ..."
    return f"your block that begins with `{first}`" if of == 1 else f"block {number} of {of}, `{first}`"


def _range(first: int, end: int) -> str:
    return f"line {first + 1}" if end - first == 1 else f"lines {first + 1}-{end}"
