"""Speeds are learned from ordinary calls, and what is slow is said."""

from dataclasses import replace

import pytest

from tests.flows.doubles import Said, Server, ask, asker_of, notices, question, section
from vivek.flows.pacing import Lap, Pace, decode_rate, prefill_rate
from vivek.prompts.transcript import Transcript
from vivek.schema.chunk import Chunk, Usage
from vivek.schema.known import Known
from vivek.schema.models import ModelInfo

KNOWN = Known("ollama/x", prefill_rate=150.0, decode_rate=11.0, load_seconds=4.0)


def lap(usage: Usage, *, new: int | None = None, loaded: bool = False, until: float = 1.0, writing: float = 9.0) -> Lap:
    return Lap(usage, new, until, writing, loaded)


def wrote(tokens: int, seconds: float) -> Lap:
    return lap(Usage(completion_tokens=tokens, decode_seconds=seconds))


@pytest.mark.parametrize(
    ("seen", "rate"),
    [
        (lap(Usage(1_000, 400, prefill_seconds=4.0)), 150.0),
        (lap(Usage(1_000, 950, prefill_seconds=4.0)), None),  # fifty tokens say nothing
        (lap(Usage(1_000, None, prefill_seconds=4.0)), None),  # nobody knows how many of them were cached
        (lap(Usage(1_000, None, prefill_seconds=4.0), loaded=True), 250.0),
        (lap(Usage(1_000, None, prefill_seconds=4.0), new=600), 150.0),
        (lap(Usage(1_000, 400), until=3.0), 200.0),
        (lap(Usage(1_000, 400), until=3.0, loaded=True), None),  # the wait was for the model, not for the prompt
        (lap(Usage(), until=3.0), None),
    ],
)
def test_the_speed_of_reading(seen: Lap, rate: float | None) -> None:
    assert prefill_rate(seen) == rate


@pytest.mark.parametrize(
    ("seen", "rate"),
    [
        (wrote(100, 10.0), 10.0),
        (wrote(31, 3.0), None),
        (lap(Usage(completion_tokens=90), writing=9.0), 10.0),
        (lap(Usage(decode_seconds=9.0)), None),
    ],
)
def test_the_speed_of_writing_is_the_servers_else_the_clocks(seen: Lap, rate: float | None) -> None:
    assert decode_rate(seen) == rate


def test_calls_teach_a_little_each() -> None:
    kept: list[Known] = []
    pace = Pace(Known("x"), 8_192, kept.append)
    assert list(pace.after(lap(Usage(1_000, 0, 100, 2.5, 5.0, 10.0)))) == []
    assert (pace.known.prefill_rate, pace.known.decode_rate, pace.known.load_seconds) == (200.0, 10.0, 2.5)
    assert list(pace.after(lap(Usage(1_000, 0, 100, 0.02, 10.0, 5.0)))) == []

    assert (pace.known.prefill_rate, pace.known.decode_rate) == (175.0, 12.5)
    assert pace.known.load_seconds == 2.5, "a look at a loaded model is no loading"
    assert kept == [replace(pace.known, prefill_rate=200.0, decode_rate=10.0), pace.known]


def test_a_long_read_is_told_beforehand() -> None:
    told = Pace(KNOWN, 16_384).before(6_000)

    assert told is not None
    assert told.text == "About 40 s to read 6,000 new tokens at 150 tok/s."
    assert Pace(KNOWN, 16_384).before(1_400) is None
    assert Pace(Known("x"), 16_384).before(60_000) is None, "nothing is made up"
    slow = Pace(replace(KNOWN, prefill_rate=4.0), 16_384).before(6_000)
    assert slow is not None
    assert slow.text == "About 25 minutes to read 6,000 new tokens at 4 tok/s."


def test_a_fall_that_lasts_is_told_once_with_what_to_do() -> None:
    pace = Pace(KNOWN, 16_384)
    told = [notice for _ in range(4) for notice in pace.after(wrote(100, 50.0))]

    [notice] = told
    assert notice.text == "Writing fell from 11 to 2 tok/s: memory is full or the model partly on the CPU."
    assert notice.hint == "Try `--window 8k`, or a smaller model."
    assert pace.known.decode_rate == 2.0, "what lasts is how it is now"


def test_a_second_fall_is_not_told_again() -> None:
    pace = Pace(KNOWN, 16_384)
    slow, fast = wrote(100, 50.0), wrote(110, 10.0)
    told = [notice for each in (slow, slow, *[fast] * 20, slow, slow, slow) for notice in pace.after(each)]

    assert len(told) == 1


def test_one_slow_call_is_no_fall() -> None:
    pace = Pace(KNOWN, 16_384)
    slow, fast = wrote(100, 50.0), wrote(110, 10.0)

    assert [list(pace.after(each)) for each in (slow, fast, slow, fast)] == [[]] * 4
    assert pace.known.decode_rate == 11.0


def test_a_small_window_is_not_made_smaller() -> None:
    pace = Pace(KNOWN, 4_096)
    [notice] = [notice for _ in range(2) for notice in pace.after(wrote(100, 50.0))]

    assert notice.hint == "Try a smaller model."


@pytest.mark.parametrize(("share", "told"), [(None, 0), (0.0, 0), (1.0, 0), (0.35, 1)])
def test_a_model_that_is_partly_on_the_cpu_is_told_once(share: float | None, told: int) -> None:
    pace = Pace(KNOWN, 16_384)
    seen = [pace.placed(ModelInfo("x", gpu_share=share)) for _ in range(2)]

    heard = [notice.text for notice in seen if notice is not None]
    assert len(heard) == told
    assert all("35% of ollama/x" in text for text in heard)


async def test_an_ordinary_turn_tells_and_teaches(transcript: Transcript, head: str) -> None:
    long = section("request", "some words " * 4_000)
    slow = Usage(11_000, 0, 100, None, 100.0, 50.0)
    server = Server([Said("Yes.", usage=slow), Said("Yes.", usage=slow), "No."])
    asking = asker_of(server, transcript, known=KNOWN, label="ollama/x")
    first, heard = await ask(asking, question(head, long))
    second, again = await ask(asking, question(head, long))
    await ask(asking, question(second.head))

    assert any("to read" in text and "at 150 tok/s" in text for text in notices(heard))
    assert any("Writing fell" in text for text in notices(again))
    assert asking.caller.pace.known.prefill_rate == pytest.approx(150 * 0.75**2 + 110 * (0.25 + 0.25 * 0.75))
    assert first.usage.calls == 1


async def test_a_share_of_the_gpu_is_told_after_the_first_call(transcript: Transcript, head: str) -> None:
    async def look() -> ModelInfo:
        return ModelInfo("x", window_loaded=32_768, gpu_share=0.5)

    server = Server([Said("Yes.", chunks=(Chunk(phase="load"),)), Said("Yes.", chunks=(Chunk(phase="load"),))])
    asking = asker_of(server, transcript, look=look)
    first, heard = await ask(asking, question(head))
    _, again = await ask(asking, question(first.head))

    assert ["50%" in text for text in notices(heard)] == [True]
    assert notices(again) == []
