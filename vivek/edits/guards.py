"""What a new text must not hold or lose; each guard answers one question, and the first refusal counts."""

import re
from collections.abc import Sequence

from vivek.edits.elision import find_elision
from vivek.edits.feedback import AGAIN, AGAIN_BLOCKS, refuse
from vivek.edits.fences import open_at_end, read_mark
from vivek.edits.lines import changed_lines
from vivek.schema.characters import BIDI, CONTROLS, TAGS, without_flags
from vivek.schema.edits import Refusal
from vivek.schema.placeholders import placeholder_in
from vivek.syntax.check import broken_by
from vivek.syntax.languages import is_prose

_CONFLICT = re.compile(
    r"^(?:(?:<{7}|>{7})(?: .*)?|<{5,9} ?SEARCH|>{5,9} ?REPLACE|\*\*\* (?:Begin|End) Patch)$", re.MULTILINE
)
_SIGNS = ("<<<<<", ">>>>>", "*** ")
_REPLACEMENT = "\ufffd"
_HIDDEN = BIDI | TAGS | CONTROLS
_LINE = re.compile(r"line (\d+):")
_SMALL = 20


def check(path: str, before: str | None, after: str, again: str = AGAIN, *, halving: bool = False) -> Refusal | None:
    r"""Return the first reason not to take a new text of a file, or None.

    Args:
        path: The file.
        before: Its present text, None when it is new; lines end with `\n`.
        after: What is to replace it.
        again: How the model is to answer after a refusal, which tells how it gave the text.
        halving: Whether it may lose more than half of its text.
    """
    guards = [_broken, _hidden, _placeholder, _conflict, _elision, _stray_fence, _emptied, _shrunk, _unparsable]
    if again != AGAIN and before is not None:  # each part of such a text was looked at by itself
        guards = [_stray_fence, _emptied, _unparsable]
    if halving and _shrunk in guards:
        guards.remove(_shrunk)
    old, new = changed_lines(before or "", after)
    for guard in guards:
        trimmed = guard in (_broken, _hidden, _conflict)  # what stays the same says nothing to these
        refusal = (
            guard(path, (before or "")[old], after[new], again) if trimmed else guard(path, before or "", after, again)
        )
        if refusal is not None:
            return refusal
    return None


def check_part(path: str, file: str, old: str, new: str, again: str) -> Refusal | None:
    """Return the first reason not to take what replaces a part of a file, or None.

    Args:
        path: The file.
        file: Its present text.
        old: The part that goes.
        new: What comes instead.
        again: How the model is to answer after a refusal.
    """
    for guard in (_broken, _hidden, _placeholder, _conflict):
        refusal = guard(path, old, new, again)
        if refusal is not None:
            return refusal
    index = find_elision(path, old, new, file)
    if index is not None:
        return _left_out(path, new.split("\n")[index], again)
    if _adds_fence(path, old, new):
        return _stray(path, again)
    return None if again == AGAIN_BLOCKS else _shrunk(path, old, new, again)


def _broken(path: str, before: str, after: str, again: str) -> Refusal | None:
    if after.count(_REPLACEMENT) <= before.count(_REPLACEMENT):
        return None
    lines = [line for line in after.split("\n") if _REPLACEMENT in line]
    what = "your text has broken characters (U+FFFD) in these lines:"
    return refuse(path, "broken characters", what, quoted=lines, advice=again)


def _hidden(path: str, before: str, after: str, again: str) -> Refusal | None:
    if _HIDDEN.isdisjoint(after):
        return None
    old, new = without_flags(before), without_flags(after)
    added = sorted(char for char in _HIDDEN.intersection(new) if new.count(char) > old.count(char))
    if not added:
        return None
    codes = ", ".join(f"U+{ord(char):04X}" for char in added[:8])
    what = f"your text adds characters that cannot be seen: {codes}"
    return refuse(path, "hidden characters", what, advice=f"{again} Write such characters as escapes.")


def _placeholder(path: str, before: str, after: str, again: str) -> Refusal | None:
    found = placeholder_in(after, before)
    if found is None:
        return None
    what = f"{found} stands for a secret that you are not shown; written into the file, it would be lost."
    advice = f"{again} Change only lines without such a mark, and leave the others out of your edit."
    return refuse(path, "hidden secret", what, advice=advice)


