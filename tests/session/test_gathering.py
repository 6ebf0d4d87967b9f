"""What vivek finds for a request before a model is asked: parts of files, whole files, a map; shown once, and told."""

from pathlib import Path

import pytest

from tests.session.conftest import Open, decide, say
from vivek.flows.chat.requests import definitions_of
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.schema.events import EditRefused, Notice, PlanReady
from vivek.schema.index import ContextGathered

FILLER = "".join(f"def filler_{number}(text):\n    return text * {number}\n\n\n" for number in range(120))
TILL = '''class Till:
    """Holds money."""

    def total(self):
        return sum(self.coins)


'''
PATCH = """till/desk.py
<<<<<<< SEARCH
        return sum(self.coins)
=======
        return sum(self.coins) + self.float
>>>>>>> REPLACE
"""


@pytest.fixture
def large(workspace: Path) -> Path:
    """Return a project with a file that is too long to be shown for nothing."""
    (workspace / "till/desk.py").write_text(TILL + FILLER)
    return workspace


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let turns wait for the index, however slow this machine is."""
    monkeypatch.setenv("VIVEK_INDEX_WAIT", "120")


def last(provider: ScriptedProvider, at: int = -1) -> str:
    return provider.requests[at].messages[-1].content


async def test_a_question_about_a_class_finds_its_definition_without_a_call(large: Path, open_at: Open) -> None:
    provider = ScriptedProvider(["In till/desk.py."])
    async with open_at(lambda: provider) as session:
        heard = await say(session, "Where is the `Till` class defined?")

    assert len(provider.requests) == 1
    assert "Part of till/desk.py, from line 1:\n```python\nclass Till:\n" in last(provider)
    assert "def total(self):" in last(provider)
    assert "return text * 100" not in last(provider)
    [gathered] = heard.of(ContextGathered)
    assert isinstance(gathered, ContextGathered)
    assert gathered.source == "index"
    assert ("till/desk.py", 1, 5, "defines Till") in gathered.parts
    assert 0 < gathered.tokens < 1_500


async def test_the_model_can_ask_for_a_map_of_a_folder(large: Path, open_at: Open) -> None:
    provider = ScriptedProvider(["find: till/", "It has a desk."])
    async with open_at(lambda: provider) as session:
        heard = await say(session, "what is in the `Till` class and around it?")

    assert heard.report.answer == "It has a desk."
    assert "Map of `till/`:" in last(provider)
    assert "till/desk.py\n  class Till" in last(provider)


async def test_plain_words_find_a_file(workspace: Path, open_at: Open) -> None:
    provider = ScriptedProvider(["It takes a percentage off."])
    async with open_at(lambda: provider) as session:
        await say(session, "how is a percentage taken off?")

    assert "return price - price * percent // 100" in last(provider)
    assert "Files of the project" not in last(provider)


async def test_a_part_is_shown_once_in_a_generation(large: Path, open_at: Open) -> None:
    provider = ScriptedProvider(["It is there.", "It adds up."])
    async with open_at(lambda: provider) as session:
        await say(session, "Where is @Till defined?")
        heard = await say(session, "What does @Till do?")

    assert "class Till:" in last(provider, 0)
    assert "class Till:" not in last(provider, 1)
    assert "class Till:" in "".join(message.content for message in provider.requests[1].messages)
    assert provider.requests[1].messages[: len(provider.requests[0].messages)] == provider.requests[0].messages
    assert not any("till/desk.py" in str(event) for event in heard.of(ContextGathered))


async def test_a_part_that_changed_is_shown_again(large: Path, open_at: Open) -> None:
    provider = ScriptedProvider(["It is there.", "It adds up."])
    async with open_at(lambda: provider) as session:
        await say(session, "Where is @Till defined?")
        (large / "till/desk.py").write_text("# moved\n" + TILL.replace("money", "coins") + FILLER)
        await say(session, "What does @Till do?")

    assert 'from line 2:\n```python\nclass Till:\n    """Holds coins."""' in last(provider)


async def test_a_part_can_be_edited_like_any_file_that_was_seen_in_part(large: Path, open_at: Open) -> None:
    provider = ScriptedProvider([PATCH], window=4096)  # too small to show the whole file for one name
    async with open_at(lambda: provider, depth="fast") as session:
        heard = await say(session, "change @Till.total so that it adds the float")
        done = await decide(session)

    assert "SEARCH/REPLACE" in last(provider)
    assert "filler_100" not in last(provider)
    assert heard.of(EditRefused) == []
    assert done.report.status == "done"
    assert "sum(self.coins) + self.float\n" in (large / "till/desk.py").read_text()


async def test_a_file_that_was_found_in_part_is_not_written_whole(large: Path, open_at: Open) -> None:
    whole = f"till/desk.py\n```python\n{TILL.replace('self.coins)', 'self.coins) + 1')}```\n"
    provider = ScriptedProvider([whole, PATCH], window=4096)
    async with open_at(lambda: provider, depth="fast", approve="edits") as session:
        heard = await say(session, "change @Till.total so that it adds the float")

    assert heard.report.status == "done"
    assert len(provider.requests) == 2
    assert "Part of till/desk.py, from line 4:" in last(provider, 0)
    assert "you have seen a part of it only" in last(provider)
    assert FILLER in (large / "till/desk.py").read_text()


async def test_the_file_of_a_named_definition_is_shown_whole_where_it_fits(large: Path, open_at: Open) -> None:
    provider = ScriptedProvider([PATCH], window=65_536)
    async with open_at(lambda: provider, depth="fast", approve="edits") as session:
        await say(session, "change @Till.total so that it adds the float")

    assert "return text * 119" in last(provider)


async def test_a_change_of_a_named_definition_shows_its_file_and_asks_no_planner(
    workspace: Path, open_at: Open
) -> None:
    provider = ScriptedProvider(["I would round up."])
    async with open_at(lambda: provider) as session:
        heard = await say(session, "make `discount` round up")

    assert len(provider.requests) == 1
    [ready] = heard.of(PlanReady)
    assert isinstance(ready, PlanReady)
    assert (ready.plan.kind, ready.made) == ("change", False)
    assert "till/prices.py\n```python\n" in last(provider)


async def test_a_name_of_several_definitions_is_told_to_user_and_model(workspace: Path, open_at: Open) -> None:
    (workspace / "till/other.py").write_text("def discount(): ...\n")
    provider = ScriptedProvider(["Which one?"])
    async with open_at(lambda: provider) as session:
        heard = await say(session, "what does @discount do?")

    told = "`discount` may mean discount in till/other.py:1, discount in till/prices.py:4."
    assert Notice(told) in heard.events
    assert told in last(provider)


async def test_a_name_that_its_file_lacks_is_told(workspace: Path, open_at: Open) -> None:
    provider = ScriptedProvider(["There is none."])
    async with open_at(lambda: provider) as session:
        heard = await say(session, "what does @till/prices.py::refund do?")

    assert Notice("There is no `till/prices.py::refund`.") in heard.events


async def test_where_nothing_fits_a_map_is_shown(workspace: Path, open_at: Open) -> None:
    provider = ScriptedProvider(["A till."])
    async with open_at(lambda: provider) as session:
        heard = await say(session, "what is this?")

    assert "Map of the project:" in last(provider)
    assert "def discount(price: int, percent: int) -> int" in last(provider)
    assert heard.of(ContextGathered) == []


async def test_the_planner_reads_a_map_too(workspace: Path, open_at: Open) -> None:
    plan = '{"kind": "answer", "steps": ["look"], "files": [], "mode": "peer", "question": ""}'
    provider = ScriptedProvider([plan, "Done."])
    async with open_at(lambda: provider, depth="full") as session:
        await say(session, "rounding has to become fair")

    assert "Map of the project:" in last(provider, 0)


async def test_greetings_look_nothing_up(workspace: Path, open_at: Open) -> None:
    plan = '{"kind": "answer", "steps": ["greet"], "files": [], "mode": "peer", "question": ""}'
    provider = ScriptedProvider([plan, "Hello."])
    async with open_at(lambda: provider) as session:
        heard = await say(session, "hello")

    assert heard.of(ContextGathered) == []


async def test_secrets_are_never_looked_up(workspace: Path, open_at: Open) -> None:
    (workspace / ".env").write_text("DISCOUNT_SECRET=SECRET-4f3a9b\n")
    (workspace / ".vivekignore").write_text("hidden/\n")
    (workspace / "hidden").mkdir()
    (workspace / "hidden/vault.py").write_text("DISCOUNT_SECRET = 'SECRET-4f3a9b'\n")
    provider = ScriptedProvider(["Nowhere."])
    async with open_at(lambda: provider) as session:
        await say(session, "where is @DISCOUNT_SECRET defined, and what is DISCOUNT_SECRET?")

    assert "SECRET-4f3a9b" not in "".join(message.content for message in provider.requests[0].messages)


@pytest.mark.parametrize("window", [4096, 8192, 32_768])
async def test_what_is_looked_up_takes_its_share_of_the_window_at_most(large: Path, open_at: Open, window: int) -> None:
    for number in range(30):
        (large / f"till/part_{number}.py").write_text(f"class PartOfTill{number}:\n" + "    x = 1\n" * 200)
    provider = ScriptedProvider(["There."], window=window)
    async with open_at(lambda: provider) as session:
        heard = await say(session, "which parts of the till count coins, and what is total?")

    gathered = heard.of(ContextGathered)
    assert len(provider.requests) == 1
    assert sum(event.tokens for event in gathered if isinstance(event, ContextGathered)) <= window // 8


async def test_the_model_finds_definitions_by_name(workspace: Path, open_at: Open) -> None:
    provider = ScriptedProvider(["find: discount", "It takes a percentage off."])
    async with open_at(lambda: provider) as session:
        await say(session, "what does till/report.py do?")

    assert "till/prices.py:4: def discount(price: int, percent: int) -> int" in last(provider)


async def test_definitions_are_found_as_the_models_edits_leave_them(workspace: Path, open_at: Open) -> None:
    async with open_at(lambda: ScriptedProvider(["Yes."])) as session:
        await say(session, "what is this?")
        context = session._parts.context()
        changed = {"till/prices.py": b"\n\ndef rebate(): ...\n", "till/report.py": None, "odd.bin": b"\0\0"}
        [found] = definitions_of("rebate", changed, context)

        assert (found.path, found.line) == ("till/prices.py", 3)
        assert [each.path for each in definitions_of("discount", {}, context)] == ["till/prices.py"]
        assert definitions_of("discount", changed, context) == ()
        assert definitions_of("total", changed, context) == ()


@pytest.mark.parametrize("changed", [False, True], ids=["as it was", "changed"])
async def test_a_turn_that_broke_off_goes_on_with_what_was_found(large: Path, open_at: Open, changed: bool) -> None:
    async with open_at(lambda: ScriptedProvider([]), thread="calm-otter-7") as session:
        assert (await say(session, "Where is the `Till` class defined?")).report.status == "failed"
    if changed:
        (large / "till/desk.py").write_text("# other lines\n" + TILL + FILLER)

    provider = ScriptedProvider(["In till/desk.py."])
    async with open_at(lambda: provider, thread="calm-otter-7") as session:
        heard = await say(session, None)

    assert heard.report.status == "done"
    assert heard.of(ContextGathered) == []
    assert ("class Till:\n" in last(provider)) is not changed  # the text that was found is no longer the file's
