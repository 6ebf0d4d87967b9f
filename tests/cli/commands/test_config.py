"""`vivek config`: settings with their origins, changes that keep comments, and files that are checked."""

import json
import os
import stat
from pathlib import Path

import pytest

from tests.cli.conftest import Vivek

TEXT = """\
# mine
[session]
depth = "fast"  # quick ones

[profiles.ci.session]
depth = "full"
"""


@pytest.fixture
def file() -> Path:
    folder = Path(os.environ["XDG_CONFIG_HOME"]) / "vivek"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "config.toml"


def write(file: Path, text: str) -> None:
    file.write_text(text)
    file.chmod(0o600)


def test_each_setting_is_shown_with_who_says_it(vivek: Vivek, file: Path, workspace: Path) -> None:
    write(file, TEXT)
    (workspace / "vivek.md").write_text("---\nmode: coder\n---\n")

    code, out, err = vivek("config", "show", "--origin")

    rows = {line.split()[0]: line.split(maxsplit=2)[1:] for line in out.splitlines()}
    assert (code, err) == (0, "")
    assert rows["session.depth"] == ["fast", f"user ({file}:3)"]
    assert rows["session.mode"] == ["coder", f"project ({workspace}/vivek.md:2)"]
    assert rows["session.approval"] == ["ask", "default"]
    assert "user (" not in vivek("config", "show")[1]


def test_settings_are_objects_with_these_keys(vivek: Vivek, file: Path) -> None:
    write(file, TEXT)

    shown = json.loads(vivek("config", "show", "--profile", "ci", "--format", "json")[1])
    got = json.loads(vivek("config", "get", "session.depth", "--profile", "ci", "--format", "json")[1])

    assert (shown["version"], shown["profile"], shown["profiles"]) == (1, "ci", ["ci"])
    place = f"{file}:6"
    expected = {"key": "session.depth", "value": "full", "origin": "user", "profile": "ci", "place": place}
    assert got == {"version": 1, **expected}
    assert expected in shown["settings"]


def test_a_key_is_never_shown(vivek: Vivek, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(file, '[model]\napi_key = "keep-this-one"\n')
    monkeypatch.setenv("VIVEK_MODELS_API_KEY", "and-this-one")

    said = "".join("".join(vivek("config", *words)[1:]) for words in SHOWING)

    assert said.count("[secret]") == 4 + 2
    assert "this-one" not in said


SHOWING = (
    ("show", "--origin"),
    ("show", "--format", "json"),
    ("get", "model.api_key"),
    ("get", "models.api_key", "--format", "json"),
)


def test_a_value_is_set_and_the_rest_of_the_file_stays(vivek: Vivek, file: Path) -> None:
    write(file, TEXT)

    code, out, err = vivek("config", "set", "session.depth", "auto")

    assert (code, out) == (0, "")
    assert err == f"written: {file}; session.depth is auto\n"
    assert file.read_text() == TEXT.replace('"fast"', '"auto"')
    assert vivek("config", "get", "session.depth") == (0, "auto\n", "")


@pytest.mark.parametrize(
    ("key", "typed", "written", "read"),
    [
        ("model.window", "8k", 'window = "8k"', "8192"),
        ("model.think", "no", "think = false", "false"),
        ("sampling.temperature", "0.3", "temperature = 0.3", "0.3"),
        ("sampling.top_k", "20", "top_k = 20", "20"),
        ("model.fallbacks", "ollama/a, ollama/b", 'fallbacks = ["ollama/a", "ollama/b"]', "ollama/a, ollama/b"),
        ("project.test", "pytest -q, yes", 'test = "pytest -q, yes"', "pytest -q, yes"),
        ("project.test", '["make", "test it"]', 'test = ["make", "test it"]', "make, test it"),
        ("model.name", "7", 'name = "7"', "7"),
    ],
)
def test_a_value_is_written_as_its_type(
    key: str, typed: str, written: str, read: str, vivek: Vivek, file: Path
) -> None:
    assert vivek("config", "set", key, typed)[0] == 0

    assert written in file.read_text()
    assert vivek("config", "get", key)[1] == f"{read}\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("session.dept", "fast"), "Did you mean `session.depth`?"),
        (("dept", "fast"), "There is no setting `dept`"),
        (("session.depth", "deep"), "must be one of `fast`, `auto`, `full`"),
        (("session.mode", "codr"), "Did you mean `coder`?"),
        (("model.window", "zebra"), "is no size of a window"),
        (("sampling.temperature", "9"), "must lie between 0 and 2"),
        (("index.wait", "-1"), "must lie between 0 and 600"),
        (("model.think", "perhaps"), "must be true or false"),
        (("session.approval", "all", "--project"), "may not be set"),
        (("model.base_url", "http://evil.example", "--project"), "may not be set"),
        (("session.depth", "deep", "--profile", "ci"), "must be one of"),
    ],
)
def test_what_would_not_be_good_is_not_written(words: tuple[str, ...], said: str, vivek: Vivek, file: Path) -> None:
    write(file, TEXT)

    code, out, err = vivek("config", "set", *words)

    assert (code, out) == (2, "")
    assert said in err
    assert f"{file}:" not in err, "the line that would have said it is not there"
    assert file.read_text() == TEXT


