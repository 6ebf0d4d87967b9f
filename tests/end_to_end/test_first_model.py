"""The first chat, with nothing configured: several models are here, one, or none."""

import os
import shutil
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal, running
from tests.end_to_end.conftest import environment
from tests.end_to_end.hosting import hosted
from tests.end_to_end.ollama_shelf import OllamaShelf
from tests.end_to_end.relay import Relay, free_port
from tests.engine.tiny_model import TinyModel
from tests.providers.pull.file_host import FileHost

pytestmark = [pytest.mark.pty, pytest.mark.usefixtures("_nothing_serves")]

THREE = {"llama3.2:3b": 3.2, "qwen2.5-coder:7b": 7.6, "nomic-embed-text:latest": 0.1, "phi4:14b": 14.7}


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Iterator[OllamaShelf]:
    with OllamaShelf(dict(THREE)) as ollama:
        monkeypatch.setenv("OLLAMA_HOST", ollama.url)
        yield ollama


@contextmanager
def chat(workspace: Path, *arguments: str) -> Iterator[Terminal]:
    with running(
        "-m", "vivek", *arguments, folder=workspace, columns=100, rows=40, variables=environment()
    ) as terminal:
        yield terminal


def at_prompt(terminal: Terminal) -> None:
    """Wait until the prompt is back: keys that arrive while lines are written above it are read as lines."""
    for _ in range(600):
        if terminal.lines()[-1:] == [">"]:
            return
        terminal.feed()
    raise AssertionError("\n".join(terminal.lines()))


def say(terminal: Terminal, text: str) -> None:
    at_prompt(terminal)
    terminal.child.send(f"{text}\r")


def leave(terminal: Terminal) -> None:
    at_prompt(terminal)
    terminal.child.send("\x04")
    assert terminal.ends() == 0


def kept() -> dict[str, object] | None:
    path = Path(os.environ["XDG_CONFIG_HOME"]) / "vivek" / "config.toml"
    return tomllib.loads(path.read_text()) if path.exists() else None


def test_one_key_picks_and_the_choice_is_remembered(workspace: Path, shelf: OllamaShelf) -> None:
    with chat(workspace) as terminal:
        terminal.shows("[1-3, Enter, Esc: not now]")
        shown = "\n".join(terminal.lines())
        # A coder counts double; what embeds is none to talk to.
        assert "1  ollama/qwen2.5-coder:7b" in shown
        assert "2  ollama/phi4:14b" in shown
        assert "3  ollama/llama3.2:3b" in shown
        assert "nomic" not in shown
        terminal.child.send("2")
        terminal.shows("ollama/phi4:14b: remembered in")
        terminal.shows("ollama/phi4:14b ·")
        say(terminal, "who are you?")
        terminal.shows("I am phi4:14b.")
        leave(terminal)

    assert kept() == {"model": {"name": "ollama/phi4:14b"}}
    with chat(workspace) as terminal:
        terminal.shows("ollama/phi4:14b ·")
        leave(terminal)
    assert "Which model?" not in "\n".join(terminal.lines())


def test_enter_takes_the_best_one(workspace: Path, shelf: OllamaShelf) -> None:
    with chat(workspace) as terminal:
        terminal.shows("[1-3, Enter, Esc: not now]")
        terminal.child.send("\r")
        terminal.shows("ollama/qwen2.5-coder:7b ·")
        leave(terminal)

    assert kept() == {"model": {"name": "ollama/qwen2.5-coder:7b"}}


def test_a_loaded_model_comes_first(workspace: Path, shelf: OllamaShelf) -> None:
    shelf.loaded.add("llama3.2:3b")
    with chat(workspace) as terminal:
        terminal.shows("1  ollama/llama3.2:3b")
        terminal.child.send("\r")
        leave(terminal)


@pytest.mark.parametrize("key", ["\x1b", "q", "\x03"])
def test_not_now_takes_the_best_one_for_this_time(key: str, workspace: Path, shelf: OllamaShelf) -> None:
    with chat(workspace) as terminal:
        terminal.shows("[1-3, Enter, Esc: not now]")
        terminal.child.send(key)
        terminal.shows("ollama/qwen2.5-coder:7b for now")
        terminal.shows("ollama/qwen2.5-coder:7b ·")
        say(terminal, "/mode coder")
        terminal.shows("mode: coder")
        say(terminal, "who are you?")
        terminal.shows("I am qwen2.5-coder:7b.")
        leave(terminal)

    assert kept() is None
    assert "\n".join(terminal.lines()).count("Which model?") == 1


def test_a_message_that_is_begun_is_not_taken_for_a_pick(workspace: Path, shelf: OllamaShelf) -> None:
    """Whoever types on does not lose a letter, and what looks like a number does not pick."""
    with chat(workspace) as terminal:
        terminal.shows("[1-3, Enter, Esc: not now]")
        terminal.child.send("who are you, 2?")
        terminal.shows("> who are you, 2?")
        terminal.shows("ollama/qwen2.5-coder:7b ·")
        terminal.child.send("\r")
        terminal.shows("I am qwen2.5-coder:7b.")
        leave(terminal)

    assert kept() is None


def test_somebody_who_types_is_not_interrupted(workspace: Path, shelf: OllamaShelf) -> None:
    with chat(workspace) as terminal:
        terminal.shows(">")
        terminal.child.send("who are you?")
        terminal.shows("> who are you?")
        for _ in range(40):
            terminal.feed()
        assert "Which model?" not in "\n".join(terminal.lines())
        terminal.child.send("\r")
        terminal.shows("[1-3, Enter, Esc: not now]")
        terminal.child.send("3")
        terminal.shows("I am llama3.2:3b.")
        leave(terminal)


