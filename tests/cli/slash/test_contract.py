"""What every command of the chat keeps to: it is described, it bears bad arguments, and it says why it cannot."""

import re
from pathlib import Path

import pytest

from tests.cli.slash.talking import real_chat
from vivek.cli.completing import ArgumentCompleter
from vivek.cli.slash.registry import SLASHES
from vivek.errors import ProviderUnavailableError

PRICES = "till/prices.py"
ASK = f"change {PRICES}: halve the price"
EDIT = f"Halved.\n\n{PRICES}\n```python\ndef discount(price: int) -> int:\n    return price // 2\n```\n"
NO_MODEL = ProviderUnavailableError("No model server answers.", hint="Start Ollama.")
# What a shell, a file system or a careless reader of arguments might stumble over.
BAD = ("../../x", "-1", "99999999999999999999", "'", '"', "$(reboot)", "\\x", "%s {0}", "é" * 300, "--", "a/../../b")
LEFT_OPEN = (KeyboardInterrupt(),)
ANSWERS = {"/resume": LEFT_OPEN, "/rewind": ("n",)}
LEAVES = {"/exit"}
OUTSIDE = {"/editor"}  # starts a program on the terminal
NEEDS_TURN = {"/ask", "/plan", "/peer", "/architect", "/coder", "/sdet"}  # send what follows them
SENDS = NEEDS_TURN | {"/retry"}


@pytest.fixture(autouse=True)
def inner(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand so deep within the workspace that nothing is written outside of it, `../../x` included."""
    (here := workspace / "one" / "two").mkdir(parents=True)
    monkeypatch.chdir(here)


def named(*without: str) -> list[str]:
    return [name for name in SLASHES if name not in {*LEAVES, *OUTSIDE, *without}]


def assert_calm(typed: str, told: str) -> None:
    """Refuse silence, and what no user should read."""
    assert told.strip(), f"{typed} says nothing"
    assert "Traceback" not in told, typed
    assert not re.search(r"\b[A-Z]\w+(?:Error|Exception)\b", told), (typed, told)


@pytest.mark.parametrize("name", SLASHES)
def test_a_command_says_how_it_is_used_and_what_it_does(name: str) -> None:
    slash = SLASHES[name]

    assert re.fullmatch(r"/[a-z]+( .+)?", slash.usage)
    assert slash.usage.split()[0] == name
    assert 0 < len(slash.about) <= 70
    assert slash.about[0].islower()
    assert not slash.about.endswith(".")
    assert slash.group


@pytest.mark.parametrize(
    "name", [name for name, slash in SLASHES.items() if re.search(r"MODE\b|ID\b|PATH|[a-z]\|", slash.usage)]
)
def test_what_may_follow_a_command_is_offered(name: str) -> None:
    from prompt_toolkit.completion import CompleteEvent
    from prompt_toolkit.document import Document

    completer = ArgumentCompleter(SLASHES, lambda kind, _begun: [(f"some-{kind}", "")])
    offered = [each.text for each in completer.get_completions(Document(f"{name} "), CompleteEvent())]

    assert offered


async def test_every_command_works_or_says_why_before_the_first_turn_and_without_a_model(workspace: Path) -> None:
    async with real_chat(workspace, error=NO_MODEL) as talk:
        for name in named():
            assert_calm(name, await talk.types(name))
        assert talk.reports == []


async def test_every_command_bears_bad_arguments(workspace: Path) -> None:
    before = (workspace / PRICES).read_bytes()
    async with real_chat(workspace, "It is a till.") as talk:
        await talk.types("what is this?")
        for name in named(*SENDS, "/run", "/commit", "/compact", "/model", "/clear"):
            for words in BAD:
                assert_calm(f"{name} {words}", await talk.types(f"{name} {words}"))
        assert len(talk.reports) == 1, "none of them sends a turn"
    assert (workspace / PRICES).read_bytes() == before


@pytest.mark.parametrize("name", named(*SENDS))
async def test_a_command_works_or_says_why_while_a_change_waits_for_approval(name: str, workspace: Path) -> None:
    before = (workspace / PRICES).read_bytes()
    async with real_chat(workspace, EDIT, "And so on.") as talk:
        await talk.types(ASK, *LEFT_OPEN)
        assert talk.reports[-1].status == "needs_approval"
        begin = len(talk.events)
        told = await talk.types(name, *ANSWERS.get(name, ()))
        assert_calm(name, told or str(talk.events[begin:]))
    assert (workspace / PRICES).read_bytes() == before, "no command takes the place of a yes"
