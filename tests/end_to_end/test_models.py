"""`vivek models` as a user meets it: against an Ollama, a host of files and the real engine, all on loopback."""

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.terminal import running
from tests.end_to_end.conftest import Run, environment
from tests.end_to_end.hosting import hosted, repository
from tests.end_to_end.ollama_shelf import OllamaShelf
from tests.engine.tiny_model import TinyModel
from tests.providers.pull.file_host import CONTENT, FileHost, names_in, sha256

pytestmark = pytest.mark.usefixtures("_nothing_serves")

THREE = {"llama3.2:3b": 3.2, "qwen2.5-coder:7b": 7.6, "nomic-embed-text:latest": 0.1}


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Iterator[OllamaShelf]:
    with OllamaShelf(dict(THREE)) as ollama:
        monkeypatch.setenv("OLLAMA_HOST", ollama.url)
        yield ollama


def models_folder() -> Path:
    return Path(os.environ["VIVEK_STATE_DIR"]) / "models"


def config() -> Path:
    return Path(os.environ["XDG_CONFIG_HOME"]) / "vivek" / "config.toml"


def test_list_shows_every_model_and_one_line_for_each_silent_server(run: Run, shelf: OllamaShelf) -> None:
    shelf.loaded.add("llama3.2:3b")
    done = run("models", "list")

    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["MODEL", "SIZE", "WEIGHTS", "WINDOW", "CAN", "STATE"]
    # The loaded one first, then by size; the window as loaded and at most.
    assert lines[1].split() == ["ollama/llama3.2:3b", "3.2", "MB", "3.2B", "Q4_K_M", "8k", "of", "32k", "loaded"]
    assert lines[2].startswith("ollama/qwen2.5-coder:7b")
    assert "an embedding model" in lines[3]
    assert "LM Studio" in done.stderr
    assert "llama-server" in done.stderr
    assert len(done.stderr.splitlines()) == 2


def test_list_as_json_is_one_object(run: Run, shelf: OllamaShelf) -> None:
    done = run("models", "list", "--format", "json")

    told = json.loads(done.stdout)
    assert list(told) == ["version", "models", "servers"]
    first = told["models"][0]
    assert (first["provider"], first["info"]["name"]) == ("ollama", "qwen2.5-coder:7b")
    assert (first["reason"], first["near"], first["chosen"]) == ("", True, False)
    silent = {server["provider"]: bool(server["problem"]) for server in told["servers"]}
    assert silent == {"ollama": False, "lmstudio": True, "llamacpp": True, "local": False, "mlx": False}


def test_list_says_what_to_do_where_no_model_is(run: Run, shelf: OllamaShelf) -> None:
    shelf.models.clear()
    done = run("models", "list")

    assert (done.returncode, done.stdout) == (0, "")
    assert "hint: run `vivek models pull ollama/" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("ollama", "--base-url", "http://127.0.0.1:9"), 4, "nothing listens"),
        (("openai_compat", "--base-url", "http://127.0.0.1:9/v1"), 4, "nothing listens"),
        (("openai_compat",), 2, "--base-url"),
        (("olama",), 2, "`ollama`"),
        (("--base-url", "http://127.0.0.1:9"), 2, "PROVIDER"),
        (("ollama", "--base-url", "ftp://x"), 2, "no address"),
        (("--format", "xml"), 2, "xml"),
    ],
)
def test_list_of_what_cannot_be_asked_fails(arguments: tuple[str, ...], code: int, said: str, run: Run) -> None:
    done = run("models", "list", *arguments)

    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_list_of_one_provider_asks_only_that_one(run: Run, shelf: OllamaShelf) -> None:
    done = run("models", "list", "ollama")

    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 4
    assert done.stderr == ""


def test_show_tells_facts_with_their_sources(run: Run, shelf: OllamaShelf) -> None:
    done = run("models", "show", "ollama/qwen2.5-coder:7b")

    assert done.returncode == 0, done.stderr
    words = [line.split() for line in done.stdout.splitlines()]
    assert ["window", "maximum", "32,768", "/api/show"] in words
    assert any(line[:2] == ["temperature", "0.2"] and "medium" in line for line in words)
    assert "nothing yet" in done.stdout

    told = json.loads(run("models", "show", "ollama/qwen2.5-coder:7b", "--format", "json").stdout)["model"]
    assert told["name"] == "ollama/qwen2.5-coder:7b"
    assert {"name": "window_maximum", "value": 32_768, "source": "/api/show"} in told["facts"]
    assert told["window"] > 0
    assert told["window_why"]


def test_show_of_a_model_that_is_not_there_offers_the_nearest(run: Run, shelf: OllamaShelf) -> None:
    done = run("models", "show", "ollama/qwen2.5-coder:8b")

    assert done.returncode == 4
    assert "`ollama/qwen2.5-coder:7b`" in done.stderr


