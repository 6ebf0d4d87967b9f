import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Vivek
from vivek import __version__
from vivek.cli.app import act, build_app
from vivek.cli.catalog import COMMANDS
from vivek.cli.keys import SignalledError
from vivek.cli.options import Invocation
from vivek.errors import ConfigError, ModelNotFoundError


def run_python(
    *arguments: str, folder: Path, out: int | None = None, variables: dict[str, str] | None = None
) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [sys.executable, *arguments],
        stdout=subprocess.PIPE if out is None else out,
        stderr=subprocess.PIPE,
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"} | (variables or {}),
        timeout=60,
        check=False,
    )


LIST = ("-m", "vivek", "threads", "list", "--format", "json")


def raising(error: BaseException) -> Callable[[], int]:
    def action() -> int:
        raise error

    return action


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError("No.", hint="Do."), 2),
        (ModelNotFoundError("No such model."), 4),
        (KeyboardInterrupt(), 130),
        (SignalledError(signal.SIGTERM), 143),
        (SignalledError(signal.SIGHUP), 129),
        (BrokenPipeError(), 141),
    ],
)
def test_what_is_raised_becomes_an_exit_code(
    own_process: None, capsys: pytest.CaptureFixture[str], error: BaseException, code: int
) -> None:
    assert act(Invocation(action=raising(error))) == code
    assert "Traceback" not in capsys.readouterr().err


def test_an_error_is_told_with_its_hint_on_standard_error(
    own_process: None, capsys: pytest.CaptureFixture[str]
) -> None:
    act(Invocation(action=raising(ConfigError("No.", hint="Do."))))

    assert capsys.readouterr() == ("", "No.\nhint: Do.\n")


def test_debug_adds_the_traceback(own_process: None, capsys: pytest.CaptureFixture[str]) -> None:
    act(Invocation(action=raising(ConfigError("No.")), debug=True))

    assert "Traceback" in capsys.readouterr().err


def test_what_nobody_expected_is_one_line_and_a_log(
    own_process: None, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        act(Invocation(action=raising(ZeroDivisionError("secret\x1b\nmore"))))
    sys.excepthook(caught.type, caught.value, caught.tb)

    err = capsys.readouterr().err
    assert err.startswith("Unexpected ZeroDivisionError: secret\\x1b\nhint: the details are in ")
    log = Path(err.split("the details are in ")[1].split(";")[0])
    assert '"unexpected ZeroDivisionError"' in log.read_text()


UNEXPECTED = """
import sys
import vivek.cli.commands.undo
from vivek.__main__ import main

vivek.cli.commands.undo._undo = lambda *words, **options: 1 / 0
sys.argv = ["vivek", *sys.argv[1:], "undo"]
main()
"""


@pytest.mark.parametrize("options", [(), ("--debug",)])
def test_an_unexpected_error_ends_the_process_with_1(workspace: Path, options: tuple[str, ...]) -> None:
    done = run_python("-c", UNEXPECTED, *options, folder=workspace)

    assert done.returncode == 1
    assert (b"Traceback" in done.stderr) is bool(options)
    assert b"division by zero" in done.stderr


def test_help_lists_every_command(vivek: Vivek) -> None:
    code, out, _ = vivek("--help")

    assert code == 0
    for name in COMMANDS:
        assert f"\n  {name} " in out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(vivek: Vivek, name: str) -> None:
    code, out, err = vivek(name, "--help")

    assert (code, err) == (0, "")
    assert out.startswith(f"Usage: vivek {name} ")
    assert len(build_app(name).registered_commands) + len(build_app(name).registered_groups) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("chta",), "No such command 'chta'. Did you mean 'chat'?"),
        (("ask", "x", "--mode", "wizard"), "There is no mode `wizard`."),
        (("ask", "x", "--format", "xml"), "'xml' is none of text, json, jsonl, patch."),
        (("threads", "list", "--format", "jsonl"), "'jsonl' is none of text, json."),
        (("--nosuch",), "No such option: --nosuch"),
        (("ask", "a", "b"), "unexpected extra argument"),
    ],
)
def test_a_wrong_command_line_is_a_usage_error(vivek: Vivek, arguments: tuple[str, ...], said: str) -> None:
    code, out, err = vivek(*arguments)

    assert (code, out) == (2, "")
    assert said in err


@pytest.mark.parametrize("arguments", [(), ("--continue",), ("--debug",), ("--debug", "--thread", "x")])
def test_bare_vivek_is_a_chat(vivek: Vivek, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]) -> None:
    monkeypatch.setattr(sys, "stdin", None)

    code, _, err = vivek(*arguments)

    assert code == 2
    assert err.startswith("The prompt is empty.")


@pytest.mark.parametrize("arguments", [("--version",), ("--debug", "--version")])
def test_the_version_is_told_everywhere(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = run_python("-m", "vivek", *arguments, folder=tmp_path)

    assert (done.returncode, done.stdout.decode()) == (0, f"vivek {__version__}\n")


def test_the_log_is_shown_when_asked_for(vivek: Vivek) -> None:
    code, _, err = vivek("-v", "threads", "list")

    assert (code, err) == (0, "This project has no threads yet.\n")


@pytest.mark.covers("F-F03")
def test_a_broken_pipe_ends_quietly(workspace: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        done = run_python(*LIST, folder=workspace, out=write)
    finally:
        os.close(write)

    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
@pytest.mark.parametrize("arguments", [LIST, ("-m", "vivek", "--version")])
def test_a_full_disk_behind_the_output_is_no_traceback(workspace: Path, arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        done = run_python(*arguments, folder=workspace, out=full.fileno())

    assert done.returncode == 1
    assert done.stderr.startswith(b"Standard output cannot be written: No space left")


@pytest.mark.covers("F-F04")
def test_closed_streams_are_no_failure(workspace: Path) -> None:
    command = f"{sys.executable} {' '.join(LIST)} >&- 2>&- <&-"

    assert subprocess.run(["sh", "-c", command], cwd=workspace, timeout=60, check=False).returncode == 0


@pytest.mark.covers("F-F06")
def test_an_encoding_that_knows_little_fails_nothing(workspace: Path) -> None:
    done = run_python(
        "-m", "vivek", "threads", "show", "übergrößen-✓", folder=workspace, variables={"PYTHONIOENCODING": "ascii"}
    )

    assert done.returncode == 2
    assert b"\\xfc" in done.stderr
