import hashlib
import io
import json
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Vivek
from vivek.schema.messages import Role
from vivek.schema.threads import ThreadStatus
from vivek.schema.transcript import Row
from vivek.session.place import open_place, prepare_data
from vivek.session.threads.index import ThreadIndex
from vivek.workspace.store import Store

# Nothing listens on the discard port.
NOBODY = {"VIVEK_MODEL_NAME": "ollama/qwen2.5", "VIVEK_MODEL_BASE_URL": "http://127.0.0.1:9"}


def add_thread(name: str, directory: Path, *, title: str = "Add a discount", status: ThreadStatus = "finished") -> None:
    with ThreadIndex.open() as index:
        index.begin(name, directory, kind="chat", title=title, model="ollama/qwen2.5")
        index.end(name, directory, status=status, turns=2, log=None)


@pytest.fixture
def threads(workspace: Path, tmp_path: Path) -> Path:
    """Make three threads: two of this project, one of another."""
    add_thread("calm-otter-7", workspace)
    add_thread("red-fox-12", workspace, title="Wait\x1b[2J for it", status="needs_approval")
    add_thread("old-owl-1", tmp_path / "other")
    return workspace


def test_a_list_shows_this_project(vivek: Vivek, threads: Path) -> None:
    code, out, err = vivek("threads", "list")

    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].split() == ["THREAD", "STATUS", "TURNS", "AGE", "TITLE"]
    assert {line.split()[0] for line in lines[1:]} == {"calm-otter-7", "red-fox-12"}
    assert "\x1b" not in out


def test_a_list_of_all_names_the_projects(vivek: Vivek, threads: Path, tmp_path: Path) -> None:
    _, out, _ = vivek("threads", "list", "--all")

    assert "old-owl-1" in out
    assert str(tmp_path / "other") in out


def test_a_list_for_machines_has_every_fact(vivek: Vivek, threads: Path) -> None:
    _, out, _ = vivek("threads", "list", "--format", "json")

    shown = json.loads(out)
    assert shown["version"] == 1
    facts = {thread["id"]: thread for thread in shown["threads"]}["calm-otter-7"]
    assert (facts["kind"], facts["turns"], facts["status"], facts["directory"]) == ("chat", 2, "finished", str(threads))


def test_an_empty_list_says_so_beside_the_output(vivek: Vivek) -> None:
    assert vivek("threads", "list") == (0, "", "This project has no threads yet.\n")
    assert vivek("threads", "list", "--all") == (0, "", "There are no threads yet.\n")


def test_a_thread_whose_first_turn_is_open_says_how_it_goes_on(vivek: Vivek, threads: Path) -> None:
    code, out, err = vivek("threads", "show", "red")

    assert (code, out) == (0, "")
    assert err == "The last turn of red-fox-12 is open.\nhint: `vivek threads resume red-fox-12` goes on with it\n"


def test_show_takes_a_unique_prefix(vivek: Vivek, threads: Path) -> None:
    assert vivek("threads", "show", "calm") == (0, "", "Nothing was said in calm-otter-7 yet.\n")
    _, out, _ = vivek("threads", "show", "calm", "--format", "json")
    assert json.loads(out)["messages"] == []
    assert json.loads(out)["thread"]["id"] == "calm-otter-7"


@pytest.mark.parametrize("command", [("show",), ("resume",), ("delete", "--yes")])
def test_a_thread_that_does_not_exist_is_a_usage_error(vivek: Vivek, threads: Path, command: tuple[str, ...]) -> None:
    code, out, err = vivek("threads", command[0], "nope", *command[1:])

    assert (code, out) == (2, "")
    assert err.startswith("There is no thread 'nope' here.\nhint: ")


def test_a_thread_gets_another_title(vivek: Vivek, threads: Path) -> None:
    assert vivek("threads", "rename", "calm", "  Half \n price ") == (0, "renamed calm-otter-7\n", "")
    _, out, _ = vivek("threads", "rename", "calm", "Prices", "--format", "json")
    assert json.loads(out)["thread"]["title"] == "Prices"
    with ThreadIndex.open() as index:
        assert index.find("calm", threads).title == "Prices"


