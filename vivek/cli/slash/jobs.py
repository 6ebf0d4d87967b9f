"""The background jobs that a chat holds; nothing of them is loaded before the first."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from vivek.cli.render.commands import job_ended

if TYPE_CHECKING:
    from vivek.session.doors.jobs import BackgroundJobs


class ChatJobs:
    """Makes the jobs at first use, tells which ended, and ends the others with the chat.

    Args:
        tell: Writes lines.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._jobs: BackgroundJobs | None = None

    def held(self) -> "BackgroundJobs":
        """Return the jobs."""
        from vivek.session.doors.jobs import BackgroundJobs

        if self._jobs is None:
            self._jobs = BackgroundJobs()
        return self._jobs

    def tell_ended(self) -> None:
        """Tell of each job that ended by itself since the last time."""
        for job in self._jobs.take_ended() if self._jobs is not None else ():
            self._tell(job_ended(job))

    async def close(self) -> None:
        """End all jobs."""
        if self._jobs is not None:
            await self._jobs.close()
