"""Replies by schema from the real engine with weights that mean nothing: no invalid object may be accepted.

Each reply takes the way of every structured reply (`read_object`, then pydantic); what that accepts is held against the
schema by a judge that knows nothing of either. `--calls 500` is a short run; `--state FILE` remembers how far it came.
"""

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import jsonschema  # type: ignore[import-untyped]  # it has no types of its own
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from benchmarks.measure import Result, report
from tests.engine.server import serve
from tests.engine.tiny_model import WINDOW, tiny_model
from vivek.errors import JSONParsingError, ModelOutputInvalidError
from vivek.prompts.objects.object import read_object
from vivek.prompts.parse import PLAN_SCHEMA, REVIEW_SCHEMA, ascii_only, parse_plan, parse_review
from vivek.providers.adapters.llamacpp import LlamaCppProvider
from vivek.providers.base import Provider
from vivek.schema.chunk import FinishReason
from vivek.schema.messages import Message
from vivek.schema.request import Request, Sampling

CALLS = 10_000
ROOM = 3_000
TEMPERATURES = (0.0, 0.7, 1.0, 1.5)
KEPT_EVERY = 100

Outcome = Literal["valid", "refused", "invalid"]
Short = Annotated[str, Field(min_length=1, max_length=24)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class _Edit(_Strict):
    path: Short
    find: Annotated[str, Field(max_length=40)]
    replace: Annotated[str, Field(max_length=40)]
    again: bool


class _Edits(_Strict):
    edits: Annotated[list[_Edit], Field(min_length=1, max_length=3)]


class _Table(_Strict):
    rows: Annotated[
        list[Annotated[list[Annotated[int, Field(ge=0, le=9)]], Field(min_length=2, max_length=4)]],
        Field(min_length=1, max_length=4),
    ]


class _Numbers(_Strict):
    low: Annotated[int, Field(ge=-20, le=20)]
    score: Annotated[int, Field(ge=0, le=9_999)]
    port: Annotated[int, Field(ge=1_024, le=65_535)]
    share: Literal[0, 1, 2, 3]


class _Words(_Strict):
    kind: Literal["answer", "change", 'say "hi"', "größe", "C:\\new", "line\nend", ""]
    sure: bool
    note: Annotated[str, Field(max_length=12)] | None


class _Read(_Strict):
    do: Literal["read"]
    path: Short


class _Run(_Strict):
    do: Literal["run"]
    command: Short
    seconds: Annotated[int, Field(ge=1, le=600)] | None


class _Step(_Strict):
    step: _Read | _Run
    then: Annotated[list[_Read | _Run], Field(max_length=2)]


@dataclass(frozen=True, slots=True)
class Case:
    """A schema and the way its replies are read.

    Attributes:
        schema: What the engine gets, free strings held to ASCII.
        read: Reads a reply; raises what it refuses.
    """

    schema: dict[str, object]
    read: Callable[[str, FinishReason | None], object]


def _case(model: type[BaseModel]) -> Case:
    def read(text: str, finish: FinishReason | None) -> object:
        try:
            return model.model_validate(read_object(text, finish, model.model_fields))
        except ValidationError as error:
            msg = str(error)
            raise ModelOutputInvalidError(msg) from error

    return Case(ascii_only(model.model_json_schema()), read)


CASES: Mapping[str, Case] = {
    "plan": Case(ascii_only(PLAN_SCHEMA), parse_plan),
    "review": Case(ascii_only(REVIEW_SCHEMA), parse_review),
    "edits": _case(_Edits),
    "nested arrays": _case(_Table),
    "integers with bounds": _case(_Numbers),
    "enums": _case(_Words),
    "unions": _case(_Step),
}


async def try_call(provider: Provider, number: int) -> tuple[str, Outcome, str]:
    """Make one call; return the schema's name, what came of it, and the reply."""
    name = tuple(CASES)[number % len(CASES)]
    case = CASES[name]
    request = Request(
        "tiny",
        (Message("system", "You answer in JSON."), Message("user", f"Answer question {number}.")),
        ROOM,
        schema=case.schema,
        sampling=Sampling(temperature=TEMPERATURES[number // len(CASES) % len(TEMPERATURES)], seed=number),
    )
    text, finish = "", None
    async for chunk in provider.stream(request):
        text += chunk.text
        finish = chunk.finish or finish
    return name, judge(case, text, finish), text


def judge(case: Case, text: str, finish: FinishReason | None) -> Outcome:
    """Read a reply as every structured reply is read; hold what was accepted against the schema."""
    try:
        case.read(text, finish)
        accepted = read_object(text, finish)
    except (JSONParsingError, ModelOutputInvalidError):
        return "refused"
    return "valid" if jsonschema.Draft202012Validator(case.schema).is_valid(accepted) else "invalid"


async def run(provider: Provider, calls: int, state: Path | None) -> tuple[Counter[str], float]:
    """Return how often each schema had each outcome, and the seconds of all calls."""
    seen, first, seconds = _load(state)
    for number in range(first, calls):
        began = time.perf_counter()
        name, outcome, text = await try_call(provider, number)
        seconds += time.perf_counter() - began
        seen[f"{name}: {outcome}"] += 1
        seen[outcome] += 1
        if outcome != "valid":
            print(f"\n{number}, {name}, {outcome}: {text[:200]!r}", file=sys.stderr)
        if number % KEPT_EVERY == KEPT_EVERY - 1 or number == calls - 1:
            print(f"{number + 1} of {calls}, {seconds:.0f} s", end="\r", file=sys.stderr, flush=True)
            if state is not None:
                state.write_text(json.dumps({"seen": seen, "next": number + 1, "seconds": seconds}), encoding="utf-8")
    return seen, seconds


def _load(state: Path | None) -> tuple[Counter[str], int, float]:
    if state is None or not state.exists():
        return Counter(), 0, 0.0
    kept = json.loads(state.read_text(encoding="utf-8"))
    return Counter(kept["seen"]), kept["next"], kept["seconds"]


async def measure(calls: int, state: Path | None) -> list[Result]:
    """Return the figures."""
    with serve(tiny_model().q8_0, window=WINDOW) as server:
        provider = LlamaCppProvider(server.url, server.key)
        try:
            seen, seconds = await run(provider, calls, state)
        finally:
            await provider.close()
    each = ", ".join(f"{name} {seen[f'{name}: valid']}" for name in CASES)
    return [
        Result("invalid objects accepted", seen["invalid"], f"of {calls}", 0, f"{len(CASES)} schemas, one thread"),
        Result("replies refused", seen["refused"], f"of {calls}", note="told to the model, not accepted"),
        Result("valid replies", seen["valid"] / calls * 100, "%", note=each),
        Result("a reply by schema", seconds / calls * 1_000, "ms"),
        Result("all replies", seconds, "s"),
    ]


def main() -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=CALLS)
    parser.add_argument("--state", type=Path, help="a file to go on from after an interruption")
    asked = parser.parse_args()
    results = asyncio.run(measure(asked.calls, asked.state))
    return report("constrained", f"{asked.calls:,} replies by schema from llama.cpp, random weights", results)


if __name__ == "__main__":
    sys.exit(main())
