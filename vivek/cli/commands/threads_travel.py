"""`vivek threads rewind` and `fork`: back to an earlier turn, files included, or on from there in a new thread."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vivek.cli.options import Invocation, ListFormatOption
from vivek.cli.turn.consent import agree
from vivek.errors import ConfigError

if TYPE_CHECKING:
    from vivek.schema.travel import RewindPlan, Rewound
    from vivek.session.place import Place

_INCOMPLETE = 5

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of a thread, or a unique prefix.")]
ToOption = Annotated[
    str | None, typer.Option("--to", metavar="TURN", help="The last turn to keep, 0 for none, or a checkpoint's id.")
]
UndoOption = Annotated[bool, typer.Option("--undo", help="Bring back what the newest return set aside.")]
TalkOption = Annotated[bool, typer.Option("--conversation-only", help="Leave the files as they are.")]
FilesOption = Annotated[bool, typer.Option("--files-only", help="Leave the conversation as it is.")]
ForceOption = Annotated[
    bool, typer.Option("--force", help="Take back also what you changed since; undoing brings that back, too.")
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and do nothing.")]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
AtOption = Annotated[
    str | None, typer.Option("--at", metavar="TURN", help="The last turn that both have, or a checkpoint's id.")
]
WorktreeOption = Annotated[
    bool, typer.Option("--worktree", help="With files of its own, as they stood then, in a working tree of git.")
]
FolderOption = Annotated[
    str | None, typer.Option("--folder", metavar="PATH", help="Where that is made; beside the project by default.")
]


def rewind(  # noqa: PLR0913, PLR0917 - one parameter an option
    ctx: typer.Context,
    id_: IdArgument,
    to: ToOption = None,
    undo: UndoOption = False,
    conversation_only: TalkOption = False,
    files_only: FilesOption = False,
    force: ForceOption = False,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    form: ListFormatOption = "text",
) -> None:
    """Go back to a turn of a thread, files included."""
    wish = _Wish(id_, to, undo=undo, talk=conversation_only, files=files_only, force=force)
    ctx.ensure_object(Invocation).action = lambda: _rewind(wish, form, dry_run=dry_run, yes=yes)


def fork(
    ctx: typer.Context,
    id_: IdArgument,
    at: AtOption = None,
    worktree: WorktreeOption = False,
    folder: FolderOption = None,
    form: ListFormatOption = "text",
) -> None:
    """Make a new thread of a thread's turns."""
    ctx.ensure_object(Invocation).action = lambda: _fork(id_, at, folder, form, worktree=worktree)


class _Wish:
    """What the command line says of a return."""

    def __init__(self, thread: str, to: str | None, *, undo: bool, talk: bool, files: bool, force: bool) -> None:
        self.thread, self.to, self.undo = thread, to, undo
        self.talk, self.files, self.force = talk, files, force

    def check(self) -> None:
        """Refuse what contradicts itself.

        Raises:
            ConfigError: If it does.
        """
        if self.undo == (self.to is not None):
            msg = "Say where to: `--to TURN`, or `--undo` for back again."
            raise ConfigError(msg, hint=f"`vivek threads show {self.thread} --tree` lists the turns.")
        if self.talk and self.files:
            msg = "`--conversation-only` and `--files-only` exclude each other."
            raise ConfigError(msg, hint="Leave both out to take both back.")
        if self.undo and (self.talk or self.files):
            msg = "`--undo` brings back what the return took, conversation or files."
            raise ConfigError(msg, hint="Leave `--conversation-only` and `--files-only` out.")

    def preview(self, place: "Place") -> "RewindPlan":
        """Work out what would happen."""
        from vivek.session.doors.travel import preview_rewind, preview_undo_rewind

        if self.to is None:
            return preview_undo_rewind(place, self.thread, force=self.force)
        return preview_rewind(
            place, self.thread, self.to, files=not self.talk, conversation=not self.files, force=self.force
        )

    def go(self, place: "Place") -> "Rewound":
        """Do it."""
        from vivek.session.doors.travel import rewind_thread, undo_rewind

        if self.to is None:
            return undo_rewind(place, self.thread, force=self.force)
        return rewind_thread(
            place, self.thread, self.to, files=not self.talk, conversation=not self.files, force=self.force
        )


def _rewind(wish: _Wish, form: str, *, dry_run: bool, yes: bool) -> int:
    from vivek.cli.render.travel import done_lines, file_lines, kept_lines, plan_lines
    from vivek.session.place import open_place

    wish.check()
    place = open_place()
    plan = wish.preview(place)
    if dry_run:
        if form == "json":
            return _print_json({"dry_run": True, **_plain(plan)}, plan)
        _write(plan_lines(plan), plan.notes)
        return _INCOMPLETE if plan.kept else 0
    if not yes and not plan.is_empty:
        sys.stderr.write("".join(f"{line}\n" for line in [*plan_lines(plan), *plan.notes]))
        question = f"Bring {plan.thread} back?" if wish.undo else f"Go back to turn {plan.turn} of {plan.thread}?"
        again = f"vivek threads rewind {plan.thread} {'--undo' if wish.undo else f'--to {wish.to}'} --yes"
        if not agree(question, what="Going back", command=again):
            sys.stderr.write("Nothing was changed.\n")
            return 0
    done = wish.go(place)
    if form == "json":
        return _print_json({"dry_run": False, **_plain(done.plan), "aside": done.aside or None}, done.plan)
    _write(file_lines(done.plan), [*kept_lines(done.plan), *done_lines(done, "vivek threads ")])
    return _INCOMPLETE if done.plan.kept else 0


def _fork(given: str, at: str | None, folder: str | None, form: str, *, worktree: bool) -> int:
    from vivek.session.doors.travel import fork_thread
    from vivek.session.place import open_place

    if folder is not None and not worktree:
        msg = "`--folder` says where a working tree is made, and none is asked for."
        raise ConfigError(msg, hint="Add `--worktree`, or leave `--folder` out.")
    place = None if folder is None else Path(folder)
    done = fork_thread(open_place(), given, at=at, worktree=worktree, folder=place)
    if form == "json":
        from vivek.cli.render.jsonl import VERSION, dump

        sys.stdout.write(dump({"version": VERSION, **_plain(done)}) + "\n")
        return 0
    from vivek.cli.render.travel import fork_lines

    _write([done.thread], fork_lines(done))
    return 0


def _write(lines: list[str], notes: "list[str] | tuple[str, ...]") -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()
    sys.stderr.write("".join(f"{line}\n" for line in notes))


def _plain(value: object) -> dict[str, object]:
    from dataclasses import asdict

    return asdict(value)  # type: ignore[call-overload, no-any-return]  # a value of the schema


def _print_json(value: dict[str, object], plan: "RewindPlan") -> int:
    from vivek.cli.render.jsonl import VERSION, dump

    sys.stdout.write(dump({"version": VERSION, **value}) + "\n")
    return _INCOMPLETE if plan.kept else 0
