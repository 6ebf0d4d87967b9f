"""What fills the window, what the cache saved, and where it was lost: lines for a person, within the terminal."""

from collections.abc import Iterable

from vivek.cli.render.safe_text import fit, one_line
from vivek.schema.context import CacheLoss, ContextReport
from vivek.schema.counts import PromptCount
from vivek.schema.events import BudgetSpent

_NARROW = 50  # columns below which shares are left out
_NAMES = {"history": "conversation", "request": "your request", "reply": "room for the reply"}


def context_text(report: ContextReport, spent: BudgetSpent | None, width: int) -> str:
    """Return where a thread stands.

    Args:
        report: What the session knows of it.
        spent: What filled the window in the newest call of this chat, or None.
        width: Columns of the terminal.
    """
    lines = [] if spent is None else _filled(report, spent, width)
    for prompt in report.prompts:
        lines.append(f"last call of {one_line(prompt.model)}: {_prompt(prompt)}")
    if report.calls:
        calls = "1 call" if report.calls == 1 else f"{report.calls:,} calls"
        lines.append(f"this thread, {calls}: {_tokens(report.prompt_tokens, report.cached_tokens)}")
    if report.lost is not None:
        lines.append(_loss(report.lost))
    elif any(prompt.cached for prompt in report.prompts):
        lines.append("the cache was not lost since the thread was opened")
    return "\n".join(lines) or "Nothing was sent to a model yet."


def _filled(report: ContextReport, spent: BudgetSpent, width: int) -> list[str]:
    """Return what the newest prompt is made of; its parts are estimates, which need not add up to a server's count."""
    parts = [part for name, tokens in spent.kept for part in _parts(report, name, tokens)]
    used = sum(tokens for _, tokens in parts)
    parts += [("reply", spent.reply_room)] if spent.reply_room else []
    free = spent.window - used - spent.reply_room
    rows = [*parts, ("free", free)] if free > 0 else parts
    lines = [f"{one_line(spent.node)}: about {used:,} of {spent.window:,} tokens of the window"]
    lines += [_row(name, tokens, spent.window, width) for name, tokens in rows]
    room = max(8, width - len("shortened: "))
    lines += [f"shortened: {fit(_path(name), room)} ({was:,} to {now:,} tokens)" for name, was, now in spent.shrunk]
    lines += [f"left out: {fit(_path(name), room)} ({tokens:,} tokens)" for name, tokens in spent.dropped]
    return lines


def _parts(report: ContextReport, name: str, tokens: int) -> Iterable[tuple[str, int]]:
    """Return a part of the prompt; of the conversation its head, its notes and the rest."""
    head = report.system + report.notes
    if name != "history" or not head or head > tokens:
        return [(name, tokens)]
    parts = [("system", report.system), ("notes of the project", report.notes), ("history", tokens - head)]
    return [part for part in parts if part[1]]


def _row(name: str, tokens: int, window: int, width: int) -> str:
    share = f"{100 * tokens / window:>4.0f} %  " if width >= _NARROW else ""
    front = f"  {tokens:>9,}  {share}"
    return f"{front}{fit(_path(_NAMES.get(name, name)), max(8, width - len(front)))}"


def _path(name: str) -> str:
    return one_line(name.removeprefix("file:"))


def _prompt(prompt: PromptCount) -> str:
    if prompt.prompt is None:
        return "the size of its prompt is unknown"
    by = "the server's count" if prompt.by == "server" else "an estimate"
    new = None if prompt.new is None else f"{prompt.new:,} new"
    cached = "cached unknown" if prompt.cached is None else f"{prompt.cached:,} from the cache"
    told = ", ".join(part for part in (f"{prompt.prompt:,} of {prompt.window:,} tokens", cached, new) if part)
    return f"{told} ({by})"


def _tokens(prompt: int | None, cached: int | None) -> str:
    if prompt is None:
        return "prompt tokens unknown"
    if cached is None:
        return f"{prompt:,} prompt tokens, cached unknown"
    share = f" ({100 * cached / prompt:.0f} %)" if prompt else ""
    return f"{prompt:,} prompt tokens, {cached:,} from the cache{share}, {prompt - cached:,} new"


def _loss(lost: CacheLoss) -> str:
    """Return when the cache was lost, and at which byte the prompt departed from the one before."""
    when = {0: "in the last call", 1: "one call ago"}.get(lost.calls_ago, f"{lost.calls_ago:,} calls ago")
    some = "" if lost.cached is None or lost.read_before is None else f", {lost.cached:,} of {lost.read_before:,} kept"
    told = f"the cache was lost {when} ({one_line(lost.node)}{some})"
    if lost.message is None:
        return f"{told}: every byte agrees with the prompt before, so the server let go of it"
    if not lost.role:
        return f"{told}: message {lost.message} and all behind it were left out"
    was, now = (f"`{one_line(text, 30)}`" if text else "nothing" for text in (lost.was, lost.now))
    return f"{told}: message {lost.message} ({lost.role}) differs from byte {lost.offset:,} on, {was} became {now}"
