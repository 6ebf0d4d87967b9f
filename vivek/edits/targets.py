"""Which file a block is meant for: one that exists under that very path, or a new one; a near name is a question."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from vivek.edits import feedback
from vivek.edits.codec import Undecodable, decode
from vivek.edits.haystack import Haystack, as_is, split
from vivek.edits.paths import basename, in_the_way, is_near, similar, twin, unsafe
from vivek.edits.reply import Block, FileBlock, Move, Replacement
from vivek.schema.edits import FileNeed, Refusal


@dataclass(frozen=True, slots=True)
class Scene:
    """The files that a reply is held against.

    Attributes:
        current: Bytes of the files that exist and were shown.
        exists: All files of the project.
        shown: Files whose present text the model has seen.
        partly: Those of them of which it has seen a part only.
        halving: Whether a file that is given whole may lose more than half of its text.
    """

    current: Mapping[str, bytes]
    exists: frozenset[str]
    shown: frozenset[str]
    partly: frozenset[str] = frozenset()
    halving: bool = False

    def knows(self, path: str) -> bool:
        """Return whether the model has seen the text of a file."""
        return path in self.shown and path in self.current


def target_of(block: Block, scene: Scene) -> str | Refusal:
    """Return the path of the file that a block changes or makes, or why it is not certain."""
    if not block.path:
        return _held_by(block, scene)
    obstacle = _obstacle(block.path, scene)
    if block.path in scene.exists or obstacle is not None:
        return obstacle or block.path
    if isinstance(block, FileBlock):
        return _new_file(block, scene)
    if isinstance(block, Replacement) and not block.search.strip():
        return block.path
    same = [name for name in scene.exists if basename(name) == block.path]
    if len(same) == 1 and same[0] in scene.shown and not block.explicit:
        return same[0]
    return feedback.missing(block.path, similar(block.path, scene.exists))


def moved(move: Move, scene: Scene) -> Refusal | None:
    """Return why a file cannot get another path, or None."""
    if move.path not in scene.exists:
        return feedback.missing(move.path, similar(move.path, scene.exists))
    if not scene.knows(move.path):
        return feedback.not_shown(move.path)
    obstacle = _obstacle(move.path, scene) or _obstacle(move.to, scene)
    if obstacle is not None:
        return obstacle
    return feedback.exists_already(move.to) if move.to in scene.exists else None


def deleted(path: str, scene: Scene) -> Refusal | None:
    """Return why a file cannot be deleted, or None."""
    why = unsafe(path)
    if why is not None:
        return feedback.outside(path, why)
    if path not in scene.exists:
        return feedback.missing(path, similar(path, scene.exists))
    return None if path in scene.shown else feedback.not_shown(path)


def needed(path: str, scene: Scene) -> FileNeed | Refusal:
    """Return a file that is to be shown, or why there is no need."""
    if path in scene.exists:
        known = scene.knows(path) and path not in scene.partly
        return feedback.already_shown(path) if known else FileNeed(path)
    return feedback.missing(path, similar(path, scene.exists))


def _obstacle(path: str, scene: Scene) -> Refusal | None:
    """Return why nothing may or can be written there; a file that exists is no obstacle."""
    why = unsafe(path)
    if why is not None:
        return feedback.outside(path, why)
    if path in scene.exists:
        return None
    other = twin(path, scene.exists)
    if other is not None:
        return feedback.same_name(path, other)
    blocking = in_the_way(path, scene.exists)
    return None if blocking is None else feedback.impossible(path, blocking)


def _new_file(block: FileBlock, scene: Scene) -> str | Refusal:
    near = [] if block.explicit else [name for name in sorted(scene.shown) if _may_be(block, name, scene)]
    if not near:
        return block.path
    if "/" not in block.path and [name for name in scene.exists if basename(name) == block.path] == near:
        return near[0]
    return feedback.unclear_name(block.path, near)


def _may_be(block: FileBlock, name: str, scene: Scene) -> bool:
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


def _held_by(block: Block, scene: Scene) -> str | Refusal:
    """Return the only shown file that has the lines of a block without a path, word for word and once."""
    lines = split(block.search) if isinstance(block, Replacement) else []
    first = next((line for line in lines if line.strip()), "")
    holding = []
    for name in sorted(scene.shown & scene.current.keys()) if first else ():
        text = decode(scene.current[name])
        if not isinstance(text, Undecodable):
            holding += [name] * len(Haystack(name, text.plain).places(lines, as_is))
    return holding[0] if len(holding) == 1 else feedback.nameless(first, len(holding))