def test_use_remembers_what_it_has_seen_and_keeps_the_file_as_it_was(run: Run, shelf: OllamaShelf) -> None:
    config().parent.mkdir(parents=True)
    config().write_text("# mine\n[session]\nmode = 'coder' # why not\n")

    done = run("models", "use", "ollama/qwen2.5-coder:7b")

    assert done.returncode == 0, done.stderr
    assert done.stdout == f"ollama/qwen2.5-coder:7b: remembered in {config()}\n"
    assert config().read_text() == (
        "# mine\n[session]\nmode = 'coder' # why not\n\n[model]\nname = \"ollama/qwen2.5-coder:7b\"\n"
    )
    assert stat.S_IMODE(config().stat().st_mode) == 0o600
    assert "in use" in run("models", "list").stdout

    asked = run("ask", "who are you?")
    assert asked.stdout == "I am qwen2.5-coder:7b.\n"


def test_use_keeps_an_address_and_forgets_an_old_one(run: Run, shelf: OllamaShelf) -> None:
    assert run("models", "use", "ollama/llama3.2:3b", "--base-url", shelf.url).returncode == 0
    assert f'base_url = "{shelf.url}"' in config().read_text()
    assert run("models", "use", "ollama/llama3.2:3b").returncode == 0
    assert "base_url" not in config().read_text()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("ollama/qwen2.5-coder:8b",), 4, "`ollama/qwen2.5-coder:7b`"),
        (("qwen2.5-coder:7b",), 2, "`ollama/qwen2.5-coder:7b`"),
        (("olama/qwen2.5-coder:7b",), 2, "`ollama/qwen2.5-coder:7b`"),
        (("ollama/nomic-embed-text:latest",), 4, "an embedding model"),
        (("llamacpp/default", "--base-url", "http://127.0.0.1:9"), 4, "--force"),
        (("local/absent.gguf",), 4, "no model file"),
    ],
)
def test_use_of_what_is_not_there_changes_nothing(
    arguments: tuple[str, ...], code: int, said: str, run: Run, shelf: OllamaShelf
) -> None:
    done = run("models", "use", *arguments)

    assert done.returncode == code
    assert said in done.stderr
    assert not config().exists()


def test_use_can_be_forced_where_nobody_can_be_asked(run: Run) -> None:
    done = run("models", "use", "llamacpp/default", "--base-url", "http://127.0.0.1:9", "--force")

    assert done.returncode == 0
    assert "Not checked" in done.stderr
    assert 'name = "llamacpp/default"' in config().read_text()


def test_broken_settings_are_told_and_kept(run: Run, shelf: OllamaShelf) -> None:
    config().parent.mkdir(parents=True)
    config().write_text("[model\n")

    for arguments in (("list",), ("use", "ollama/llama3.2:3b"), ("show", "ollama/llama3.2:3b"), ("pull", "ollama/x")):
        done = run("models", *arguments)
        assert done.returncode == 2
        assert "config.toml, line 1" in done.stderr
    assert config().read_text() == "[model\n"


def test_pull_lets_ollama_fetch_and_says_how_to_use_it(run: Run, shelf: OllamaShelf) -> None:
    done = run("models", "pull", "ollama/qwen2.5-coder:14b", "--yes")

    assert done.returncode == 0, done.stderr
    assert done.stdout == "ollama/qwen2.5-coder:14b\n"
    assert "Apache-2.0" in done.stderr
    assert "fetching 100 %" in done.stderr
    assert "\x1b" not in done.stderr
    assert "vivek models use ollama/qwen2.5-coder:14b" in done.stderr
    assert shelf.asked == [("/api/pull", "qwen2.5-coder:14b")]
    assert run("models", "use", "ollama/qwen2.5-coder:14b").returncode == 0


@pytest.mark.parametrize("name", ["ollama/qwen2.5-coder:14b", "local/qwen2.5-coder-3b"])
def test_pull_without_somebody_to_ask_fetches_nothing(name: str, run: Run, shelf: OllamaShelf) -> None:
    done = run("models", "pull", name)

    assert done.returncode == 2
    assert "--yes" in done.stderr
    assert "GB" in done.stderr
    assert shelf.asked == []
    assert not models_folder().exists()


