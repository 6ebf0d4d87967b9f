"""The commands of the chat: one table, the help that it makes, and the nearest name to one that does not exist."""

import re
from collections.abc import Mapping

from vivek.cli.render.safe_text import problem
from vivek.cli.slash.analyze import analyze
from vivek.cli.slash.checks import run_linter, run_tests
from vivek.cli.slash.context import compact, show_context
from vivek.cli.slash.desk import Desk
from vivek.cli.slash.figures import show_config, show_metrics
from vivek.cli.slash.files import commit, diff, redo, undo
from vivek.cli.slash.own import Known
from vivek.cli.slash.review import review
from vivek.cli.slash.running import jobs, run_bang, run_command
from vivek.cli.slash.table import Slash
from vivek.cli.slash.thread import clear, fork, list_threads, resume, rewind
from vivek.cli.slash.turns import ask, in_mode, plan, retry
from vivek.cli.slash.view import add, drop
from vivek.cli.slash.work import set_approval, set_mode, set_model, show_status
from vivek.cli.slash.writing import compose, copy, export, paste

_NAME = re.compile(r"/[a-z?][a-z0-9-]*")
_BANG = "!"
_KEYS = (
    "`!COMMAND` runs a command and offers its output to the conversation.",
    "Enter sends, Alt+Enter begins a new line.",
    "Ctrl-C stops a turn or clears the line, Ctrl-D leaves.",
)


async def _help(desk: Desk, words: str) -> None:
    wanted = words.strip().removeprefix("/")
    if not wanted:
        chiefs = [slash for slash in SLASHES.values() if slash.chief]
        more = "`/help all` lists all commands, `/help NAME` tells of one."
        desk.tell("\n".join([*_lines(chiefs), "", more, *_KEYS]))
        return
    known = Known(desk.place, SLASHES)
    if wanted != "all":
        slash = known.get(f"/{wanted}")
        desk.tell(_unknown(f"/{wanted}", known) if slash is None else f"{slash.usage}\n  {slash.about}")
        return
    own, notices = known.own()
    groups: dict[str, list[Slash]] = {}
    for slash in (*SLASHES.values(), *own.values()):
        groups.setdefault(slash.group, []).append(slash)
    parts = ["\n".join([group, *_lines(slashes)]) for group, slashes in groups.items()]
    desk.tell("\n\n".join([*parts, "\n".join(_KEYS)]))
    for notice in notices:
        desk.tell(problem(notice.text, notice.hint))


def _lines(slashes: list[Slash]) -> list[str]:
    wide = max(len(slash.usage) for slash in slashes)
    return [f"  {slash.usage:<{wide}}  {slash.about}" for slash in slashes]


async def _leave(desk: Desk, _words: str) -> None:
    desk.leave()


def _group(name: str, *slashes: Slash) -> dict[str, Slash]:
    return {each.usage.partition(" ")[0]: Slash(each.usage, each.about, each.run, name, each.chief) for each in slashes}


