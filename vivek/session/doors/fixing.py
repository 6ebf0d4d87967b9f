"""Mends what a review found, one fix after another: staged, checked as an edit of the chat is, then kept or dropped.

No model, no graph. All fixes of one walk are one turn of the journal, which `vivek undo` takes back.
"""

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Self

from vivek.edits.codec import Text, Undecodable, decode, encode, with_ends_of
from vivek.edits.diff import count, unified
from vivek.edits.followed import FollowedText
from vivek.errors import ConfigError, EditConflictError, VivekError
from vivek.flows.proving import may_run
from vivek.schema.applying import FIXED
from vivek.schema.approval import Decision
from vivek.schema.changes import Changes
from vivek.schema.edits import FileChange
from vivek.schema.events import Event
from vivek.schema.findings import Finding, FixOutcome, FixResult
from vivek.schema.questions import TrustRequested
from vivek.schema.sensitive import sensitive_paths
from vivek.session.bench import Workbench
from vivek.session.listing import list_project
from vivek.session.locks import thread_lock
from vivek.session.options import Choices
from vivek.session.place import Place, prepare_data
from vivek.session.proving import prove_file
from vivek.session.settings import load_settings
from vivek.workspace.files import Files
from vivek.workspace.journal.journal import Journal
from vivek.workspace.staging.stage import Stage
from vivek.workspace.store import Store

_MOST_TOLD = 2_000  # characters of a failed check
_STALE = "its lines are not as they were reviewed"


@dataclass(frozen=True, slots=True)
class Offer:
    """A fix as it would be applied now.

    Attributes:
        finding: What it mends.
        path: The file.
        text: The whole file with it, lines ended by a line feed.
        diff: What it changes, as a unified diff.
        look_twice: Why its file deserves a second look, or "".
        untouched: The file with the fix before the user edited it, None where they did not.
    """

    finding: Finding
    path: str
    text: str
    diff: str
    look_twice: str = ""
    untouched: str | None = None

    def outcome(self, result: FixResult, told: str = "") -> FixOutcome:
        """Return what became of it."""
        return replace(outcome_of(self.finding, result, told), edited=self.untouched is not None)