def test_one_model_needs_no_question(workspace: Path, shelf: OllamaShelf) -> None:
    shelf.models = {"llama3.2:3b": 3.2, "nomic-embed-text:latest": 0.1}
    with chat(workspace) as terminal:
        terminal.shows("ollama/llama3.2:3b ·")
        leave(terminal)

    assert kept() is None
    assert "Which model?" not in "\n".join(terminal.lines())


@pytest.mark.parametrize("arguments", [("--model", "ollama/phi4:14b"), ("--thread", "calm-otter-7")])
def test_a_choice_that_was_made_is_not_asked_for(
    arguments: tuple[str, ...], workspace: Path, shelf: OllamaShelf
) -> None:
    with chat(workspace, *arguments) as terminal:
        terminal.shows(" window ·")
        leave(terminal)

    assert "Which model?" not in "\n".join(terminal.lines())


def test_settings_that_cannot_be_changed_are_told_and_kept(workspace: Path, shelf: OllamaShelf) -> None:
    path = Path(os.environ["XDG_CONFIG_HOME"]) / "vivek" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text("[model\n")
    with chat(workspace) as terminal:
        terminal.shows("config.toml, line 1, column")
        leave(terminal)

    assert path.read_text() == "[model\n"


@pytest.fixture
def file(home: Path, tiny_model: TinyModel) -> Path:
    """A model file where LM Studio keeps its own."""
    path = home / ".lmstudio" / "models" / "someone" / "tiny-chat" / "tiny-chat-q8_0.gguf"
    path.parent.mkdir(parents=True)
    shutil.copy(tiny_model.q8_0, path)
    return path


@pytest.fixture
def stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Relay]:
    """An Ollama with one model that is installed and does not run."""
    relay = Relay(tmp_path / "bin", free_port())
    with OllamaShelf({"coder:7b": 7.6}) as ollama:
        relay.install("ollama", url=ollama.url, last="serve")
        monkeypatch.setenv("PATH", relay.path)
        monkeypatch.setenv("OLLAMA_HOST", f"127.0.0.1:{relay.port}")
        yield relay
        relay.stop()


@pytest.mark.engine
def test_a_file_is_taken_where_ollama_is_not_to_be_started(workspace: Path, stopped: Relay, file: Path) -> None:
    with chat(workspace) as terminal:
        terminal.shows("Ollama is installed, but does not run. Start it? [Y/n]")
        terminal.child.send("n")
        terminal.shows("local/tiny-chat-q8_0: remembered in")
        terminal.shows("is a small model (0.2M)")
        leave(terminal)

    assert not stopped.started
    assert kept() == {"model": {"name": "local/tiny-chat-q8_0"}}
    with chat(workspace) as terminal:
        terminal.shows("local/tiny-chat-q8_0 ·")
        leave(terminal)
    assert "Start it?" not in "\n".join(terminal.lines())
    assert "is a small model" not in "\n".join(terminal.lines())


@pytest.mark.engine
def test_an_ollama_that_is_started_comes_before_the_files(workspace: Path, stopped: Relay, file: Path) -> None:
    with chat(workspace) as terminal:
        terminal.shows("Ollama is installed, but does not run. Start it? [Y/n]")
        assert not stopped.started
        terminal.child.send("\r")
        terminal.shows("[1-2, Enter, Esc: not now]")
        shown = "\n".join(terminal.lines())
        assert "1  ollama/coder:7b" in shown
        assert "2  local/tiny-chat-q8_0" in shown
        terminal.child.send("\r")
        terminal.shows("ollama/coder:7b ·")
        leave(terminal)

    assert stopped.runs()
    assert kept() == {"model": {"name": "ollama/coder:7b"}}


@pytest.mark.engine
def test_a_machine_without_any_model_is_offered_one(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with hosted(FileHost({})) as host:
        monkeypatch.setenv("VIVEK_MODELS_BASE_URL", host.url)
        with chat(workspace) as terminal:
            terminal.shows("vivek models pull local/qwen")
            say(terminal, "who are you?")
            terminal.shows("[y/N]")
            assert host.seen == []
            terminal.child.send("\r")
            say(terminal, "who are you?")
            terminal.shows("[y/N]", times=2)
            terminal.child.send("y\r")
            terminal.shows("has no such file")
            say(terminal, "/context")
            terminal.shows("Nothing was sent to a model yet.")
            leave(terminal)

    assert [seen.path.split("/")[3] for seen in host.seen] == ["resolve"]


def test_an_empty_ollama_is_offered_a_model(workspace: Path, shelf: OllamaShelf) -> None:
    shelf.models = {}
    with chat(workspace) as terminal:
        terminal.shows("vivek models pull ollama/qwen")
        say(terminal, "who are you?")
        terminal.shows("[y/N]")
        shown = "".join("".join(terminal.lines()).split())
        assert "DownloadQwen" in shown
        assert "GB" in shown
        assert "licence" in shown
        terminal.child.send("y\r")
        terminal.shows("is here.")
        terminal.shows("I am qwen")
        leave(terminal)

    assert shelf.asked[0][0] == "/api/pull"


def test_ctrl_c_stops_the_download_and_gives_the_prompt_back(workspace: Path, shelf: OllamaShelf) -> None:
    shelf.models, shelf.layers = {}, [(1_000_000, 60.0)]
    with chat(workspace) as terminal:
        terminal.shows("vivek models pull ollama/qwen")
        say(terminal, "who are you?")
        terminal.shows("[y/N]")
        terminal.child.send("y\r")
        terminal.shows("fetching")
        terminal.child.send("\x03")
        terminal.shows("Stopped; what has come so far is kept.")
        terminal.shows("goes on where it stopped")
        say(terminal, "/context")
        terminal.shows("Nothing was sent to a model yet.")
        leave(terminal)