SLASHES: Mapping[str, Slash] = {
    **_group(
        "Asking",
        Slash("/ask TEXT", "ask something; that turn changes nothing", ask),
        Slash("/plan TEXT", "make a plan, show it, and ask before it is followed", plan, chief=True),
        Slash("/retry [--model MODEL]", "ask the last request again, perhaps another model", retry),
        Slash("/peer [TEXT]", "work as peer: answers, changes files, explains", in_mode("peer")),
        Slash("/architect [TEXT]", "work as architect: designs and asks, changes no file", in_mode("architect")),
        Slash("/coder [TEXT]", "work as coder: changes files, says little", in_mode("coder")),
        Slash("/sdet [TEXT]", "work as sdet: writes tests first, then the code", in_mode("sdet")),
        Slash("/mode [MODE] [TEXT]", "show or change the mode, or use one for one turn", set_mode, chief=True),
        Slash("/model [PROVIDER/NAME]", "show or change the model", set_model, chief=True),
        Slash("/approve [ask|edits|all|none]", "show or set what is done without asking", set_approval),
    ),
    **_group(
        "Files",
        Slash("/add [PATH...]", "keep files in view of the model in every turn", add, chief=True),
        Slash("/drop [PATH...]", "keep files, or all of them, in view no longer", drop),
        Slash("/diff [TURN|all]", "show what the last turn, one, or all turns changed", diff, chief=True),
        Slash("/undo [TURN]", "take back the files of the last applied turn, or of one", undo, chief=True),
        Slash("/redo", "bring again what the last undo took back", redo),
        Slash("/commit [--private] [MESSAGE]", "commit what this thread changed, and nothing else", commit),
    ),
    **_group(
        "Commands",
        Slash("/run COMMAND [&]", "run a command, with & in the background", run_command),
        Slash("/jobs [output N|stop N]", "list the background jobs, read or stop one", jobs),
        Slash("/test", "run the project's own tests", run_tests),
        Slash("/lint", "run the project's own linter", run_linter),
        Slash("/review [PATH...]", "review what changed; --no-model and --effort as outside", review),
        Slash("/analyze [PATH]", "tell how the project is built and what to mend, without a model", analyze),
    ),
    **_group(
        "Conversation",
        Slash("/threads", "list the threads of this project", list_threads, chief=True),
        Slash("/resume [ID]", "go on with the open turn, or with another thread", resume),
        Slash("/rewind [TURN|undo]", "go back to the end of a turn, files included, or undo that", rewind),
        Slash("/fork [TURN]", "branch off, and go on in the branch", fork),
        Slash("/clear", "begin a new thread", clear),
        Slash("/context", "show what fills the window", show_context),
        Slash("/compact [WHAT TO KEEP]", "sum the conversation up now, to make room", compact),
        Slash("/editor [TEXT]", "write the message in your editor", compose),
        Slash("/paste", "put the clipboard into the prompt", paste),
        Slash("/export [FILE]", "write this thread to a new file, as Markdown or .json", export),
        Slash("/copy [BLOCK]", "copy the last answer, or one code block of it", copy),
    ),
    **_group(
        "vivek",
        Slash("/status", "show model, mode, approval, sandbox, thread and tokens", show_status),
        Slash("/metrics [all]", "show what calls and turns cost", show_metrics),
        Slash("/config [KEY]", "show the settings and who says them", show_config),
        Slash("/help [all|NAME]", "show the chief commands, all of them, or one", _help, chief=True),
        Slash("/exit", "leave", _leave),
    ),
}
"""The commands that ship."""


def is_slash(text: str) -> bool:
    """Tell a command from a message that begins with a path."""
    words = text.split(maxsplit=1)
    if text.startswith(_BANG):
        return bool(text[len(_BANG) :].strip())
    return bool(words) and _NAME.fullmatch(words[0]) is not None


async def run_slash(desk: Desk, text: str) -> None:
    """Run the command of a line for which `is_slash` holds; tell the nearest name when there is none.

    Raises:
        VivekError: If the command cannot do it.
    """
    if text.startswith(_BANG):
        await run_bang(desk, text.removeprefix(_BANG).strip())
        return
    name, *words = text.strip().split(maxsplit=1)
    slash = SLASHES.get(name)
    if slash is None:
        known = Known(desk.place, SLASHES)
        slash = known.get(name)
        if slash is None:
            desk.tell(_unknown(name, known))
            return
    await slash.run(desk, words[0].rstrip() if words else "")


def _unknown(name: str, known: Known) -> str:
    from difflib import get_close_matches

    page = f"commands/{name.removeprefix('/')}.md"
    if unused := [notice for notice in known.own()[1] if page in notice.text or f" {name} " in notice.text]:
        return problem(unused[0].text, unused[0].hint)
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"did you mean `{near[0]}`?" if near else "`/help all` lists what there is"
    return f"There is no {name}.\nhint: {hint}"
