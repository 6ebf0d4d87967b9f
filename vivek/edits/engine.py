"""Bytes of files and a reply in, new bytes or feedback out; nothing is applied, opened or guessed here."""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from vivek.edits import feedback, guards
from vivek.edits.codec import Text, Undecodable, decode, encode, with_ends_of
from vivek.edits.paths import basename, in_the_way, is_near, similar, twin, unsafe
from vivek.edits.registry import load_dialect
from vivek.edits.reply import FileBlock, ParsedReply
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
    """

    files: dict[str, bytes | None]
    needs: tuple[FileNeed, ...]
    refusals: tuple[Refusal, ...]
    prose: str


@dataclass(frozen=True, slots=True)
class _Scene:
    current: Mapping[str, bytes]
    exists: frozenset[str]
    shown: frozenset[str]


def read_reply(
    reply: str,
    *,
    current: Mapping[str, bytes],
    exists: Collection[str],
    shown: Collection[str],
    dialect: str = "whole",
    complete: bool = True,
) -> Outcome:
    """Read the edits out of a reply.

    Args:
        reply: The whole text of the model.
        current: Bytes of the files that exist and were shown.
        exists: All files of the project.
        shown: Files whose present text the model has seen.
        dialect: How it was told to write edits.
        complete: Whether the reply reached its end; no edit is taken from one that did not.

    Raises:
        ConfigError: If there is no such dialect.
    """
    scene = _Scene(current, frozenset(exists) | current.keys(), frozenset(shown))
    parsed = load_dialect(dialect).parse(_THOUGHTS.sub("", reply), scene.exists)
    refusals: list[Refusal] = []
    files: dict[str, bytes | None] = {}
    for path, edit in _edits(parsed, scene, complete=complete):
        if isinstance(edit, Refusal):
            refusals.append(edit)
        else:
            files[path] = edit
    needs = []
    for path in parsed.needs:
        need = _need(path, scene)
        if isinstance(need, Refusal):
            refusals.append(need)
        else:
            needs.append(need)
    return Outcome(files, tuple(needs), tuple(refusals), parsed.prose)


def _edits(parsed: ParsedReply, scene: _Scene, *, complete: bool) -> list[tuple[str, bytes | Refusal | None]]:
    """Return the new bytes or the refusal of each file named, each file once."""
    if not complete:
        named = dict.fromkeys([*(block.path for block in parsed.blocks), *parsed.deletes])
        return [(path, feedback.cut_off(path)) for path in named]
    targets = [(_target(block, scene), block) for block in dict.fromkeys(parsed.blocks)]
    times = Counter(target for target, _ in targets if isinstance(target, str))
    times.update(parsed.deletes)
    edits: dict[str, bytes | Refusal | None] = {}
    for target, block in targets:
        if isinstance(target, Refusal):
            edits[block.path] = target
        elif times[target] > 1:
            edits[target] = feedback.twice(target)
        else:
            edits[target] = _rewritten(target, block, scene)
    for path in parsed.deletes:
        edits[path] = feedback.twice(path) if times[path] > 1 else _deleted(path, scene)
    return list(edits.items())


def _target(block: FileBlock, scene: _Scene) -> str | Refusal:
    """Return the file a block is meant for; a name that is only near to one is a question, not a guess."""
    path = block.path
    why = unsafe(path)
    if why is not None:
        return feedback.outside(path, why)
    if path in scene.exists:
        return path
    other = twin(path, scene.exists)
    if other is not None:
        return feedback.same_name(path, other)
    obstacle = in_the_way(path, scene.exists)
    if obstacle is not None:
        return feedback.impossible(path, obstacle)
    near = [] if block.explicit else [name for name in sorted(scene.shown) if _may_be(block, name, scene)]
    if not near:
        return path
    if "/" not in path and [name for name in scene.exists if basename(name) == path] == near:
        return near[0]
    return feedback.unclear_name(path, near)


def _may_be(block: FileBlock, name: str, scene: _Scene) -> bool:
    """Tell whether a block is a rewrite of the file `name`: near in name, and with half of its lines."""
    data = scene.current.get(name)
    if data is None or not is_near(block.path, name):
        return False
    text = decode(data)
    if isinstance(text, Undecodable):
        return False
    old = Counter(line.strip() for line in text.plain.split("\n") if line.strip())
    new = Counter(line.strip() for line in block.text.split("\n") if line.strip())
    return 2 * (old & new).total() >= old.total() > 0


def _rewritten(path: str, block: FileBlock, scene: _Scene) -> bytes | Refusal:
    if block.fault:
        return feedback.unclosed(path) if block.fault == "unclosed" else feedback.doubtful(path)
    if path not in scene.exists:
        return guards.check(path, None, block.text) or _encoded(path, block.text, Text(""))
    if path not in scene.shown or path not in scene.current:
        return feedback.not_shown(path)
    old = decode(scene.current[path])
    if isinstance(old, Undecodable):
        return feedback.not_text(path, old.reason)
    new = with_ends_of(block.text, old)
    if new == old.text:
        return feedback.unchanged(path)
    return guards.check(path, old.plain, block.text) or _encoded(path, new, old)


def _encoded(path: str, text: str, like: Text) -> bytes | Refusal:
    try:
        return encode(text, like)
    except UnicodeEncodeError:
        held = text.encode(like.encoding, errors="ignore").decode(like.encoding)
        return feedback.lacking(path, like.encoding, " ".join(sorted(set(text) - set(held))[:20]))


def _deleted(path: str, scene: _Scene) -> Refusal | None:
    why = unsafe(path)
    if why is not None:
        return feedback.outside(path, why)
    if path not in scene.exists:
        return feedback.missing(path, similar(path, scene.exists))
    return None if path in scene.shown else feedback.not_shown(path)


def _need(path: str, scene: _Scene) -> FileNeed | Refusal:
    if path in scene.exists:
        known = path in scene.shown and path in scene.current
        return feedback.already_shown(path) if known else FileNeed(path)
    return feedback.missing(path, similar(path, scene.exists))
