"""The background jobs of a chat: started like any command, listed, read, stopped; none outlives the chat."""

import math
from collections.abc import Callable

from vivek.errors import WorkspaceError
from vivek.project.checks.output import readable
from vivek.schema.commands import Job, Ran
from vivek.session.doors.run import CommandDoor, Explained
from vivek.workspace.jobs import Jobs

_SHOWN = 12_000  # characters at the end of an output that are worth a look


class BackgroundJobs:
    """The jobs of one chat; whoever makes it closes it."""

    def __init__(self) -> None:
        self._ended: list[Job] = []
        self._jobs = Jobs(self._ended.append)

    def start(self, door: CommandDoor, said: Explained) -> Job:
        """Start a command; whether it may run is the caller's to know. It may take as long as the chat.

        Args:
            door: Runs it.
            said: The command, and what holds it back.

        Raises:
            WorkspaceError: If too many run already, or the sandbox is none for a command beside the user's work.
        """
        status = said.sandbox
        if status.confines and not status.apart and status.view == "none":
            # It lets a command change git's and vivek's own files and puts them back: the user's changes would go too.
            msg = "The sandbox that works here cannot hold back a command while you work on."
            raise WorkspaceError(msg, hint="Run it without `&`; `vivek doctor` says which sandbox works here, and why.")

        async def run(hear: Callable[[bytes], None]) -> Ran:
            return (await door.run(said.written, timeout=math.inf, on_output=hear, aside=True)).ran

        return self._jobs.start(said.written, run)

    def list(self) -> tuple[Job, ...]:
        """Return all jobs of the chat, oldest first."""
        return self._jobs.list()

    def output(self, number: int) -> str:
        """Return the end of what a job wrote; that there was more is told in brackets.

        Raises:
            WorkspaceError: If there is no such job.
        """
        heard = self._jobs.output(number)
        text = readable(heard.output)
        if not heard.missing and len(text) <= _SHOWN:
            return text
        _, _, whole_lines = text[-_SHOWN:].partition("\n")
        return f"[the beginning is left out]\n{whole_lines or text[-_SHOWN:]}"

    async def stop(self, number: int) -> Job:
        """End a job with all it started; one that has ended stays as it is.

        Raises:
            WorkspaceError: If there is no such job.
        """
        return await self._jobs.stop(number)

    def take_ended(self) -> tuple[Job, ...]:
        """Return the jobs that ended by themselves since the last call."""
        ended = tuple(self._ended)
        self._ended.clear()
        return ended

    async def close(self) -> None:
        """End all jobs."""
        await self._jobs.close()
