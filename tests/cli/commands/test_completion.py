"""`vivek completion`: what is offered, and that real shells offer it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest

from tests.cli.conftest import Vivek
from vivek.session.threads.index import ThreadIndex

Words = Callable[..., list[str]]


@pytest.fixture
def words(vivek: Vivek, workspace: Path) -> Words:
    def ask(line: str) -> list[str]:
        code, out, err = vivek("completion", "words", "bash", line)
        assert (code, err) == (0, "")
        return out.splitlines()

    return ask


def write_settings() -> None:
    folder = Path(os.environ["XDG_CONFIG_HOME"]) / "vivek"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text('[model]\nname = "ollama/set:7b"\n[profiles.ci.session]\ndepth = "fast"\n')
    (folder / "modes").mkdir()
    (folder / "modes" / "teacher.md").write_text("---\nabout: explains\n---\nExplain it.\n")


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("vivek thr", ["threads"]),
        ("vivek config s", ["show", "set"]),
        ("vivek config set session.dep", ["session.depth"]),
        ("vivek config set session.depth ", ["fast", "auto", "full"]),
        ("vivek config set index.enabled t", ["true"]),
        ("vivek ask --sandbox r", ["read-only"]),
        ("vivek ask --sandbox=r", ["read-only"]),
        ("vivek --prof", ["--profile"]),
        ("vivek ask --mode arch", ["architect"]),
        ("vivek ask --mode fast arch", []),
        ("vivek threads list --format ", ["text", "json"]),
        ("vivek nonsense ", []),
        ("vivek config nonsense ", []),
        ("vivek apply ", []),
        ("vivek completion ", ["bash", "zsh", "fish"]),
    ],
)
def test_a_line_is_gone_on_with(line: str, found: list[str], words: Words) -> None:
    assert words(line) == found


def test_an_option_that_stands_there_is_not_offered_again(words: Words) -> None:
    assert "--yes" in words("vivek init --")
    assert "--yes" not in words("vivek init --yes --")


def test_a_command_that_has_others_beside_what_it_does_offers_both(words: Words) -> None:
    assert "impact" in words("vivek analyze ")
    assert "--focus" in words("vivek analyze --")
    assert words("vivek analyze till --fo") == ["--focus", "--format"]
    assert words("vivek analyze --focus te") == ["tests"]
    assert words("vivek analyze impact --f") == ["--format"]


def test_threads_models_modes_and_profiles_of_this_place_are_known(words: Words, workspace: Path) -> None:
    write_settings()
    with ThreadIndex.open() as index:
        index.begin("calm-otter-7", workspace, kind="chat", title="Round up", model="ollama/used:3b", base_url=None)

    assert words("vivek threads show ca") == ["calm-otter-7"]
    assert words("vivek ask --thread ") == ["calm-otter-7"]
    assert words("vivek ask --model ollama/") == ["ollama/set:7b", "ollama/used:3b"]
    assert words("vivek ask --model ollama/set:") == ["7b"]
    assert words("vivek ask --profile ") == ["ci"]
    assert "teacher" in words("vivek ask --mode ")


def test_a_broken_file_of_settings_is_no_reason_to_write_into_the_line(words: Words) -> None:
    write_settings()
    (Path(os.environ["XDG_CONFIG_HOME"]) / "vivek" / "config.toml").write_text("= nonsense")

    assert words("vivek ask --profile ") == []
    assert words("vivek thr") == ["threads"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_script_is_printed_for_an_eval(shell: str, vivek: Vivek) -> None:
    code, out, err = vivek("completion", shell)

    assert (code, err) == (0, "")
    assert "vivek completion words " + shell in out


@pytest.fixture
def on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the program itself where a shell finds it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "vivek"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m vivek "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def shell_program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


@pytest.mark.pty
def test_a_real_bash_completes(on_path: None, workspace: Path) -> None:
    child = pexpect.spawn(shell_program("bash"), ["--norc", "--noprofile"], cwd=str(workspace), encoding="utf-8")
    try:
        child.sendline(
            "PS1='> '; bind 'set enable-bracketed-paste off'; eval \"$(vivek completion bash)\"; echo re''ady"
        )
        child.expect("ready", timeout=60)
        child.send("vivek config set session.depth fu\t")
        child.expect("session.depth full", timeout=60)
    finally:
        child.close(force=True)


@pytest.mark.pty
def test_a_real_zsh_completes(on_path: None, workspace: Path) -> None:
    child = pexpect.spawn(shell_program("zsh"), ["-f", "-i"], cwd=str(workspace), encoding="utf-8")
    try:
        setup = "PS1='> '; unsetopt zle_bracketed_paste; autoload -Uz compinit; compinit -D -u"
        child.sendline(f"{setup}; eval \"$(vivek completion zsh)\"; echo re''ady")
        child.expect("ready", timeout=60)
        child.send("vivek config set session.depth fu\t")
        child.expect("full", timeout=60)
    finally:
        child.close(force=True)


@pytest.mark.pty
def test_a_real_fish_completes(on_path: None, workspace: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            shell_program("fish"),
            "--no-config",
            "-c",
            'vivek completion fish | source; complete -C "vivek config set session.depth fu"; complete -C "vivek app"',
        ],
        cwd=workspace,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )

    assert done.stdout.splitlines()[0] == "full"
    assert done.stdout.splitlines()[1].startswith("apply\t")
