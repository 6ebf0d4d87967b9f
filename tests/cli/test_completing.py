"""What is offered behind the name of a command."""

from pathlib import Path

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from tests.cli.test_line import Name
from vivek.cli.completing import KINDS, ArgumentCompleter, Arguments, Mentioning
from vivek.cli.slash.registry import SLASHES
from vivek.session.place import open_place
from vivek.session.threads.index import ThreadIndex

NAMES = {
    "/mode": Name("/mode MODE"),
    "/approve": Name("/approve [ask|edits|all|none]"),
    "/add": Name("/add PATH..."),
    "/model": Name("/model [PROVIDER/NAME]"),
    "/undo": Name("/undo [TURN]"),
    "/jobs": Name("/jobs [output N|stop N]"),
}


def offered(text: str) -> list[tuple[str, int]]:
    completer = ArgumentCompleter(NAMES, lambda kind, begun: [(f"{begun}<{kind}>", "")])
    found = completer.get_completions(Document(text), CompleteEvent())
    return [(completion.text, completion.start_position) for completion in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/mode ", [("<MODE>", 0)]),
        ("/mode co", [("co<MODE>", -2)]),
        ("/approve ", [("ask", 0), ("edits", 0), ("all", 0), ("none", 0)]),
        ("/approve e", [("edits", -1)]),
        ("/approve ask e", []),
        ("/add a.py b", [("b<PATH>", -1)]),
        ("/model oll", [("oll<PROVIDER/NAME>", -3)]),
        ("/jobs st", [("stop", -2)]),
        ("/undo ", []),
        ("/mode", []),
        ("/nothing x", []),
        ("see /mode co", []),
        ("/mode\nco", []),
    ],
)
def test_what_may_follow_a_command_is_read_from_its_usage(text: str, expected: list[tuple[str, int]]) -> None:
    assert offered(text) == expected


def test_every_kind_of_the_real_commands_is_known() -> None:
    upper = {word for slash in SLASHES.values() for word in slash.usage.split()[1:]}

    assert {kind for kind in KINDS if any(kind in word for word in upper)} >= {"ID"}


def test_modes_threads_and_files_are_found_where_they_are(workspace: Path) -> None:
    place = open_place(workspace)
    with ThreadIndex.open() as index:
        index.begin("calm-otter-7", workspace, kind="chat", title="Add a discount", model="ollama/x")
        index.begin("red-fox-12", workspace.parent, kind="chat", title="Elsewhere", model="ollama/x")
    mentions = Mentioning(place)
    find = Arguments(place, mentions)

    assert [name for name, _ in find("MODE", "")] == ["peer", "architect", "coder", "sdet"]
    assert [name for name, _ in find("MODE", "c")] == ["coder"]
    assert find("ID", "ca") == [("calm-otter-7", "Add a discount")]
    assert list(find("PATH", "pri")) == [("till/prices.py", "file")]
    mentions.close()


def test_models_of_this_machine_are_asked_for_at_most_twice_a_minute(workspace: Path) -> None:
    now = [0.0]
    find = Arguments(open_place(workspace), lambda _: (), lambda: now[0])
    before = find("PROVIDER/NAME", "")
    asked = find._asked
    now[0] = 29.0
    assert find("MODEL", "") == before
    assert find._asked == asked
    now[0] = 31.0
    find("MODEL", "")
    assert find._asked == 31.0


def test_settings_that_cannot_be_read_offer_nothing(workspace: Path) -> None:
    from vivek.config.folders import config_folder

    config_folder().mkdir(parents=True)
    (config_folder() / "config.toml").write_text("[model\n")

    assert Arguments(open_place(workspace), lambda _: ())("MODEL", "") == []