def _conflict(path: str, before: str, after: str, again: str) -> Refusal | None:
    if not any(sign in after for sign in _SIGNS):
        return None
    lines = [match[0] for match in _CONFLICT.finditer(after)]
    if len(lines) <= len(_CONFLICT.findall(before)):
        return None
    what = "your text holds conflict markers:"
    return refuse(path, "conflict markers", what, quoted=lines, advice=f"{again} Do not use such markers.")


def _elision(path: str, before: str, after: str, again: str) -> Refusal | None:
    index = find_elision(path, before, after)
    return None if index is None else _left_out(path, after.split("\n")[index], again)


def _left_out(path: str, line: str, again: str) -> Refusal:
    what = "this line of yours stands for code that it leaves out:"
    why = "The fence replaces the file, so that code would be lost" if again == AGAIN else "That code would be lost"
    advice = f"{why}. {again} Write every line, also unchanged ones."
    return refuse(path, "code left out", what, quoted=[line], advice=advice)


def _stray_fence(path: str, before: str, after: str, again: str) -> Refusal | None:
    if is_prose(path):
        stray = open_at_end(after) and not open_at_end(before)
    else:
        stray = _has_fence_at_an_end(after.strip().split("\n")) and not _has_fence_at_an_end(before.strip().split("\n"))
    return _stray(path, again) if stray else None


def _adds_fence(path: str, old: str, new: str) -> bool:
    """Tell whether a part of a source file gets fence lines around it, or a single one; pairs inside are examples."""
    if is_prose(path):
        return False
    old_lines, new_lines = old.strip().split("\n"), new.strip().split("\n")
    odd = _marks(new_lines) % 2 and not _marks(old_lines) % 2
    return bool(odd) or (_has_fence_at_an_end(new_lines) and not _has_fence_at_an_end(old_lines))


def _marks(lines: Sequence[str]) -> int:
    return sum(read_mark(line) is not None for line in lines)


def _stray(path: str, again: str) -> Refusal:
    if again == AGAIN_BLOCKS:
        advice = f"{again} Leave the ``` lines out of them: they stand around a block, never inside."
    else:
        advice = f"{again} If ``` lines belong to the file, use a fence of four backticks (````)."
    return refuse(path, "stray fence", "a ``` line got into its text.", advice=advice)


def _has_fence_at_an_end(lines: Sequence[str]) -> bool:
    return read_mark(lines[0]) is not None or read_mark(lines[-1]) is not None


def _emptied(path: str, before: str, after: str, again: str) -> Refusal | None:
    if after.strip() or not before.strip():
        return None
    what = "your fence is empty, and it replaces the whole file." if again == AGAIN else "nothing of it would be left."
    advice = f"{again} To delete the file, write a line `delete: {path}` instead."
    return refuse(path, "emptied", what, advice=advice)


def _shrunk(path: str, before: str, after: str, again: str) -> Refusal | None:
    """Refuse what replaces far more than it shows.

    Lines that a reply quotes may all go: they were seen to go. What is replaced without being quoted, a whole file or
    a whole definition, may lose half of its text and no more, once it is longer than a few lines.
    """
    if 2 * len(after.strip()) >= len(before.strip()) or len(old := _filled(before)) < _SMALL:
        return None
    new = _filled(after)
    kept = set(new)
    lost = [line for line in old if line not in kept]
    it, held = ("it", "file") if again == AGAIN else ("the definition", "definition")
    what = f"{it} has {len(old)} lines of text and yours has {len(new)}. Among those missing:"
    advice = f"The fence replaces the {held}, so they would be lost. {again} Write every line, also unchanged ones."
    return refuse(path, "much shorter", what, quoted=lost, advice=advice)


def _filled(text: str) -> list[str]:
    return list(filter(str.strip, text.split("\n")))


def _unparsable(path: str, before: str, after: str, again: str) -> Refusal | None:
    error = broken_by(path, before, after)
    if error is None:
        return None
    found = _LINE.match(error)
    lines = after.split("\n")
    around = lines[max(0, int(found[1]) - 3) : int(found[1]) + 2] if found is not None else []
    what = f"your version does not parse: {error}" + (". The lines around it:" if around else ".")
    return refuse(path, "does not parse", what, quoted=around, advice=again)
