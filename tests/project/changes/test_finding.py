"""From what the user wants reviewed to the files that differ, in repositories of every state."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from vivek.errors import ConfigError, WorkspaceError
from vivek.project.changes.finding import load_changes
from vivek.schema.changes import ChangedFile, Changes, ScopeWish


def git(folder: Path, *arguments: str, check: bool = True) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, check=check, capture_output=True, text=True, timeout=60)
    return done.stdout.strip()


def commit(folder: Path, message: str = "more") -> str:
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", message)
    return git(folder, "rev-parse", "HEAD")


def by_path(changes: Changes) -> dict[str, ChangedFile]:
    return {file.path: file for file in changes.files}


def test_the_working_tree_is_compared_with_the_last_commit_new_files_included(workspace: Path) -> None:
    prices = workspace / "till/prices.py"
    prices.write_text(prices.read_text().replace("100", "1000"))
    (workspace / "staged.py").write_text("x = 1\n")
    git(workspace, "add", "staged.py")
    (workspace / "new.py").write_text("y = 2\n")
    (workspace / "till/report.py").unlink()

    changes = load_changes(workspace, ScopeWish())

    assert (changes.scope.kind, changes.scope.told) == ("worktree", "the working tree against HEAD")
    assert {path: (file.kind, file.added, file.removed) for path, file in by_path(changes).items()} == {
        "new.py": ("added", 1, 0),
        "staged.py": ("added", 1, 0),
        "till/prices.py": ("modified", 1, 1),
        "till/report.py": ("deleted", 0, 8),
    }
    changed = by_path(changes)["till/prices.py"]
    assert changed.old_text is not None
    assert changed.new_text == prices.read_text()
    assert "100" in changed.old_text


def test_a_clean_tree_shows_the_branch_against_where_it_left_the_default_one(workspace: Path) -> None:
    git(workspace, "branch", "-M", "main")
    git(workspace, "checkout", "-qb", "feature")
    (workspace / "mine.py").write_text("x = 1\n")
    commit(workspace, "feature: mine")
    git(workspace, "checkout", "-q", "main")
    (workspace / "theirs.py").write_text("something = 2\nelse_ = 3\n")
    commit(workspace)
    git(workspace, "checkout", "-q", "feature")

    changes = load_changes(workspace, ScopeWish())

    assert [file.path for file in changes.files] == ["mine.py"]
    assert changes.scope.kind == "branch"
    assert changes.scope.told.startswith("feature against main (merge base ")
    assert changes.scope.message == "feature: mine"
    assert by_path(load_changes(workspace, ScopeWish("base", "main"))).keys() == {"mine.py"}


def test_nothing_changed_is_no_error(workspace: Path) -> None:
    assert load_changes(workspace, ScopeWish()).files == ()


def test_staged_ranges_and_commits_are_each_what_git_says(workspace: Path) -> None:
    first = git(workspace, "rev-parse", "HEAD")
    (workspace / "a.py").write_text("a = 1\n")
    second = commit(workspace, "add a")
    (workspace / "b.py").write_text("b = 1\n")
    commit(workspace, "add b")
    (workspace / "c.py").write_text("c = 1\n")
    git(workspace, "add", "c.py")
    (workspace / "c.py").write_text("c = 2\n")

    staged = load_changes(workspace, ScopeWish("staged"))
    assert by_path(staged)["c.py"].new_text == "c = 1\n"
    ranged = load_changes(workspace, ScopeWish("range", f"{first}..HEAD"))
    assert [file.path for file in ranged.files] == ["a.py", "b.py"]
    assert "add a" in ranged.scope.message
    single = load_changes(workspace, ScopeWish("commit", second[:10]))
    assert ([file.path for file in single.files], single.scope.message) == (["a.py"], "add a")
    assert any("not committed" in told for told in single.told)
    root = load_changes(workspace, ScopeWish("commit", first))
    assert {file.kind for file in root.files} == {"added"}


def test_paths_narrow_a_change(workspace: Path) -> None:
    (workspace / "README.md").write_text("other\n")
    (workspace / "till/new.py").write_text("x = 1\n")

    changes = load_changes(workspace, ScopeWish(paths=("till",)))

    assert [file.path for file in changes.files] == ["till/new.py"]


def test_a_project_in_a_folder_of_a_repository_names_files_from_its_own_root(workspace: Path) -> None:
    (workspace / "README.md").write_text("other\n")
    (workspace / "till/prices.py").write_text("x = 1\n")
    (workspace / "till/new.py").write_text("x = 1\n")

    assert [file.path for file in load_changes(workspace / "till", ScopeWish()).files] == ["new.py", "prices.py"]


def test_what_is_not_read_is_reported_as_what_it_is(workspace: Path) -> None:
    inner = workspace / "inner"
    inner.mkdir()
    git(inner, "init", "-q", "-b", "main")
    (inner / "x").write_text("x")
    commit(inner)
    git(workspace, "add", "inner")
    (workspace / "link").symlink_to("README.md")
    for name, data in {
        "picture.png": b"\x89PNG\0",
        "uv.lock": b"version = 1\n",
        "vendor/lib.py": b"x = 1\n",
        "api_pb2.py": b"x = 1\n",
        "made.py": b"# @generated\nx = 1\n",
        "wide.js": b"var a=1;" * 2_000,
        "large.txt": b"line\n" * 300_000,
    }.items():
        (workspace / name).parent.mkdir(exist_ok=True)
        (workspace / name).write_bytes(data)
    git(workspace, "add", "-A")

    changes = load_changes(workspace, ScopeWish("staged"))

    assert {path: file.aside for path, file in by_path(changes).items()} == {
        "api_pb2.py": "generated",
        "inner": "submodule",
        "large.txt": "too large",
        "link": "link",
        "made.py": "generated",
        "picture.png": "binary",
        "uv.lock": "lock file",
        "vendor/lib.py": "vendored",
        "wide.js": "minified",
    }


def test_renames_rights_and_line_ends_are_told_apart_from_changes(workspace: Path) -> None:
    git(workspace, "mv", "till/prices.py", "till/cost.py")
    (workspace / "till/report.py").chmod(0o755)
    readme = workspace / "README.md"
    readme.write_bytes(readme.read_bytes().replace(b"\n", b"\r\n"))

    files = by_path(load_changes(workspace, ScopeWish()))

    assert (files["till/cost.py"].kind, files["till/cost.py"].old_path) == ("renamed", "till/prices.py")
    assert (files["till/report.py"].kind, files["till/report.py"].modes) == ("mode", ("100644", "100755"))
    assert files["README.md"].note == "only its line ends or its encoding changed"
    assert all(not file.hunks for file in files.values())


def test_another_encoding_is_read_as_far_as_it_goes_and_told(workspace: Path) -> None:
    (workspace / "notes.txt").write_bytes("Prei\u00df\n".encode("latin-1"))

    (file,) = load_changes(workspace, ScopeWish()).files

    assert file.new_text == "Prei\ufffd\n"
    assert "not valid utf-8" in file.note


def test_a_repository_without_commits_has_only_new_files(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "a.py").write_text("x = 1\n")

    changes = load_changes(tmp_path, ScopeWish())

    assert [(file.path, file.kind) for file in changes.files] == [("a.py", "added")]
    assert any("no commit yet" in told for told in changes.told)
    with pytest.raises(ConfigError, match="knows no commit"):
        load_changes(tmp_path, ScopeWish("base", "main"))


def test_a_shallow_clone_says_what_it_lacks(workspace: Path, tmp_path: Path) -> None:
    (workspace / "a.py").write_text("x = 1\n")
    commit(workspace)
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth=1", workspace.as_uri(), str(clone))

    assert any("shallow clone" in told for told in load_changes(clone, ScopeWish()).told)
    with pytest.raises(ConfigError, match="not in this shallow clone") as raised:
        load_changes(clone, ScopeWish("commit", "HEAD"))
    assert "--unshallow" in raised.value.hint


def test_files_in_an_unfinished_merge_are_named_so(workspace: Path) -> None:
    git(workspace, "checkout", "-qb", "other")
    (workspace / "README.md").write_text("theirs\n")
    commit(workspace)
    git(workspace, "checkout", "-q", "-")
    (workspace / "README.md").write_text("ours\n")
    commit(workspace)
    git(workspace, "merge", "-q", "other", check=False)

    changes = load_changes(workspace, ScopeWish())

    assert [(file.path, file.kind) for file in changes.files] == [("README.md", "conflicted")]
    assert any("merge is under way" in told for told in changes.told)


def test_more_files_than_are_looked_at_are_named(workspace: Path) -> None:
    for number in range(30):
        (workspace / f"new{number:02}.py").write_text("x = 1\n" * 100)

    few = load_changes(workspace, ScopeWish(), most_files=10)
    small = load_changes(workspace, ScopeWish(), most_bytes=3_000)

    assert (len(few.files), len(few.left_out)) == (10, 20)
    assert few.left_out[0] == ("new10.py", "more than 10 files are changed")
    assert 0 < len(small.files) < 30 == len(small.files) + len(small.left_out)


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (ScopeWish("base", "nowhere"), "knows no commit `nowhere`"),
        (ScopeWish("base", "--output=x"), "knows no commit"),
        (ScopeWish("range", "HEAD"), "is no range"),
        (ScopeWish("commit", ""), "knows no commit"),
        (ScopeWish("pr", "x; rm"), "neither the number nor the address"),
        (ScopeWish("files"), "No file is named"),
        (ScopeWish("files", paths=("gone.py",)), "no file `gone.py`"),
        (ScopeWish("lines", "README.md"), "names no lines"),
        (ScopeWish("lines", "README.md:9-5"), "names no lines"),
        (ScopeWish("lines", "README.md:99"), "has no line 99"),
        (ScopeWish("patch", "gone.patch"), "cannot be read"),
    ],
)
def test_a_wish_that_cannot_be_met_says_why(workspace: Path, wish: ScopeWish, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        load_changes(workspace, wish)


def test_without_a_repository_only_patches_and_files_can_be_looked_at(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\ny = 2\nz = 3\n")

    with pytest.raises(ConfigError, match="no git repository"):
        load_changes(tmp_path, ScopeWish())
    whole = load_changes(tmp_path, ScopeWish("files", paths=("a.py",)))
    part = load_changes(tmp_path, ScopeWish("lines", "a.py:2-3"))
    assert [(file.kind, file.added) for file in whole.files] == [("whole", 3)]
    assert [line.new for line in part.files[0].hunks[0].lines] == [2, 3]
    assert part.files[0].new_text == "x = 1\ny = 2\nz = 3\n"
    assert part.scope.told == "lines 2 to 3 of a.py"


def test_a_repository_that_names_programs_is_not_compared(workspace: Path) -> None:
    git(workspace, "config", "filter.x.clean", "touch /tmp/never")

    with pytest.raises(WorkspaceError, match="names a program"):
        load_changes(workspace, ScopeWish())


PATCH = """\
diff --git a/till/prices.py b/till/prices.py
--- a/till/prices.py
+++ b/till/prices.py
@@ -3,4 +3,4 @@

 def discount(price: int, percent: int) -> int:
     \"\"\"Take a percentage off a price.\"\"\"
