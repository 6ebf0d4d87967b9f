"""The background jobs of a chat: started like any command, listed, read, stopped; none outlives the chat."""

import math
from collections.abc import Callable

from vivek.project.output import readable
from vivek.schema.commands import Job, Ran
from vivek.session.doors.run import Command, CommandDoor
from vivek.workspace.jobs import Jobs

_SHOWN = 12_000  # characters at the end of an output that are worth a look


class BackgroundJobs:
    """The jobs of one chat; whoever makes it closes it."""

    def __init__(self) -> None:
        self._ended: list[Job] = []
        self._jobs = Jobs(self._ended.append)

    def start(self, door: CommandDoor, command: Command, written: str) -> Job:
        """Start a command that runs until it ends, is stopped, or the chat ends; whether it may is the caller's to know.

        Args:
            door: Runs it.
            command: A shell string, or program and arguments.
            written: The command as it was typed.

        Raises:
            WorkspaceError: If too many run already.
        """

        async def run(hear: Callable[[bytes], None]) -> Ran:
            return (await door.run(command, timeout=math.inf, on_output=hear, aside=True)).ran

        return self._jobs.start(written, run)

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
