"""How the model works and which one it is, what is done without asking, and where all of that stands."""

from dataclasses import replace
from typing import cast, get_args

from vivek.cli.render.safe_text import one_line
from vivek.cli.slash.desk import Desk
from vivek.schema.approval import ApprovalPolicy
from vivek.schema.wishes import TurnWish

POLICIES: tuple[str, ...] = get_args(ApprovalPolicy)

_MEANT = {
    "ask": "every change is shown and asked about",
    "edits": "changes are applied without asking, commands ask as before",
    "all": "changes are applied and commands run without asking, where the sandbox holds them back",
    "none": "nothing is applied",
}


async def set_mode(desk: Desk, words: str) -> None:
    """Change how the model works from now on, or for one turn where something is said behind the name.

    Raises:
        ConfigError: If there is no such mode.
    """
    from vivek.session.doors.modes import find_mode, list_modes

    name, _, text = words.strip().partition(" ")
    now = desk.choices.mode
    if not name:
        listed = "\n".join(f"  {each.name:<12}{one_line(each.summary)}" for each in list_modes(desk.place))
        usage = "hint: `/mode NAME` changes it, `/mode NAME TEXT` for one turn"
        desk.tell(f"mode: {_setting(desk, 'session.mode', now)}\n{listed}\n{usage}")
        return
    # A model of its own takes another session, and so does the way back.
    own = find_mode(desk.place, name).preset or (now is not None and find_mode(desk.place, now).preset)
    if text.strip():
        await _work_once(desk, name, text.strip(), own=own)
        return
    if own:
        if await desk.reopen(replace(desk.choices, thread=desk.thread, latest=False, mode=name)) is None:
            return
    else:
        desk.choose(replace(desk.choices, mode=name))
    desk.tell(f"mode: {name}")


async def _work_once(desk: Desk, name: str, text: str, *, own: bool) -> None:
    """Run one turn in a mode; the chat's own mode is in force again afterwards."""
    now = desk.choices.mode
    if own and await desk.reopen(replace(desk.choices, thread=desk.thread, latest=False, mode=name)) is None:
        return
    await desk.run(text, TurnWish(mode=name))
    if own:
        await desk.release()
        desk.choose(replace(desk.choices, mode=now))


async def set_model(desk: Desk, words: str) -> None:
    """Show the model, or change it."""
    if not words:
        conversation = desk.opened()
        now = one_line(conversation.banner) if conversation else "No model is open."
        here = "`/model PROVIDER/NAME` changes it here, such as `/model ollama/qwen2.5-coder:7b`"
        desk.tell(f"{now}\nhint: {here}\n`vivek models list` shows them all, `vivek models use` keeps one")
        return
    same = words.partition("/")[0] == (desk.choices.model or "").partition("/")[0]
    base_url = desk.choices.base_url if same else None
    # The model that works is meant, also where the command line gave it another than the rest.
    choices = replace(desk.choices, model=words, base_url=base_url, executor=None)
    await desk.reopen(replace(choices, thread=desk.thread, latest=False))


async def set_approval(desk: Desk, words: str) -> None:
    """Show or set what is done without asking."""
    conversation = desk.opened()
    now = _setting(desk, "session.approval", desk.choices.approve) if conversation is None else conversation.approval
    if not words:
        desk.tell(f"approval: {now}: {_MEANT[now]}\nhint: `/approve {'|'.join(POLICIES)}` changes it for this chat")
        return
    if words not in POLICIES:
        desk.tell(f"There is no approval `{one_line(words, 40)}`.\nhint: there are: {', '.join(POLICIES)}")
        return
    policy = cast(ApprovalPolicy, words)
    await desk.release()  # commands are judged by what the session was opened with, be it only on its way
    desk.choose(replace(desk.choices, approve=policy))
    desk.tell(f"approval: {policy}: {_MEANT[policy]}")


async def show_status(desk: Desk, _words: str) -> None:
    """Show model, mode, approval, sandbox, thread and tokens."""
    conversation, choices = desk.opened(), desk.choices
    lines = [
        ("model", conversation.banner if conversation else f"{choices.model or 'the best one here'} · not open"),
        ("mode", _setting(desk, "session.mode", choices.mode)),
        ("approval", conversation.approval if conversation else _setting(desk, "session.approval", choices.approve)),
        ("sandbox", _setting(desk, "session.sandbox", choices.sandbox)),
        ("project", str(desk.place.root)),
        ("thread", desk.thread or "none yet"),
    ]
    if conversation is not None:
        report = await conversation.context()
        if report.calls:
            calls = f"{report.calls:,} call{'s' if report.calls > 1 else ''}"
            cached = "unknown" if report.cached_tokens is None else f"{report.cached_tokens:,}"
            read = "unknown" if report.prompt_tokens is None else f"{report.prompt_tokens:,}"
            lines.append(("tokens", f"{read} read in {calls}, {cached} of them from the cache"))
        if kept := await conversation.in_view():
            lines.append(("in view", ", ".join(kept)))
    if desk.spent is not None:
        used = sum(tokens for _, tokens in desk.spent.kept)
        lines.append(("window", f"{used:,} of {desk.spent.window:,} tokens in the last call; `/context` shows of what"))
    desk.tell("\n".join(f"{name:<9} {one_line(said, 500)}" for name, said in lines))


def _setting(desk: Desk, key: str, chosen: str | None) -> str:
    """Return what is in force: what was chosen here, else what the settings say."""
    from vivek.session.doors.configuration import get_setting

    return str(chosen or get_setting(desk.place, key, desk.choices.profile).value)
