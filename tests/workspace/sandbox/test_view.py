"""What a command is shown: which parts of the machine, which variables, decided without starting anything."""

import os
import socket
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.workspace.rungs import wide_folder
from vivek.workspace.sandbox.view import clean_environment, hidden_paths, parts_of_view, protected_paths

__all__ = ["wide_folder"]


@pytest.fixture
def home(wide_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = wide_folder / "home"
    for name in (".ssh", ".aws", ".config/gh", ".config/vivek", "state"):
        (folder / name).mkdir(parents=True)
    for name in (".netrc", ".npmrc", ".bash_history", ".bashrc"):
        (folder / name).touch()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("VIVEK_CONFIG_DIR", str(folder / ".config" / "vivek"))
    monkeypatch.setenv("VIVEK_STATE_DIR", str(folder / "state"))
    return folder


@pytest.mark.covers("K03", "K05")
def test_keys_histories_and_viveks_own_settings_are_hidden(home: Path, wide_folder: Path) -> None:
    hidden = {path.relative_to(home).as_posix() for path in hidden_paths(wide_folder) if path.is_relative_to(home)}

    assert hidden == {
        *(".ssh", ".aws", ".config/gh", ".config/vivek", "state", ".netrc", ".npmrc", ".bash_history"),
    }


def test_a_project_within_a_hidden_folder_stays_visible(home: Path) -> None:
    project = home / ".aws" / "project"
    project.mkdir()

    assert home / ".aws" not in hidden_paths(project)
    assert home / ".ssh" in hidden_paths(project)


@pytest.mark.covers("S14")
def test_sockets_that_listen_are_hidden(home: Path, wide_folder: Path) -> None:
    path = wide_folder / "agent.sock"
    with closing(socket.socket(socket.AF_UNIX)) as server:
        server.bind(str(path))
        assert path not in hidden_paths(wide_folder)
        server.listen()
        assert path in hidden_paths(wide_folder / "project")


@pytest.mark.covers("P13")
def test_gits_folder_is_protected_wherever_it_is(home: Path, wide_folder: Path) -> None:
    root = wide_folder / "project"
    subprocess.run(["git", "init", "-q", f"--separate-git-dir={root / 'data'}", str(root)], check=True)

    assert protected_paths(root) == [root / ".git", root / "data"]
    assert protected_paths(wide_folder) == []


def test_the_project_comes_after_what_could_hide_it_and_before_what_protects_it(home: Path, wide_folder: Path) -> None:
    root = wide_folder / "project"
    (root / ".git").mkdir(parents=True)

    for writable, kind in ((True, "rw"), (False, "ro")):
        parts = parts_of_view(root, writable=writable, network=False)
        assert [(part.kind, part.target) for part in parts[-2:]] == [(kind, str(root)), ("ro", str(root / ".git"))]
        assert {part.target for part in parts if part.kind == "tmpfs"} >= {"/tmp", "/run", str(home / ".ssh")}


@pytest.mark.covers("K05")
def test_variables_are_let_through_by_name_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "SSH_AUTH_SOCK", "DBUS_SESSION_BUS_ADDRESS", "PYTHONPATH", "GIT_DIR", "BASH_ENV"):
        monkeypatch.setenv(name, "canary")
    monkeypatch.setenv("PATH", "/usr/bin::relative:/bin:.")
    monkeypatch.setenv("LC_TIME", "C")

    found = clean_environment("/tmp", {"MINE": "1"})

    assert "canary" not in found.values()
    assert found["PATH"] == "/usr/bin:/bin"
    assert (found["TMPDIR"], found["MINE"], found["LC_TIME"]) == ("/tmp", "1", "C")


@pytest.mark.parametrize(("clean", "started"), [(False, True), (True, False)], ids=["as git would", "as a command"])
def test_the_log_starts_no_program_that_a_repository_names(tmp_path: Path, clean: bool, started: bool) -> None:
    program, marker = tmp_path / "program", tmp_path / "marker"
    program.write_text(f"#!/bin/sh\ntouch {marker}\n")
    program.chmod(0o755)
    variables = clean_environment(str(tmp_path)) if clean else {"PATH": os.environ["PATH"]}

    def git(*arguments: str, said: str = "") -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=tmp_path, env=variables, input=said, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    git("init", "-q")
    git("config", "log.showSignature", "true")
    git("config", "gpg.program", str(program))
    tree = git("write-tree")
    lines = [f"tree {tree}", "author A <a@b.c> 1700000000 +0000", "committer A <a@b.c> 1700000000 +0000"]
    signature = ["gpgsig -----BEGIN PGP SIGNATURE-----", " ", " AAAA", " -----END PGP SIGNATURE-----"]
    commit = git("hash-object", "-t", "commit", "-w", "--stdin", said="\n".join([*lines, *signature, "", "signed", ""]))

    assert "signed" in git("log", commit)
    assert marker.exists() is started
