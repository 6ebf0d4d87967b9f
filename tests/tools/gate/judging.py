"""Judges commands as in an ordinary project: trusted, held back by a sandbox, nothing remembered."""

from collections.abc import Collection, Sequence

from vivek.schema.approval import ApprovalPolicy
from vivek.schema.commands import Judgement
from vivek.schema.sandbox import Access
from vivek.tools.approval import judge
from vivek.tools.gate.parts import Setting

ROOT = "/work/app"
# Programs that come from elsewhere than the system.
ELSEWHERE = {
    "pytest": f"{ROOT}/.venv/bin/pytest",
    "python": f"{ROOT}/.venv/bin/python",
    "ruff": "/home/tess/.local/bin/ruff",
    "tree": "/home/tess/bin/tree",
}


def find(name: str) -> str | None:
    """Return where a program of the tests is."""
    return ELSEWHERE.get(name, f"/usr/bin/{name}")


def said(
    command: str | Sequence[str],
    *,
    sandboxed: bool = True,
    trusted: bool = True,
    approval: ApprovalPolicy = "ask",
    remembered: Collection[str] = (),
    access: Access = "workspace-write",
) -> Judgement:
    """Return what is said of a command."""
    setting = Setting(ROOT, find, access)
    return judge(
        command, sandboxed=sandboxed, trusted=trusted, approval=approval, remembered=remembered, setting=setting
    )
