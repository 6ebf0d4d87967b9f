"""What a new text must not hold or lose; each guard answers one question, and the first refusal counts."""

import re

from vivek.edits.elision import find_elision
from vivek.edits.feedback import AGAIN, refuse
from vivek.edits.fences import open_at_end, read_mark
from vivek.schema.characters import BIDI, CONTROLS, TAGS, without_flags
from vivek.schema.edits import Refusal
from vivek.syntax.check import can_check, parse_error
from vivek.syntax.languages import is_prose

_CONFLICT = re.compile(r"^(?:<{7}|>{7})(?: .*)?$", re.M)
_REPLACEMENT = "\ufffd"
_HIDDEN = BIDI | TAGS | CONTROLS
_LINE = re.compile(r"line (\d+):")
_SMALL = 20


def check(path: str, before: str | None, after: str) -> Refusal | None:
    r"""Return the first reason not to take a whole new text, or None.

    Args:
        path: The file.
        before: Its present text, None when it is new; lines end with `\n`.
        after: What is to replace it.
    """
    for guard in (_broken, _hidden, _conflict, _elision, _stray_fence, _shrunk, _unparsable):
        refusal = guard(path, before or "", after)
        if refusal is not None:
            return refusal
    return None


def _broken(path: str, before: str, after: str) -> Refusal | None:
    if after.count(_REPLACEMENT) <= before.count(_REPLACEMENT):
        return None
    lines = [line for line in after.split("\n") if _REPLACEMENT in line]
    what = "your text has broken characters (U+FFFD) in these lines:"
    return refuse(path, "broken characters", what, quoted=lines, advice=AGAIN)


def _hidden(path: str, before: str, after: str) -> Refusal | None:
    if _HIDDEN.isdisjoint(after):
        return None
    old, new = without_flags(before), without_flags(after)
    added = sorted(char for char in _HIDDEN.intersection(new) if new.count(char) > old.count(char))
    if not added:
        return None
    codes = ", ".join(f"U+{ord(char):04X}" for char in added[:8])
    what = f"your text adds characters that cannot be seen: {codes}"
    return refuse(path, "hidden characters", what, advice=f"{AGAIN} Write such characters as escapes.")


def _conflict(path: str, before: str, after: str) -> Refusal | None:
    lines = [match[0] for match in _CONFLICT.finditer(after)]
    if len(lines) <= len(_CONFLICT.findall(before)):
        return None
    what = "your text holds conflict markers:"
    return refuse(path, "conflict markers", what, quoted=lines, advice=f"{AGAIN} Do not use such markers.")


def _elision(path: str, before: str, after: str) -> Refusal | None:
    index = find_elision(path, before, after)
    if index is None:
        return None
    what = "this line of yours stands for code that it leaves out:"
    advice = f"The fence replaces the file, so that code would be lost. {AGAIN} Write every line, also unchanged ones."
    return refuse(path, "code left out", what, quoted=[after.split("\n")[index]], advice=advice)


def _stray_fence(path: str, before: str, after: str) -> Refusal | None:
    if is_prose(path):
        stray = open_at_end(after) and not open_at_end(before)
    else:
        stray = _has_fence_at_an_end(after) and not _has_fence_at_an_end(before)
    if not stray:
        return None
    advice = f"{AGAIN} If ``` lines belong to the file, use a fence of four backticks (````)."
    return refuse(path, "stray fence", "a ``` line got into its text.", advice=advice)


def _has_fence_at_an_end(text: str) -> bool:
    lines = text.strip().split("\n")
    return read_mark(lines[0]) is not None or read_mark(lines[-1]) is not None


def _shrunk(path: str, before: str, after: str) -> Refusal | None:
    old, new = _filled(before), _filled(after)
    if old and not new:
        advice = f"{AGAIN} To delete the file, write a line `delete: {path}` instead."
        return refuse(path, "emptied", "your fence is empty, and it replaces the whole file.", advice=advice)
    if len(old) < _SMALL or 2 * len(after.strip()) >= len(before.strip()):
        return None
    kept = set(new)
    lost = [line for line in old if line not in kept]
    what = f"it has {len(old)} lines of text and yours has {len(new)}. Among those missing:"
    advice = f"The fence replaces the file, so they would be lost. {AGAIN} Write every line, also unchanged ones."
    return refuse(path, "much shorter", what, quoted=lost, advice=advice)


def _filled(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def _unparsable(path: str, before: str, after: str) -> Refusal | None:
    error = parse_error(path, after) if can_check(path) and after.strip() else None
    if error is None or (before.strip() and parse_error(path, before) is not None):
        return None
    found = _LINE.match(error)
    lines = after.split("\n")
    around = lines[max(0, int(found[1]) - 3) : int(found[1]) + 2] if found is not None else []
    what = f"your version does not parse: {error}" + (". The lines around it:" if around else ".")
    return refuse(path, "does not parse", what, quoted=around)
