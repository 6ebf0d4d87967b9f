"""What a change must find when it is applied, and what is told before anything begins."""

import subprocess
from pathlib import Path

import pytest

from tests.session.conftest import Open, decide, say
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.schema.events import ApprovalRequested

PRICES = "till/prices.py"
EDIT = f"{PRICES}\n```python\ndef discount(price: int, percent: int) -> int:\n    return price\n```\n"
MOVED = "*** Begin Patch\n*** Update File: till/run.py\n*** Move to: till/start.py\n@@\n-A = 1\n+A = 2\n*** End Patch\n"


@pytest.mark.covers("F-B20")
async def test_nothing_is_applied_while_a_merge_is_under_way(workspace: Path, open_at: Open) -> None:
    before = (workspace / PRICES).read_bytes()
    provider = ScriptedProvider([EDIT])
    async with open_at(lambda: provider) as session:
        await say(session, f"change {PRICES}")
        head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=workspace, capture_output=True, text=True, check=True)
        (workspace / ".git/MERGE_HEAD").write_text(head.stdout)
        heard = await decide(session)

    assert heard.report.status == "failed"
    assert heard.report.error is not None
    assert "merge is under way" in heard.report.error.message
    assert (workspace / PRICES).read_bytes() == before


async def test_a_file_that_is_moved_keeps_its_rights(workspace: Path, open_at: Open) -> None:
    (workspace / "till/run.py").write_text("A = 1\n")
    (workspace / "till/run.py").chmod(0o755)
    provider = ScriptedProvider([MOVED])
    async with open_at(lambda: provider) as session:
        await say(session, "change till/run.py: call it start")
        heard = await decide(session)

    assert heard.report.status == "done"
    assert not (workspace / "till/run.py").exists()
    assert (workspace / "till/start.py").read_text() == "A = 2\n"
    assert (workspace / "till/start.py").stat().st_mode & 0o777 == 0o755


@pytest.mark.covers("P07")
async def test_a_hard_link_is_named_before_it_is_broken(workspace: Path, tmp_path: Path, open_at: Open) -> None:
    (tmp_path / "elsewhere.py").hardlink_to(workspace / PRICES)
    provider = ScriptedProvider([EDIT])
    async with open_at(lambda: provider) as session:
        heard = await say(session, f"change {PRICES}")

    [asked] = heard.of(ApprovalRequested)
    assert isinstance(asked, ApprovalRequested)
    assert [(concern.check, concern.level) for concern in asked.concerns] == [("P07", "ask")]


@pytest.mark.covers("T19", "X09")
async def test_notes_that_lead_out_or_hide_something_are_told_at_the_start(workspace: Path, open_at: Open) -> None:
    (workspace / "vivek.md").symlink_to("/etc/hostname")
    (workspace / "AGENTS.md").write_text("Use tabs.\u202e\n")
    async with open_at(lambda: ScriptedProvider(["Yes."])) as session:
        told = " ".join(notice.text for notice in session.notices)

    assert "vivek.md is not read" in told
    assert "AGENTS.md" in told


async def test_answers_of_the_user_that_cannot_be_read_are_told(
    workspace: Path, open_at: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VIVEK_CONFIG_DIR", str(tmp_path / "settings"))
    (tmp_path / "settings").mkdir(mode=0o700)
    (tmp_path / "settings/trust.toml").write_text("[[folders")
    async with open_at(lambda: ScriptedProvider(["Yes."])) as session:
        assert any("trust.toml" in notice.text for notice in session.notices)


@pytest.mark.covers("S21")
async def test_the_status_line_says_that_nothing_holds_commands_back(workspace: Path, open_at: Open) -> None:
    async with open_at(lambda: ScriptedProvider(["Yes."])) as session:
        assert "sandbox" not in session.banner
    async with open_at(lambda: ScriptedProvider(["Yes."]), sandbox="off") as session:
        assert "sandbox off: every command asks" in session.banner
