"""The shape of the code: every rule holds everywhere, and every rule catches what it is there for."""

from collections.abc import Callable, Iterator

import pytest

from tests.house import rules
from tests.house.rules import Source

# Where a real clock or real chance enters the program; everything else gets it handed in.
MEET_THE_WORLD = {
    "vivek/cli/commands/probe.py": "dates what was measured",
    "vivek/cli/commands/threads.py": "tells how long ago a thread was used",
    "vivek/cli/commands/threads_end.py": "tells how long ago a thread was used",
    "vivek/cli/slash/thread.py": "tells how long ago a thread was used",
    "vivek/providers/engine/child.py": "is a process of its own, started by nothing but the launcher",
    "vivek/session/doors/forking.py": "draws the name of a new thread",
    "vivek/session/opening.py": "draws the name of a new thread",
    "vivek/session/piecewise/opening.py": "draws the name of a new thread",
    "vivek/workspace/locks.py": "waits for another process",
}

Rule = Callable[[Source], Iterator[str]]


def _name(rule: Rule) -> str:
    return rule.__name__


@pytest.mark.parametrize("rule", rules.RULES, ids=_name)
def test_every_module_keeps_the_rule(rule: Rule) -> None:
    broken = [f"{source.path}: {fault}" for source in rules.load_sources("vivek") for fault in rule(source)]

    assert not broken, rule.__doc__


def test_clocks_and_chance_are_handed_in() -> None:
    faults = {source.path: list(rules.unrepeatable_calls(source)) for source in rules.load_sources("vivek")}
    broken = {path: found for path, found in faults.items() if found and path not in MEET_THE_WORLD}

    assert not broken
    assert [path for path in MEET_THE_WORLD if not faults.get(path)] == [], "allowed, but no longer needed"


def test_the_saver_of_checkpoints_is_made_in_one_place() -> None:
    sources = rules.load_sources("vivek")

    # Another database can take SQLite's place where only one module knows the saver.
    assert [each.path for each in sources if "AsyncSqliteSaver" in each.text] == ["vivek/session/checkpoints.py"]
    assert [each.path for each in sources if "open_checkpoints(" in each.text] == [
        "vivek/session/checkpoints.py",
        "vivek/session/opening.py",
        "vivek/session/piecewise/opening.py",
    ]


def test_every_test_folder_is_a_package() -> None:
    folders = {path.parent for path in (rules.ROOT / "tests").rglob("test_*.py")}

    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


GOOD = '''"""Does one thing."""

import time
from collections.abc import Callable


def wait(clock: Callable[[], float] = time.time) -> float:
    return clock()
'''


@pytest.mark.parametrize("rule", [*rules.RULES, rules.unrepeatable_calls], ids=_name)
def test_a_good_module_breaks_no_rule(rule: Rule) -> None:
    assert list(rule(Source("vivek/edits/matching.py", GOOD))) == []


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (rules.too_long, "vivek/a.py", '"""A."""\n' + "x = 1\n" * 250),
        (rules.junk_name, "vivek/edits/text_utils.py", GOOD),
        (rules.junk_name, "vivek/common/a.py", GOOD),
        (rules.no_docstring, "vivek/a.py", "x = 1\n"),
        (rules.busy_init, "vivek/edits/__init__.py", '"""A."""\nfrom vivek.edits import engine\n'),
        (rules.busy_init, "vivek/edits/__init__.py", '"""A."""\nif DEBUG:\n    import os\n'),
        (rules.busy_init, "vivek/edits/__init__.py", '"""A."""\nclass A:\n    import os\n'),
        (rules.unfinished, "vivek/a.py", "x = 1  # TODO: two\n"),
        (rules.unexplained_ignore, "vivek/a.py", "x: int = ''  # type: ignore\n"),
        (rules.unexplained_ignore, "vivek/a.py", "x: int = ''  # type: ignore[assignment]\n"),
        (rules.unrepeatable_calls, "vivek/a.py", "import time\ntime.time()\n"),
        (rules.unrepeatable_calls, "vivek/a.py", "from time import sleep as nap\nnap(1)\n"),
        (rules.unrepeatable_calls, "vivek/a.py", "from datetime import UTC, datetime\ndatetime.now(UTC)\n"),
        (rules.unrepeatable_calls, "vivek/a.py", "import datetime as dt\ndt.date.today()\n"),
        (rules.unrepeatable_calls, "vivek/a.py", "def f():\n    import random\n    return random.choice('ab')\n"),
    ],
)
def test_a_rule_catches_what_it_is_for(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Source(path, text)))


def test_a_package_may_load_its_names_when_they_are_used() -> None:
    text = '"""A."""\nif TYPE_CHECKING:\n    from a import b\ndef __getattr__(name):\n    import a\n    return a.b\n'
    assert list(rules.busy_init(Source("vivek/edits/__init__.py", text))) == []


def test_todo_inside_a_text_is_no_broken_promise() -> None:
    assert list(rules.unfinished(Source("vivek/a.py", 'pattern = "# TODO"\n'))) == []
