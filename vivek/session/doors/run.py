"""Runs a command as a model's tool would, or says what would become of it: no model, no graph, no network."""

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from vivek.config.folders import cache_folder
from vivek.errors import ToolDeniedError, WorkspaceError
from vivek.project.checks.output import cut_output, readable
from vivek.schema.commands import Judgement, Ran
from vivek.schema.events import Notice
from vivek.schema.sandbox import SandboxStatus, Trace
from vivek.session.bench import Workbench
from vivek.session.listing import list_project
from vivek.session.options import Choices
from vivek.session.place import Place
from vivek.session.settings import load_settings
from vivek.session.trust import Trust
from vivek.tools.approval import as_argv
from vivek.workspace.files import Files
from vivek.workspace.running import KEEP
from vivek.workspace.staging.tree import StagedTree

Command = str | Sequence[str]
OwnKind = Literal["test", "lint", "build"]

SECONDS = 120.0
"""How long a command may take when nobody says."""

_OWN_SECONDS = 1_200.0
_SHOWN = 12_000  # characters of a check's output that are worth a look


@dataclass(frozen=True, slots=True)
class Explained:
    """What is said of a command before it runs.

    Attributes:
        written: The command as it would be typed.
        judged: What becomes of it, and by which rule.
        sandbox: What would hold it back.
    """

    written: str
    judged: Judgement
    sandbox: SandboxStatus


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a command.

    Attributes:
        ran: How it ended.
        dropped: What it changed in its view of the project, which is gone with it; empty when it worked on the
            project itself.
    """

    ran: Ran
    dropped: tuple[Trace, ...] = ()


class CommandDoor:
    """Judges and runs commands in one project.

    Args:
        place: The project.
        choices: What the command line says of approval and sandbox.
    """

    def __init__(self, place: Place, choices: Choices) -> None:
        self._place = place
        self._settings = load_settings(place, choices)
        self._bench = Workbench(place, Files(place.root), self._listed, self._settings, choices.interactive)
        self._bench.approval = self._settings.session.approval

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What to tell at the start."""
        return (*self._place.notices, *self._settings.notices)

    async def explain(self, command: Command) -> Explained:
        """Say what would become of a command, and run nothing of it."""
        status = await self._bench.sandbox()
        judged = self._bench.judge(command, sandboxed=status.confines)
        return Explained(command if isinstance(command, str) else shlex.join(command), judged, status)

    async def run(
        self,
        command: Command,
        *,
        timeout: float = SECONDS,
        on_output: Callable[[bytes], None] | None = None,
        aside: bool = False,
        keep: int = KEEP,
    ) -> Tried:
        """Run a command; whether it may is the caller's to know.

        Args:
            command: A shell string, or program and arguments.
            timeout: Seconds it may take.
            on_output: Is called with its output as it comes.
            aside: Whether the user works on meanwhile: what changes in git's and vivek's own files may be theirs.
            keep: Bytes of output that are kept; of more, the middle goes.

        Raises:
            WorkspaceError: If the sandbox cannot be made.
        """
        status = await self._bench.sandbox()
        writable = self._settings.session.sandbox != "read-only"
        with StagedTree.open(self._place.root, status=status, cache_folder=cache_folder()) as tree:
            tree.guards = not aside
            ran = await tree.run(as_argv(command), timeout=timeout, write=writable, on_output=on_output, keep=keep)
            return Tried(ran, tuple(tree.written()))

    def allow(self, key: str) -> None:
        """Remember for this folder what a judgement named in `remember`.

        Raises:
            ConfigError: If nothing is remembered for this folder.
        """
        Trust.open().allow(self._place.root, key)

    def own_command(self, kind: OwnKind) -> tuple[tuple[str, ...], str]:
        """Return the project's own command for something, and the file that names it.

        Raises:
            WorkspaceError: If there is none.
        """
        found = self._bench.tooling().of(kind)
        if found is None:
            msg = f"This project names no command to {kind} it."
            example = "ruff check" if kind == "lint" else "pytest -q"
            raise WorkspaceError(msg, hint=f"Set `project.{kind}` in .vivek/config.toml, such as `{example}`.")
        return found.argv, found.source

    async def run_own(self, kind: OwnKind) -> tuple[str, Tried]:
        """Run the project's own command for something; return what matters of its output, and what came of it.

        Raises:
            WorkspaceError: If there is none, or the sandbox cannot be made.
            ToolDeniedError: If it is refused, or nothing holds it back and the user never trusted it.
        """
        argv, source = self.own_command(kind)
        written = shlex.join(argv)
        said = await self.explain(argv)
        if said.judged.verdict == "refuse":
            msg = f"`{written}` ({source}) is not run. {said.judged.reason}"
            raise ToolDeniedError(msg, hint=f"Rule: {said.judged.rule}.")
        if not said.sandbox.confines and self._bench.trusts(written, source) != "yes":
            msg = f"`{written}` ({source}) would run without a sandbox."
            raise ToolDeniedError(msg, hint=f"`vivek run -- {written}` asks you before it does.")
        tried = await self.run(argv, timeout=_OWN_SECONDS)
        return cut_output(readable(tried.ran.output), _SHOWN, len), tried

    def _listed(self) -> Sequence[str]:
        return list_project(self._place, self._settings.project.ignore)
