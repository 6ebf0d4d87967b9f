"""The place where a thread's commands run: sandbox, staged tree, trust, and what is doubtful about a change."""

import asyncio
import hashlib
import shlex
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

from vivek.config.folders import cache_folder
from vivek.errors import ConfigError, WorkspaceError
from vivek.flows.bench import Staged, TrustAnswer
from vivek.project.narrowing import narrowed
from vivek.project.tooling.commands import Tooling
from vivek.project.tooling.definitions import definition_of
from vivek.project.tooling.finding import detect_tooling
from vivek.schema.approval import ApprovalPolicy
from vivek.schema.checks import Check
from vivek.schema.commands import Judgement, Ran
from vivek.schema.concerns import Concern
from vivek.schema.events import Event, Notice
from vivek.schema.sandbox import SandboxStatus
from vivek.session.doubting import find_concerns
from vivek.session.place import Place
from vivek.session.settings import Settings
from vivek.session.trees import StagedTrees
from vivek.session.trust import Given, Trust
from vivek.tools.approval import judge
from vivek.tools.gate.parts import Setting
from vivek.workspace.files import Files
from vivek.workspace.git.asking import git_toplevel
from vivek.workspace.git.state import find_repository
from vivek.workspace.ignore import IgnoreFiles, is_secret
from vivek.workspace.sandbox.ladder import is_thinkable, probe

_REQUIRED = "Nothing holds commands back here, and `session.sandbox_required` is set"
_UNREADABLE = "it may hold secrets; name it yourself with `@` to show it"


