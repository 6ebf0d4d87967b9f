"""Applies a reply from any chat to the user's files, through the same engine as a turn: no model, no graph.

All of it or nothing. The journal keeps it under a name that no thread can have, so that it can be taken back.
"""

import os
from collections.abc import Iterator, Mapping

from vivek.edits.codec import Undecodable, decode
from vivek.edits.diff import count, unified
from vivek.edits.engine import Outcome, read_reply
from vivek.edits.feedback import ALREADY_SHOWN, UNCHANGED
from vivek.edits.fences import find_fences
from vivek.errors import WorkspaceError
from vivek.schema.applying import APPLIED, ApplyReport, FileOutcome, FileStatus
from vivek.schema.edits import EditKind, FileChange
from vivek.schema.sensitive import sensitive_paths
from vivek.session.doubting import find_concerns
from vivek.session.listing import list_project
from vivek.session.locks import thread_lock
from vivek.session.place import Place, prepare_data
from vivek.workspace.contents import FILE_NAME
from vivek.workspace.files import Files
from vivek.workspace.journal.journal import Journal
from vivek.workspace.staging.stage import Stage
from vivek.workspace.store import Store


def apply_reply(place: Place, reply: str, *, dialect: str = "auto", dry_run: bool = False) -> ApplyReport:
    """Apply the edits of a reply to the project, unless one of them is refused.

    Args:
        place: The project.
        reply: The whole text of a chat's answer. All files of the project count as shown to whoever wrote it.
        dialect: The only form of edits that is read; with `auto` all are.
        dry_run: Say what would become of it, and change nothing.

    Raises:
        ConfigError: If the settings cannot be read, which say what is kept from vivek.
        WorkspaceError: If this is no project, or the disk or the data folder cannot be used; nothing is changed then.
        OutsideWorkspaceError: If a path leads out of the project.
        EditConflictError: If a file changes meanwhile.
    """
    if place.restricted:
        msg = f"{place.root} is no project, so nothing is applied here."
        raise WorkspaceError(msg, hint="Change into the project that the reply is about.")
    files = Files(place.root)
    settled = () if dry_run else _settle(place, files)
    listed = frozenset(list_project(place))
    outcome, contents = _read(files, reply, listed, dialect)
    before = {path: contents.get(path) for path in sorted(outcome.files)}
    refusals = tuple(each for each in outcome.refusals if each.reason not in (ALREADY_SHOWN, UNCHANGED))
    concerns = find_concerns(place, files, listed, before, outcome.files, request="", reply="") if before else ()
    unchanged = [each.path for each in outcome.refusals if each.reason == UNCHANGED]
    status: FileStatus = "held_back" if refusals else "would_apply" if dry_run else "applied"
    if before and status == "applied":
        _write(place, files, before, outcome.files)
    return ApplyReport(
        (
            *_files(before, outcome, status),
            *(FileOutcome(path, "unchanged", "modify", 0, 0) for path in unchanged),
        ),
        refusals,
        tuple(refusal.path for refusal in outcome.refusals if refusal.reason == ALREADY_SHOWN),
        len(find_fences(outcome.prose.split("\n"))),
        "".join(unified(path, _text(old), _text(outcome.files[path])) for path, old in before.items()),
        tuple(concern for concern in concerns if concern.check != "V09"),  # `look_twice` says that of each file
        settled,
    )


class _Contents(Mapping[str, bytes]):
    """The bytes of a project's files, each read when it is asked for, once."""

    def __init__(self, files: Files, paths: frozenset[str]) -> None:
        self._files = files
        self._paths = paths
        self._read: dict[str, bytes] = {}

    def __getitem__(self, path: str) -> bytes:
        if path not in self._read:
            data = self._files.read(path) if path in self._paths else None
            if data is None:
                raise KeyError(path)
            self._read[path] = data
        return self._read[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def _read(files: Files, reply: str, listed: frozenset[str], dialect: str) -> tuple[Outcome, _Contents]:
    """Read a reply against the project; a file that is there without being listed, as ignored ones are, counts too."""
    while True:
        contents = _Contents(files, listed)
        outcome = read_reply(reply, current=contents, exists=listed, shown=listed, dialect=dialect)
        unlisted = {path for path in outcome.files if path not in listed and files.kind(path) == "file"}
        if not unlisted:
            return outcome, contents
        listed |= unlisted


def _settle(place: Place, files: Files) -> tuple[str, ...]:
    """End what was cut off before, so that the reply meets whole files; return a sentence for each."""
    if not (place.data / FILE_NAME).exists():
        return ()
    prepare_data(place)
    with Store.open(place.data) as store:
        return tuple(Journal(store, files).recover())


def _write(place: Place, files: Files, before: Mapping[str, bytes | None], after: Mapping[str, bytes | None]) -> None:
    """Bring new contents into the user's files."""
    prepare_data(place)
    with thread_lock(place.data, APPLIED), Store.open(place.data) as store:
        journal = Journal(store, files)
        change_set = Stage(store).stage(after, before, id=f"apply-{os.urandom(8).hex()}")
        journal.apply(change_set, thread=APPLIED, turn=journal.last_turn(APPLIED) + 1)


def _files(before: Mapping[str, bytes | None], outcome: Outcome, status: FileStatus) -> tuple[FileOutcome, ...]:
    changes = [_change(path, old, outcome.files[path]) for path, old in before.items()]
    twice = sensitive_paths(changes)
    return tuple(
        FileOutcome(
            each.path,
            status,
            each.kind,
            each.added,
            each.removed,
            tuple(outcome.notes.get(each.path, ())),
            twice.get(each.path, ""),
        )
        for each in changes
    )


def _change(path: str, before: bytes | None, after: bytes | None) -> FileChange:
    added, removed = count(_text(before), _text(after))
    kind: EditKind = "create" if before is None else "delete" if after is None else "modify"
    return FileChange(path, kind, added, removed, applied=False)


def _text(data: bytes | None) -> str | None:
    """Return bytes as text for showing; what is no text is shown as a remark."""
    if data is None:
        return None
    text = decode(data)
    return f"({text.reason})\n" if isinstance(text, Undecodable) else text.plain
