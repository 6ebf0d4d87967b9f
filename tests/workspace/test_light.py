"""What opening a workspace costs: no heavy library comes along."""

import sys
from pathlib import Path

from vivek.workspace.process import run_captured


def loaded_by(modules: str) -> set[str]:
    code = f"import sys; import {modules}; print(*sys.modules)"
    # A measured process would carry what measures it.
    unmeasured = {"COVERAGE_PROCESS_START": None, "COVERAGE_PROCESS_CONFIG": None}
    finished = run_captured([sys.executable, "-c", code], cwd=Path.cwd(), timeout=60, env=unmeasured)
    assert finished.returncode == 0, finished.stderr
    return set(finished.stdout.decode().split())


def test_the_workspace_is_light() -> None:
    everything = ", ".join(
        f"vivek.workspace.{name}"
        for name in ("database", "files", "git.asking", "journal.journal", "process", "staging.stage", "store")
    )

    heavy = {"asyncio", "subprocess", "logging", "tempfile", "shutil", "httpx", "pydantic", "langgraph"}

    assert not heavy & loaded_by(everything)


def test_files_and_processes_come_without_a_database() -> None:
    assert "sqlite3" not in loaded_by("vivek.workspace.files, vivek.workspace.git.asking, vivek.workspace.process")
