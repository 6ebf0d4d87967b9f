"""Background jobs beside the user's work: which sandboxes can hold them."""

from pathlib import Path

import pytest

from vivek.errors import WorkspaceError
from vivek.schema.commands import Judgement
from vivek.schema.sandbox import SandboxStatus
from vivek.session.doors.jobs import BackgroundJobs
from vivek.session.doors.run import CommandDoor, Explained
from vivek.session.options import Choices
from vivek.session.place import Place

ALLOWED = Judgement("allow", "approval:all", "You said so.")


@pytest.mark.parametrize(
    ("status", "held"),
    [
        (SandboxStatus("landlock", "none"), False),
        (SandboxStatus("seatbelt", "none"), False),
        (SandboxStatus("landlock", "copy"), True),
        (SandboxStatus("bubblewrap", "none", apart=True), True),
        (SandboxStatus("none", "none"), True),
    ],
)
async def test_a_sandbox_that_would_undo_the_users_changes_holds_no_job(
    workspace: Path, status: SandboxStatus, held: bool
) -> None:
    door = CommandDoor(Place(workspace, workspace / ".vivek", restricted=False), Choices(sandbox="off"))
    jobs = BackgroundJobs()
    said = Explained("true", ALLOWED, status)
    try:
        if held:
            assert jobs.start(door, said).id == 1
        else:
            with pytest.raises(WorkspaceError, match="while you work on") as refused:
                jobs.start(door, said)
            assert "without `&`" in (refused.value.hint or "")
            assert jobs.list() == ()
    finally:
        await jobs.close()
