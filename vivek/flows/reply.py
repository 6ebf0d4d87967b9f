"""What the calls of one reply come to, as a value."""

from dataclasses import dataclass, replace

from vivek.flows.course import Call
from vivek.prompts.repetition import without_repetition
from vivek.schema.chunk import FinishReason

CUT = "the reply was cut off at its limit"
FILTERED = "the server's filter ended the reply"
UNSURE = "the server did not say that the reply is complete"

ENDS = (".", "!", "?", "`", "。")
"""How a text ends that may have been whole when its room was used up."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the calls of one reply came to.

    Attributes:
        text: The reply, its pieces joined.
        finish: Why it ended; `stop` only for a whole one.
        tokens: Its size without thoughts, None when the server does not say.
        cut: Why it is no whole reply, or "".
        spooled: As in `Call`.
        repeated: What it said over and over until it was stopped, shortened to show, or "".
    """

    text: str
    finish: FinishReason
    tokens: int | None
    cut: str = ""
    spooled: str = ""
    repeated: str = ""


def reply_of(call: Call) -> Reply:
    """Return what one call came to."""
    tokens = call.usage.completion_tokens
    if tokens is not None and call.thought:
        tokens = None if call.usage.thinking_tokens is None else tokens - call.usage.thinking_tokens
    match call.closed:
        case "loop":
            cut = f"the model repeated `{call.repeated}` without end"
            return Reply(without_repetition(call.text), "other", None, cut, call.spooled, call.repeated)
        case "restart":
            return Reply(call.text, "length", None, f"{CUT}, and the model began anew instead of going on")
        case "thinking":
            return Reply("", "length", None, CUT)
        case "":
            cut = {"length": CUT, "content_filter": FILTERED}.get(call.finish, "")
            return Reply(call.text, call.finish, tokens, cut, call.spooled)


def joined(reply: Reply, more: Call) -> Reply:
    """Return a reply with what was added to it; whole only if the addition ended by itself."""
    added = reply_of(more)
    if not added.cut and not added.text.strip() and not reply.text.rstrip().endswith(ENDS):
        return replace(reply, finish="length", cut=CUT)  # nothing was added to what ends in the middle
    tokens = None if reply.tokens is None or added.tokens is None else reply.tokens + added.tokens
    return replace(added, text=reply.text + added.text, tokens=tokens)
