"""Makes the new bytes of one file out of its old ones and what a reply gives for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from vivek.edits import feedback, guards
from vivek.edits.codec import Text, Undecodable, decode, encode, with_ends_of
from vivek.edits.lines import split_lines
from vivek.edits.matching import place
from vivek.edits.regions import place_region
from vivek.edits.reply import Block, FileBlock, RegionBlock, Replacement
from vivek.edits.spans import Span, overlapping, splice
from vivek.edits.targets import Scene
from vivek.schema.edits import Refusal


@dataclass(frozen=True, slots=True)
class Taken:
    """New bytes of a file, None where it is deleted, and how its lines were found."""

    data: bytes | None
    notes: tuple[str, ...] = ()


def again_for(block: Block) -> str:
    """Return what a model is told to do about a block that cannot be taken."""
    match block:
        case FileBlock():
            return feedback.AGAIN
        case RegionBlock():
            return feedback.AGAIN_REGION
        case Replacement():
            return feedback.AGAIN_BLOCKS


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
        return _checked(path, old, with_ends_of(first.text, old), again)
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
    lines = split_lines(plain)
    quoted = [block for block in blocks if isinstance(block, Replacement)]
    for block in quoted:
        refusal = guards.check_part(path, plain, block.search, block.replace, feedback.AGAIN_BLOCKS)
        if refusal is not None:
            return refusal
    placed = place(path, plain, quoted)
    if isinstance(placed, Refusal):
        return placed
    spans: list[Span] = [*placed]
    for region in blocks:
        if not isinstance(region, RegionBlock):
            continue
        span = place_region(path, plain, region)
        if isinstance(span, Refusal):
            return span
        old_part, new_part = "".join(lines[span.start : span.end]), "".join(span.lines)
        refusal = guards.check_part(path, plain, old_part, new_part, feedback.AGAIN_REGION)
        if refusal is not None:
            return refusal
        spans.append(span)
    if overlapping(spans) is not None:
        return feedback.twice(path, again)
    notes = tuple(dict.fromkeys(span.note for span in spans if span.note))
    return _checked(path, old, splice(old, spans), again, notes)


def _checked(path: str, old: Text, new: str, again: str, notes: tuple[str, ...] = ()) -> Taken | Refusal:
    if new == old.text:
        return feedback.unchanged(path)
    after = Text(new, mixed=old.mixed).plain
    return guards.check(path, old.plain, after, again) or _encoded(path, new, old, again, notes)


def _encoded(path: str, text: str, like: Text, again: str, notes: tuple[str, ...] = ()) -> Taken | Refusal:
    try:
        return Taken(encode(text, like), notes)
    except UnicodeEncodeError:
        held = text.encode(like.encoding, errors="ignore").decode(like.encoding)
        return feedback.lacking(path, like.encoding, " ".join(sorted(set(text) - set(held))[:20]), again)
