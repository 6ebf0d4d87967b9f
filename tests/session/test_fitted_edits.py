"""How an edit was fitted into its file is told at the question, whichever way it came; mending one is no step."""

from pathlib import Path

import pytest

from tests.engine.forced import ForcedEngine
from tests.session.conftest import Engine, Heard, Open, decide, say
from tests.session.test_text_calls import called
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.schema.events import ApprovalRequested

PRICES = "till/prices.py"
OLD = "return price - price * percent // 100"
NOTE = f"{PRICES}: indentation adjusted by 4"


def shifted(new: str = "return price") -> str:
    """Return a block that quotes a line without its indentation."""
    return f"{PRICES}\n<<<<<<< SEARCH\n{OLD}\n=======\n{new}\n>>>>>>> REPLACE\n"


def notes_of(heard: Heard) -> tuple[str, ...]:
    [asked] = heard.of(ApprovalRequested)
    assert isinstance(asked, ApprovalRequested)
    return asked.notes


@pytest.mark.parametrize("reply", [shifted(), called("edit", path=PRICES, old=OLD, new="return price")])
async def test_lines_that_were_found_by_another_indentation_are_told_at_the_question(
    workspace: Path, open_at: Open, reply: str
) -> None:
    provider = ScriptedProvider([reply])
    async with open_at(lambda: provider) as session:
        heard = await say(session, f"change {PRICES}")
        assert notes_of(heard) == (NOTE,)
        await decide(session)

    assert "\n    return price\n" in (workspace / PRICES).read_text()


async def test_exact_lines_need_no_remark(workspace: Path, open_at: Open) -> None:
    provider = ScriptedProvider([shifted().replace("\nreturn", "\n    return")])
    async with open_at(lambda: provider) as session:
        assert notes_of(await say(session, f"change {PRICES}")) == ()


async def test_the_remark_outlives_a_later_step_and_a_mended_attempt(workspace: Path, open_at: Open) -> None:
    made = "till/made.py\n```python\nMADE = 1\n```\n"
    wrong = "README.md\n<<<<<<< SEARCH\n# Nothing\n=======\n# More\n>>>>>>> REPLACE\n"
    right = "README.md\n```\n# The till\n```\n"
    provider = ScriptedProvider([shifted(), made, f"{shifted()}\n{wrong}", right])
    async with open_at(lambda: provider) as session:
        await say(session, f"change {PRICES}")
        again = await decide(session, approved=False, reason="with a constant")
        assert notes_of(again) == (NOTE,)
        await decide(session, approved=False)
        mended = await say(session, f"change {PRICES} and README.md")

    assert notes_of(mended) == (NOTE,)
    assert len(provider.requests) == 4


@pytest.mark.engine
async def test_what_is_mended_takes_no_step_of_its_own(
    workspace: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    names = [f"till/part_{number}.py" for number in range(5)]
    for name in names:
        (workspace / name).write_text("x = 1\n")
    broken = shifted("return price - (")
    forced_engine.script([broken, broken, *(f"need: {name}" for name in names), shifted()])
    async with open_at(engine, approve="edits") as session:
        heard = await say(session, f"change {PRICES}")

    # A small model has six steps.
    assert (heard.report.status, len(forced_engine.requests)) == ("done", 8)
    assert "\n    return price\n" in (workspace / PRICES).read_text()
