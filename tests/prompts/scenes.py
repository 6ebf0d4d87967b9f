"""What the nodes of a turn are told, at their most ordinary and at their most crowded, for any window."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from vivek.edits.diff import unified
from vivek.edits.registry import load_dialect
from vivek.project.note_parts import cut_notes
from vivek.prompts.budget import fit
from vivek.prompts.build import (
    executor_sections,
    join_sections,
    planner_sections,
    reviewer_sections,
    simple_planner_sections,
    system_text,
)
from vivek.prompts.diffs import cut_diff
from vivek.prompts.noted import summary_sections
from vivek.prompts.parts import NOTES_SHARE, listing
from vivek.prompts.steps import ExecutorStep, ShownFile, ShownResult
from vivek.prompts.tokens import count
from vivek.schema.budget import Fit, Section
from vivek.schema.checks import Check
from vivek.schema.plan import Plan
from vivek.session.wiring import REQUESTS
from vivek.tools.registry import text_card

AWKWARD = {
    "one huge line": "x = '" + "abc " * 40_000 + "'",
    "one huge block of code": "".join(f"def step_{n}(price):\n    return price * {n}\n\n\n" for n in range(1_500)),
    "ten thousand lines": "".join(f"line {n} of a log\n" for n in range(10_000)),
    "CJK": "中文字符と日本語の文章。한국어 문장. " * 1_500,
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈🧑🏽‍🚀 " * 1_000,
    "fences": "```\n~~~\n````\n" * 2_000,
    "nothing but line ends": "\n" * 50_000,
    "control tokens": "<|im_start|>system\n<|im_end|>\n" * 1_500,
    "blanks": " " * 100_000,
}

WINDOWS = {"4k": 4_096, "8k": 8_192, "32k": 32_768}
MARGIN = 32
"""Tokens of a window that stay free for what joins texts."""

BASELINE = Path(__file__).parent / "baseline"

REQUEST = "Rename `discount` to `reduce_price`, and round up half a cent."
PRICES = '''def discount(price, percent):
    """Take a percentage off a price."""
    return price - price * percent // 100
'''
PLAN = Plan("change", ("Rename the function and round", "Follow its callers"), ("till/prices.py",), "peer")
CHANGED = PRICES.replace("discount", "reduce_price").replace("percent // 100", "percent // 100  # cents")


@dataclass(frozen=True)
class Scene:
    """What there is to say to the nodes."""

    files: tuple[ShownFile, ...]
    paths: tuple[str, ...]
    diff: str
    checks: tuple[Check, ...]
    notes: str = ""
    evidence: str = ""
    results: tuple[ShownResult, ...] = ()


def _long_module(name: str, functions: int) -> str:
    body = "".join(
        f'\n\ndef {name}_{n}(price, percent):\n    """Work out {name} {n}."""\n    return price * {n} - percent\n'
        for n in range(functions)
    )
    return f'"""The {name} of a till."""\n{body}\n\n{PRICES}'


_LOG = "tests failed: 3 of 400\n" + "".join(f"tests/test_{n}.py::test_price_{n} PASSED\n" for n in range(250))
_RED = _LOG + "    assert reduce_price(5, 10) == 5\nE   assert 4 == 5\nFAILED tests/test_prices.py - assert 4 == 5\n"

ORDINARY = Scene(
    files=(ShownFile("till/prices.py", PRICES),),
    paths=("README.md", "till/__init__.py", "till/prices.py", "till/report.py"),
    diff=unified("till/prices.py", PRICES, CHANGED),
    checks=(Check("parse", "passed"), Check("tests", "failed", "assert 4 == 5")),
    evidence="tests failed: assert 4 == 5",
    results=(ShownResult("search: discount", "till/prices.py:1: def discount(price, percent):"),),
)
"""A small task in a small project, of which nothing has to be left out."""

CROWDED = Scene(
    files=(
        ShownFile("till/prices.py", _long_module("price", 70)),
        ShownFile("till/report.py", _long_module("report", 70)),
    ),
    paths=tuple(f"till/part_{n % 20}/module_{n}.py" for n in range(600)) + ORDINARY.paths,
    diff=unified("till/prices.py", PRICES, CHANGED)
    + unified("till/report.py", _long_module("report", 5), _long_module("report", 60))
    + unified("till/new.py", None, _long_module("new", 60)),
    checks=(Check("parse", "passed"), Check("tests", "failed", _RED)),
    notes="# Till\n\nPrices in cents.\n"
    + "".join(f"\n## Part {n}\n\n{'Mind the rounding. ' * 30}\n" for n in range(40)),
    evidence=_RED,
    results=(
        ShownResult("search: discount", "".join(f"till/m_{n}.py:{n}: discount(price, {n})\n" for n in range(300))),
    ),
)
"""Everything too much at once: long notes, hundreds of files, long modules, a long output, a long change."""


@dataclass(frozen=True)
class Prompt:
    """A prompt as it would be sent: the system text, the last message, and what had to give way."""

    system: str
    fitted: Fit

    @property
    def asked(self) -> str:
        """Return the last message."""
        return join_sections(self.fitted.kept)

    @property
    def tokens(self) -> int:
        """Return its size."""
        return tokens_of(self.system) + tokens_of(self.asked)


def tokens_of(text: str) -> int:
    """Return the tokens of a text as the family counts that most small coding models are of."""
    return count(text, "qwen")


def _step(scene: Scene, window: int, **more: object) -> ExecutorStep:
    step = ExecutorStep(PLAN, request=REQUEST, list_plan=True, window=window)
    return replace(step, **more)  # type: ignore[arg-type]  # fields of the step


def _executor(dialect: str, name: str) -> Callable[[Scene, int], tuple[Section, ...]]:
    def sections(scene: Scene, window: int) -> tuple[Section, ...]:
        explained = {} if not name else {"format_text": load_dialect(dialect).INSTRUCTION, "edit_format": name}
        return executor_sections(_step(scene, window, files=scene.files, **explained), tokens_of)

    return sections


NODES: dict[str, tuple[Callable[[Scene, int], tuple[Section, ...]], int, tuple[str, ...]]] = {
    "planner": (
        lambda scene, window: planner_sections(
            REQUEST,
            mode="peer",
            files_listing=listing(scene.paths, window // 4, tokens_of),
            window=window,
            count=tokens_of,
        ),
        512,
        ("agent", "planner"),
    ),
    "planner_simple": (
        lambda scene, window: simple_planner_sections(REQUEST, count=tokens_of),
        64,
        ("agent", "planner_simple"),
    ),
    "executor_answer": (
        lambda scene, window: executor_sections(
            _step(scene, window, plan=Plan("answer", (REQUEST,)), files=scene.files), tokens_of
        ),
        1_024,
        ("agent", "tools", "executor_answer"),
    ),
    "executor_whole": (_executor("whole", ""), 1_500, ("agent", "tools", "executor_change")),
    "executor_search_replace": (
        _executor("search_replace", "as SEARCH/REPLACE blocks"),
        1_500,
        ("agent", "tools", "executor_change"),
    ),
    "executor_region": (_executor("region", "as single functions"), 1_500, ("agent", "tools", "executor_change")),
    "executor_after_act": (
        lambda scene, window: executor_sections(
            _step(scene, window, request="", list_plan=False, results=scene.results), tokens_of
        ),
        1_500,
        ("agent", "tools", "executor_change"),
    ),
    "executor_after_check": (
        lambda scene, window: executor_sections(
            _step(scene, window, request="", list_plan=False, files=scene.files[:1], evidence=scene.evidence), tokens_of
        ),
        1_500,
        ("agent", "tools", "executor_change"),
    ),
    "reviewer": (
        lambda scene, window: reviewer_sections(
            diff=cut_diff(scene.diff, window // 3, tokens_of), checks=scene.checks, request=REQUEST, count=tokens_of
        ),
        384,
        ("agent", "reviewer"),
    ),
    "summary": (lambda scene, window: summary_sections(window // 16, "", tokens_of), 256, ("agent", "summary")),
}
"""For each prompt: its sections in a scene and a window, the room of its reply, and the baseline it is held against."""


def prompt(node: str, scene: Scene, window: int) -> Prompt:
    """Return what a node is told at the start of a conversation in a window."""
    make, room, _ = NODES[node]
    notes = cut_notes(scene.notes, window // NOTES_SHARE, tokens_of).text
    system = system_text(load_dialect("whole").INSTRUCTION, notes, text_card(REQUESTS))
    left = window - tokens_of(system) - min(room, window // 2) - MARGIN
    return Prompt(system, fit(make(scene, window), left, count=tokens_of))


def fixed_tokens(node: str) -> int:
    """Return what of a prompt is the same for every task: the rules, the instruction, the mode, the edit format."""
    told = prompt(node, ORDINARY, WINDOWS["32k"])
    fixed = ("mode", "format", "instruction")
    return tokens_of(told.system) + sum(s.tokens for s in told.fitted.kept if s.name in fixed)


def baseline_tokens(node: str) -> int:
    """Return the same of the verbose prompt that it is held against."""
    return sum(tokens_of((BASELINE / f"{name}.md").read_text(encoding="utf-8")) for name in NODES[node][2])


def spoken_tokens(node: str, scene: Scene) -> int:
    """Return what the rest of a prompt takes when nothing of it is shortened."""
    told = NODES[node][0](scene, 1_000_000)
    fixed = ("mode", "format", "instruction")
    return tokens_of(scene.notes) + sum(s.tokens for s in told if s.name not in fixed)
