"""`vivek analyze diff` from the command line: what changed between two commits, read without touching anything."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Vivek

LOOP = "from till.report import total\n"


def git(root: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def _drifted(_repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two commits: the second renames a file, closes a cycle, and adds a module and an involved function."""
    root = tmp_path_factory.mktemp("drift") / "project"
    shutil.copytree(_repository, root, symlinks=True)
    (root / "till" / "util.py").write_text("def first():\n    return 1\n")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "one")
    git(root, "tag", "v1")
    git(root, "mv", "till/prices.py", "till/money.py")
    git(root, "rm", "--quiet", "till/util.py")
    report = root / "till" / "report.py"
    report.write_text(report.read_text().replace("till.prices", "till.money"))
    money = root / "till" / "money.py"
    money.write_text(LOOP + money.read_text().replace("    return", "    if percent:\n        return 0\n    return", 1))
    (root / "till" / "new.py").write_text("import till.money\n")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "two")
    return root


@pytest.fixture
def drifted(_drifted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, vivek: Vivek) -> Path:
    root = shutil.copytree(_drifted, tmp_path / "drifted", symlinks=True)
    monkeypatch.chdir(root)
    return root


def test_what_changed_between_two_commits_is_told_the_worst_first(drifted: Path, vivek: Vivek) -> None:
    code, out, err = vivek("analyze", "diff", "v1")

    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("v1 (")
    assert "  cycles: 0 -> 1 (+1)" in lines
    assert "  modules: 4" in lines
    heads = {at: found[1] for at, line in enumerate(lines) if (found := re.fullmatch(r"([A-Z][^:]*): \d+", line))}
    parts = {head: lines[at + 1].strip() for at, head in heads.items()}
    assert parts == {
        "New cycles": "till/money.py, till/report.py",
        "Functions that became more involved": "till/money.py::discount: 0 -> 1",
        "New modules": "till/new.py",
        "Modules that are gone": "till/util.py",
        "Renamed modules": "till/prices.py -> till/money.py",
        "New imports": "till/money.py -> till/report.py (till/money.py:1)",
        **{key: value for key, value in parts.items() if key.startswith("Hotspots")},
    }


def test_the_same_two_commits_as_an_object_and_as_a_page(drifted: Path, vivek: Vivek) -> None:
    _, out, _ = vivek("analyze", "diff", "v1..HEAD", "--format", "json")
    _, page, _ = vivek("analyze", "diff", "v1", "HEAD", "--format", "markdown")

    found = json.loads(out)
    assert found["renamed"] == [{"path": "till/money.py", "before": "till/prices.py", "after": "till/money.py"}]
    assert found["cycles_added"][0]["modules"] == ["till/money.py", "till/report.py"]
    assert found["old"] == {"name": "v1", "commit": git(drifted, "rev-parse", "v1").strip()}
    assert "| cycles | 0 | 1 |" in page
    assert "- till/money.py, till/report.py" in page.replace("\\", "")


def test_the_way_back_is_the_same_told_the_other_way_round(drifted: Path, vivek: Vivek) -> None:
    _, out, _ = vivek("analyze", "diff", "HEAD", "v1")

    assert "Cycles that are gone: 1\n  till/money.py, till/report.py\n" in out
    assert "Functions that became simpler: 1\n  till/prices.py::discount: 1 -> 0\n" in out


def test_the_files_the_index_and_the_work_of_the_user_stay_as_they_are(drifted: Path, vivek: Vivek) -> None:
    (drifted / "till" / "money.py").write_text("not python at all (")
    (drifted / "loose.py").write_text("import till.money\n")
    before = git(drifted, "status", "--porcelain"), (drifted / ".git" / "index").read_bytes()

    code, out, _ = vivek("analyze", "diff", "v1", "HEAD")

    assert code == 0
    assert "loose.py" not in out
    assert (git(drifted, "status", "--porcelain"), (drifted / ".git" / "index").read_bytes()) == before


def test_a_commit_against_itself_says_so(drifted: Path, vivek: Vivek) -> None:
    code, out, _ = vivek("analyze", "diff", "HEAD", "HEAD")

    assert code == 0
    assert "Nothing in the architecture changed.\nHEAD and HEAD are the same commit." in out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nowhere",), "git knows no commit `nowhere`."),
        (("v1", "--output"), ""),
        (("v1...HEAD",), "names no two commits"),
        (("v1..HEAD", "HEAD"), "names no two commits"),
        (("--", "--output=x"), "git knows no commit"),
    ],
)
def test_what_git_does_not_know_is_a_usage_error(
    drifted: Path, vivek: Vivek, words: tuple[str, ...], told: str
) -> None:
    code, out, err = vivek("analyze", "diff", *words)

    assert (code, out) == (2, "")
    assert told in err


def test_a_shallow_clone_names_what_is_missing(
    drifted: Path, vivek: Vivek, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "clone", "--quiet", "--depth=1", drifted.as_uri(), "shallow")
    monkeypatch.chdir(tmp_path / "shallow")

    code, _, err = vivek("analyze", "diff", "HEAD~1", "HEAD")
    same, out, _ = vivek("analyze", "diff", "HEAD", "HEAD")

    assert (code, same) == (2, 0)
    assert "git knows no commit `HEAD~1`." in err
    assert "git fetch --unshallow" in err
    assert "This is a shallow clone: commits beyond its depth are not here." in out


def test_without_a_repository_there_is_nothing_to_compare(
    vivek: Vivek, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "vivek.md").write_text("# bare\n")
    monkeypatch.chdir(tmp_path / "bare")

    code, out, err = vivek("analyze", "diff", "HEAD")

    assert (code, out) == (2, "")
    assert "There is no git repository here, so there are no versions to compare." in err
