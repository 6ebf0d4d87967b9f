"""Asks whether a change may be applied. Decides nothing by itself; who answers and what edits are handed in."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from vivek.cli.keys import SignalledError
from vivek.cli.render.phrases import change_of
from vivek.cli.render.questions import framed
from vivek.cli.render.safe_text import FRAME, one_line, problem
from vivek.cli.turn.asking import Asker, TextEditor, choose
from vivek.errors import VivekError
from vivek.schema.approval import Decision
from vivek.schema.edits import FileChange
from vivek.schema.events import ApprovalRequested
from vivek.schema.sensitive import sensitive_paths, why_sensitive

if TYPE_CHECKING:
    from vivek.session.place import Place

_HELP = f"""\
{FRAME} y  apply the change; a file that runs by itself later is asked about once more
{FRAME} n  do not apply it; a reason, if you give one, goes back to the model
{FRAME} e  edit the new text first, in $VISUAL or $EDITOR
{FRAME} f  decide file by file
{FRAME} a  apply it, and do not ask again in this thread; files that deserve a second look are asked about still
{FRAME} ?  this text
{FRAME} Ctrl-C leaves the question open: the change waits. `vivek undo` takes an applied change back."""


class StagedEditor:
    """Lets the user edit the staged files of a project.

    Args:
        place: The project.
    """

    def __init__(self, place: "Place") -> None:
        self._place = place

    async def __call__(self, path: str, digest: str) -> str | None:
        """Return the new text of a staged file as the user left it, None when it is unchanged."""
        from vivek.session.doors.editing import edit_staged

        return await edit_staged(self._place, path, digest)

    def difference(self, change: FileChange, text: str) -> tuple[str, FileChange]:
        """Return what a text would change in a file."""
        from vivek.session.doors.editing import difference

        return difference(self._place, change, text)


def editor_of(place: "Place") -> TextEditor:
    """Return what lets the user edit the staged files of a project."""
    return StagedEditor(place)


async def ask_approval(
    request: ApprovalRequested,
    asker: Asker,
    tell: Callable[[str], None],
    edit: TextEditor | None = None,
    draw: Callable[[ApprovalRequested], None] = lambda request: None,
) -> Decision | None:
    """Ask until there is a decision; None means that the question stays open.

    Args:
        request: What was shown.
        asker: Who answers.
        tell: Shows lines.
        edit: Lets the user edit a new text; without it that is not offered.
        draw: Shows the diff of what the user edited.
    """
    return await _Approval(request, asker, tell, edit, draw).ask()


class _Approval:
    """One question about a change, and what was edited meanwhile."""

    def __init__(
        self,
        request: ApprovalRequested,
        asker: Asker,
        tell: Callable[[str], None],
        edit: TextEditor | None,
        draw: Callable[[ApprovalRequested], None],
    ) -> None:
        self._request = request
        self._asker = asker
        self._tell = tell
        self._edit = edit
        self._draw = draw
        self._edited: dict[str, str] = {}
        self._sensitive = sensitive_paths(request.changes, request.concerns)
        self._default = "n" if self._sensitive else "y"

    async def ask(self) -> Decision | None:
        """Ask for the whole change."""
        if self._sensitive:
            told = [f"{change_of(change)}: {why}" for change, why in self._named(self._sensitive)]
            self._tell(framed("Look twice:\n" + "\n".join(f"  {line}" for line in told)))
        letters = ["y", "n", *(["e"] if self._edit and self._request.contents else []), "f", "a"]
        self._asker.discard()
        try:
            while True:
                answer = await choose(self._asker, "Apply?", letters, self._default)
                decision = await self._take(answer)
                if decision is not None:
                    return decision
        except SignalledError:
            raise
        except (EOFError, KeyboardInterrupt):
            return None

    async def _take(self, answer: str) -> Decision | None:
        """Return what an answer comes to; None asks again."""
        changes = self._request.changes
        match answer:
            case "y":
                later = {change.path for change in changes if why_sensitive(change.path)}
                if len(later) == len(changes):  # nothing else hides them: this yes was theirs
                    later = set()
                return self._decide(await self._pick(later))
            case "n":
                reason = await self._asker.ask(f"{FRAME} Why not? (Enter: no reason) ")
                return Decision(approved=False, reason=reason.strip())
            case "f":
                return self._decide(await self._pick({change.path for change in changes}))
            case "a":
                return self._decide(await self._pick(self._sensitive), always=True)
            case "e":
                await self._edit_some()
            case _:
                self._tell(_HELP)
        return None

    async def _pick(self, asked: Iterable[str]) -> list[str]:
        """Return the files to be applied: all but those among `asked` that the user does not want."""
        own = frozenset(asked)
        return [change.path for change in self._request.changes if change.path not in own or await self._wants(change)]

    async def _wants(self, change: FileChange) -> bool:
        why = self._sensitive.get(change.path, "")
        question = f"{change_of(change)}{': ' + one_line(why, 500) if why else ''}. Apply it?"
        while True:
            answer = await choose(self._asker, question, ("y", "n"), "n" if why else "y")
            if answer != "?":
                return answer == "y"

    def _decide(self, chosen: list[str], *, always: bool = False) -> Decision:
        if not chosen:
            return Decision(approved=False)
        files = None if len(chosen) == len(self._request.changes) else tuple(chosen)
        edited = tuple((path, text) for path, text in sorted(self._edited.items()) if path in chosen)
        return Decision(approved=True, files=files, always=always, edited=edited)

    async def _edit_some(self) -> None:
        contents = self._request.contents
        path, digest = contents[0]
        if len(contents) > 1:
            listed = "\n".join(f"  {number}. {one_line(name)}" for number, (name, _) in enumerate(contents, 1))
            self._tell(framed(f"Which file?\n{listed}"))
            number = (await self._asker.ask(f"{FRAME} 1-{len(contents)}: ")).strip()
            if not (number.isdecimal() and 1 <= int(number) <= len(contents)):
                return
            path, digest = contents[int(number) - 1]
        if self._edit is None:
            return
        try:
            text = await self._edit(path, digest)
            if text is not None:
                self._show(path, text)
        except VivekError as error:
            self._tell(problem(error.message, error.hint))
            return
        if text is None:
            self._edited.pop(path, None)
            self._tell(framed(f"{one_line(path)} stays as the model wrote it."))
        else:
            self._edited[path] = text
            self._tell(framed(f"{one_line(path)} is taken as you left it, {text.count(chr(10)):,} lines."))

    def _show(self, path: str, text: str) -> None:
        """Draw what a file would become: nobody should say yes to a diff that they have not seen."""
        changes = [change for change in self._request.changes if change.path == path]
        if self._edit is None or not changes:
            return
        diff, change = self._edit.difference(changes[0], text)
        self._draw(ApprovalRequested(diff, (change,), ()))

    def _named(self, paths: Iterable[str]) -> list[tuple[FileChange, str]]:
        wanted = frozenset(paths)
        named = [change for change in self._request.changes if change.path in wanted]
        return [(change, one_line(self._sensitive[change.path], 500)) for change in named]
