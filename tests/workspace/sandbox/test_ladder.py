"""The ladder: the best rung that really works here, kept until the next boot, and what to do for a better one."""

import json
import sys
from pathlib import Path

import pytest

from tests.workspace.rungs import BARE, ON_EVERY_RUNG, status_on, wide_folder
from vivek.schema.sandbox import SandboxStatus
from vivek.workspace.sandbox.command import MACHINE
from vivek.workspace.sandbox.hints import what_would_help
from vivek.workspace.sandbox.ladder import LADDER, Rung, probe
from vivek.workspace.sandbox.landlock import version as landlock_version
from vivek.workspace.sandbox.seccomp import has_filter

__all__ = ["wide_folder"]

FIND_FOLDER = 'while [ "$1" != --chdir ]; do shift; done; cd "$2"; shift 3\n'
THROUGH = f'#!/bin/sh\n{FIND_FOLDER}exec "$@"\n'
PRETENDS = f'#!/bin/sh\n{FIND_FOLDER}pwd -P; for last; do :; done; echo written > "$last"\n'
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the rungs of Linux")


@ON_EVERY_RUNG
def test_a_rung_is_found_by_running_a_command_in_it(wide_folder: Path, rung: Rung) -> None:
    root = wide_folder / "project"
    root.mkdir()

    status_on(rung, root, wide_folder / "first")
    status = probe(root, wide_folder / "cache", ladder=(rung,))

    assert (status.confinement, status.view, status.apart) == rung
    assert list(root.iterdir()) == []
    assert list((wide_folder / "cache" / "stages").iterdir()) == []


def test_the_answer_is_kept(wide_folder: Path) -> None:
    root, cache = wide_folder / "project", wide_folder / "cache"
    root.mkdir()
    first = probe(root, cache)
    known = json.loads((cache / "sandbox.json").read_text(encoding="utf-8"))
    told = {**next(iter(known.values())), "reason": "from the file"}
    (cache / "sandbox.json").write_text(json.dumps({next(iter(known)): told}), encoding="utf-8")

    assert probe(root, cache).reason == "from the file"
    assert probe(wide_folder, cache).reason == first.reason, "another project is another question"


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": 1}', '{"a": {"unknown": 1}}'])
def test_a_damaged_answer_is_asked_again(wide_folder: Path, text: str) -> None:
    root, cache = wide_folder / "project", wide_folder / "cache"
    root.mkdir()
    cache.mkdir()
    (cache / "sandbox.json").write_text(text, encoding="utf-8")

    found = probe(root, cache)

    assert (found.confinement, found.view) == _kind_of(probe(root, wide_folder / "other"))
    assert len(json.loads((cache / "sandbox.json").read_text(encoding="utf-8"))) == 1


def _kind_of(status: SandboxStatus) -> tuple[str, str]:
    return status.confinement, status.view


@pytest.mark.covers("S21")
def test_a_ladder_without_a_rung_is_no_sandbox_and_says_why(wide_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = wide_folder / "project"
    root.mkdir()
    monkeypatch.setenv("PATH", "/nowhere")

    status = probe(root, wide_folder / "cache", ladder=LADDER[:1])

    assert not status.confines
    assert status.view == "none"
    assert status.reason == "bubblewrap is not installed"
    assert "install bubblewrap" in status.hint


@pytest.mark.covers("S21")
def test_a_rung_below_the_best_says_why_the_best_does_not_work(
    wide_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = wide_folder / "project"
    root.mkdir()
    status_on(LADDER[1], root, wide_folder / "other")
    monkeypatch.setenv("PATH", "/nowhere")

    status = probe(root, wide_folder / "cache")

    assert (status.confinement, status.view) == LADDER[1][:2]
    assert status.reason == "bubblewrap is not installed"


@pytest.mark.parametrize("script", [THROUGH, PRETENDS])
def test_a_program_called_bwrap_that_holds_nothing_back_is_no_sandbox(
    wide_folder: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    root, programs = wide_folder / "project", wide_folder / "bin"
    root.mkdir()
    programs.mkdir()
    (programs / "bwrap").write_text(script, encoding="ascii")
    (programs / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")

    assert not probe(root, wide_folder / "cache", ladder=LADDER[:1]).confines


@pytest.mark.skipif(not (landlock_version() and has_filter(MACHINE)), reason="this kernel has no Landlock")
def test_the_rung_without_namespaces_works_wherever_there_is_landlock(wide_folder: Path) -> None:
    (wide_folder / "project").mkdir()

    assert probe(wide_folder / "project", wide_folder / "cache", ladder=(BARE,)).confines


@pytest.mark.covers("S21")
@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("kernel/apparmor_restrict_unprivileged_userns", "1", "bwrap-userns-restrict"),
        ("user/max_user_namespaces", "0", "sysctl user.max_user_namespaces"),
        ("kernel/unprivileged_userns_clone", "0", "sysctl kernel.unprivileged_userns_clone=1"),
    ],
)
def test_the_hint_names_the_exact_fix(tmp_path: Path, name: str, value: str, words: str) -> None:
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_text(f"{value}\n", encoding="ascii")

    assert words in what_would_help("unshare: Operation not permitted", settings=tmp_path)


def test_a_status_says_whether_it_holds_anything_back() -> None:
    assert SandboxStatus("bubblewrap", "overlay").confines
    assert not SandboxStatus("none", "none").confines
