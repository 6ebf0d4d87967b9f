"""`vivek.md.example` keeps its word: each of its keys, set to something else, makes vivek behave otherwise."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.session.conftest import say
from vivek.config.front_matter import parse_front_matter
from vivek.project.scan import named_files
from vivek.project.tooling.commands import CommandKind
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.session.asked import trust_asked
from vivek.session.bench import Workbench
from vivek.session.doors.mentionable import Mentionable
from vivek.session.listing import list_project
from vivek.session.models.serving import choose_model
from vivek.session.opening import open_session
from vivek.session.options import Choices
from vivek.session.origins import project_asks
from vivek.session.place import Place, open_place
from vivek.session.project_page import SHORT
from vivek.session.settings import load_settings
from vivek.session.trust import Trust
from vivek.session.validating import faults_of
from vivek.workspace.files import Files

EXAMPLE = Path(__file__).parents[2] / "vivek.md.example"
TEXT = EXAMPLE.read_text(encoding="utf-8")
KEYS = tuple(parse_front_matter(TEXT, EXAMPLE))


def write(place: Place, *matter: str, body: str = "# Till\n") -> None:
    (place.root / "vivek.md").write_text("\n".join(("---", *matter, "---", body)))


async def prompts(place: Place, asked: str = "what does the discount do?") -> list[str]:
    """Return what each call of a turn was sent, as one text."""
    provider = ScriptedProvider(["It takes a percentage off a price."] * 4)
    async with open_session(place, Choices(interactive=True), provider=provider) as session:
        await say(session, asked)
    return ["\n".join(message.content for message in request.messages) for request in provider.requests]


async def languages(place: Place) -> None:
    assert "About this project: python" in (await prompts(place))[0]
    write(place, "languages: [cobol, rexx]")
    assert "About this project: cobol, rexx" in (await prompts(place))[0]


def command_of(place: Place, kind: CommandKind) -> tuple[str, ...]:
    """Return what the checks of a turn would run."""
    settings = load_settings(place, Choices())
    bench = Workbench(place, Files(place.root), lambda: list_project(place), settings, interactive=False)
    found = bench.tooling().of(kind)
    return found.argv if found is not None else ()


async def command(place: Place, kind: CommandKind) -> None:
    assert command_of(place, kind) != ("make", f"my-{kind}")
    write(place, f"{kind}: make my-{kind}")
    assert command_of(place, kind) == ("make", f"my-{kind}")


async def mode(place: Place) -> None:
    before = await prompts(place)
    write(place, "mode: architect")
    after = await prompts(place)
    assert ("Change no file." in before[-1], "Change no file." in after[-1]) == (False, True)


async def depth(place: Place) -> None:
    asked = "In till/prices.py, round the discount up"
    before = await prompts(place, asked)
    write(place, "depth: full")
    after = await prompts(place, asked)
    planned = "Plan how to handle the request."
    assert (planned in before[0], planned in after[0]) == (False, True)


async def model(place: Place) -> None:
    write(place, "model: ollama/of-the-project")
    trust = Trust.open()
    for asked in project_asks(place):
        trust_asked(asked, place, trust)
    spec, _ = await choose_model(load_settings(place, Choices()).model)
    assert str(spec) == "ollama/of-the-project"


async def ignore(place: Place) -> None:
    path = "till/report.py"
    assert path in list_project(place)
    write(place, "ignore:", "  - report.py")
    assert path not in list_project(place)
    assert named_files(path, list_project(place)) == ()
    assert Mentionable(place).complete("report") == []
    assert "discount(price, percent) for price" not in (await prompts(place, f"explain {path}"))[0]


PROOFS: dict[str, Callable[[Place], Awaitable[None]]] = {
    "languages": languages,
    "test": lambda place: command(place, "test"),
    "lint": lambda place: command(place, "lint"),
    "build": lambda place: command(place, "build"),
    "mode": mode,
    "depth": depth,
    "model": model,
    "ignore": ignore,
}


@pytest.mark.parametrize("key", KEYS)
async def test_each_key_of_the_example_changes_what_vivek_does(key: str, workspace: Path) -> None:
    await PROOFS[key](open_place(workspace))


def test_the_example_is_good_as_it_stands(workspace: Path) -> None:
    assert faults_of(TEXT, EXAMPLE.with_suffix(".md"), "project", open_place(workspace)) == ()
    assert set(KEYS) <= set(SHORT)


async def test_the_words_of_the_example_reach_the_model_and_its_settings_do_not(workspace: Path) -> None:
    (workspace / "vivek.md").write_text(TEXT)

    [asked] = await prompts(open_place(workspace))

    assert "A till for small shops: prices in cents" in asked
    assert "ollama/qwen2.5-coder:7b" not in asked
