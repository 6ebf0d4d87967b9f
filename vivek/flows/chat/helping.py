"""What helps a small model in a step: a line of facts on the project, one piece of advice; each is told as an event."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from vivek.flows.chat.state import ChatState
from vivek.flows.context import NodeContext
from vivek.project.orientation import orientation
from vivek.project.tooling.commands import Root
from vivek.prompts.advice import Situation, choose
from vivek.prompts.steps import ShownResult
from vivek.schema.events import AidUsed
from vivek.schema.plan import Plan

CARD = "card:"
"""What the names of such sections begin with."""


@dataclass(frozen=True, slots=True)
class Help:
    """What a step is helped with; empty texts where it is not.

    Attributes:
        facts: One line on the project.
        advice: One piece of advice.
        name: What the advice is called.
    """

    facts: str = ""
    advice: str = ""
    name: str = ""


def help_for(state: ChatState, ctx: NodeContext, plan: Plan, results: Sequence[ShownResult]) -> Help:
    """Return what helps in the next step of a turn."""
    facts = ""
    if ctx.aids.facts and not state.get("oriented"):
        facts = orientation(Root(ctx.list_files(), ctx.files.read), ctx.bench.tooling())
    if not ctx.aids.advice:
        return Help(facts)
    situation = Situation(
        ctx.store.get_text(state["request"]),
        plan.kind,
        failed_check=bool(state.get("evidence")),
        failed_tool=any(not result.label for result in results),
        refused_command=bool(state.get("refused")),
        cut_result=any(result.note for result in results),
    )
    chosen = choose(situation, [name.removeprefix(CARD) for name in state.get("said") or () if name.startswith(CARD)])
    return Help(facts) if chosen is None else Help(facts, ctx.templates.render(f"advice/{chosen.name}"), chosen.name)


def tell_help(given: Help, kept: Collection[str], ctx: NodeContext) -> None:
    """Tell what of it was in the prompt."""
    if given.facts and "orientation" in kept:
        ctx.emit(AidUsed("facts", given.facts))
    if given.name and f"{CARD}{given.name}" in kept:
        ctx.emit(AidUsed("advice", given.name))
