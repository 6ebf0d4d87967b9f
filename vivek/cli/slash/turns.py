"""Turns that are wanted otherwise than the chat works: a question only, another mode, a plan first, once more."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from vivek.cli.slash.agreeing import agrees
from vivek.cli.slash.desk import Desk
from vivek.cli.slash.work import set_mode
from vivek.schema.wishes import TurnWish


async def ask(desk: Desk, words: str) -> None:
    """Ask something; nothing is changed by that turn, whatever the mode allows."""
    if not words:
        desk.tell("hint: `/ask how does the retry work?` asks, and changes nothing")
        return
    await desk.run(words, TurnWish(reads_only=True))


def in_mode(name: str) -> Callable[[Desk, str], Awaitable[None]]:
    """Return what works in a mode: for one turn where something is said, from now on where not."""

    async def work(desk: Desk, words: str) -> None:
        await set_mode(desk, f"{name} {words}")

    return work


async def plan(desk: Desk, words: str) -> None:
    """Make a plan and show it; the work begins when the user says so."""
    if not words:
        desk.tell("hint: `/plan split the parser in two` makes a plan and asks before it is followed")
        return
    report = await desk.run(words, TurnWish(plan="show"))
    if report is None or report.status != "done":
        return
    if await agrees(desk, "Go on with this plan?", default=True):
        await desk.run(words, TurnWish(plan="follow"))
    else:
        desk.tell("The plan is kept in the conversation: say what should be otherwise.")


async def retry(desk: Desk, words: str) -> None:
    """Ask the last request of this thread again, as if it had not been answered; files stay as they are.

    It does not matter how that turn ended: well, not at all, or by a question that waits.

    Raises:
        ThreadError: If the thread cannot be taken back.
        WorkspaceError: If what was asked cannot be read.
    """
    from vivek.session.doors.retrying import last_request
    from vivek.session.doors.travel import rewind_thread

    model = _model(words)
    if model is None:
        desk.tell("hint: `/retry` asks the last request again, `/retry --model ollama/NAME` asks another model")
        return
    await desk.release()
    last = last_request(desk.place, desk.thread) if desk.thread else None
    if last is None or desk.thread is None:
        desk.tell("Nothing was asked in this thread yet.")
        return
    rewind_thread(desk.place, desk.thread, str(last.turn - 1), files=False)
    before = desk.choices
    if model:
        desk.choose(replace(before, model=model, base_url=None, executor=None))
    await desk.run(last.text, TurnWish(reads_only=last.reads_only, plan="show" if last.plan_only else ""))
    if model:
        desk.tell("The other model stays for this chat; `/model` changes it.")


def _model(words: str) -> str | None:
    """Return the model that is named, "" for none, None for what cannot be read."""
    match words.split():
        case []:
            return ""
        case ["--model", name] if not name.startswith("-"):
            return name
    return None
