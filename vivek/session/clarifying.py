"""A question that the model asked instead of an answer, and the message that answers it."""

from collections.abc import Mapping
from typing import Any

from vivek.flows.chat.state import StateUpdate
from vivek.schema.questions import Clarification
from vivek.schema.wishes import TurnWish
from vivek.workspace.store import Store

Values = Mapping[str, Any]  # Any: the saved state as LangGraph gives it back


def asked_back(values: Values) -> Clarification | None:
    """Return the question that a thread's last turn ended with, None where it asked none."""
    plan = values.get("plan")
    if values.get("status") != "needs_answer" or not plan or not plan["question"]:
        return None
    return Clarification(plan["question"], tuple(plan.get("choices", ())))


def answering(said: str, wish: TurnWish, values: Values, store: Store) -> StateUpdate:
    """Return what a turn that answers such a question begins with instead of the bare words; {} for any other turn.

    The request goes on with question and answer below it; a choice that was picked needs no other plan.

    Args:
        said: The user's words.
        wish: How the turn is wanted: what is asked for in so many words is no answer.
        values: The saved state.
        store: Where texts are kept.
    """
    asked = asked_back(values)
    if asked is None or wish.reads_only or wish.plan:
        return {}
    answer = asked.meant(said)
    request = store.get_text(values["request"])
    whole = f"{request}\n\nYou asked: {asked.text}\nThe answer: {answer}"
    turn: StateUpdate = {"request": store.put_text(whole), "typed": store.put_text(answer)}
    if answer in asked.choices:
        turn |= {"plan": {**values["plan"], "question": "", "choices": []}}
    return turn
