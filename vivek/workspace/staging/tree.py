"""Tries changes out: commands see the project with the changes in it, and nothing they write reaches the project."""

import asyncio
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from vivek.errors import OutsideWorkspaceError, WorkspaceError
from vivek.schema.commands import Ran
from vivek.schema.sandbox import SandboxStatus, Trace
from vivek.workspace.git.asking import list_files
from vivek.workspace.leftovers import StageFolder, make_stage_folder, remove_tree
from vivek.workspace.paths import PROTECTED
from vivek.workspace.running import KEEP, run_command
from vivek.workspace.sandbox.command import Ground, build_command, filter_of_wrapper, temporary_folder
from vivek.workspace.sandbox.view import clean_environment
from vivek.workspace.staging.changes import put_changes, traces
from vivek.workspace.staging.copy import Copy
from vivek.workspace.staging.git import put_protected_back, remember_protected

_NOT_MADE = 125
_LAUNCHER_SAYS, _WRAPPER_SAYS = (b"vivek-confine: ", b"mount: "), b"bwrap: "
_NO_SUCH_PROGRAM = b"bwrap: execvp "


class StagedTree:
    """A project with changes that only commands see, one command at a time.

    On a rung without a view (`none`) commands work on the project itself, held back by what there is.

    Attributes:
        status: The rung.
        tampered: Files of git's and vivek's own that the last command changed and that were put back.
        guards: Whether such files are put back on a rung that cannot keep commands from them; not for a command
            that goes on while the user, too, may change them.
    """

    def __init__(self, root: Path, status: SandboxStatus, stage: StageFolder, copy: Copy | None) -> None:
        self.status = status
        self.tampered: tuple[str, ...] = ()
        self.guards = True
        self._root = root
        self._stage = stage
        self._copy, self._commands = copy, 0
        self._staged: dict[str, bytes | None] = {}
        self._turn = asyncio.Lock()
        self._cleaning: threading.Thread | None = None

    @classmethod
    def open(
        cls,
        root: Path,
        *,
        status: SandboxStatus,
        cache_folder: Path,
        files: Callable[[Path], list[str] | None] = list_files,
    ) -> Self:
        """Make the folders it needs; the caller closes it.

        Args:
            root: The project.
            status: The rung, as `probe` found it.
            cache_folder: Where vivek keeps what can be made again.
            files: Lists the project's files for a rung that copies them.

        Raises:
            WorkspaceError: If the folders cannot be made.
        """
        real = Path(os.path.realpath(root))
        stage = make_stage_folder(Path(os.path.realpath(status.scratch or cache_folder)))
        copy = None
        if status.view in ("copy", "elsewhere"):
            copy = Copy(real, stage.path / "copy", files, linked=status.view == "elsewhere")
        (stage.path / "changes").mkdir(mode=0o755)
        (stage.path / "filter").write_bytes(filter_of_wrapper())
        return cls(real, status, stage, copy)

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
        async with self._turn:
            ground = await asyncio.to_thread(self._prepare, folder) if self._copy else self._prepare(folder)
            made = self._hide_missing() if self.status.apart and not self.shows_changes else []
            command = build_command(argv, ground, self.status, writable=write, network=network)
            checked = self.guards and not self.status.apart and not self.shows_changes
            kept = remember_protected(self._root) if checked else {}
            variables = clean_environment(temporary_folder(self.status, ground), self._variables(ground, env))
            outside = ground.folder if self.status.confinement in ("none", "seatbelt") else Path("/")
            try:
                ran = await run_command(
                    command, cwd=outside, env=variables, timeout=timeout, on_output=on_output, keep=keep
                )
            finally:
                for place in made:
                    with suppress(OSError):  # somebody else has begun to use it
                        place.rmdir()
                self.tampered = put_protected_back(self._root, kept) if checked else ()
            return self._judged(ran)

    def written(self) -> list[Trace]:
        """Return what the last command did to the files it saw; nothing when it worked on the project itself."""
        if self._copy is not None:
            return list(self._copy.traces())
        if self.status.view != "overlay" or not self._commands:
            return []
        return list(traces(self._root, self._stage.path / "changes", self._scratch() / "upper"))

    def close(self) -> None:
        """Remove all it made."""
        self._await_cleaning()
        self._stage.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _scratch(self) -> Path:
        return self._stage.path / f"run-{self._commands}"

    def _await_cleaning(self) -> None:
        if self._cleaning is not None:
            self._cleaning.join()
            self._cleaning = None

    def _prepare(self, folder: str) -> Ground:
        """Make the folders of the next command and return them."""
        self._await_cleaning()
        if self._commands:
            # Removing takes longer than all the rest of the sandbox, so the command does not wait for it.
            self._cleaning = threading.Thread(target=remove_tree, args=(self._scratch(),))
            self._cleaning.start()
        self._commands += 1
        scratch = self._scratch()
        mode = self._root.stat().st_mode & 0o777 | 0o700
        try:
            scratch.mkdir(mode=0o700)
            for name in ("upper", "work") if self.status.view == "overlay" else ("tmp",):
                (scratch / name).mkdir()
                (scratch / name).chmod(mode)  # the root of the view gets that of the upper layer
        except OSError as error:
            msg = f"A command cannot be prepared: {error.strerror}."
            raise WorkspaceError(msg, hint="Check whether the disk of your cache folder is full.") from error
        if self._copy is not None:
            self._copy.refresh(self._staged)
        elsewhere = self.status.view == "elsewhere"
        place = _inside(self._root, folder)
        if self._copy is not None and elsewhere:
            place = self._copy.folder / place.relative_to(self._root)
        return Ground(
            root=self._root,
            folder=place,
            scratch=scratch,
            changes=self._stage.path / "changes" if self.status.view == "overlay" else None,
            copy=None if self._copy is None else self._copy.folder,
            borrowed=() if self._copy is None or elsewhere else self._copy.borrowed,
            filter=self._stage.path / "filter",
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

    def _judged(self, ran: Ran) -> Ran:
        """Tell a command that failed from a sandbox that could not be made.

        Raises:
            WorkspaceError: If it could not.
        """
        if self.status.confinement == "bubblewrap" and ran.returncode == 1 and ran.output.startswith(_NO_SUCH_PROGRAM):
            missing = b"No such file" in ran.output
            return Ran(127 if missing else 126, ran.output.removeprefix(_NO_SUCH_PROGRAM), seconds=ran.seconds)
        launcher = ran.returncode == _NOT_MADE and ran.output.startswith(_LAUNCHER_SAYS)
        if launcher or (ran.returncode == 1 and ran.output.startswith(_WRAPPER_SAYS)):
            said = ran.output.partition(b"\n")[0].decode("utf-8", "replace")
            msg = f"The sandbox could not be made ({said})."
            raise WorkspaceError(msg, hint="Run `vivek doctor`: it looks which sandbox works here.")
        return ran


def _inside(root: Path, folder: str) -> Path:
    real = Path(os.path.realpath(root / folder))
    if not real.is_relative_to(root) and real != root:
        msg = f"{folder!r} is outside the project."
        raise OutsideWorkspaceError(msg, hint="Run the command in a folder of the project.")
    return real
