"""Settings that change while a chat runs."""

import os
from pathlib import Path

import pytest

from tests.session.conftest import Open, say
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.schema.events import Notice
from vivek.schema.questions import CommandRequested
from vivek.session.live import LiveSettings
from vivek.session.options import Choices
from vivek.session.place import Place, open_place
from vivek.session.settings import load_settings


@pytest.fixture
def place(workspace: Path) -> Place:
    found = open_place(workspace)
    found.data.mkdir()
    return found


def write_user(text: str) -> Path:
    folder = Path(os.environ["XDG_CONFIG_HOME"]) / "vivek"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "config.toml"
    file.write_text(text)
    file.chmod(0o600)
    return file


def begin(place: Place, **choices: object) -> LiveSettings:
    wanted = Choices(interactive=True, **choices)  # type: ignore[arg-type]  # names are checked by the class
    return LiveSettings(place, wanted, load_settings(place, wanted))


def test_nothing_is_told_or_read_while_no_file_changes(place: Place) -> None:
    write_user('[session]\nmod = "x"\n')
    live = begin(place)

    news = live.refresh()

    assert (news.changed, news.notices) == ((), ())
    assert news.settings is live.now


def test_a_change_counts_at_once_and_says_from_what_to_what_and_where(place: Place) -> None:
    file = write_user("[model]\nreply_tokens = 512\n")
    live = begin(place)
    write_user("# more room\n[model]\nreply_tokens = 800\n")

    news = live.refresh()

    assert [notice.text for notice in news.notices] == [f"model.reply_tokens 512 -> 800, {file}:3"]
    assert live.now.model.reply_tokens == 800
    assert live.refresh().notices == ()


def test_a_key_that_changes_is_not_said(place: Place) -> None:
    write_user('[model]\napi_key = "abc-first"\n')
    live = begin(place)
    write_user('[model]\napi_key = "abc-second"\nthink = false\n')

    told = " ".join(notice.text for notice in live.refresh().notices)

    assert "model.api_key [secret] -> [secret]" in told
    assert "model.think not set -> false" in told
    assert "abc" not in told.replace("vivek/config.toml", "")


def test_what_needs_a_new_start_is_said_and_left(place: Place) -> None:
    write_user("[model]\nwindow = 4096\n")
    live = begin(place)
    write_user('[model]\nwindow = 8192\n[session]\ndepth = "fast"\n')

    news = live.refresh()

    by_key = {notice.text.partition(" ")[0]: notice for notice in news.notices}
    assert "vivek --continue" in by_key["model.window"].hint
    assert by_key["session.depth"].hint == ""
    assert (live.now.model.window, live.now.session.depth) == (4096, "fast")
    assert news.changes("session.depth")
    assert not news.changes("model.window")


def test_a_file_with_a_mistake_leaves_all_as_it_is_and_is_told_once(place: Place) -> None:
    write_user('[session]\ndepth = "fast"\n')
    live = begin(place)
    write_user('[session]\ndepth = = "full"\n')

    first, second = live.refresh(), live.refresh()
    [notice] = first.notices
    assert "line 2, column 9" in notice.text
    assert "stay in force" in notice.hint
    assert (second.notices, live.now.session.depth) == ((), "fast")

    write_user('[session]\ndepth = "deep"\n')
    assert "must be one of" in live.refresh().notices[0].text
    write_user('[session]\ndepth = "full"\n')
    [mended] = live.refresh().notices
    assert mended.text.startswith("session.depth fast -> full")


def test_the_command_line_goes_on_to_win(place: Place) -> None:
    live = begin(place, depth="auto")
    write_user('[session]\ndepth = "full"\n')

    assert live.refresh().changed == ()
    assert live.now.session.depth == "auto"


def test_the_pages_settings_are_looked_at_as_well(place: Place) -> None:
    live = begin(place)
    (place.root / "vivek.md").write_text("---\ntest: make test\n---\n")

    live.refresh()

    assert [each.command for each in live.now.commands] == ["make test"]


def test_a_file_that_goes_away_leaves_the_defaults(place: Place) -> None:
    file = write_user('[session]\ndepth = "full"\n')
    live = begin(place)
    file.unlink()

    assert [notice.text for notice in live.refresh().notices] == ["session.depth full -> auto, default"]


async def test_a_running_chat_takes_a_change_over_before_its_next_turn(open_at: Open) -> None:
    provider = ScriptedProvider(["It adds up."] * 2)
    async with open_at(lambda: provider, depth="fast", mode="architect") as session:
        await say(session, "what does this do?")
        file = write_user("[sampling]\ntemperature = 0.05\n")

        heard = await say(session, "and what else?")

    first, second = (request.sampling.temperature for request in provider.requests)
    assert first != second
    assert second == 0.05
    told = [event.text for event in heard.events if isinstance(event, Notice)]
    assert f"sampling.temperature not set -> 0.05, {file}:2" in told


async def test_a_changed_approval_holds_from_the_next_turn_on(open_at: Open) -> None:
    provider = ScriptedProvider(["It adds up."])
    async with open_at(lambda: provider, depth="fast", mode="architect") as session:
        before = session.approval
        write_user('[session]\napproval = "edits"\n')

        await say(session, "what does this do?")

        assert (before, session.approval) == ("ask", "edits")


async def test_the_approval_of_a_running_chat_governs_commands_as_well(open_at: Open) -> None:
    provider = ScriptedProvider(["run: curl http://127.0.0.1:9/x", "Then not.", "run: curl http://127.0.0.1:9/x"])
    async with open_at(lambda: provider) as session:
        session.approval = "none"
        refused = await say(session, "what does the server say?")
        session.approval = "ask"
        asked = await say(session, "what does the server say now?")

    assert not refused.of(CommandRequested)
    assert refused.report.status == "done"
    assert asked.report.status == "needs_approval"
    assert len(asked.of(CommandRequested)) == 1
