"""Schema values as short sentences, the same for every kind of screen. Unknown figures are left out or called unknown.

What comes from a model or a server is made visible here; nothing is styled.
"""

from collections.abc import Sequence

from vivek.cli.render.questions import question_of
from vivek.cli.render.safe_text import fit, one_line, problem, visible, width_of
from vivek.schema.checks import Check
from vivek.schema.chunk import Phase
from vivek.schema.edits import FileChange
from vivek.schema.events import (
    ApprovalRequested,
    BudgetSpent,
    CheckStarted,
    EditApplied,
    EditRefused,
    Event,
    Notice,
    PlanReady,
    Question,
    ReviewDone,
    ToolDone,
)
from vivek.schema.index import ContextGathered
from vivek.schema.questions import CommandRequested, TrustRequested
from vivek.schema.report import TurnReport, TurnUsage
from vivek.schema.review import Review

_PHASES: dict[Phase, str] = {"load": "loading the model", "prefill": "reading the prompt", "decode": "writing"}
_GATHERED = 3
_KINDS = {"create": " (new)", "modify": "", "delete": " (deleted)"}


def phase_of(phase: Phase) -> str:
    """Return what a server does in a phase."""
    return _PHASES[phase]


def change_of(change: FileChange) -> str:
    """Return `path +added -removed`, with a word when the file is new or goes."""
    return f"{one_line(change.path)}{_KINDS[change.kind]} +{change.added} -{change.removed}"


def check_of(check: Check) -> str:
    """Return `name status`, with the evidence when it did not pass."""
    head = f"{one_line(check.name)} {check.status}"
    return f"{head}: {visible(check.detail.strip())}" if check.detail and check.status != "passed" else head


def changes_of(changes: Sequence[FileChange], checks: Sequence[Check]) -> str:
    """Return one line on a change set and its checks; failed checks with their evidence on lines of their own."""
    parts = [change_of(change) for change in changes]
    parts += [f"{one_line(check.name)} {check.status}" for check in checks]
    failed = [check_of(check) for check in checks if check.status == "failed"]
    return "\n".join([" · ".join(parts), *failed])


def waiting_of(question: Question) -> str:
    """Return one line on what waits for the user since an earlier run."""
    match question:
        case ApprovalRequested():
            return f"A change waits for your approval: {changes_of(question.changes, question.checks)}"
        case TrustRequested() | CommandRequested():
            return f"A command waits for your word: {one_line(question.command)}"


def review_of(review: Review) -> str:
    """Return the verdict in one line and its feedback."""
    score = "not scored" if review.score is None else f"{review.score:.2f}"
    verdict = "needs work" if review.needs_work else "good"
    return f"review: {score}, {verdict}. {visible(review.feedback.strip())}".rstrip()


def figures_of(usage: TurnUsage, columns: int | None = None) -> str:
    """Return the figures of a turn in one line, or "" when no model was called.

    Prompt tokens as cached and new, tokens of the reply, seconds to the first token, tokens a second.

    Args:
        usage: The figures; what is unknown is called so.
        columns: The width of the terminal; a line that is too long for it is said shorter, then less is said.
    """
    if not usage.calls:
        return ""
    reply = usage.completion_tokens
    speed = "unknown" if usage.tokens_per_second is None else f"{usage.tokens_per_second:.1f}"
    calls = "1 call" if usage.calls == 1 else f"{usage.calls} calls"
    first = "" if usage.time_to_first_token is None else f"{usage.time_to_first_token:.1f} s"
    long = [
        _prompt_of(usage),
        "reply unknown" if reply is None else f"reply {reply:,} tokens",
        first and f"first token {first}",
        f"{speed} tok/s",
        f"{calls} in {usage.seconds:.1f} s",
    ]
    line = " · ".join(part for part in long if part)
    if columns is None or width_of(line) <= columns:
        return line
    short = [
        (2, _short_prompt_of(usage)),
        (4, "reply unknown" if reply is None else f"{reply:,} out"),
        (3, first and f"first {first}"),
        (0, f"{speed} tok/s"),
        (1, f"{usage.seconds:.1f} s"),
    ]
    return fitted([part for part in short if part[1]], columns)


