"""From what a model wrote to a tool call, or to words for the model about what is wrong with it. Pure.

A call keeps to what its card asks for as far as names go; types are the tool's own business.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from vivek.prompts.fence import one_line
from vivek.prompts.objects.lenient import read_leniently
from vivek.prompts.objects.strict import NOTHING, UnclearError, check, decode
from vivek.schema.tools import ToolCall, ToolCard

LARGEST: Final = 1_000_000
"""Bytes of the arguments of one call."""

TOO_LONG: Final = f"its arguments are longer than {LARGEST:,} bytes"

NAME_KEYS: Final = ("name", "tool", "tool_name", "function", "function_name", "action")
ARGUMENT_KEYS: Final = ("arguments", "parameters", "args", "params", "input", "tool_input", "action_input")
LABELS: Final = ("type", "id", "index", "call_id")
_AROUND_CALLS = {"role", "content", *LABELS}
_NAMED = 20  # tools that are named to a model that called another
_SHOWN = 16  # characters on either side of what is wrong


@dataclass(frozen=True, slots=True)
class BadCall:
    """A call that cannot be carried out.

    Attributes:
        id: The call's id, for its result.
        name: The tool's name as the model wrote it.
        words: What to tell the model.
    """

    id: str
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A call as it was read, before it has an id.

    Attributes:
        name: The name of a known tool.
        arguments: What was written as its arguments.
        fault: Why it cannot be carried out, words that go on a sentence, or "".
    """

    name: str
    arguments: object = None
    fault: str = ""


class Cards:
    """The tools that may be called.

    Args:
        cards: Their cards.
    """

    def __init__(self, cards: Iterable[ToolCard]) -> None:
        self._cards = {card.name: card for card in cards}
        self.names = tuple(self._cards)
        self.members = frozenset(name for card in self._cards.values() for name in properties(card))

    def __contains__(self, name: str) -> bool:
        return name in self._cards

    def find(self, written: str) -> str:
        """Return the name of the tool that is meant, "" if it is none: `functions.read` means `read`."""
        if written in self._cards:
            return written
        last = written.strip().rpartition(".")[2]
        return last if last in self._cards else ""

    def card(self, name: str) -> ToolCard:
        """Return the card of a known tool."""
        return self._cards[name]

    def finish(self, draft: Draft, call_id: str) -> ToolCall | BadCall:
        """Return the call, or what is wrong with it."""
        try:
            arguments = {} if draft.fault else _as_object(draft.arguments)
            fault = draft.fault or _lacking(arguments, self._cards[draft.name])
        except UnclearError as error:
            arguments, fault = {}, error.reason
        text = json.dumps(arguments, ensure_ascii=False)
        if not fault and len(text.encode()) > LARGEST:
            fault = TOO_LONG
        if fault:
            return BadCall(call_id, draft.name, f"Your call of `{draft.name}` was not carried out: {fault}.")
        return ToolCall(call_id, draft.name, text)

    def unknown(self, name: str, call_id: str) -> BadCall:
        """Return what to say about a call of a tool that is not there."""
        offered = ", ".join(f"`{known}`" for known in self.names[:_NAMED])
        shown = one_line(name[:64]).replace("`", "'")
        return BadCall(call_id, shown, f"There is no tool `{shown}`. The tools are: {offered}.")


def properties(card: ToolCard) -> Mapping[str, object]:
    """Return the parameters of a tool: their schemas by name."""
    known = card.parameters.get("properties")
    return known if isinstance(known, Mapping) else {}


def read_calls(value: object, cards: Cards, *, alone: bool) -> list[Draft]:
    """Return the calls that a JSON value is, none if it is anything else.

    Args:
        value: An object, or a list of them.
        cards: The tools that may be called.
        alone: Whether nothing else says that it is a call: then a name without arguments is none.
    """
    if isinstance(value, list):
        each = [read_calls(item, cards, alone=alone) for item in value]
        return [draft for drafts in each for draft in drafts] if all(each) else []
    if not isinstance(value, Mapping):
        return []
    rest = value.keys()
    if isinstance(value.get("tool_calls"), list) and rest <= {"tool_calls", *_AROUND_CALLS}:
        return read_calls(value["tool_calls"], cards, alone=alone)
    if isinstance(value.get("function"), Mapping) and rest <= {"function", *LABELS}:
        return read_calls(value["function"], cards, alone=False)
    draft = _read_call(value, cards, alone=alone)
    return [draft] if draft else []


def _read_call(value: Mapping[str, object], cards: Cards, *, alone: bool) -> Draft | None:
    label = next((key for key in NAME_KEYS if isinstance(value.get(key), str)), "")
    name = cards.find(str(value.get(label, "")))
    if not name:
        return None
    members = {key: item for key, item in value.items() if key != label and key not in LABELS}
    given = [key for key in ARGUMENT_KEYS if key in members]
    if len(given) == 1 and (len(members) == 1 or not alone) and not _is_card(members, members[given[0]]):
        return Draft(name, members[given[0]])
    known = properties(cards.card(name)).keys()
    if members.keys() <= known and label not in known and (members or not alone):
        return Draft(name, members)
    return None


def _is_card(members: Mapping[str, object], arguments: object) -> bool:
    """Return whether an object describes a tool instead of calling it."""
    described = isinstance(arguments, Mapping) and isinstance(arguments.get("properties"), Mapping)
    return described or "description" in members


def read_text(text: str) -> object:
    """Return the arguments that a JSON text is; an empty one means none.

    Raises:
        UnclearError: If it is broken; the reason can be told to the model.
    """
    said = text.strip()
    if not said:
        return {}
    value = decode(said)
    if value is not NOTHING:
        return value
    start = said.find("{")
    try:
        mended = read_leniently(said, start) if start == 0 else None
    except UnclearError as error:
        raise UnclearError(described(said, error), error.at) from error
    if mended is None or said[mended.end :].strip() or not mended.closed:
        raise UnclearError("its arguments are no complete JSON object", 0)
    check(mended.value)
    return mended.value


def described(text: str, fault: UnclearError) -> str:
    """Return what is wrong with the JSON of a call, and near what."""
    near = text[max(0, fault.at - _SHOWN) : fault.at + _SHOWN]
    return f"its JSON is broken near `{one_line(' '.join(near.split())).replace('`', chr(39))}`: {fault.reason}"


def _as_object(arguments: object) -> dict[str, object]:
    for _ in range(2):  # some models write the text of the text of an object
        if isinstance(arguments, str):
            arguments = read_text(arguments)
    if arguments is None:
        return {}
    if not isinstance(arguments, dict):
        raise UnclearError("its arguments must be a JSON object", 0)
    return arguments


def _lacking(arguments: Mapping[str, object], card: ToolCard) -> str:
    required = card.parameters.get("required")
    names = [str(name) for name in required] if isinstance(required, list | tuple) else []
    lost = [f"`{name}`" for name in names if name not in arguments]
    return f"{', '.join(lost)} {'is' if len(lost) == 1 else 'are'} missing" if lost else ""
