"""`/diff`, `/undo`, `/redo` and `/commit`: what vivek changed in the user's files."""

from typing import TYPE_CHECKING

from vivek.cli.render.phrases import change_of
from vivek.cli.render.safe_text import one_line
from vivek.cli.render.undone import files_of, kept_of, summary_of
from vivek.cli.slash.desk import Desk
from vivek.cli.slash.paging import page_diff

if TYPE_CHECKING:
    from vivek.schema.undo import UndoReport


async def diff(desk: Desk, words: str) -> None:
    """Show what the last turn changed, or the turn that is named, or all turns of this thread.

    Raises:
        ThreadError: If nothing was changed then.
    """
    from vivek.session.doors.changes import changes_of
    from vivek.session.doors.editing import mark_words

    if words not in ("", "all") and not (words.isascii() and words.isdigit()):
        desk.tell("hint: `/diff` shows the last change, `/diff 3` that of turn 3, `/diff all` that of this thread")
        return
    if desk.thread is None:
        desk.tell("Nothing was changed in this thread yet.")
        return
    changes = changes_of(desk.place, desk.thread, int(words) if words.isdigit() else "all" if words else "last")
    desk.tell("\n".join(change_of(change) for change in changes.files))
    await page_diff(desk, changes.diff, mark_words(changes.diff))


async def undo(desk: Desk, words: str) -> None:
    """Take back the files of the last applied turn, or of the turn that is named."""
    from vivek.session.doors.undo import undo as take_back

    if words and not (words.isascii() and words.isdigit()):
        desk.tell("hint: `/undo` takes back the last turn, `/undo 3` the third one")
        return
    await desk.release()
    _tell(desk, take_back(desk.place, desk.thread, turn=int(words) if words else None))


async def redo(desk: Desk, _words: str) -> None:
    """Bring again what the last undo took back."""
    from vivek.session.doors.undo import redo as bring_again

    await desk.release()
    _tell(desk, bring_again(desk.place, desk.thread))


async def commit(desk: Desk, words: str) -> None:
    """Commit what this thread changed and nothing else; `--private` leaves the branch alone."""
    from vivek.session.doors.commit import commit as commit_files

    first, _, rest = words.partition(" ")
    private = first == "--private"
    await desk.release()
    report = commit_files(desk.place, desk.thread, message=rest if private else words, private=private)
    desk.tell(
        "\n".join(
            [
                f"{report.commit[:10]} {one_line(report.subject)}",
                *(f"  {one_line(path)}" for path in report.files),
                f"on {one_line(report.ref.removeprefix('refs/heads/'))}",
                *(f"left out {one_line(file.path)}: {file.reason}" for file in report.left_out),
                *report.notes,
            ]
        )
    )


def _tell(desk: Desk, report: "UndoReport") -> None:
    desk.tell("\n".join([*files_of(report), *kept_of(report), *summary_of(report, "/")]))
