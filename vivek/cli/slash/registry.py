"""The names behind the slash: what they do, and the nearest one to a name that does not exist."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from vivek.cli.slash.checks import run_linter, run_tests
from vivek.cli.slash.context import compact, show_context
from vivek.cli.slash.desk import Desk
from vivek.cli.slash.files import commit, redo, undo
from vivek.cli.slash.running import jobs, run_command
from vivek.cli.slash.thread import list_threads, resume
from vivek.cli.slash.work import set_mode, set_model

_NAME = re.compile(r"/[a-z?][a-z-]*")


@dataclass(frozen=True, slots=True)
class Slash:
    """One command of the chat.

    Attributes:
        usage: The name and what may follow it.
        about: What it does.
        run: Does it, given the rest of the line.
    """

    usage: str
    about: str
    run: Callable[[Desk, str], Awaitable[None]]


async def _help(desk: Desk, _words: str) -> None:
    wide = max(len(slash.usage) for slash in SLASHES.values())
    lines = [f"  {slash.usage:<{wide}}  {slash.about}" for slash in SLASHES.values()]
    keys = ["Enter sends, Alt+Enter begins a new line.", "Ctrl-C stops a turn or clears the line, Ctrl-D leaves."]
    desk.tell("\n".join([*lines, *keys]))


async def _leave(desk: Desk, _words: str) -> None:
    desk.leave()


SLASHES: dict[str, Slash] = {
    "/help": Slash("/help", "show this list", _help),
    "/model": Slash("/model [PROVIDER/NAME]", "show or change the model", set_model),
    "/mode": Slash("/mode NAME", "work as peer, architect, coder or sdet", set_mode),
    "/context": Slash("/context", "show what fills the window", show_context),
    "/compact": Slash("/compact [WHAT TO KEEP]", "sum the conversation up now, to make room", compact),
    "/threads": Slash("/threads", "list the threads of this project", list_threads),
    "/resume": Slash("/resume [ID]", "go on with the open turn, or with another thread", resume),
    "/undo": Slash("/undo [TURN]", "take back the files of the last applied turn, or of one", undo),
    "/redo": Slash("/redo", "bring again what the last undo took back", redo),
    "/commit": Slash("/commit [--private] [MESSAGE]", "commit what this thread changed, and nothing else", commit),
    "/test": Slash("/test", "run the project's own tests", run_tests),
    "/lint": Slash("/lint", "run the project's own linter", run_linter),
    "/run": Slash("/run COMMAND [&]", "run a command, with & in the background", run_command),
    "/jobs": Slash("/jobs [output N|stop N]", "list the background jobs, read or stop one", jobs),
    "/exit": Slash("/exit", "leave", _leave),
}


def is_slash(text: str) -> bool:
    """Tell a command from a message that begins with a path."""
    words = text.split(maxsplit=1)
    return bool(words) and _NAME.fullmatch(words[0]) is not None


async def run_slash(desk: Desk, text: str) -> None:
    """Run the command of a line for which `is_slash` holds; tell the nearest name when there is none.

    Raises:
        VivekError: If the command cannot do it.
    """
    name, _, words = text.strip().partition(" ")
    slash = SLASHES.get(name)
    if slash is None:
        from difflib import get_close_matches

        near = get_close_matches(name, SLASHES, n=1, cutoff=0.5)
        desk.tell(
            f"There is no {name}.\nhint: {f'did you mean `{near[0]}`?' if near else '`/help` lists what there is'}"
        )
        return
    await slash.run(desk, words.strip())
