"""A thread as a Markdown document that others can read."""

import re
from collections.abc import Iterator

from vivek.cli.render.safe_text import one_line, visible
from vivek.schema.exported import ExportedThread, ExportedTurn
from vivek.schema.report import TurnUsage

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$", re.MULTILINE)
_SHORTEST = 3
_EXTENSIONS = {"passed": "ok", "failed": "red", "skipped": "not run"}


def thread_markdown(exported: ExportedThread) -> Iterator[str]:
    """Yield a document piece by piece: head, then turn by turn."""
    thread = exported.thread
    yield f"# {_text(thread.title) or thread.id}\n\n"
    facts = [f"thread `{thread.id}`", f"{thread.turns} turn{'' if thread.turns == 1 else 's'}"]
    if thread.model:
        facts.append(f"last model `{_code(thread.model)}`")
    yield ", ".join(facts) + "\n"
    for turn in exported.turns:
        yield "\n" + "\n\n".join(_parts(turn)) + "\n"


def fenced(text: str, language: str = "") -> str:
    """Return a text in a fence that is longer than any inside it."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(_SHORTEST, longest + 1)
    return f"{fence}{language}\n{text.rstrip(chr(10))}\n{fence}"


def closed(text: str) -> str:
    """Return Markdown whose last fence is closed, so that what follows stays outside."""
    opened = ""
    for mark, after in _FENCE.findall(text):
        if not opened:
            opened = mark
        elif mark[0] == opened[0] and len(mark) >= len(opened) and not after.strip():
            opened = ""
    return f"{text}\n{opened}" if opened else text


def _parts(turn: ExportedTurn) -> Iterator[str]:
    yield f"## Turn {turn.number}"
    yield "\n".join(f"> {line}".rstrip() for line in visible(turn.request).split("\n"))
    if turn.answer.strip():
        yield closed(visible(turn.answer))
    if turn.diff:
        applied = any(change.applied for change in turn.changes)
        yield "### Change" if applied else "### Change, not applied"
        yield fenced(visible(turn.diff), "diff")
    checks = [_check(check.name, check.status, check.detail) for check in turn.checks]
    if turn.review is not None:
        score = "no score" if turn.review.score is None else f"score {turn.review.score:.2f}"
        checks.append(f"- review: {score}{', needs work' if turn.review.needs_work else ''}")
    if checks:
        yield "### Checks"
        yield "\n".join(checks)
    if turn.error is not None:
        yield f"Error: {_text(turn.error.message)}"
    if figures := _figures(turn):
        yield f"*{figures}*"


def _check(name: str, status: str, detail: str) -> str:
    told = f" ({_text(detail)})" if detail else ""
    return f"- {_text(name)}: {_EXTENSIONS.get(status, _text(status))}{told}"


def _figures(turn: ExportedTurn) -> str:
    told = [turn.status] if turn.status else []
    told += [f"mode {turn.mode}"] if turn.mode else []
    told += [f"`{_code(model)}`" for model in turn.models]
    return ", ".join(told + (_usage(turn.usage) if turn.usage is not None else []))


def _usage(usage: TurnUsage) -> list[str]:
    """Return the figures that are known; what was not measured is left out."""
    told = [f"{usage.calls} call{'' if usage.calls == 1 else 's'}"] if usage.calls else []
    read, cached = (usage.prompt_tokens, "tokens read"), (usage.cached_tokens, "cached")
    for value, name in (read, cached, (usage.completion_tokens, "written")):
        told += [f"{value:,} {name}"] if value is not None and usage.calls else []
    return told + ([f"{usage.tokens_per_second:.1f} tok/s"] if usage.tokens_per_second else [])


def _text(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", one_line(text, 500))


def _code(text: str) -> str:
    return one_line(text).replace("`", "'")