def test_a_title_is_not_empty(vivek: Vivek, threads: Path) -> None:
    code, _, err = vivek("threads", "rename", "calm", " ")

    assert code == 2
    assert err.startswith("A title is not empty.")


def test_deleting_without_a_terminal_needs_a_yes(vivek: Vivek, threads: Path) -> None:
    code, _, err = vivek("threads", "delete", "calm")

    assert code == 2
    assert "hint: Run `vivek threads delete calm-otter-7 --yes`." in err
    assert vivek("threads", "delete", "calm", "--yes") == (0, "deleted calm-otter-7\n", "")
    _, out, _ = vivek("threads", "delete", "red", "--yes", "--format", "json")
    assert json.loads(out) == {"version": 1, "deleted": "red-fox-12"}
    with ThreadIndex.open() as index:
        assert index.list(threads) == []


class Tty(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        """Be one."""
        return True


@pytest.mark.parametrize(("answer", "left"), [("y\n", 1), ("n\n", 2), ("\n", 2)])
def test_deleting_asks_on_a_terminal(
    vivek: Vivek, threads: Path, monkeypatch: pytest.MonkeyPatch, answer: str, left: int
) -> None:
    monkeypatch.setattr(sys, "stdin", Tty(answer))
    monkeypatch.setattr(sys, "stdout", Tty())

    code, _, _ = vivek("threads", "delete", "calm")

    assert code == 0
    with ThreadIndex.open() as index:
        assert len(index.list(threads)) == left


def say(root: Path, name: str, said: list[tuple[Role, str]]) -> None:
    """Write the log of a thread."""
    place = open_place(root)
    prepare_data(place)
    head = None
    with Store.open(place.data) as store:
        for number, (role, text) in enumerate(said):
            digest = hashlib.sha256(f"{number}{text}".encode()).hexdigest()
            blob = hashlib.sha256(text.encode()).hexdigest()
            store.commit_message(Row(digest, head, role, "formatter", blob, 1), text)
            head = digest
    with ThreadIndex.open() as index:
        index.end(name, root, status="finished", turns=1, log=head)


def test_show_tells_what_was_said(vivek: Vivek, threads: Path) -> None:
    say(threads, "calm-otter-7", [("user", "Add a discount.\x1b[2J"), ("assistant", "Done.")])

    assert vivek("threads", "show", "calm")[1] == "user:\nAdd a discount.\\x1b[2J\n\nassistant:\nDone.\n"
    shown = json.loads(vivek("threads", "show", "calm", "--format", "json")[1])
    assert shown["messages"] == [
        {"role": "user", "text": "Add a discount.\x1b[2J"},
        {"role": "assistant", "text": "Done."},
    ]


@pytest.mark.parametrize("options", [(), ("--approve", "edits")])
def test_resume_of_a_thread_without_an_open_turn_says_so(
    vivek: Vivek, threads: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    for name, value in NOBODY.items():
        monkeypatch.setenv(name, value)

    code, out, _ = vivek("threads", "resume", "red", *options, "--format", "json")

    error = json.loads(out)["error"]
    assert code in (2, 4), out  # 4 where the server is asked first
    assert error["type"] in ("ThreadError", "ProviderUnavailableError")


def test_resume_without_a_terminal_goes_on_alone(vivek: Vivek, threads: Path) -> None:
    code, out, _ = vivek("threads", "resume", "nope", "--format", "json")

    assert code == 2
    assert json.loads(out)["error"]["type"] == "ThreadError"


def test_threads_alone_shows_its_help(vivek: Vivek) -> None:
    code, out, err = vivek("threads")

    assert code == 2
    assert "rename" in out + err


def test_undo_tells_what_is_missing(vivek: Vivek, threads: Path) -> None:
    code, _, err = vivek("undo", "--thread", "nope")

    assert code == 2
    assert err.startswith("There is no thread 'nope'")