def fitted(parts: Sequence[tuple[int, str]], columns: int) -> str:
    """Return parts of a line joined, without those that matter least as far as it takes to fit.

    Args:
        parts: What the line is made of, each with its rank: that with the highest goes first.
        columns: The width of the terminal.
    """
    kept = list(parts)
    while len(kept) > 1 and width_of(" · ".join(text for _, text in kept)) > columns:
        kept.remove(max(kept, key=lambda part: part[0]))
    return fit(" · ".join(text for _, text in kept), columns)


def news_of(event: Event) -> str:
    """Return what a reader is told of an event in lines of its own, or ""."""
    match event:
        case PlanReady(plan=plan, made=True):
            steps = [f"  {number}. {one_line(step)}" for number, step in enumerate(plan.steps, 1)]
            return "\n".join(["plan:", *steps])
        case EditRefused():
            return f"refused {one_line(event.path)}: {visible(event.reason)}"
        case ReviewDone():
            return review_of(event.review)
        case EditApplied():
            return f"applied {change_of(event.change)}"
        case Notice():
            return problem(event.text, event.hint)
        case TrustRequested() | CommandRequested():
            return question_of(event)
        case BudgetSpent(dropped=dropped) if dropped:
            parts = ", ".join(f"{one_line(name)} ({tokens:,} tokens)" for name, tokens in dropped)
            return f"left out of the prompt: {parts}"
        case _:
            return _deed_of(event)


def _deed_of(event: Event) -> str:
    """Return what was done between two calls of the model, or ""."""
    match event:
        case ContextGathered():
            return gathered_of(event)
        case ToolDone():
            named = event.ok or event.argument in event.told
            return one_line(event.told if named else f"{event.told} ({event.tool}: {event.argument})")
        case CheckStarted():
            return f"checking: {one_line(event.command)}"
        case _:
            return ""


def gathered_of(event: ContextGathered) -> str:
    """Return which parts of files were chosen for the prompt, and why; "" if none had to be."""
    if not event.parts:
        return ""
    places: dict[str, str] = {}
    for path, _, _, why in event.parts:
        places.setdefault(path, why)
    named = [f"{one_line(path)} ({one_line(why, 60)})" if why else one_line(path) for path, why in places.items()]
    more = f" and {len(named) - _GATHERED} more" if len(named) > _GATHERED else ""
    return f"looked up {', '.join(named[:_GATHERED])}{more} · about {event.tokens:,} tokens"


def outcome_of(report: TurnReport, *, chat: bool = False) -> str:
    """Return how a turn ended when it did not simply end well, with what to do next, in a chat or a shell, or ""."""
    if report.error is not None:
        return problem(report.error.message, report.error.hint)
    match report.status:
        case "declined":
            return "Declined: nothing was changed."
        case "needs_approval":
            way = "`/resume`" if chat else f"`vivek threads resume {report.thread_id}`"
            return problem("Nothing was changed yet.", f"{way} shows what waits and asks")
        case "incomplete":
            way = "a new message goes on" if chat else f"`vivek ask --thread {report.thread_id} TEXT` goes on"
            return problem("The turn is incomplete.", way)
        case "cancelled":
            return "[interrupted]"
        case "failed":
            return "The turn failed."
        case "done" | "needs_answer":
            return ""


def _prompt_of(usage: TurnUsage) -> str:
    if usage.prompt_tokens is None:
        return "prompt unknown"
    if usage.cached_tokens is None:
        return f"prompt {usage.prompt_tokens:,} tokens (cached unknown)"
    new = usage.prompt_tokens - usage.cached_tokens
    return f"prompt {usage.prompt_tokens:,} tokens ({usage.cached_tokens:,} cached, {new:,} new)"


def _short_prompt_of(usage: TurnUsage) -> str:
    if usage.prompt_tokens is None:
        return "prompt unknown"
    if usage.cached_tokens is None or not usage.prompt_tokens:
        return f"{usage.prompt_tokens:,} in"
    return f"{usage.prompt_tokens:,} in ({100 * usage.cached_tokens / usage.prompt_tokens:.0f} % cached)"
