"""`/add` and `/drop`: the files that lie before the model in every turn, until they are dropped."""

from vivek.cli.render.safe_text import one_line
from vivek.cli.slash.desk import Desk
from vivek.cli.turn.parties import Conversation

_SHOWN = 20


async def add(desk: Desk, words: str) -> None:
    """Keep files in view of the model: paths, folders, patterns; without any, list those that are."""
    conversation = await _conversation(desk, opens=bool(words))
    if conversation is None:
        return
    held = await conversation.in_view()
    if not words:
        desk.tell(_listed(held) or "No file is kept in view.\nhint: `/add src/app.py docs/*.md` keeps some")
        return
    from vivek.session.doors.adding import files_meant

    meant = files_meant(desk.place, words.split(), held, profile=desk.choices.profile)
    lines = [one_line(told, 500) for told in meant.told]
    if meant.paths:
        await conversation.in_view((*held, *meant.paths))
        lines.append(f"in view from now on:\n{_listed(meant.paths)}")
    elif not lines:
        lines.append("They are in view already.")
    desk.tell("\n".join(lines))


async def drop(desk: Desk, words: str) -> None:
    """Keep files in view no longer: those that are named, or all of them."""
    conversation = await _conversation(desk, opens=False)
    if conversation is None:
        return
    from vivek.session.doors.adding import fitting

    held = await conversation.in_view()
    going = fitting(words.split(), held) if words else held
    if not going:
        desk.tell(f"It is not kept in view.\n{_listed(held)}" if held else "No file is kept in view.")
        return
    await conversation.in_view([path for path in held if path not in going])
    desk.tell(f"not in view any longer:\n{_listed(going)}\nWhat the model has read of them stays in the conversation.")


async def _conversation(desk: Desk, *, opens: bool) -> Conversation | None:
    """Return the session, opened where files are to be kept in a thread."""
    conversation = desk.opened()
    known = desk.thread or desk.choices.thread or desk.choices.latest
    if conversation is None and (opens or known):
        return await desk.reopen(desk.choices)
    if conversation is None:
        desk.tell("No file is kept in view.\nhint: `/add src/app.py docs/*.md` keeps some")
    return conversation


def _listed(paths: tuple[str, ...]) -> str:
    more = f"\n  and {len(paths) - _SHOWN:,} more" if len(paths) > _SHOWN else ""
    return "\n".join(f"  {one_line(path)}" for path in paths[:_SHOWN]) + more
