"""Modes at work: each one changes what the executor is told, what it may ask for and whether its edits are taken."""

import json
from pathlib import Path

import pytest

from tests.engine.forced import ForcedEngine
from tests.session.conftest import Engine, Heard, Open
from vivek.config.folders import config_folder
from vivek.errors import ConfigError
from vivek.prompts.modes import LIMITED, MODES, mode_text
from vivek.schema.events import EditStaged, Notice, ToolDone
from vivek.schema.modes import Mode
from vivek.schema.wishes import TurnWish
from vivek.session.pages.modes import load_modes
from vivek.session.pages.page import project_pages, trust_page
from vivek.session.place import open_place
from vivek.session.session import Session
from vivek.session.trust import Trust

PRICES = "till/prices.py"
ASK = f"change {PRICES}: round the discount"
EDIT = f"I round now.\n\n{PRICES}\n```python\ndef discount(price: int) -> int:\n    return round(price / 2)\n```\n"
GUARD = """---
about: looks for holes
edits: no
tools: search
depth: fast
temperature: 0.5
seed: 11
---
Look for holes, nothing else.
"""
SCRIBE = """---
about: writes comments
prose: no
tools: none
---
Write comments only.
"""
REQUESTS = {"search": "search: def discount", "find": "find: discount", "run": "run: ls"}
OWN = {"guard": GUARD, "scribe": SCRIBE}


def bring(name: str, text: str, folder: Path | None = None) -> Path:
    """Write a mode among the user's settings, or in a project."""
    path = (folder / ".vivek" if folder else config_folder()) / "modes" / f"{name}.md"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_text(text)
    return path


def trust(workspace: Path) -> None:
    place = open_place(workspace)
    for page in project_pages("mode", place)[0]:
        trust_page(page, place, Trust.open())


async def wished(session: Session, text: str, wish: TurnWish) -> Heard:
    return Heard([event async for event in session.send(text, wish)])


def every_mode() -> dict[str, Mode]:
    """Return the modes that ship, and two that a user brings."""
    for name, text in OWN.items():
        bring(name, text)
    modes, notices = load_modes(open_place(), Trust.open())
    assert notices == ()
    return {name: modes.of(name) for name in modes.names}


