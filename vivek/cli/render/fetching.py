"""A download while it runs: a bar on a terminal, a line now and then elsewhere."""

from typing import TYPE_CHECKING, Protocol, TextIO

from vivek.cli.render.models import bytes_of
from vivek.cli.render.safe_text import one_line
from vivek.schema.fetching import FetchProgress

if TYPE_CHECKING:
    from rich.console import Console

_STEP = 10  # percent between two lines


class FetchView(Protocol):
    """Something that shows a download."""

    def show(self, progress: FetchProgress) -> None:
        """Show how far it is."""
        ...

    def close(self) -> None:
        """Leave the screen in order."""
        ...


class PlainFetch:
    """Writes a line when something else begins, and every ten percent.

    Args:
        out: Where to.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._doing = ""
        self._step = -1

    def show(self, progress: FetchProgress) -> None:
        """Write what is new."""
        if progress.notice:
            self._write(one_line(progress.notice))
        percent = 100 * progress.done // progress.total if progress.total else None
        step = percent // _STEP if percent is not None else -1
        if progress.doing == self._doing and step == self._step:
            return
        self._doing, self._step = progress.doing, step
        far = f" {percent} %, {bytes_of(progress.done)} of {bytes_of(progress.total)}" if percent is not None else ""
        self._write(f"{one_line(progress.doing)}{far}")

    def close(self) -> None:
        """Do nothing: every line is complete."""

    def _write(self, line: str) -> None:
        self._out.write(f"{line}\n")
        self._out.flush()


class LiveFetch:
    """Draws a bar with bytes, speed and the time that is left.

    Args:
        console: Where to draw.
    """

    def __init__(self, console: "Console") -> None:
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
            TransferSpeedColumn,
        )

        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=None),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(compact=True),
            console=console,
            expand=True,
        )
        self._task = self._bar.add_task("", total=None)
        self._started = False

    def show(self, progress: FetchProgress) -> None:
        """Draw how far it is."""
        if not self._started:
            self._started = True
            self._bar.start()
        if progress.notice:
            self._bar.console.print(one_line(progress.notice), markup=False, highlight=False)
        self._bar.update(
            self._task, description=one_line(progress.doing, 24), completed=progress.done, total=progress.total
        )

    def close(self) -> None:
        """Leave the bar as it stands and give the cursor back."""
        if self._started:
            self._bar.stop()
