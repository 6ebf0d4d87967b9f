"""Bytes of files and a reply in, new bytes or feedback out; nothing is applied, opened or guessed here."""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from vivek.edits import feedback
from vivek.edits.changing import Taken, again_for, change
from vivek.edits.recognition import recognise
from vivek.edits.registry import AUTO, ensure_readable
from vivek.edits.reply import Block, ParsedReply, ToolLine
from vivek.edits.targets import Scene, deleted, moved, needed, target_of
from vivek.schema.control_tokens import restore
from vivek.schema.edits import FileNeed, Refusal

_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.S)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a reply comes to.

    Attributes:
        files: New bytes of each file that can be taken, None where it is to be deleted.
        needs: Files the model asks to see; all of them exist.
        refusals: What was not taken, each with its feedback.
        prose: What the reply says besides.
        asks: Other requests, in order; none from a reply that changes files.
        notes: For each file that can be taken, how lines were found that are not quoted exactly.
    """

    files: dict[str, bytes | None]
    needs: tuple[FileNeed, ...]
    refusals: tuple[Refusal, ...]
    prose: str
    asks: tuple[ToolLine, ...] = ()
    notes: dict[str, tuple[str, ...]] = field(default_factory=dict)


def read_reply(
    reply: str,
    *,
    current: Mapping[str, bytes],
    exists: Collection[str],
    shown: Collection[str],
    partly: Collection[str] = (),
    dialect: str = AUTO,
    complete: bool = True,
    halving: bool = False,
) -> Outcome:
    """Read the edits out of a reply, in whatever dialects it is written unless one is named.

    A file is changed wholly or not at all: one block of it that cannot be taken refuses the others as well. All blocks
    are held against the present text; what they do not change stays as it is, byte for byte.

    Args:
        reply: The whole text of the model.
        current: Bytes of the files that exist and were shown.
        exists: All files of the project.
        shown: Files whose present text the model has seen.
        partly: Those of them of which it has seen a part only; only quoted lines of these are replaced.
        dialect: The only one to be read; with `auto` all are, for a model does not always write what it was told.
        complete: Whether the reply reached its end; no edit is taken from one that did not.
        halving: Whether a file that is given whole may lose more than half of its text: only where somebody is asked
            before it is written.

    Raises:
        ConfigError: If there is no such dialect.
    """
    ensure_readable(dialect)
    scene = Scene(current, frozenset(exists) | current.keys(), frozenset(shown), frozenset(partly), halving)
    parsed = recognise(_THOUGHTS.sub("", restore(reply)), scene.exists, dialect)
    edits = _edits(parsed, scene) if complete else _cut_off(parsed)
    needs = [needed(path, scene) for path in parsed.needs]
    taken = {path: edit for path, edit in edits.items() if isinstance(edit, Taken)}
    return Outcome(
        {path: edit.data for path, edit in taken.items()},
        tuple(need for need in needs if isinstance(need, FileNeed)),
        tuple(result for result in (*edits.values(), *needs) if isinstance(result, Refusal)),
        parsed.prose,
        parsed.asks,
        {path: edit.notes for path, edit in taken.items() if edit.notes},
    )


def _cut_off(parsed: ParsedReply) -> dict[str, Taken | Refusal]:
    again = {block.path: again_for(block) for block in parsed.blocks}
    named = dict.fromkeys([*again, *(move.path for move in parsed.moves), *parsed.deletes])
    return {path: feedback.cut_off(path, again.get(path, feedback.AGAIN)) for path in named}


def _edits(parsed: ParsedReply, scene: Scene) -> dict[str, Taken | Refusal]:
    """Return what becomes of each file named, each file once."""
    edits: dict[str, Taken | Refusal] = {}
    blocks: dict[str, list[Block]] = {}
    for block in dict.fromkeys(parsed.blocks):
        target = target_of(block, scene)
        if isinstance(target, Refusal):
            edits[block.path] = target
        else:
            blocks.setdefault(target, []).append(block)
    for path, own in blocks.items():
        if not isinstance(edits.get(path), Refusal):
            edits[path] = change(path, own, scene)
    for path in parsed.deletes:
        refusal = feedback.twice(path) if path in edits else deleted(path, scene)
        edits[path] = Taken(None) if refusal is None else refusal
    times = Counter(path for move in parsed.moves for path in (move.path, move.to))
    for move in parsed.moves:
        if times[move.path] > 1 or times[move.to] > 1 or move.path in parsed.deletes or move.to in edits:
            edits[move.path] = feedback.twice(move.path)
            continue
        edit = moved(move, scene) or edits.get(move.path) or Taken(scene.current[move.path])
        edits[move.path] = edit if isinstance(edit, Refusal) else Taken(None)
        if isinstance(edit, Taken):
            edits[move.to] = edit
    return edits
