import pytest

from vivek.cli.render.context import context_text
from vivek.cli.render.safe_text import width_of, wrapped
from vivek.schema.context import CacheLoss, ContextReport
from vivek.schema.counts import PromptCount
from vivek.schema.events import BudgetSpent

SPENT = BudgetSpent(
    "executor",
    8_192,
    (("history", 1_500), ("file:till/prices.py", 300), ("request", 20), ("instruction", 100)),
    (("file:a/very/long/path/that/no/narrow/terminal/can/hold/in/one/line/big.py", 9_000),),
    (("file:till/report.py", 3_000, 900),),
    reply_room=512,
)
REPORT = ContextReport(
    prompts=(PromptCount("scripted/one", 8_192, 1_890, 1_700, 190, "server"),),
    system=271,
    notes=40,
    messages=12,
    calls=14,
    prompt_tokens=20_000,
    cached_tokens=18_500,
    lost=CacheLoss("planner", 2, 1_800, 300, 3, "user", 120, "Mode: peer.", "Mode: coder."),
)


@pytest.mark.parametrize("width", [80, 40])
def test_what_fills_the_window_and_what_came_from_the_cache(golden, width: int) -> None:
    text = wrapped(context_text(REPORT, SPENT, width), width)

    assert all(width_of(line) <= width for line in text.split("\n"))
    golden(f"context_{width}.txt", text + "\n")


def test_the_parts_add_up_to_the_window() -> None:
    rows = [line.split() for line in context_text(REPORT, SPENT, 80).split("\n") if " %  " in line]

    assert sum(int(row[0].replace(",", "")) for row in rows) == 8_192


def test_what_nobody_measured_is_unknown() -> None:
    prompts = (PromptCount("ollama/a", 4_096), PromptCount("openai/b", 4_096, 700))
    text = context_text(ContextReport(prompts=prompts, calls=1), None, 80)

    assert text.split("\n") == [
        "last call of ollama/a: the size of its prompt is unknown",
        "last call of openai/b: 700 of 4,096 tokens, cached unknown (an estimate)",
        "this thread, 1 call: prompt tokens unknown",
    ]
    counted = context_text(ContextReport(calls=2, prompt_tokens=900), None, 80)
    assert counted == "this thread, 2 calls: 900 prompt tokens, cached unknown"


@pytest.mark.parametrize(
    ("lost", "told"),
    [
        (CacheLoss("executor", 0, 900, 10), "in the last call (executor, 10 of 900 kept): every byte agrees"),
        (CacheLoss("executor", 1, None, None, 4), "one call ago (executor): message 4 and all behind it were left out"),
        (
            CacheLoss("executor", 7, None, None, 1, "system", 0, "a\x1b[2Jb", ""),
            "7 calls ago (executor): message 1 (system) differs from byte 0 on, `a\\x1b[2Jb` became nothing",
        ),
    ],
)
def test_how_the_cache_was_lost(lost: CacheLoss, told: str) -> None:
    assert f"the cache was lost {told}" in context_text(ContextReport(lost=lost), None, 80)


def test_a_cache_that_held_is_said_to_have_held() -> None:
    report = ContextReport(prompts=(PromptCount("a/b", 4_096, 700, 600, 100, "server"),))

    assert context_text(report, None, 80).endswith("the cache was not lost since the thread was opened")
