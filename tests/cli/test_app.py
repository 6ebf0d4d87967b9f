import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Vivek
from vivek import __version__
from vivek.cli.app import COMMANDS, act, build_app
from vivek.cli.keys import SignalledError
from vivek.cli.options import Invocation
from vivek.errors import ConfigError, ModelNotFoundError


def in_process(*arguments: str, **options: object) -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-m", "vivek", *arguments]
    return subprocess.run(command, capture_output=True, timeout=60, check=False, **options)  # type: ignore[call-overload]  # options of subprocess


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


def test_an_unexpected_error_ends_the_process_with_1(workspace: Path) -> None:
    code = "import vivek.cli.options as o; o.look_at_terminal = lambda: 1 / 0; import sys; from vivek.__main__ import main;"
    code += "sys.argv = ['vivek', *sys.argv[1:]]; main()"

    plain = subprocess.run(
        [sys.executable, "-c", code, "ask", "x"], capture_output=True, text=True, cwd=workspace, timeout=60
    )
    debug = subprocess.run(
        [sys.executable, "-c", code, "--debug", "ask", "x"], capture_output=True, text=True, cwd=workspace, timeout=60
    )

    assert (plain.returncode, debug.returncode) == (1, 1)
    assert "Traceback" not in plain.stderr
    assert plain.stderr.startswith("Unexpected ")
    assert "Traceback" in debug.stderr


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
        (("ask", "x", "--mode", "wizard"), "'wizard' is none of peer, architect, coder, sdet."),
        (("ask", "x", "--format", "xml"), "'xml' is none of text, json, jsonl."),
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
def test_the_version_is_told_everywhere(arguments: tuple[str, ...]) -> None:
    done = in_process(*arguments)

    assert (done.returncode, done.stdout.decode()) == (0, f"vivek {__version__}\n")


def test_the_log_is_shown_when_asked_for(vivek: Vivek) -> None:
    code, _, err = vivek("-v", "threads", "list")

    assert (code, err) == (0, "This project has no threads yet.\n")


def test_a_broken_pipe_ends_quietly(workspace: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "vivek", "threads", "list", "--format", "json"],
            stdout=write,
            stderr=subprocess.PIPE,
            cwd=workspace,
            timeout=60,
            check=False,
        )
    finally:
        os.close(write)

    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
def test_a_full_disk_behind_the_output_is_one_line(workspace: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "vivek", "threads", "list", "--format", "json"],
            stdout=full,
            stderr=subprocess.PIPE,
            cwd=workspace,
            timeout=60,
            check=False,
        )

    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert b"No space left" in done.stderr


def test_closed_streams_are_no_failure(workspace: Path) -> None:
    command = f"{sys.executable} -m vivek threads list --format json >&- 2>&- <&-"

    assert subprocess.run(["sh", "-c", command], cwd=workspace, timeout=60, check=False).returncode == 0


def test_an_encoding_that_knows_little_fails_nothing(workspace: Path) -> None:
    variables = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = in_process("threads", "show", "übergrößen-✓", cwd=workspace, env=variables)

    assert done.returncode == 2
    assert b"\\xfc" in done.stderr