@dataclass(slots=True)
class Workbench:
    """A `flows.bench.Bench` for one project.

    Attributes:
        place: The project.
        files: Its files.
        list_files: Lists them.
        settings: What the user set.
        interactive: Whether there is somebody who can be asked.
        approval: What happens without asking; the user may change it between turns.
    """

    place: Place
    files: Files
    list_files: Callable[[], Sequence[str]]
    settings: Settings
    interactive: bool
    approval: ApprovalPolicy = "ask"
    _trust: Trust = field(default_factory=Trust.open)
    _status: SandboxStatus | None = None
    _tooling: Tooling | None = None
    _ignored: IgnoreFiles = field(init=False)
    _trees: StagedTrees = field(init=False)
    _declined: set[str] = field(default_factory=set)
    _allowed: set[str] = field(default_factory=set)
    _heard: dict[str, str] = field(default_factory=dict)
    _told: bool = False
    _results: dict[str, Check] = field(default_factory=dict)

    @property
    def guard(self) -> str:
        """Return what the status line says of the sandbox: "" where there is one, or may be one."""
        if self.settings.session.sandbox == "off":
            return " · sandbox off: every command asks"
        known = self._status is None or self._status.confines
        return "" if known and is_thinkable() else " · no sandbox: every command asks"

    def __post_init__(self) -> None:
        self._ignored = IgnoreFiles(self.place.root, more=self.settings.project.ignore)
        self._trees = StagedTrees(self.place.root, cache_folder())

    async def sandbox(self, emit: Callable[[Event], None] | None = None) -> SandboxStatus:
        """Return how commands are held back here, tried out at the first call; that nothing does is told once."""
        if self._status is None:
            if self.settings.session.sandbox == "off":
                self._status = SandboxStatus("none", "none", "you switched the sandbox off")
            else:
                self._status = await asyncio.to_thread(probe, self.place.root, cache_folder())
        if emit is not None and not self._status.confines and not self._told:
            self._told = True
            emit(Notice(f"No sandbox: {self._status.reason}. Every command asks.", hint=self._status.hint))
        return self._status

    async def require(self) -> None:
        """Refuse to go on where nothing holds commands back and the user forbids to work so.

        Raises:
            ConfigError: If that is so.
        """
        if not self.settings.session.sandbox_required:
            return
        status = await self.sandbox()
        if not status.confines:
            msg = f"{_REQUIRED}: {status.reason}."
            raise ConfigError(msg, hint=status.hint or "Install bubblewrap, or take the setting back.")

    async def run(
        self,
        argv: Sequence[str],
        staged: Staged,
        *,
        timeout: float,
        on_output: Callable[[bytes], None] | None = None,
    ) -> Ran:
        """Run a command on the project with the staged files in it, without a network.

        Raises:
            WorkspaceError: If it cannot be run apart from the user's files, or only so and the user forbids it.
        """
        status = await self.sandbox()
        if not status.confines and self.settings.session.sandbox_required:
            raise WorkspaceError(f"{_REQUIRED}.", hint=status.hint or "See `vivek doctor`.")
        tree = self._trees.tree(staged, status)
        write = self.settings.session.sandbox != "read-only"
        return await tree.run(argv, timeout=timeout, write=write, on_output=on_output)

    def judge(self, command: str | Sequence[str], *, sandboxed: bool) -> Judgement:
        """Say whether a command may run."""
        if not sandboxed and self.settings.session.sandbox_required:
            return Judgement("refuse", "sandbox-required", "Nothing holds commands back here, and you require it.")
        test = self.tooling().test
        return judge(
            command,
            sandboxed=sandboxed,
            trusted=test is not None and self.trusts(_line(test.argv), test.source) == "yes",
            approval=self.approval,
            remembered=self._allowed | self._trust.allowed(self.place.root),
            setting=Setting(str(self.place.root), access=self.settings.session.sandbox),
        )

    def tooling(self) -> Tooling:
        """Return the project's own commands, found by reading files only."""
        if self._tooling is None:
            own = {each.kind: each.command for each in self.settings.commands}
            lines = {kind: it if isinstance(it, str) else _line(it) for kind, it in own.items()}
            found = detect_tooling(self.list_files(), self.files.read, lines)
            self._tooling = replace(found, languages=self.settings.project.languages)
        return self._tooling

    def trusts(self, command: str, source: str) -> TrustAnswer:
        """Return whether the user lets a command of the project run after edits."""
        if self.place.restricted:
            return "no"
        if command in self._declined:
            return "no"
        if any(each.users and _text(each.command) == command for each in self.settings.commands):
            return "yes"
        defined = definition_of(source, self.files.read)
        return self._trust.decision(self.place.root, "test", command, source, definition=defined)

    def trust(self, command: str, source: str, *, approved: bool, always: bool) -> None:
        """Remember whether a command of the project may run: for this session, or always in this folder."""
        if not (approved or always):
            self._declined.add(command)
            return
        given: Given = "once" if not always else "always" if approved else "never"
        defined = definition_of(source, self.files.read)
        try:
            self._trust.remember(self.place.root, "test", command, source, given, definition=defined)
        except ConfigError:
            if not approved:
                self._declined.add(command)
                return
            self._trust.remember(self.place.root, "test", command, source, "once", definition=defined)

    def allow(self, key: str) -> None:
        """Remember for this session what a judgement named in `remember`."""
        self._allowed.add(key)

    def hear(self, key: str, answer: str) -> None:
        """Take the user's answer to a question on a command; it holds for this turn."""
        self._heard[key] = answer

    def heard(self, key: str) -> str | None:
        """Return the user's answer to a question of this turn, None before."""
        return self._heard.get(key)

    def tree(self) -> str:
        """Return a digest that changes when a file of the project changes on the disk."""
        state = hashlib.sha256()
        for path in self.list_files():
            try:
                status = (self.place.root / path).lstat()
            except OSError:
                continue
            state.update(f"{path}\0{status.st_mtime_ns}\0{status.st_size}\0{status.st_mode}\n".encode(errors="replace"))
        return state.hexdigest()

    def recall(self, key: str) -> Check | None:
        """Return the result of a check that ran before on the same input, None for none."""
        return self._results.get(key)

    def keep(self, key: str, check: Check) -> None:
        """Keep the result of a check for this session."""
        self._results[key] = check

    def may_read(self, path: str) -> str | None:
        """Return why a file is not shown to the model, or None."""
        if is_secret(path):
            return _UNREADABLE
        return "an ignore file hides it" if self._ignored.is_hidden(path) else None

    def narrow(self, text: str, staged: Collection[str]) -> frozenset[str] | None:
        """Return the files that may hold a text, staged ones among them; None when nobody can tell."""
        return narrowed(self.place.root, text, always=staged)

    def doubts(self, before: Staged, after: Staged, *, request: str, reply: str) -> tuple[Concern, ...]:
        """Return what is doubtful about a change set, given the user's words and the prose of the model."""
        listed = self.list_files()
        return find_concerns(self.place, self.files, listed, before, after, request=request, reply=reply)

    def busy(self) -> str:
        """Return what git has begun here and not ended, such as `merge`, or ""; without git there is nothing."""
        if self.place.restricted or git_toplevel(self.place.root) is None:
            return ""
        return find_repository(self.place.root).operation

    def end_turn(self) -> None:
        """Remove the staged trees: what a turn tried out is gone with it."""
        self._trees.close()
        self._tooling = None
        self._heard.clear()


def _line(argv: Sequence[str]) -> str:
    return shlex.join(argv)


def _text(command: str | tuple[str, ...]) -> str:
    return command if isinstance(command, str) else _line(command)
