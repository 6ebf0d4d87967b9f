import json
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from vivek.config.folders import cache_folder
from vivek.schema.doctor import Finding
from vivek.schema.sandbox import SandboxStatus
from vivek.session.doctor.sandbox import look_at_sandbox
from vivek.session.place import open_place


def found(workspace: Path) -> dict[str, Finding]:
    return {finding.name: finding for finding in look_at_sandbox(open_place(workspace))}


def answer(workspace: Path, status: SandboxStatus) -> None:
    """Put an answer in the place of the one that the machine gave."""
    found(workspace)
    known = cache_folder() / "sandbox.json"
    told = json.loads(known.read_text(encoding="utf-8"))
    known.write_text(json.dumps({key: asdict(status) for key in told}), encoding="utf-8")


@pytest.mark.skipif(sys.platform != "linux", reason="the rungs of Linux")
def test_what_was_tried_is_told(workspace: Path) -> None:
    told = found(workspace)

    assert set(told) == {"held by", "view"}
    assert told["held by"].text.startswith(("bubblewrap", "Landlock", "nothing"))
    assert not (workspace / ".vivek").exists()


@pytest.mark.covers("S21")
def test_no_sandbox_is_poor_and_the_way_to_one_is_told(workspace: Path) -> None:
    answer(workspace, SandboxStatus("none", "none", reason="bwrap: no permission", hint="Run `sudo sysctl ...`."))

    told = found(workspace)

    assert told["held by"].mark == "poor"
    assert told["held by"].text == "nothing: every command asks first (bwrap: no permission)"
    assert told["held by"].hint == "Run `sudo sysctl ...`."
    assert told["view"].text == "commands see the project itself"


def test_landlock_alone_says_what_it_leaves_open(workspace: Path) -> None:
    answer(workspace, SandboxStatus("landlock", "elsewhere", reason="unshare: not permitted", hint="..."))

    told = found(workspace)

    assert told["held by"].mark == "note"
    assert "`~/.ssh` can be seen" in told["held by"].text


def test_nothing_is_tried_without_a_project() -> None:
    assert [finding.mark for finding in look_at_sandbox(None)] == ["note"]