def test_pull_of_a_file_from_a_host_that_the_settings_name(run: Run, tiny_model: TinyModel) -> None:
    """From the host to an answer of the real engine."""
    data = tiny_model.q8_0.read_bytes()
    with hosted(repository({"tiny-chat-q8_0.gguf": data})) as host:
        config().parent.mkdir(parents=True)
        config().write_text(f'[models]\nbase_url = "{host.url}"\n')
        done = run("models", "pull", "local/some/model/tiny-chat-q8_0.gguf", "--yes")
        assert done.returncode == 0, done.stderr
        again = run("models", "pull", "local/some/model/tiny-chat-q8_0.gguf")
        assert again.returncode == 0
        assert "here already" in again.stderr

    assert done.stdout == "local/tiny-chat-q8_0\n"
    path = models_folder() / "tiny-chat-q8_0.gguf"
    assert path.read_bytes() == data
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    listed = run("models", "list", "local")
    assert "local/tiny-chat-q8_0" in listed.stdout
    shown = run("models", "show", "local/tiny-chat-q8_0")
    assert "32,768" in shown.stdout
    assert run("models", "use", "local/tiny-chat-q8_0").returncode == 0
    assert 'name = "local/tiny-chat-q8_0"' in config().read_text()


def test_a_project_does_not_say_where_models_come_from(run: Run, workspace: Path) -> None:
    (workspace / ".vivek").mkdir()
    (workspace / ".vivek" / "config.toml").write_text('[models]\nbase_url = "http://127.0.0.1:9"\n')

    done = run("models", "pull", "local/qwen2.5-coder-7b")

    assert "`models.base_url` may not be set by" in done.stderr
    assert "https://huggingface.co" in done.stderr


def test_pull_of_a_folder(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"config.json": b"{}", "model.safetensors": CONTENT, "tokenizer.json": b"{}", "evil.py": b"import os"}
    with hosted(repository(files)) as host:
        monkeypatch.setenv("VIVEK_MODELS_BASE_URL", host.url)
        done = run("models", "pull", "mlx/some/model", "--yes")

    assert done.returncode == 0, done.stderr
    assert done.stdout == "mlx/some/model\n"
    assert names_in(models_folder() / "some" / "model") == ["config.json", "model.safetensors", "tokenizer.json"]
    assert "1 other files" in done.stderr
    assert "mlx/some/model" in run("models", "list", "mlx").stdout


def test_pull_of_an_address_proves_what_comes(run: Run) -> None:
    with hosted(FileHost({"/x/tiny.gguf": CONTENT})) as host:
        url = f"{host.url}/x/tiny.gguf"
        assert run("models", "pull", url, "--yes").returncode == 2
        wrong = run("models", "pull", url, "--sha256", "0" * 64, "--yes")
        assert wrong.returncode == 4
        assert "another checksum" in wrong.stderr
        assert names_in(models_folder()) == []
        right = run("models", "pull", url, "--sha256", sha256(CONTENT), "--yes")
        assert right.returncode == 0, right.stderr

    assert names_in(models_folder()) == ["tiny.gguf"]


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("qwen2.5-coder-7b", 2, "`local/qwen2.5-coder-7b`"),
        ("local/qwen2.5-coder-77b", 4, "`local/qwen2.5-coder-7b`"),
        ("llamacpp/x", 2, "ollama/NAME"),
        ("mlx/some/model", 4, "model host"),
        ("http://example.org/x.gguf", 2, "--sha256"),
    ],
)
def test_pull_of_what_cannot_be_fetched_is_told(
    name: str, code: int, said: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIVEK_MODELS_BASE_URL", "http://127.0.0.1:9")
    done = run("models", "pull", name, "--yes")

    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.pty
def test_pull_asks_is_stopped_and_goes_on(workspace: Path) -> None:
    with hosted(FileHost({"/x/tiny.gguf": CONTENT}, slow=0.1)) as host:
        arguments = ("-m", "vivek", "models", "pull", f"{host.url}/x/tiny.gguf", "--sha256", sha256(CONTENT))
        with running(*arguments, folder=workspace, columns=100, variables=environment()) as terminal:
            terminal.shows("Fetch it? [y/N]")
            terminal.child.send("n\r")
            terminal.shows("Nothing was fetched.")
            assert terminal.ends() == 0
        assert host.seen == []
        with running(*arguments, folder=workspace, columns=100, variables=environment()) as terminal:
            terminal.shows("Fetch it? [y/N]")
            terminal.child.send("y\r")
            terminal.shows("/3.2 MB")
            terminal.child.send("\x03")
            terminal.shows("Stopped; what has come so far is kept.")
            terminal.shows("goes on where it stopped")
            assert terminal.ends() == 130
            assert terminal.cursor
        kept = (models_folder() / "tiny.gguf.part").stat().st_size
        assert 0 < kept < len(CONTENT)
        host.slow = 0
        with running(*arguments, "--yes", folder=workspace, columns=100, variables=environment()) as terminal:
            assert terminal.ends() == 0
            assert "local/tiny" in terminal.lines()

    assert host.ranges_asked() == ["", f"bytes={kept}-"]
    assert (models_folder() / "tiny.gguf").read_bytes() == CONTENT
