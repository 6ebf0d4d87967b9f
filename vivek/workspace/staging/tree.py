"""Tries changes out: commands see the project with the changes in it, and nothing they write reaches the project."""

import asyncio
import os
import threading
from asyncio import SubprocessTransport
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Self

from vivek.errors import WorkspaceError
from vivek.schema.commands import Ran
from vivek.schema.sandbox import SandboxStatus, Trace
from vivek.workspace.git.asking import list_files
from vivek.workspace.leftovers import StageFolder, make_scratch, make_stage_folder, remove_tree
from vivek.workspace.paths import PROTECTED, folder_inside
from vivek.workspace.running import KEEP, run_command
from vivek.workspace.sandbox.command import Ground, build_command, temporary_folder
from vivek.workspace.sandbox.launching import Launchers, judge_end
from vivek.workspace.sandbox.view import clean_environment
from vivek.workspace.staging.changes import put_changes, traces
from vivek.workspace.staging.copy import Copy
from vivek.workspace.staging.git import put_protected_back, remember_protected


class StagedTree:
    """A project with changes that only commands see, one command at a time.

    On a rung without a view (`none`) commands work on the project itself, held back by what there is.

    Attributes:
        status: The rung.
        tampered: Files of git's and vivek's own that the last command changed and that were put back.
        guards: Whether such files are put back on a rung that cannot keep commands from them; not for a command
            that goes on while the user, too, may change them.
    """

    def __init__(
        self, root: Path, status: SandboxStatus, stage: StageFolder, copy: Copy | None, launchers: Launchers
    ) -> None:
        self.status = status
        self.tampered: tuple[str, ...] = ()
        self.guards = True
        self._root = root
        self._stage = stage
        self._copy, self._commands = copy, 0
        self._staged: dict[str, bytes | None] = {}
        self._turn = asyncio.Lock()
        self._launchers = launchers
        self._cleaning: threading.Thread | None = None

    @classmethod
    def open(
        cls,
        root: Path,
        *,
        status: SandboxStatus,
        cache_folder: Path,
        files: Callable[[Path], list[str] | None] = list_files,
        launchers: Callable[[], Launchers] = Launchers,
    ) -> Self:
        """Make the folders it needs; the caller closes it.

        Args:
            root: The project.
            status: The rung, as `probe` found it.
            cache_folder: Where vivek keeps what can be made again.
            files: Lists the project's files for a rung that copies them.
            launchers: Makes what starts the commands.

        Raises:
            WorkspaceError: If the folders cannot be made.
        """
        real = Path(os.path.realpath(root))
        stage = make_stage_folder(Path(os.path.realpath(status.scratch or cache_folder)))
        copy = None
        if status.view in ("copy", "elsewhere"):
            copy = Copy(real, stage.path / "copy", files, linked=status.view == "elsewhere")
        (stage.path / "changes").mkdir(mode=0o755)
        starts = launchers()
        if status.confinement in ("bubblewrap", "landlock"):
            starts.load()
        return cls(real, status, stage, copy, starts)

    @property
    def shows_changes(self) -> bool:
        """Tell whether commands see changes that are not in the project yet."""
        return self.status.view != "none"

    def put(self, files: Mapping[str, bytes | None]) -> None:
        """Add changes, or replace earlier ones of the same files.

        Args:
            files: The new bytes by path relative to the root, None to delete the file.

        Raises:
            WorkspaceError: If this rung has no view, a path leads out of the project, or the disk is full.
        """
        if not self.shows_changes:
            msg = "Changes cannot be tried out here before they are applied."
            raise WorkspaceError(msg, hint=self.status.hint or "See `vivek doctor`.")
        if self._copy is None:
            try:
                put_changes(self._stage.path / "changes", self._root, files)
            except OSError as error:
                msg = f"The changes cannot be tried out: {error.strerror}."
                raise WorkspaceError(msg, hint="Check whether the disk of your cache folder is full.") from error
        self._staged.update(files)

    async def run(
        self,
        argv: Sequence[str],
        *,
        timeout: float,
        network: bool = False,
        write: bool = True,
        env: Mapping[str, str] | None = None,
        on_output: Callable[[bytes], None] | None = None,
        folder: str = "",
        keep: int = KEEP,
    ) -> Ran:
        """Run a command on the project with the changes in it, apart as far as the rung goes.

        Args:
            argv: Program and arguments.
            timeout: Seconds it may take; then all it started is ended.
            network: Whether it may reach the network.
            write: Whether it may write to what it sees; else to its temporary folder alone.
            env: Variables of its own, besides the few that every command gets.
            on_output: Is called with its output as it comes.
            folder: Where it runs, relative to the root.
            keep: Bytes of output kept.

        Raises:
            WorkspaceError: If the sandbox cannot be made, or the folder lies outside the project.
        """
        build = partial(build_command, argv, status=self.status, writable=write, network=network)
        how = {"timeout": timeout, "on_output": on_output, "keep": keep}
        async with self._turn:
            made = self._hide_missing() if self.status.apart and not self.shows_changes else []
            try:
                ground = await self._prepared(folder)
                ran = await self._attempt(command := build(ground=ground), ground, env, **how)
                try:
                    return judge_end(ran, self.status)
                except WorkspaceError:
                    # What was to be hidden may just be gone, such as the socket of a program that ended: nothing ran.
                    if build(ground=ground) == command:
                        raise
                ground = await self._prepared(folder)
                return judge_end(await self._attempt(build(ground=ground), ground, env, **how), self.status)
            finally:
                for place in made:
                    with suppress(OSError):  # somebody else has begun to use it
                        place.rmdir()

    def written(self) -> list[Trace]:
        """Return what the last command did to the files it saw; nothing when it worked on the project itself."""
        if self._copy is not None:
            return list(self._copy.traces())
        if self.status.view != "overlay" or not self._commands:
            return []
        return list(traces(self._root, self._stage.path / "changes", self._scratch() / "upper"))

    def close(self) -> None:
        """Remove all it made."""
        self._launchers.close()
        self._await_cleaning()
        self._stage.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    async def _attempt(
        self, command: Sequence[str], ground: Ground, env: Mapping[str, str] | None, **how: Any
    ) -> Ran:  # Any: what `run_command` takes
        checked = self.guards and not self.status.apart and not self.shows_changes
        kept = remember_protected(self._root) if checked else {}
        variables = clean_environment(temporary_folder(self.status, ground), self._variables(ground, env))
        outside = ground.folder if self.status.confinement in ("none", "seatbelt") else Path("/")
        try:
            return await run_command(command, cwd=outside, env=variables, start=self._start, **how)
        finally:
            self.tampered = put_protected_back(self._root, kept) if checked else ()

    async def _start(self, *told: Any, **more: Any) -> SubprocessTransport:  # Any: what `Launchers.start` takes
        """Start a command, and while it runs remove what the one before left behind, which takes as long."""
        transport = await self._launchers.start(*told, **more)
        if self._commands > 1:
            earlier = self._stage.path / f"run-{self._commands - 1}"
            self._cleaning = threading.Thread(target=remove_tree, args=(earlier,))
            self._cleaning.start()
        return transport

    def _await_cleaning(self) -> None:
        if self._cleaning is not None:
            self._cleaning.join()
            self._cleaning = None

    def _scratch(self) -> Path:
        return self._stage.path / f"run-{self._commands}"

    async def _prepared(self, folder: str) -> Ground:
        return await asyncio.to_thread(self._prepare, folder) if self._copy else self._prepare(folder)

    def _prepare(self, folder: str) -> Ground:
        """Make the folders of the next command and return them."""
        self._await_cleaning()
        self._commands += 1
        scratch = self._scratch()
        names = ("upper", "work") if self.status.view == "overlay" else ("tmp",)
        make_scratch(scratch, names, self._root.stat().st_mode)
        if self._copy is not None:
            self._copy.refresh(self._staged)
        elsewhere = self.status.view == "elsewhere"
        place = folder_inside(self._root, folder)
        if self._copy is not None and elsewhere:
            place = self._copy.folder / place.relative_to(self._root)
        return Ground(
            root=self._root,
            folder=place,
            scratch=scratch,
            changes=self._stage.path / "changes" if self.status.view == "overlay" else None,
            copy=None if self._copy is None else self._copy.folder,
            borrowed=() if self._copy is None or elsewhere else self._copy.borrowed,
        )

    def _variables(self, ground: Ground, env: Mapping[str, str] | None) -> dict[str, str]:
        """Return the command's own variables; a copy elsewhere comes before an installed version of the project."""
        own = dict(env or {})
        if self.status.view == "elsewhere" and ground.copy is not None:
            first = [str(place) for place in (ground.copy / "src", ground.copy) if place.is_dir()]
            own["PYTHONPATH"] = os.pathsep.join([*first, *filter(None, [own.get("PYTHONPATH")])])
        return own

    def _hide_missing(self) -> list[Path]:
        """Make the protected folders that are missing, so that no command can; they are removed afterwards."""
        missing = [self._root / name for name in sorted(PROTECTED) if not os.path.lexists(self._root / name)]
        for place in missing:
            place.mkdir()
        return missing
