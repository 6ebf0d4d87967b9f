"""Long talks with a scripted model, which is asked for its notes before the conversation is cut."""

from pathlib import Path

import pytest

from tests.session.conftest import Heard, say
from vivek.providers.adapters.scripted import ScriptedProvider, ScriptedReply
from vivek.schema.events import Notice
from vivek.schema.messages import Message
from vivek.schema.request import Request
from vivek.session.session import Session

PRICES = "till/prices.py"
ANSWER = "It takes a percentage off a price, as the shop wants it. " * 30
NOTED = "- a price is in whole cents\n- the rule is in till/prices.py\n- till/taxes.py holds the taxes"


def spoken(provider: ScriptedProvider) -> list[tuple[Message, ...]]:
    """Return what was sent in the conversation itself, in its order."""
    return [request.messages for request in provider.requests if not is_aside(request.messages)]


def is_aside(messages: tuple[Message, ...]) -> bool:
    """Tell whether a request only asks what to note before the conversation is cut."""
    return "This conversation is about to be cut" in messages[-1].content


class Noting(ScriptedProvider):
    """Answers at length; asked what to note, it gives its notes, and takes no other reply for it."""

    def __init__(self, noted: str | ScriptedReply = NOTED, window: int = 4096) -> None:
        super().__init__([ANSWER] * 80, window)
        self.noted = noted if isinstance(noted, ScriptedReply) else ScriptedReply(noted)

    def _next(self, request: Request) -> ScriptedReply:
        answer = super()._next(request)
        return self.noted if is_aside(request.messages) else answer


def told(heard: Heard) -> list[str]:
    return [event.text for event in heard.events if isinstance(event, Notice)]


async def until_anew(session: Session, most: int = 12) -> Heard:
    """Talk until a new generation began; return that turn."""
    for number in range(most):
        heard = await say(session, f"what is rule number {number}?")
        if any("goes on from a summary" in text for text in told(heard)):
            return heard
    pytest.fail("no new generation")


def configure(workspace: Path, text: str) -> None:
    (workspace / ".vivek").mkdir(mode=0o700, exist_ok=True)
    (workspace / ".vivek" / "config.toml").write_text(f"[context]\n{text}\n")


def first_words(provider: ScriptedProvider) -> str:
    """Return what the newest generation began with."""
    return spoken(provider)[-1][1].content
