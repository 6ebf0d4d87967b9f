"""The ways in which models write tool calls as text: JSON, tags with parameters, Mistral's marks. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from vivek.prompts.calls.arguments import Cards, Draft, described, properties, read_calls
from vivek.prompts.calls.source import Source, Step, find, skip, which
from vivek.prompts.calls.spans import JsonSpan
from vivek.prompts.objects.lenient import read_leniently
from vivek.prompts.objects.strict import NOTHING, UnclearError, check, decode

MARKS: Final = ("[TOOL_CALLS]", "<|python_tag|>", "<|tool_call|>")
TAGS: Final = ("<tool_call>", "<tool_calls>", "<function_call>", "<function_calls>", "<tools>")
CLOSERS: Final = (
    *(tag.replace("<", "</") for tag in TAGS),
    *("<|/tool_call|>", "<|eom_id|>", "<|eot_id|>", "[/TOOL_CALLS]"),
)
CUT_OFF: Final = "it was cut off"
FUNCTIONS: Final = ("<function=", '<function name="', '<invoke name="')
_NAME_END = re.compile(r"[>\"\n<]")
_LONGEST_NAME = 80
_PARAMETER = re.compile(r"<parameter(?:=| name=)\"?([^>\"\n]{1,80})\"?>")
_PARAMETER_END = re.compile(r"\n?</parameter>(?=\s*(?:<parameter[= ]|\Z))")
_LITERALS = {"True": True, "False": False, "None": None}
_MARKS = re.compile(r"(?:\[CALL_ID\][\w-]{1,64})?(?:\[ARGS\])?\s*(?=\{)")
_MAY_BE_MARKS = re.compile(r"[\[\]\w\s-]{0,99}")


@dataclass(frozen=True, slots=True)
class Payload:
    """Calls that were read.

    Attributes:
        drafts: The calls.
        end: Where in the source's text they end.
        dialect: How they were written.
    """

    drafts: Sequence[Draft]
    end: int
    dialect: str


def read_json(
    source: Source, at: int, cards: Cards, *, alone: bool, closers: Sequence[str] = ()
) -> Step[Payload | None]:
    """Read the JSON object or list at `at`; None if it is no call.

    Args:
        source: Where it stands.
        at: Where its bracket stands.
        cards: The tools that may be called.
        alone: Whether nothing around it says that it is a call.
        closers: What ends it, should its own brackets not tell.
    """
    span = JsonSpan(cards, alone=alone)
    end = span.feed(source.text[at:])
    while end is None and not span.refused and not source.closed:
        more = yield
        end = span.feed(more)
    if span.refused:
        return None
    begin = source.text[at:]
    value = NOTHING if end is None else _decoded(begin[:end])
    if value is NOTHING and closers and span.name:
        stop, _ = yield from find(source, at, closers)
        begin, end = source.text[at:stop], stop - at
    if value is not NOTHING:
        drafts = read_calls(value, cards, alone=alone)
        return Payload(drafts, at + (end or 0), "json") if drafts else None
    return _mended(source, at, begin if end is None else begin[:end], span, cards, alone=alone)


def _decoded(text: str) -> object:
    try:
        return decode(text)
    except UnclearError:
        return NOTHING


def _mended(source: Source, at: int, text: str, span: JsonSpan, cards: Cards, *, alone: bool) -> Payload | None:
    if not span.certain:
        return None
    end = at + len(text)
    if source.closed and end == len(source.text) and source.finish not in {"stop", "tool_calls"}:
        return Payload([Draft(span.name, fault=CUT_OFF)], end, "json")
    if not text.startswith("{"):
        return Payload([Draft(span.name, fault="its JSON is broken")], end, "json")
    try:
        mended = read_leniently(text, 0, lone_brace=True)
        check(mended.value)
    except UnclearError as error:
        return Payload([Draft(span.name, fault=described(text, error))], end, "json")
    drafts = read_calls(mended.value, cards, alone=alone)
    rest = text[mended.end :].strip()
    if rest or not drafts:
        drafts = [Draft(span.name, fault="its JSON is broken")]
    return Payload(drafts, end, "json")


def read_function(source: Source, at: int, opener: str, cards: Cards) -> Step[Payload | None]:
    """Read a function tag and its parameters; None if it names no known tool."""
    begin = at + len(opener)
    while not (found := _NAME_END.search(source.text, begin)):
        if source.closed or len(source.text) - begin > _LONGEST_NAME:
            return None
        yield
    name = cards.find(source.text[begin : found.start()])
    if not name or found.start() - begin > _LONGEST_NAME or found[0] not in '>"':
        return None
    inside = yield from skip(source, found.end(), '">')
    first = yield from skip(source, inside, " \t\r\n")
    if not (yield from which(source, first, ("{", "<parameter=", "<parameter name=", "</"))):
        return None
    closer = "</invoke>" if opener.startswith("<invoke") else "</function>"
    stop, mark = yield from find(source, inside, (closer, "</tool_call>"))
    body = source.text[inside:stop]
    end = stop + len(mark) if mark == closer else stop
    if not mark and (source.finish not in {"stop", "tool_calls"} or not body.rstrip().endswith(("</parameter>", "}"))):
        return Payload([Draft(name, fault=CUT_OFF)], end, "function")
    if body.lstrip().startswith("{"):
        return Payload([Draft(name, body)], end, "function")
    return Payload([_parameters(name, body, cards)], end, "function")


def _parameters(name: str, body: str, cards: Cards) -> Draft:
    known = properties(cards.card(name))
    values: dict[str, object] = {}
    begins = list(_PARAMETER.finditer(body))
    if body[: begins[0].start() if begins else None].strip():
        return Draft(name, fault="what stands in it is neither JSON nor a parameter")
    ends = [*(begin.start() for begin in begins[1:]), len(body)]
    for begin, end in zip(begins, ends, strict=False):
        part = body[begin.end() : end]
        closed = _PARAMETER_END.search(part)
        value = (part[: closed.start()] if closed else part.rstrip()).removeprefix("\n")
        if begin[1] in values:
            return Draft(name, fault=f"`{begin[1]}` stands in it twice")
        values[begin[1]] = _typed(value, known.get(begin[1]))
    return Draft(name, values)


def _typed(value: str, schema: object) -> object:
    """Return a parameter as its schema wants it, where the text says so; the tool judges the rest."""
    kind = schema.get("type") if isinstance(schema, Mapping) else "string"
    if kind == "string" or (isinstance(kind, list) and "string" in kind) or kind is None:
        return value
    said = value.strip()
    if said in _LITERALS:
        return _LITERALS[said]
    read = _decoded(said)
    return value if read is NOTHING else read


def read_marked(source: Source, at: int, cards: Cards) -> Step[Payload | None]:
    """Read `name[ARGS]{...}`, as newer Mistral models write it behind their mark."""
    name = yield from which(source, at, cards.names)
    here = at + len(name)
    while not (found := _MARKS.match(source.text, here)):
        if not name or source.closed or not _MAY_BE_MARKS.fullmatch(source.text, here):
            return None
        yield
    span = JsonSpan(None)
    end = span.feed(source.text[found.end() :])
    while end is None and not source.closed:
        more = yield
        end = span.feed(more)
    if end is None:
        return Payload([Draft(name, fault=CUT_OFF)], len(source.text), "marked")
    return Payload([Draft(name, source.text[found.end() : found.end() + end])], found.end() + end, "marked")