@pytest.mark.engine
@pytest.mark.parametrize("name", [*MODES, *OWN])
async def test_a_mode_changes_the_executor_in_the_very_turn_it_is_given_to(
    name: str, workspace: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    mode = every_mode()[name]
    before = (workspace / PRICES).read_text()
    forced_engine.script(["Fine as it is.", *REQUESTS.values(), EDIT])
    before_it = "coder" if name == "peer" else "peer"
    async with open_at(engine, approve="edits", mode=before_it, interactive=False) as session:
        await wished(session, f"what does {PRICES} do?", TurnWish())
        heard = await wished(session, ASK, TurnWish(mode=name))

    first, *later = [str(request["messages"][-1]["content"]) for request in forced_engine.requests]
    assert mode_text(mode) in later[0], "its words reach the executor"
    assert mode_text(mode) not in first
    done = {event.tool: event.told for event in heard.events if isinstance(event, ToolDone)}
    left_out = set() if mode.tools is None else set(REQUESTS) - set(mode.tools)
    assert set(done) == set(REQUESTS) <= set(LIMITED)
    assert {tool for tool, told in done.items() if told == f"a call of {tool}"} == left_out, "of what it may ask"
    staged = [event.change.path for event in heard.events if isinstance(event, EditStaged)]
    assert staged == ([PRICES] if mode.edits else [])
    assert ((workspace / PRICES).read_text() != before) is mode.edits


@pytest.mark.engine
async def test_sampling_and_depth_of_a_mode_reach_the_model(
    open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    bring("guard", GUARD)
    forced_engine.script(["None found.", "Still none."])
    async with open_at(engine, mode="guard") as session:
        await wished(session, "Think hard of what could go wrong with this.", TurnWish())  # for a peer: a plan first
        await wished(session, "and now?", TurnWish(mode="peer"))

    guarded, usual = forced_engine.requests
    assert (guarded["temperature"], guarded["seed"]) == (0.5, 11)
    assert usual["temperature"] != 0.5


@pytest.mark.engine
async def test_a_reading_turn_changes_nothing_in_a_mode_that_edits(
    workspace: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    before = (workspace / PRICES).read_text()
    forced_engine.script([EDIT])
    async with open_at(engine, approve="edits", mode="coder") as session:
        heard = await wished(session, ASK, TurnWish(reads_only=True))

    assert heard.report.status == "done"
    assert heard.of(EditStaged) == []
    assert (workspace / PRICES).read_text() == before
    assert "without changing a file" in json.dumps(forced_engine.requests)


@pytest.mark.engine
async def test_a_mode_that_does_not_exist_opens_no_session(open_at: Open, engine: Engine) -> None:
    with pytest.raises(ConfigError, match="There is no mode `codr`") as caught:
        async with open_at(engine, mode="codr"):
            pass

    assert "`coder`" in caught.value.hint


@pytest.mark.engine
async def test_a_mode_of_a_project_counts_once_it_is_trusted_and_only_as_it_was_seen(
    workspace: Path, open_at: Open, engine: Engine
) -> None:
    page = bring("guard", GUARD, workspace)
    place = open_place(workspace)
    modes, notices = load_modes(place, Trust.open())
    assert "guard" not in modes.names
    assert notices == (
        Notice(
            "This project brings modes that are not used: .vivek/modes/guard.md.",
            "`vivek trust templates` shows them and asks.",
        ),
    )

    with pytest.raises(ConfigError, match="`guard` of this project is not trusted yet") as caught:
        modes.check("guard")
    assert "`vivek trust templates`" in caught.value.hint

    trust(workspace)
    modes, notices = load_modes(place, Trust.open())
    assert (modes.of("guard").tools, notices) == (("search",), ())
    async with open_at(engine, mode="guard"):
        pass

    page.write_text(GUARD.replace("edits: no", "edits: yes"))
    assert "guard" not in load_modes(place, Trust.open())[0].names


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("---\nabot: x\n---\nWork.\n", "x.md:2: there is no `abot`"),
        ("---\nedits: perhaps\n---\nWork.\n", "x.md:2"),
        ("---\nabout: x\n\ntools: fly\n---\nWork.\n", "x.md:4: there is no request `fly`"),
        ("---\nmodel: gpt\n---\nWork.\n", "x.md:2: `gpt` names no provider"),
        ("---\nmodel: ollama/x@http://127.0.0.1:1\n---\nWork.\n", "not the address of a server"),
        ("---\nwindow: wide\n---\nWork.\n", "x.md:2: `wide` is no size"),
        ("---\ntemperature: 9\n---\nWork.\n", "x.md:2: `temperature` must lie between 0 and 2"),
        ("---\nabout: x\n---\n \n", "x.md: the page says nothing"),
        ("---\nabout x\n---\nWork.\n", "x.md, line 2"),
    ],
)
def test_a_page_that_cannot_be_used_is_told_with_name_and_line_and_stops_nothing(
    workspace: Path, text: str, told: str
) -> None:
    bring("guard", GUARD)
    bring("x", text)

    modes, notices = load_modes(open_place(workspace), Trust.open())

    assert modes.names == (*MODES, "guard")
    assert len(notices) == 1
    assert told in notices[0].text


def test_a_page_never_stands_in_for_a_mode_that_ships(workspace: Path) -> None:
    bring("peer", "Do as you like.\n")

    modes, notices = load_modes(open_place(workspace), Trust.open())

    assert modes.of("peer") is MODES["peer"]
    assert "templates/modes/peer.md" in notices[0].hint


@pytest.mark.parametrize("name", ["Guard", "a b", "9lives", "-x", "é"])
def test_a_page_whose_name_cannot_be_typed_is_told(workspace: Path, name: str) -> None:
    bring(name, GUARD)

    modes, [notice] = load_modes(open_place(workspace), Trust.open())

    assert modes.names == tuple(MODES)
    assert f"`{name}` is no name of a mode" in notice.text


def test_a_page_that_leads_out_of_the_project_is_not_read(workspace: Path, tmp_path: Path) -> None:
    secret = tmp_path / "elsewhere.md"
    secret.write_text("Mine.\n")
    folder = workspace / ".vivek" / "modes"
    folder.mkdir(parents=True)
    (folder / "guard.md").symlink_to(secret)

    [notice] = load_modes(open_place(workspace), Trust.open())[1]

    assert "leads out of the project" in notice.text
