"""Makes the new bytes of one file out of its old ones and what a reply gives for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from vivek.edits import feedback, guards
from vivek.edits.codec import Text, Undecodable, decode, encode, with_ends_of
from vivek.edits.glance import claimed_lines
from vivek.edits.lines import split_lines
from vivek.edits.matching import place
from vivek.edits.regions import place_at_sight, place_region
from vivek.edits.reply import Block, FileBlock, RegionBlock, Replacement
from vivek.edits.spans import Span, overlapping, put_in, splice
from vivek.edits.targets import Scene
from vivek.schema.edits import Refusal
from vivek.syntax.check import defined_at


@dataclass(frozen=True, slots=True)
class Taken:
    """New bytes of a file, None where it is deleted, and how its lines were found."""

    data: bytes | None
    notes: tuple[str, ...] = ()


def again_for(block: Block) -> str:
    """Return what a model is told to do about a block that cannot be taken."""
    if isinstance(block, FileBlock):
        return feedback.AGAIN
    return feedback.AGAIN_REGION if isinstance(block, RegionBlock) else feedback.AGAIN_BLOCKS


def change(path: str, blocks: Sequence[Block], scene: Scene) -> Taken | Refusal:
    """Return the new bytes of one file, or why its blocks cannot be taken.

    Args:
        path: The file.
        blocks: All that the reply gives for it.
        scene: The files as they are.
    """
    first, again = blocks[0], again_for(blocks[0])
    faulty = next((block for block in blocks if block.fault), None)
    if faulty is not None:
        return _fault(path, faulty)
    new = path not in scene.exists
    if len(blocks) > 1 and (new or any(isinstance(block, FileBlock) for block in blocks)):
        return feedback.twice(path, again)
    if new:
        return _made(path, first, again)
    refusal = _unseen(path, blocks, scene)
    if refusal is not None:
        return refusal
    old = decode(scene.current[path])
    if isinstance(old, Undecodable):
        return feedback.not_text(path, old.reason)
    if isinstance(first, FileBlock):
        return _checked(path, old, with_ends_of(first.text, old), again, halving=scene.halving)
    return _patched(path, old, blocks, again)


def _fault(path: str, block: Block) -> Refusal:
    match block.fault:
        case "unclosed":
            return feedback.unclosed(path, again_for(block))
        case "undivided":
            return feedback.undivided(path)
        case _:
            return feedback.doubtful(path, again_for(block))


def _unseen(path: str, blocks: Sequence[Block], scene: Scene) -> Refusal | None:
    """Refuse to change what the model does not know."""
    if any(isinstance(block, FileBlock) and block.new for block in blocks):
        return feedback.exists_already(path)
    if not scene.knows(path):
        return feedback.not_shown(path)
    if path in scene.partly and not all(isinstance(block, Replacement) for block in blocks):
        return feedback.shown_in_part(path)
    return None


def _made(path: str, block: Block, again: str) -> Taken | Refusal:
    text = block.replace if isinstance(block, Replacement) else block.text
    refusal = guards.check(path, None, text, again)
    return refusal or _encoded(path, text, Text(""), again)


def _patched(path: str, old: Text, blocks: Sequence[Block], again: str) -> Taken | Refusal:
    """Put in the blocks of a file: quoted lines and definitions."""
    plain = old.plain if old.plain.endswith("\n") or not old.plain else old.plain + "\n"
    quoted = [block for block in blocks if isinstance(block, Replacement)]
    regions = [block for block in blocks if isinstance(block, RegionBlock)]
    for block in quoted:
        refusal = guards.check_part(path, plain, block.search, block.replace, feedback.AGAIN_BLOCKS)
        if refusal is not None:
            return refusal
    placed = place(path, plain, quoted)
    if isinstance(placed, Refusal):
        return placed
    return _at_sight(path, old, plain, regions, placed, again) or _read(path, old, plain, regions, placed, again)


def _at_sight(
    path: str, old: Text, plain: str, regions: Sequence[RegionBlock], placed: Sequence[Span], again: str
) -> Taken | None:
    """Put in definitions found by their own lines; None unless the new text proves that they were what they seemed."""
    seen = [place_at_sight(path, plain, region) for region in regions]
    found = [each for each in seen if each is not None]
    if not regions or len(found) < len(regions):
        return None
    spans = [*placed, *(span for span, _ in found)]
    taken = _joined(path, old, plain, spans, [span for span, _ in found], again)
    if not isinstance(taken, Taken):
        return None
    new = "".join(put_in(split_lines(plain), spans))
    return taken if defined_at(new, claimed_lines([claim for _, claim in found], spans)) else None


def _read(
    path: str, old: Text, plain: str, regions: Sequence[RegionBlock], placed: Sequence[Span], again: str
) -> Taken | Refusal:
    own: list[Span] = []
    for region in regions:
        span = place_region(path, plain, region)
        if isinstance(span, Refusal):
            return span
        own.append(span)
    return _joined(path, old, plain, [*placed, *own], own, again)


def _joined(
    path: str, old: Text, plain: str, spans: Sequence[Span], definitions: Sequence[Span], again: str
) -> Taken | Refusal:
    """Return the file with all spans put in, each definition looked at by itself."""
    lines = split_lines(plain) if definitions else []
    for span in definitions:
        old_part, new_part = "".join(lines[span.start : span.end]), "".join(span.lines)
        refusal = guards.check_part(path, plain, old_part, new_part, feedback.AGAIN_REGION)
        if refusal is not None:
            return refusal
    if overlapping(spans) is not None:
        return feedback.twice(path, again)
    notes = tuple(dict.fromkeys(span.note for span in spans if span.note))
    return _checked(path, old, splice(old, spans), again, notes)


def _checked(
    path: str, old: Text, new: str, again: str, notes: tuple[str, ...] = (), *, halving: bool = False
) -> Taken | Refusal:
    if new == old.text:
        return feedback.unchanged(path)
    after = Text(new, mixed=old.mixed).plain
    return guards.check(path, old.plain, after, again, halving=halving) or _encoded(path, new, old, again, notes)


def _encoded(path: str, text: str, like: Text, again: str, notes: tuple[str, ...] = ()) -> Taken | Refusal:
    try:
        return Taken(encode(text, like), notes)
    except UnicodeEncodeError:
        held = text.encode(like.encoding, errors="ignore").decode(like.encoding)
        return feedback.lacking(path, like.encoding, " ".join(sorted(set(text) - set(held))[:20]), again)