def test_a_mistake_elsewhere_is_told_and_does_not_stop_a_change(vivek: Vivek, file: Path) -> None:
    write(file, '[session]\ndepth = "deep"\n')

    code, _, err = vivek("config", "set", "model.think", "true")

    assert code == 0
    assert "`session.depth`" in err
    assert "think = true" in file.read_text()


def test_a_file_that_is_no_toml_is_kept_and_told(vivek: Vivek, file: Path) -> None:
    write(file, "[session\n")

    code, _, err = vivek("config", "set", "session.depth", "fast")

    assert (code, file.read_text()) == (2, "[session\n")
    assert f"{file}, line 1, column" in err


def test_what_wins_over_a_change_is_told(vivek: Vivek, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIVEK_SESSION_DEPTH", "full")

    code, _, err = vivek("config", "set", "session.depth", "fast")

    assert code == 0
    assert "environment (VIVEK_SESSION_DEPTH) sets `session.depth` to 'full'" in err
    assert "It is still set: environment" in vivek("config", "unset", "session.depth")[2]


def test_a_profile_and_a_project_have_files_of_their_own(vivek: Vivek, file: Path, workspace: Path) -> None:
    assert vivek("config", "set", "session.depth", "fast", "--profile", "ci")[0] == 0
    assert vivek("config", "set", "context.strategy", "recent", "--project")[0] == 0

    assert file.read_text() == '[profiles.ci.session]\ndepth = "fast"\n'
    theirs = workspace / ".vivek" / "config.toml"
    assert theirs.read_text() == '[context]\nstrategy = "recent"\n'
    assert (stat.S_IMODE(file.stat().st_mode), stat.S_IMODE(theirs.stat().st_mode)) == (0o600, 0o644)
    theirs.chmod(0o664)
    assert vivek("config", "unset", "context.strategy", "--project")[0] == 0
    assert (theirs.read_text(), stat.S_IMODE(theirs.stat().st_mode)) == ("[context]\n", 0o664)


def test_all_that_is_wrong_is_told_with_file_line_and_column(vivek: Vivek, file: Path, workspace: Path) -> None:
    write(file, '[session]\ndepth = "deep"\n\tmod = 1\n[index]\nwait = "x"\n[profiles.ci.session]\nmode = "codr"\n')
    (workspace / "vivek.md").write_text("---\nmode: coder\ntitle: x\n---\n")

    code, out, err = vivek("config", "validate")

    assert (code, out) == (2, "")
    for said in (
        f"`session.depth` ({file}:2:1) must be one of",
        f"There is no setting `session.mod` ({file}:3:2); it is ignored.\nhint: Did you mean `session.mode`?",
        f"`index.wait` ({file}:5:1) must be a number",
        f"`session.mode` ({file}:7:1): there is no mode `codr`.\nhint: Did you mean `coder`?",
        f"There is no setting `title` ({workspace}/vivek.md:3:1)",
    ):
        assert said in err
    faults = json.loads(vivek("config", "validate", "--format", "json")[1])["faults"]
    assert [fault["key"] for fault in faults] == [None, "session.depth", "index.wait", "session.mode", None]


def test_good_files_are_named_and_one_file_can_be_checked_alone(vivek: Vivek, file: Path, tmp_path: Path) -> None:
    write(file, TEXT)
    other = tmp_path / "other.toml"
    other.write_text("x = 1\n")

    assert vivek("config", "validate") == (0, f"good: {file}\n", "")
    assert vivek("config", "validate", str(other))[0] == 2
    assert vivek("config", "validate", str(tmp_path / "none.toml"))[0] == 2


def test_the_files_are_listed_the_weakest_first(vivek: Vivek, file: Path, workspace: Path) -> None:
    write(file, TEXT)

    listed = json.loads(vivek("config", "path", "--format", "json")[1])["files"]

    assert [(each["name"], each["exists"]) for each in listed] == [
        ("user", True),
        ("project page", False),
        ("project", False),
    ]
    assert vivek("config", "path")[1].splitlines()[0].split() == ["user", str(file)]
