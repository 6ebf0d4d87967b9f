"""From the bytes of a file before and after to what a reviewer is shown of it, or why nothing can be shown. Pure."""

from dataclasses import dataclass, replace

from vivek.edits.unified import hunks_between
from vivek.project.index.reading import described
from vivek.project.roles import role_of
from vivek.schema.changes import ChangedFile, DiffLine, FileKind, Hunk


@dataclass(frozen=True, slots=True)
class Side:
    """A file in one version.

    Attributes:
        data: Its bytes, None where there is no such file.
        aside: Why it is not read, or "".
    """

    data: bytes | None
    aside: str = ""


@dataclass(frozen=True, slots=True)
class _Text:
    text: str | None = None
    aside: str = ""
    note: str = ""


def changed_file(path: str, kind: FileKind, old: Side, new: Side, *, old_path: str = "") -> ChangedFile:
    """Return a file with its texts and what differs in them.

    Args:
        path: Its name in the new version.
        kind: What git says happened to it.
        old: Its old version.
        new: Its new version.
        old_path: Its name before, where that was another.
    """
    before, after = _text(old_path or path, old), _text(path, new)
    aside = after.aside or before.aside
    note = after.note or before.note
    if "binary" in (before.aside, after.aside):
        found: FileKind = "binary" if kind == "modified" else kind
        return ChangedFile(path, found, old_path=old_path, aside="binary")
    if (
        before.aside in ("link", "too large")
        or after.aside in ("link", "too large")
        or aside.startswith("not readable")
    ):
        return ChangedFile(path, kind, old_path=old_path, aside=aside, note=note)
    hunks = hunks_between(before.text, after.text)
    if not hunks and kind == "modified":
        if old.data == new.data:
            kind = "mode"
        else:
            note = "; ".join(filter(None, [note, "only its line ends or its encoding changed"]))
    changed = ChangedFile(path, kind, hunks, old_path, before.text, after.text, aside)
    return replace(changed, note=note)


def whole_file(path: str, data: bytes, first: int = 1, last: int | None = None) -> ChangedFile:
    """Return a file that is looked at as it is; every line, or those of a range, counts as added.

    Args:
        path: Its name.
        data: Its bytes.
        first: The first line that is looked at, from 1.
        last: The last one, None for the end.
    """
    side = _text(path, Side(data))
    if side.text is None:
        return ChangedFile(path, "whole", aside=side.aside, note=side.note)
    lines = side.text.removesuffix("\n").split("\n") if side.text else []
    shown = tuple(DiffLine("+", line, 0, at) for at, line in enumerate(lines[first - 1 : last], first))
    hunks = (Hunk(0, first, shown),) if shown else ()
    return ChangedFile(path, "whole", hunks, new_text=side.text, aside=side.aside, note=side.note)


def _text(path: str, side: Side) -> _Text:
    """Return the text of a side; generated files and the like keep theirs, so that what changed can be counted."""
    if side.data is None or side.aside:
        return _Text(aside=side.aside)
    read = described(path, side.data, (len(side.data), 0, -1))
    if read.skipped == "binary":
        return _Text(aside="binary")
    aside = read.skipped
    if not aside and role_of(path) == "vendored":
        aside = "vendored"
    elif not aside and read.aside > 1:
        aside = "generated"
    return _Text(read.text, aside, f"{read.fault}; it is shown as UTF-8" if read.fault else "")