-    return price - price * percent // 100
+    return price - price * percent // 101
"""


def test_a_patch_is_completed_with_the_file_that_it_fits(workspace: Path) -> None:
    wish = ScopeWish("patch", "-", text=PATCH.encode())
    old = (workspace / "till/prices.py").read_text()

    (before,) = load_changes(workspace, wish).files
    (workspace / "till/prices.py").write_text(old.replace("// 100", "// 101"))
    (after,) = load_changes(workspace, wish).files
    (workspace / "till/prices.py").write_text("another file\n")
    apart = load_changes(workspace, wish)

    assert before.old_text == after.old_text == old
    assert before.new_text == after.new_text == old.replace("// 100", "// 101")
    assert (apart.files[0].old_text, apart.files[0].new_text) == (None, None)
    assert any("known from the patch alone" in told for told in apart.told)


def test_a_patch_needs_no_repository_and_its_paths_lead_nowhere_else(tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("x = 1\n")
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "change.patch").write_text("--- a/../secret.py\n+++ b/../secret.py\n@@ -1 +1 @@\n-x = 1\n+x = 2\n")

    changes = load_changes(folder, ScopeWish("patch", "change.patch"))

    assert changes.files[0].old_text is None, "nothing outside of the project is read"
    assert any("../secret.py: " in told for told in changes.told)


def test_a_patch_knows_the_old_text_by_the_name_that_git_gave_it(workspace: Path) -> None:
    old = (workspace / "till/prices.py").read_text()
    (workspace / "till/prices.py").write_text(old.replace("// 100", "// 101"))
    patch = git(workspace, "diff")
    (workspace / "till/prices.py").write_text("something else\n")

    (file,) = load_changes(workspace, ScopeWish("patch", "-", text=f"{patch}\n".encode())).files

    assert file.new_text == old.replace("// 100", "// 101")


@pytest.fixture
def gh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put a `gh` of one's own on the PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for needed in ("git", "sh", "cat"):  # not their folders: a `gh` of the machine may lie there
        (folder / needed).symlink_to(shutil.which(needed) or "")
    monkeypatch.setenv("PATH", str(folder))

    def make(script: str) -> None:
        (folder / "gh").write_text(f"#!/bin/sh\n{script}\n")
        (folder / "gh").chmod(0o755)

    return make


def test_a_pull_request_is_what_gh_says(workspace: Path, tmp_path: Path, gh: Callable[[str], None]) -> None:
    (tmp_path / "the.patch").write_text(PATCH)
    gh(
        f'[ "$GH_PROMPT_DISABLED" = 1 ] || exit 9\n[ "$2" = diff ] && exec cat {tmp_path}/the.patch\n'
        'echo \'{"title": "Round up", "body": "More exact."}\''
    )

    changes = load_changes(workspace, ScopeWish("pr", "#12"))

    assert (changes.scope.kind, changes.scope.told) == ("pull_request", "pull request 12")
    assert changes.scope.message == "Round up\n\nMore exact."
    assert [file.path for file in changes.files] == ["till/prices.py"]


def test_a_pull_request_is_named_by_its_address_as_well(workspace: Path, gh: Callable[[str], None]) -> None:
    address = "https://github.com/till/till/pull/12"
    gh(f'[ "$3" = {address} ] || exit 9\n[ "$2" = diff ] || echo \'{{"title": "Round up", "body": ""}}\'')

    assert load_changes(workspace, ScopeWish("pr", f"{address}/files")).scope.told == f"pull request {address}"
    with pytest.raises(ConfigError, match="neither the number nor the address"):
        load_changes(workspace, ScopeWish("pr", "--repo=x"))


def test_gh_that_is_missing_or_fails_is_told(workspace: Path, gh: Callable[[str], None]) -> None:
    with pytest.raises(ConfigError, match="`gh` is not installed"):
        load_changes(workspace, ScopeWish("pr", "1"))
    gh("echo 'not logged in' >&2; exit 4")
    with pytest.raises(ConfigError, match="not logged in"):
        load_changes(workspace, ScopeWish("pr", "1"))
    gh("echo '[]'")
    with pytest.raises(ConfigError, match="no description"):
        load_changes(workspace, ScopeWish("pr", "1"))


def test_five_thousand_files_are_listed_and_the_first_ones_looked_at(workspace: Path) -> None:
    for number in range(5_000):
        (workspace / f"new{number:04}.txt").write_text("x\n")

    changes = load_changes(workspace, ScopeWish())

    assert (len(changes.files), len(changes.left_out)) == (3_000, 2_000)
    assert {why for _, why in changes.left_out} == {"more than 3,000 files are changed"}


def test_a_single_line_of_half_a_megabyte_is_one_changed_line(workspace: Path) -> None:
    (workspace / "data.json").write_text("[" + "1, " * 160_000 + "1]")

    (file,) = load_changes(workspace, ScopeWish()).files

    assert (file.added, file.aside, len(file.hunks)) == (1, "", 1)


def test_a_file_that_is_gone_by_now_is_read_from_history_and_by_name_refused(workspace: Path) -> None:
    (workspace / "till/report.py").unlink()
    gone = commit(workspace)
    (workspace / "till/prices.py").unlink()

    (file,) = load_changes(workspace, ScopeWish("commit", gone)).files

    assert (file.kind, file.new_text, file.removed) == ("deleted", None, 8)
    with pytest.raises(ConfigError, match="no file"):
        load_changes(workspace, ScopeWish("lines", "till/report.py:1-2"))


def test_a_change_of_the_same_size_within_the_same_second_is_seen(workspace: Path) -> None:
    file, index = workspace / "a.py", workspace / ".git/index"
    hour_ago = file.parent.stat().st_mtime_ns - 3_600 * 10**9
    file.write_text("x = 1\n")
    os.utime(file, ns=(hour_ago, hour_ago))
    git(workspace, "config", "core.trustctime", "false")
    commit(workspace)
    # As if all of it had happened within one second.
    file.write_text("y = 1\n")
    for path in (file, index):
        os.utime(path, ns=(hour_ago, hour_ago))

    assert [file.path for file in load_changes(workspace, ScopeWish()).files] == ["a.py"]


def test_line_ends_that_git_converts_are_no_change(workspace: Path) -> None:
    git(workspace, "config", "core.autocrlf", "true")
    readme = workspace / "README.md"
    readme.write_bytes(readme.read_bytes().replace(b"\n", b"\r\n"))
    prices = workspace / "till/prices.py"
    prices.write_bytes(prices.read_bytes().replace(b"100", b"1000").replace(b"\n", b"\r\n"))

    (file,) = load_changes(workspace, ScopeWish()).files

    assert (file.path, file.added, file.removed, file.note) == ("till/prices.py", 1, 1, "")


def test_a_patch_in_another_encoding_is_read_and_told(workspace: Path) -> None:
    patch = "--- a/notes.txt\n+++ b/notes.txt\n@@ -0,0 +1 @@\n+Prei\u00df\n".encode("latin-1")

    changes = load_changes(workspace, ScopeWish("patch", "-", text=patch))

    assert changes.files[0].hunks[0].lines[0].text == "Prei\ufffd"
    assert any("not all UTF-8" in told for told in changes.told)
