"""A process killed at random moments of a change; the full number is in `benchmarks/journal_kills.py`."""

import warnings
from pathlib import Path

import pytest

from benchmarks.journal_kills import kill_runs


@pytest.mark.kill
@pytest.mark.covers("F-A02", "F-A03", "F-H03")
def test_a_process_killed_at_any_moment_leaves_all_files_old_or_all_new(quick_folder: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the test runner's own threads, which do nothing here
        told = kill_runs(100, quick_folder, seed=7)

    assert (told.runs, told.mixed, told.unsound, told.leftovers) == (100, 0, 0, 0)
    assert told.cut >= 5, "some were killed in the middle"
    assert min(told.ends.values()) > 5
