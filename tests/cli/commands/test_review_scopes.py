"""What `vivek review` is asked to look at: files, folders, lines, patches and commits, named from where one stands."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Vivek

PRICES = "till/prices.py"
EVAL = "\n\ndef load(text: str) -> object:\n    return eval(text)\n"
PATCH = """\
--- a/new.py
+++ b/new.py
@@ -0,0 +1,2 @@
+def load(text):
+    return eval(text)
"""


@pytest.fixture
def vivek(vivek: Vivek) -> Vivek:
    """Review without looking for a model."""
    return lambda *words: vivek(*words, *(["--no-model"] if words[0] == "review" else []))


@pytest.fixture
def changed(workspace: Path) -> Path:
    with (workspace / PRICES).open("a") as file:
        file.write(EVAL)
    return workspace


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=folder, check=True, timeout=60, capture_output=True)


def rules(out: str) -> list[str]:
    return [each["rule"] for each in json.loads(out)["findings"]]


def test_a_patch_comes_by_a_file_or_by_standard_input(
    workspace: Path, vivek: Vivek, monkeypatch: pytest.MonkeyPatch
) -> None:
    (workspace / "a.patch").write_text(PATCH)
    _, by_file, _ = vivek("review", "--patch", "a.patch", "--format", "json")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PATCH.encode())))
    _, by_input, _ = vivek("review", "--patch", "-", "--format", "json")

    assert rules(by_file) == rules(by_input) == ["vivek/code-execution"]


def test_names_are_those_of_the_folder_one_stands_in(
    changed: Path, vivek: Vivek, monkeypatch: pytest.MonkeyPatch
) -> None:
    (changed / "till" / "a.patch").write_text(PATCH)
    git(changed, "add", "-A")
    monkeypatch.chdir(changed / "till")

    assert rules(vivek("review", "prices.py", "--format", "json")[1]) == ["vivek/code-execution"]
    assert rules(vivek("review", "../till", "--format", "json")[1]) == ["vivek/code-execution"]
    assert rules(vivek("review", "--files", "prices.py", "--format", "json")[1]) == ["vivek/code-execution"]
    assert rules(vivek("review", "--lines", "prices.py:9-10", "--format", "json")[1]) == ["vivek/code-execution"]
    assert rules(vivek("review", "--lines", "prices.py:1-3", "--format", "json")[1]) == []
    assert rules(vivek("review", "--patch", "a.patch", "--format", "json")[1]) == ["vivek/code-execution"]


def test_a_staged_change_a_commit_and_a_range_are_reviewed(changed: Path, vivek: Vivek) -> None:
    git(changed, "add", "-A")
    staged = rules(vivek("review", "--staged", "--format", "json")[1])
    git(changed, "commit", "-qm", "load")
    commit = rules(vivek("review", "--commit", "HEAD", "--format", "json")[1])
    span = rules(vivek("review", "--range", "HEAD~1..HEAD", "--format", "json")[1])

    assert staged == commit == span == ["vivek/code-execution"]


def test_a_folder_stands_for_its_files_that_nobody_ignores(changed: Path, vivek: Vivek) -> None:
    (changed / ".gitignore").write_text("*.tmp.py\n")
    (changed / "till" / "x.tmp.py").write_text(EVAL)
    (changed / "till" / "gone.py").write_text("x = 1\n")
    (changed / "till" / "folder").symlink_to(changed / ".git")
    git(changed, "add", "-A")
    (changed / "till" / "gone.py").unlink()

    paths = [
        [each["path"] for each in json.loads(vivek("review", "--files", name, "--format", "json")[1])["files"]]
        for name in ("till", ".")
    ]

    assert PRICES in paths[0]
    assert "README.md" in paths[1]
    assert set(paths[0]) < set(paths[1])
    assert not {"till/x.tmp.py", "till/gone.py", "till/folder"} & {*paths[1]}
