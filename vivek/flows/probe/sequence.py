"""The probe, step by step: each step is a few calls, adds to what is known, and is told as soon as it is done."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from vivek.edits.engine import read_reply
from vivek.edits.registry import load_dialect
from vivek.errors import VivekError
from vivek.flows.probe import cases
from vivek.flows.probe.measure import Ear, Heard, reason_of
from vivek.prompts.build import executor_sections, join_sections, system_text
from vivek.prompts.calls.native import NativeCalls
from vivek.prompts.calls.written import TextCallReader
from vivek.prompts.schema_probe import PROBE_REQUEST, PROBE_ROOM, PROBE_SCHEMA, judge_probe
from vivek.prompts.steps import ExecutorStep, ShownFile
from vivek.providers.profiles import code_sampling, planning_sampling
from vivek.schema.known import Known
from vivek.schema.messages import Message
from vivek.schema.models import Profile
from vivek.schema.plan import Plan
from vivek.schema.probe import Step
from vivek.schema.request import Request
from vivek.schema.tools import ToolCall

_LINES = 60  # of the prompt whose reading is timed
_FULL = 0.85  # of the window is filled with hay
_SHARE = 0.6  # of the time that is left may go into reading it
_SHORT, _LONG = 96, 1024  # tokens of replies
_SMALLEST_HAY = 1024


@dataclass(frozen=True, slots=True)
class Prober:
    """Puts one model through the probe.

    Attributes:
        ear: Asks it.
        profile: How a model of its size is treated.
        known: What was known before; what is measured anew replaces it.
        dialects: The edit dialects to try.
        mark: A word that no prompt had before.
        count: Tokens of a text, cheap and never too low.
    """

    ear: Ear
    profile: Profile
    known: Known
    dialects: Sequence[str]
    mark: str
    count: Callable[[str], int]

    async def run(self) -> AsyncGenerator[Step]:
        """Yield a step for everything that is measured; one that fails does not end the others."""
        known = self.known
        steps: dict[str, Callable[[Known], Awaitable[tuple[str, Known]]]] = {
            "speed": self._speed,
            "thinking": self._thinking,
            "JSON by schema": self._schema,
            "calls of tools": self._tools,
            **{f"edits: {name}": self._edits_in(name) for name in self.dialects},
            "both ends of the window": self._needles,
        }
        for name, measure in steps.items():
            try:
                verdict, known = await measure(known)
            except (VivekError, TimeoutError) as error:
                yield Step(name, f"not measured: {reason_of(error)}", known, measured=False)
            else:
                yield Step(name, verdict, known)

    async def _speed(self, known: Known) -> tuple[str, Known]:
        prompt = cases.speed_text(_LINES, self.mark)
        first = await self._hear(prompt, _SHORT)
        again = await self._hear(prompt, _SHORT)
        load, read = first.usage.load_seconds, first.usage.prompt_tokens
        self.ear.line_tokens = read / _LINES if read else None
        known = replace(
            known,
            prefill_rate=first.prefill_rate or known.prefill_rate,
            decode_rate=first.decode_rate or again.decode_rate or known.decode_rate,
            load_seconds=load or known.load_seconds,
        )
        told = [f"reads {_rate(first.prefill_rate)}", f"writes {_rate(known.decode_rate)}"]
        if load is not None:
            told.append(f"loaded in {load:.1f} s")
        if first.until_token is not None and again.until_token is not None:
            told.append(
                f"first token {first.until_token:.2f} s, {again.until_token:.2f} s with the prompt in its cache"
            )
        return ", ".join(told), known

    async def _thinking(self, known: Known) -> tuple[str, Known]:
        free = await self._hear("How many legs do two spiders have?", 4 * _SHORT)
        if not free.thought:
            return "does not think before it answers", replace(known, thinking="none")
        held = await self._hear("How many legs do three spiders have?", 4 * _SHORT, think=False)
        if held.thought:
            return "thinks, and cannot be kept from it", replace(known, thinking="always")
        return "thinks, and can be kept from it", replace(known, thinking="switchable")

    async def _schema(self, known: Known) -> tuple[str, Known]:
        think = False if known.thinking == "switchable" else None
        heard = await self._hear(PROBE_REQUEST, PROBE_ROOM, schema=PROBE_SCHEMA, think=think)
        match judge_probe(heard.text, heard.finish):
            case "enforced":
                return "enforced", replace(known, schema=True)
            case "ignored":
                return "ignored: replies are read and repaired instead", replace(known, schema=False)
            case "unknown":
                return "not told: the reply was empty or cut off", known

    async def _tools(self, known: Known) -> tuple[str, Known]:
        heard = await self._hear(cases.TOOL_REQUEST, 2 * _SHORT, tools=(cases.TOOL,))
        native = NativeCalls((cases.TOOL,))
        native.feed(heard.calls)
        if any(
            isinstance(call, ToolCall) and cases.TOOL_PATH in call.arguments for call in native.finish(heard.finish)
        ):
            return "in the server's own way", replace(known, tools="native")
        reader = TextCallReader((cases.TOOL,))
        calls = (*reader.feed(heard.text).calls, *reader.flush(heard.finish).calls)
        if any(isinstance(call, ToolCall) for call in calls):
            return f"as text ({', '.join(reader.dialects)})", replace(known, tools="text")
        return "none", replace(known, tools="none")

    def _edits_in(self, dialect: str) -> Callable[[Known], Awaitable[tuple[str, Known]]]:
        async def measure(known: Known) -> tuple[str, Known]:
            solved = 0
            for case in cases.EDIT_CASES:
                solved += await self._solves(case, dialect)
            tried = len(cases.EDIT_CASES)
            return f"{solved} of {tried} right", replace(known, edits={**known.edits, dialect: (solved, tried)})

        return measure

    async def _solves(self, case: cases.EditCase, dialect: str) -> bool:
        plan = Plan("change", (case.request,), (case.path,), "coder", "")
        step = ExecutorStep(plan, request=case.request, files=(ShownFile(case.path, case.before),))
        asked = join_sections(executor_sections(step, self.count))
        system = system_text(load_dialect(dialect).INSTRUCTION)
        heard = await self._ask(
            (Message("system", system), Message("user", asked)), _LONG, sampling=code_sampling(self.profile)
        )
        current = {case.path: case.before.encode()}
        outcome = read_reply(
            heard.text,
            current=current,
            exists=[case.path],
            shown=[case.path],
            complete=heard.finish == "stop",
        )
        # Every dialect is understood; only the one that was asked for counts. What is no function is given whole.
        spoken = (dialect, "whole") if dialect == "region" else (dialect,)
        told = any(load_dialect(each).parse(heard.text, [case.path]).blocks for each in spoken)
        return told and outcome.files == {case.path: case.after.encode()}

    async def _needles(self, known: Known) -> tuple[str, Known]:
        a_line = self.ear.line_tokens or self.count(cases.haystack(_LINES)) / _LINES
        wanted = int(self.ear.window * _FULL) - 2 * _SHORT
        affordable = wanted
        if known.prefill_rate:
            affordable = min(wanted, int(self.ear.left * _SHARE * known.prefill_rate))
        if affordable < min(_SMALLEST_HAY, wanted):
            return "not tried: reading that much would take longer than the probe may", known
        hay = cases.haystack(max(4, int(affordable / a_line)))
        heard = await self._hear(f"{hay}\n\n{cases.NEEDLE_REQUEST}", _SHORT)
        found = cases.found_needles(heard.text)
        read = heard.usage.prompt_tokens
        told = f"begin {_found(found[0])}, end {_found(found[1])}"
        filled = f"{read:,} tokens" if read is not None else f"about {affordable:,} tokens"
        why = "" if affordable == wanted else ", less than the window for want of time"
        return f"{told} ({filled}{why})", replace(known, needles=found)

    async def _hear(self, text: str, room: int, **more: object) -> Heard:
        return await self._ask((Message("user", text),), room, **more)

    async def _ask(self, messages: tuple[Message, ...], room: int, **more: object) -> Heard:
        given = {"sampling": planning_sampling(self.profile), "window": self.ear.window} | more
        request = Request(self.ear.model, messages, min(room, self.ear.window // 2), **given)  # type: ignore[arg-type]  # fields of Request
        return await self.ear.hear(request)


def _rate(rate: float | None) -> str:
    return "unknown" if rate is None else f"{rate:,.0f} tok/s" if rate >= 10 else f"{rate:.1f} tok/s"


def _found(found: bool) -> str:
    return "found" if found else "not found"
