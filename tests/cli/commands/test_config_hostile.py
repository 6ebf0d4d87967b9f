"""Files of settings as nobody wants them, and places where none can be: one readable line, exit code 2, no harm."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Vivek

Make = Callable[[Path], object]

COMMANDS = (("config", "show"), ("config", "validate"), ("ask", "hello"))
SET = ("config", "set", "session.depth", "fast")
NO_TOML = ("tabs, CRLF and a mistake", "a byte order mark and a mistake", "no UTF-8", "no text", "a key twice", "10 MB")

CONTENTS = {
    "tabs, CRLF and a mistake": (b'\t[session]\r\n\tdepth = "fast"\r\n\tmode = \r\n', "line 3, column 9"),
    "a byte order mark and a mistake": (b"\xef\xbb\xbf[session]\nmode\n", "line 2, column 5"),
    "no UTF-8": (b'[session]\nmode = "caf\xe9"\n', "line 2, column 12: the file is not valid UTF-8"),
    "no text": (b"\x00\x01\x02" * 50, "line 1, column 1"),
    "a key twice": (b'[session]\nmode = "peer"\nmode = "coder"\n', "line 3"),
    "10 MB": (b"# " + b"x" * 10_000_000, "is larger than a file of settings can be"),
    "without end": (b"a = " + b"[" * 5_000, "nested too deeply"),
    "a wrong type": (b"[session]\ndepth = [1]\n", ":2:1) must be one of"),
    "a value for a table": (b"session = 1\n", ":1:1) must be a table"),
    "a table for a value": (b"[session.depth]\nx = 1\n", "must not be a table"),
}


def folder_of_settings() -> Path:
    folder = Path(os.environ["XDG_CONFIG_HOME"]) / "vivek"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.mark.covers("F-H05")
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("what", CONTENTS)
def test_a_bad_file_is_told_with_its_place_and_stays_as_it_is(what: str, words: tuple[str, ...], vivek: Vivek) -> None:
    data, said = CONTENTS[what]
    file = folder_of_settings() / "config.toml"
    file.write_bytes(data)

    code, out, err = vivek(*words)

    assert (code, out) == (2, "")
    assert str(file) in err
    assert said in err
    assert "Traceback" not in err
    assert len(err) < 2_000
    assert file.read_bytes() == data


@pytest.mark.parametrize("what", NO_TOML)
def test_a_file_that_is_no_toml_is_not_written_over(what: str, vivek: Vivek) -> None:
    data, said = CONTENTS[what]
    file = folder_of_settings() / "config.toml"
    file.write_bytes(data)

    code, _, err = vivek(*SET)

    assert (code, file.read_bytes()) == (2, data)
    assert said in err


def test_a_wrong_value_is_mended_by_setting_a_good_one(vivek: Vivek) -> None:
    file = folder_of_settings() / "config.toml"
    file.write_bytes(CONTENTS["a wrong type"][0])

    assert vivek(*SET)[0] == 0
    assert file.read_text() == '[session]\ndepth = "fast"\n'


@pytest.mark.parametrize("words", [*COMMANDS, SET], ids=" ".join)
@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["a folder", "a pipe"])
def test_what_is_no_file_is_told_at_once(make: Make, words: tuple[str, ...], vivek: Vivek) -> None:
    file = folder_of_settings() / "config.toml"
    make(file)

    code, out, err = vivek(*words)

    assert (code, out) == (2, "")
    assert f"{file} cannot be read: it is no file." in err


@pytest.mark.parametrize(
    "page",
    [
        b"---\r\nmode: coder\r\n\tx: 1\r\n---\r\n",
        b"\xef\xbb\xbf---\nmode: {a}\n---\n",
        b"---\nmode: caf\xe9\n---\n",
        b"\0" * 99,
    ],
    ids=["tabs and CRLF", "a byte order mark", "no UTF-8", "no text"],
)
def test_a_bad_page_stops_nothing_and_is_told(page: bytes, vivek: Vivek, workspace: Path) -> None:
    (workspace / "vivek.md").write_bytes(page)

    code, out, err = vivek("config", "get", "session.mode")
    assert (code, out) == (0, "peer\n")
    code, _, err = vivek("config", "validate")
    assert (code == 2) is (page != b"\0" * 99)
    if code:
        assert f"{workspace}/vivek.md, line" in err


def test_a_page_with_a_byte_order_mark_and_windows_lines_counts(vivek: Vivek, workspace: Path) -> None:
    (workspace / "vivek.md").write_bytes(b"\xef\xbb\xbf---\r\nmode: coder\r\n---\r\n# Till\r\n")

    assert vivek("config", "get", "session.mode") == (0, "coder\n", "")


def vivek_process(*words: str, folder: Path, **variables: str | None) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in (os.environ | variables).items() if value is not None}
    return subprocess.run(
        [sys.executable, "-m", "vivek", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_folder_of_settings_that_depends_on_the_place_is_refused_or_passed_by(workspace: Path) -> None:
    done = vivek_process("config", "path", folder=workspace, VIVEK_CONFIG_DIR="relative/place")

    assert done.returncode == 2
    assert "`relative/place` is no absolute path." in done.stderr

    done = vivek_process("config", "path", folder=workspace, XDG_CONFIG_HOME="relative/place")
    assert "Traceback" not in done.stderr
    assert not (workspace / "relative").exists()


def test_without_a_home_the_settings_are_where_a_variable_says(workspace: Path, tmp_path: Path) -> None:
    folder = tmp_path / "settings"
    folder.mkdir()
    (folder / "config.toml").write_text('[session]\ndepth = "full"\n')
    done = vivek_process(
        *("config", "get", "session.depth"),
        folder=workspace,
        HOME=None,
        XDG_CONFIG_HOME=None,
        VIVEK_CONFIG_DIR=str(folder),
    )

    assert "Traceback" not in done.stderr
    assert (done.returncode, done.stdout) == (0, "full\n")


def test_a_home_that_cannot_be_written_is_told_by_a_change_alone(workspace: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder belongs")
    folder = str(blocked / "settings")

    shown = vivek_process("config", "get", "session.depth", folder=workspace, VIVEK_CONFIG_DIR=folder)
    changed = vivek_process("config", "set", "session.depth", "fast", folder=workspace, VIVEK_CONFIG_DIR=folder)

    assert (shown.returncode, shown.stdout) == (0, "auto\n")
    assert changed.returncode == 2
    assert f"{folder}/config.toml cannot be written" in changed.stderr
    assert "Traceback" not in shown.stderr + changed.stderr