@dataclass(slots=True)
class FixDoor:
    """Goes through the fixes of one review; use it as a context.

    Attributes:
        place: The project.
        changes: What was reviewed: the lines of a fix are those of its new version.
        choices: What the command line says; `interactive` tells whether there is somebody to ask.
        emit: Is told what is checked.
        settled: What was found cut off before and settled first, a sentence each.
    """

    place: Place
    changes: Changes
    choices: Choices
    emit: Callable[[Event], None]
    settled: tuple[str, ...] = ()
    _files: Files = field(init=False)
    _bench: Workbench = field(init=False)
    _store: Store = field(init=False)
    _journal: Journal = field(init=False)
    _turn: int = field(init=False)
    _followed: dict[str, FollowedText] = field(default_factory=dict)
    _open: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        """Take the lock, and end what an earlier process left half done.

        Raises:
            ConfigError: If this is no project, or its settings cannot be read.
            ThreadError: If another process goes through fixes here.
            WorkspaceError: If the data folder cannot be used.
        """
        if self.place.restricted:
            msg = f"{self.place.root} is no project, so nothing is mended here."
            raise ConfigError(msg, hint="Change into the project whose files were reviewed.")
        settings = load_settings(self.place, self.choices)
        self._files = Files(self.place.root)
        listed = list_project(self.place, settings.project.ignore)
        self._bench = Workbench(self.place, self._files, lambda: listed, settings, self.choices.interactive)
        prepare_data(self.place)
        with ExitStack() as opening:
            opening.enter_context(thread_lock(self.place.data, FIXED))
            self._store = opening.enter_context(Store.open(self.place.data))
            opening.callback(self._bench.end_turn)
            self._journal = Journal(self._store, self._files)
            self.settled = tuple(self._journal.recover())
            self._turn = self._journal.last_turn(FIXED) + 1
            self._open = opening.pop_all()
        return self

    def __exit__(self, *_error: object) -> None:
        """Give everything back; what was kept stays."""
        self._open.close()

    def offer(self, finding: Finding) -> Offer | FixOutcome:
        """Return a finding's fix as it would be applied now, or why it cannot be."""
        fix = finding.fix
        if fix is None:
            return outcome_of(finding, "refused", "it has no fix")
        now = self._read(fix.path)
        if isinstance(now, str):
            return outcome_of(finding, "refused", now)
        followed = self._follow(fix.path, now)
        text = None if followed is None else followed.replaced(fix.line, fix.end_line, fix.text)
        if text is None:
            return outcome_of(finding, "refused", _STALE)
        if text == now.plain:
            return outcome_of(finding, "refused", "the file has it already")
        return self._offered(finding, fix.path, now, text)

    def edited(self, offer: Offer, text: str) -> Offer | FixOutcome:
        """Return an offer with the text of the file as the user left it."""
        now = self._read(offer.path)
        if isinstance(now, str):
            return offer.outcome("refused", now)
        if text == now.plain:
            return offer.outcome("declined", "edited until nothing of it was left")
        return replace(self._offered(offer.finding, offer.path, now, text), untouched=offer.untouched or offer.text)

    async def question(self) -> TrustRequested | None:
        """Return what the user must be asked before the project's own checks can run, or None."""
        may = await may_run(self._bench, self.emit)
        return may if isinstance(may, TrustRequested) else None

    def answer(self, question: TrustRequested, decision: Decision) -> None:
        """Take the user's answer to that question."""
        self._bench.trust(question.command, question.source, approved=decision.approved, always=decision.always)

    async def mend(self, offer: Offer) -> FixOutcome:
        """Stage a fix, check it, and keep it unless a check is against it.

        Raises:
            WorkspaceError: If the disk or the data folder cannot be used; the file is as it was then.
        """
        path = offer.path
        now = self._read(path)
        if isinstance(now, str) or unified(path, now.plain, offer.text) != offer.diff:
            return offer.outcome("refused", now if isinstance(now, str) else _STALE)
        before = encode(now.text, now)
        try:
            after = encode(with_ends_of(offer.text, now), now)
        except UnicodeEncodeError:
            return offer.outcome("refused", f"{now.encoding}, the encoding of the file, lacks a character of it")
        check = await prove_file(self._bench, self.emit, path, (now.plain, offer.text), (before, after))
        if check.status == "failed":
            return offer.outcome("dropped", f"{check.name}: {check.detail}"[:_MOST_TOLD])
        change_set = Stage(self._store).stage({path: after}, {path: before}, id=f"review-{os.urandom(8).hex()}")
        try:
            self._journal.apply(change_set, thread=FIXED, turn=self._turn)
        except EditConflictError:
            return offer.outcome("refused", _STALE)
        if (followed := self._followed.get(path)) is not None:
            for text in (offer.untouched, offer.text):  # step by step, so that fewer lines count as changed
                if text is not None:
                    followed.follow(text)
        return offer.outcome("kept", f"{check.name}: {check.detail}" if check.detail else check.name)

    def _read(self, path: str) -> Text | str:
        """Return the text of a file, or why it cannot be mended."""
        try:
            data = self._files.read(path)
        except VivekError as error:
            return error.message
        if data is None:
            return "the file is gone"
        text = decode(data)
        return text.reason if isinstance(text, Undecodable) else text

    def _follow(self, path: str, now: Text) -> FollowedText | None:
        """Return the file with its lines followed up to what they are now; None where nobody knows what they were."""
        if path not in self._followed:
            texts = [file.new_text for file in self.changes.files if file.path == path]
            if not texts or texts[0] is None:
                return None
            self._followed[path] = FollowedText(texts[0])
        self._followed[path].follow(now.plain)
        return self._followed[path]

    def _offered(self, finding: Finding, path: str, now: Text, text: str) -> Offer:
        change = FileChange(path, "modify", *count(now.plain, text), applied=False)
        return Offer(finding, path, text, unified(path, now.plain, text), sensitive_paths([change]).get(path, ""))


def outcome_of(finding: Finding, result: FixResult, told: str = "") -> FixOutcome:
    """Return what became of a finding's fix."""
    line = finding.line if finding.fix is None else finding.fix.line
    return FixOutcome(finding.rule, finding.path, line, result, told, finding.fingerprint)
