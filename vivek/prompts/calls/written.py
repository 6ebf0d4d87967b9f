"""Reads the tool calls that a model writes into its text, while it writes, and lets everything else through. Pure.

Only what can be the begin of a call of a known tool is held back. Prose about a tool, an example in a code fence of
another language and a call of a tool that is not there stay text.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from vivek.prompts.calls.arguments import BadCall, Cards
from vivek.prompts.calls.dialects import (
    CLOSERS,
    FUNCTIONS,
    MARKS,
    TAGS,
    Payload,
    read_function,
    read_json,
    read_marked,
)
from vivek.prompts.calls.prose import Prose
from vivek.prompts.calls.python import read_python
from vivek.prompts.calls.source import Source, Step, skip, which
from vivek.schema.chunk import FinishReason
from vivek.schema.tools import ToolCall, ToolCard

_FENCE = re.compile(r"(`{3,12}|~{3,12})[ \t]*([^\s`~]{0,40})[^\n`~]{0,40}\n")
_MAY_BE_FENCE = re.compile(r"(?:`{1,12}|~{1,12})[^\n`~]{0,80}\Z")
_CALL_FENCES = {"", "json", "xml", "tool", "tools", "tool_call", "tool_calls", "tool_code", "function_call"}
_PLAIN = re.compile(r"[^<\[\n]+\n?|\n")
_BLANKS = " \t\r\n"
_MOST_IN_VAIN = 10  # begins of calls in Python that never ended; a reply with more has none
_PIECE = 512  # characters looked at together: what is shown is cut off the front of the rest
_LINE_MARKS = " \t\r\n>*-+"


@dataclass(frozen=True, slots=True)
class CallReading:
    """What a piece of a reply brought.

    Attributes:
        text: Text to show.
        calls: Calls that are complete.
    """

    text: str = ""
    calls: tuple[ToolCall | BadCall, ...] = ()


class TextCallReader:
    """Reads the calls of one reply.

    Args:
        cards: The tools that may be called.
        prefix: What the ids of the calls begin with; a number follows.

    Attributes:
        dialects: How each of the calls so far was written: `json` is a bare object, `tool_call` one in tags, `fence`
            one in a fence, `marked` one behind Mistral's or Llama's mark, `function` tags, `python` a call in Python.
    """

    def __init__(self, cards: Sequence[ToolCard], prefix: str = "call-") -> None:
        self.dialects: list[str] = []
        self._cards = Cards(cards)
        self._prefix = prefix
        self._source = Source()
        self._calls: list[ToolCall | BadCall] = []
        self._prose = Prose(self._source)
        self._in_vain = 0
        self._steps = self._run()
        next(self._steps)

    def feed(self, text: str) -> CallReading:
        """Take the next piece of the reply and return what can be said of it so far."""
        readings = [self._go_on(text[at : at + _PIECE]) for at in range(0, len(text), _PIECE)]
        return CallReading("".join(r.text for r in readings), tuple(call for r in readings for call in r.calls))

    def flush(self, finish: FinishReason | None) -> CallReading:
        """End the reply and return the rest; a call that was cut off is told, not carried out.

        Args:
            finish: Why the reply ended.
        """
        self._source.closed, self._source.finish = True, finish
        return self._go_on("")

    def _go_on(self, text: str) -> CallReading:
        self._source.add(text)
        with suppress(StopIteration):
            self._steps.send(text)
        calls, self._calls = tuple(self._calls), []
        return CallReading(self._prose.take(), calls)

    def _run(self) -> Step[None]:
        while self._source.text or not self._source.closed:
            if not self._source.text:
                yield
            elif self._prose.line_begins:
                yield from self._begin_line()
            else:
                yield from self._go_along_line()

    def _begin_line(self) -> Step[None]:
        text = self._source.text
        marks = len(text) - len(text.lstrip(_LINE_MARKS))
        if marks:  # blanks and the marks of lists and quotations say nothing yet
            self._prose.show(marks)
            self._prose.line_begins = True
        elif text[0] in "`~":
            yield from self._read_fence()
        elif text[0] == "<" or (yield from which(self._source, 0, MARKS[:1])):
            yield from self._go_along_line()
        elif not (yield from self._read_line()):
            if text[0] in "{[":
                yield from self._prose.pass_brackets()
            else:
                self._prose.show(1)

    def _go_along_line(self) -> Step[None]:
        """Show text up to what may be a tag or the next line, and read the tag if it is one."""
        plain = _PLAIN.match(self._source.text)
        if plain or self._prose.in_code:
            self._prose.show(plain.end() if plain else 1)
        elif not (yield from self._read_tag()):
            self._prose.show(1)

    def _read_tag(self) -> Step[bool]:
        """Read calls behind a tag or mark; return whether there were any."""
        opener = yield from which(self._source, 0, (*MARKS, *TAGS, *FUNCTIONS))
        if not opener:
            return False
        at = 0 if opener in FUNCTIONS else len(opener)
        found: list[Payload] = []
        while payload := (yield from self._payload(at, marked=opener in MARKS, closers=CLOSERS)):
            found.append(payload)
            at = yield from skip(self._source, payload.end, ",;")
        if not found:
            return False
        yield from self._accept(found, wrapper="marked" if opener in MARKS else "tool_call")
        return True

    def _read_line(self) -> Step[bool]:
        """Read calls that stand alone on their lines; return whether there were any."""
        found: list[Payload] = []
        at = 0
        while payload := (yield from self._payload(at, alone=True)):
            found.append(payload)
            at = yield from skip(self._source, payload.end, " \t\r;")
            if self._source.text[at : at + 1] in {"", "\n"} or (yield from which(self._source, at, CLOSERS)):
                yield from self._accept(found)
                return True
        return False

    def _read_fence(self) -> Step[None]:
        """Read calls that are all that a fence holds, or show the fence."""
        while not (opened := _FENCE.match(self._source.text)):
            if self._source.closed or not _MAY_BE_FENCE.match(self._source.text):
                self._prose.show(len(self._source.text) - len(self._source.text.lstrip("`~")))
                return
            yield
        found: list[Payload] = []
        at = opened.end()
        if opened[2].lower() in _CALL_FENCES:
            while payload := (yield from self._payload(at, alone=True, closers=(opened[1],))):
                found.append(payload)
                at = yield from skip(self._source, payload.end, _BLANKS + ",;")
                closer = yield from which(self._source, at, (opened[1],))
                if closer or at == len(self._source.text):
                    yield from self._accept(found, at + len(closer), wrapper="fence")
                    return
        yield from self._prose.pass_fence(opened[1], opened.end())

    def _payload(
        self, at: int, *, alone: bool = False, marked: bool = False, closers: Sequence[str] = ()
    ) -> Step[Payload | None]:
        """Read the calls at `at`, blanks before them skipped; None if there are none."""
        at = yield from skip(self._source, at, " \t\r" if alone and not closers else _BLANKS)
        text = self._source.text
        if text.startswith("{", at):
            return (yield from read_json(self._source, at, self._cards, alone=alone, closers=closers))
        if text.startswith("[", at):
            here = yield from skip(self._source, at + 1, _BLANKS)
            if self._source.text.startswith("{", here):
                return (yield from read_json(self._source, at, self._cards, alone=alone, closers=closers))
        elif text.startswith("<", at):
            opener = yield from which(self._source, at, FUNCTIONS)
            return (yield from read_function(self._source, at, opener, self._cards)) if opener else None
        elif marked and (payload := (yield from read_marked(self._source, at, self._cards))):
            return payload
        if self._in_vain > _MOST_IN_VAIN:
            return None
        payload = yield from read_python(self._source, at, self._cards)
        self._in_vain += payload is not None and not payload.drafts
        return payload if payload and payload.drafts else None

    def _accept(self, found: Sequence[Payload], end: int | None = None, *, wrapper: str = "json") -> Step[None]:
        """Hand the calls on; drop the tags that close them and one line end."""
        for payload in found:
            for draft in payload.drafts:
                self.dialects.append(wrapper if payload.dialect == "json" else payload.dialect)
                self._calls.append(self._cards.finish(draft, f"{self._prefix}{len(self.dialects)}"))
        self._source.take(found[-1].end if end is None else end)
        while True:
            here = yield from skip(self._source, 0, _BLANKS)
            closer = yield from which(self._source, here, CLOSERS)
            if not closer:
                break
            self._source.take(here + len(closer))
        line = self._source.text[:here].find("\n") + 1
        self._source.take(line)
        self._prose.line_begins = bool(line)
