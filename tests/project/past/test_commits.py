"""The commits of a repository, as they are read from git's log."""

import os
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from tests.project.story import HOUR, START, Story, text
from vivek.analysis.history.following import follow
from vivek.errors import ConfigError
from vivek.project.past.commits import BULK, SWEEP, read_past
from vivek.project.past.log_records import records
from vivek.project.past.store import PastStore
from vivek.schema.past import Past, Touch

NOW = float(START + 1_000 * HOUR)


def past_of(root: Path, data: Path | None = None, **options: object) -> Past:
    """Read the past of a repository at a fixed time."""
    return read_past(root, data, clock=lambda: NOW, **options)  # type: ignore[arg-type] # one each


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """Return a history that is still to be told."""
    return Story(tmp_path / "root")


def grown(story: Story) -> None:
    """Tell a history with files that get other names, side branches, and two files that change places."""
    story.commit({"a.py": text("a"), "b.py": text("b", "bb"), "doc.md": "1\n"})
    story.commit({"a.py": text("a", 2), "doc.md": "2\n"}, author="Ann <ann@example.org>")
    story.commit({"a.py": None, "src/a.py": text("a", 2)})
    story.commit({"src/a.py": text("a", 2, 4)})
    side = story.commit({"b.py": text("b", "bb", 5), "src/a.py": text("a", 2)}, parents=[3])
    story.commit({"src/a.py": text("a", 2, 4), "b.py": text("b", "bb", 5)}, parents=[4, side])
    story.commit({"src/a.py": text("b", "bb", 5), "b.py": text("a", 2, 4)})
    story.commit({"logo.png": b"\0\1\2", "doc.md": "3\n3\n"})


def test_lines_are_those_that_git_counts(story: Story) -> None:
    grown(story)
    root = story.write()

    past = past_of(root)

    assert {each.id: counts(each.touched) for each in past.commits} == shortstat(root)
    assert past.merges == 1


def test_lines_of_this_repository_are_those_that_git_counts(pytestconfig: pytest.Config) -> None:
    root = pytestconfig.rootpath
    if not (root / ".git").exists():
        pytest.skip("these files came without their history")

    past = read_past(root, most=40)

    theirs = shortstat(root)
    assert past.commits
    for each in past.commits:
        assert counts(each.touched) == theirs.get(each.id, (0, 0, 0))


def test_no_commit_comes_before_one_that_is_built_on_it_whatever_their_clocks_said(story: Story) -> None:
    base = story.commit({"a": "0\n"}, time=START + 9 * HOUR)
    one = story.commit({"a": "1\n"}, time=START)
    other = story.commit({"b": "1\n"}, time=START + 8 * HOUR, parents=[base])
    story.commit({"a": "1\n"}, time=START + 2 * HOUR, parents=[one, other])
    root = story.write()

    order = [each.id for each in past_of(root).commits]

    assert order == story.git("rev-list", "--topo-order", "--no-merges", "HEAD").split()


def counts(touched: Sequence[Touch]) -> tuple[int, int, int]:
    """Return files, added and removed lines."""
    return len(touched), sum(each.added for each in touched), sum(each.removed for each in touched)


def shortstat(root: Path) -> dict[str, tuple[int, int, int]]:
    """Return files, added and removed lines of each commit, as git's short form has them."""
    shape = ["--max-count=40", "--shortstat", "-M", "-l1000", "--no-merges", "--format=%x01%H"]
    told = subprocess.run(["git", "log", *shape], cwd=root, capture_output=True, text=True, check=True).stdout
    found = {}
    for commit in told.split("\x01")[1:]:
        name, _, stat = commit.partition("\n")
        numbers = {word.split(" ")[1][:3]: int(word.split(" ")[0]) for word in stat.strip().split(", ") if word}
        if numbers:
            found[name] = (numbers["fil"], numbers.get("ins", 0), numbers.get("del", 0))
    return found


def test_a_file_is_followed_as_git_follows_it(story: Story) -> None:
    story.commit({"one.py": text(1), "other.py": text("x")})
    story.commit({"one.py": text(1, 2), "other.py": text("y")})
    story.commit({"one.py": None, "two.py": text(1, 2, 3)})
    story.commit({"two.py": text(1, 3), "other.py": text("z")})
    story.commit({"two.py": None, "src/three.py": text(1, 3)})
    root = story.write()

    files = follow(past_of(root), story.files()).files

    for path in story.files():
        told = story.git("log", "--follow", "--numstat", "--format=", "--", path).split("\n")
        theirs = [tuple(int(each) for each in line.split("\t")[:2]) for line in told if line]
        assert [(each.added, each.removed) for each in files[path]] == theirs
    assert len(files["src/three.py"]) == 5


def test_names_may_hold_anything(story: Story) -> None:
    odd = [" odd \nname\t'ü\".py", "\x01" + "a" * 40, "-dash", "a\\b", "\x01x\n1\t1\ty", os.fsdecode(b"caf\xe9.py")]
    story.commit({name: text(name) for name in odd})
    story.commit({odd[0]: None, odd[1]: text(2), "new\n" + odd[0]: text(odd[0])})
    root = story.write()

    past = past_of(root)

    assert [sorted(each.path for each in one.touched) for one in past.commits] == [
        sorted(["new\n" + odd[0], odd[1]]),
        sorted(odd),
    ]
    assert {each.old_path for each in past.commits[0].touched} == {odd[0], ""}


def test_bots_and_bulk_and_merges_are_told_apart(story: Story) -> None:
    story.commit({f"f{number}": "1\n" for number in range(BULK + 1)})
    sweep = {f"f{number}": "2\n" for number in range(SWEEP)}
    story.commit(sweep, message="Reformat everything")
    story.commit({f"f{number}": "3\n" for number in range(SWEEP)}, message="Rename what is meant by it")
    story.commit({f"vendor/v{number}.c": "1\n" for number in range(SWEEP)}, message="Bring it along")
    story.commit({"f1": "5\n"}, author="dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>")
    story.commit({"f1": "6\n"}, author="Renovate Bot <bot@renovateapp.com>")
    story.commit({"f1": "4\n"}, author="Updates <29139614+updates[bot]@users.noreply.github.com>")
    story.commit({"f1": "7\n"}, author="Jan Bot <jan@talbot.example>")
    story.commit({"f1": "8\n"}, message="Format one file")
    root = story.write()

    left_out = [each.left_out for each in past_of(root).commits][::-1]

    assert left_out == ["bulk", "bulk", "", "bulk", "bot", "bot", "bot", "", ""]


def test_commits_that_the_project_lists_as_formatting_are_left_out(story: Story) -> None:
    story.commit({"a": "1\n"})
    story.commit({"a": " 1\n"})
    root = story.write()
    first, second = story.git("rev-list", "--reverse", "HEAD").split()
    (root / ".git-blame-ignore-revs").write_text(f"# black\n{second}\n\nnonsense\n")

    assert {each.id: each.left_out for each in past_of(root).commits} == {first: "", second: "bulk"}


def test_people_are_called_as_the_mail_map_says(story: Story, tmp_path: Path) -> None:
    story.commit({"a": "1\n"}, author="annie <a@home.example>")
    story.commit({"a": "2\n"}, author="Ann Onym <ann@example.org>")
    root = story.write()
    (tmp_path / "theirs").write_text("Somebody Else <a@home.example>\n")
    story.git("config", "mailmap.file", str(tmp_path / "theirs"))
    names = [sorted(each.author for each in past_of(root, tmp_path / "data").commits)]

    (root / ".mailmap").write_text("Ann Onym <ann@example.org> annie <a@home.example>\n")
    names.append(sorted(each.author for each in past_of(root, tmp_path / "data").commits))

    assert names == [["Ann Onym", "annie"], ["Ann Onym", "Ann Onym"]]


def test_only_new_commits_are_asked_for(story: Story, tmp_path: Path) -> None:
    story.commit({"a": "1\n" * 9})
    story.commit({"a": "2\n" * 9})
    root = story.write()
    before = past_of(root, tmp_path / "data")
    gone = story.git("rev-parse", "HEAD:a").strip()
    story.commit({"b": "3\n"})
    story.write()
    (root / ".git" / "objects" / gone[:2] / gone[2:]).unlink()

    after = past_of(root, tmp_path / "data")

    whole = past_of(root)
    assert (whole.commits, whole.told) == ((), ("There is no history: `git log` failed.",))
    assert after.commits[1:] == before.commits
    assert [each.path for each in after.commits[0].touched] == ["b"]
    assert past_of(root, tmp_path / "data") == after


def test_a_history_that_was_written_anew_is_read_as_if_for_the_first_time(story: Story, tmp_path: Path) -> None:
    grown(story)
    root = story.write()
    past_of(root, tmp_path / "data")
    story.git("reset", "-q", "--hard", "HEAD~2")
    assert past_of(root, tmp_path / "data") == past_of(root)
    story.git("commit", "-q", "--amend", "-m", "otherwise")
    assert past_of(root, tmp_path / "data") == past_of(root)
    story.git("reflog", "expire", "--expire=now", "--all")
    story.git("update-ref", "-d", "ORIG_HEAD")
    story.git("gc", "-q", "--prune=now")
    story.git("commit", "-q", "--allow-empty", "-m", "more")

    assert past_of(root, tmp_path / "data") == past_of(root)


def test_many_parts_become_one(tmp_path: Path) -> None:
    with closing(PastStore(tmp_path)) as store:
        for number in range(50):
            store.keep("key", f"{number:040}", f"{number} ".encode(), store.load("key"))

        kept = store.load("key")
        assert b"".join(kept.values()).split() == [b"%d" % number for number in range(50)]
        assert len(kept) < 40
        assert store.load("another key") == {}
        store.keep("another key", "a" * 40, b"new", {})
        assert store.load("another key") == {"a" * 40: b"new"}


def test_a_commit_of_a_hundred_thousand_files_is_one_of_many(tmp_path: Path) -> None:
    files = [f"1\t0\tpart{number}/f{number}.c" for number in range(100_000)]
    told = "\0".join(
        ["\x01" + "a" * 40, "", "1", "Ann", "ann@example.org", "all of it", "\n" + files[0], *files[1:], ""]
    )

    (found,) = records(told)

    assert (len(found.touched), found.touched[-1]) == (100_000, Touch("part99999/f99999.c", "", 1, 0))


@pytest.mark.parametrize("damage", ["", "UPDATE parts SET told = x'00'", "DROP TABLE parts"])
def test_what_was_kept_and_is_damaged_is_read_anew(story: Story, tmp_path: Path, damage: str) -> None:
    grown(story)
    root = story.write()
    past = past_of(root, tmp_path / "data")
    kept = tmp_path / "data" / "past.db"
    if damage:
        with closing(sqlite3.connect(kept)) as connection:
            connection.executescript(damage)
    else:
        kept.write_bytes(b"no database" * 400)

    assert past_of(root, tmp_path / "data") == past


def test_what_the_repository_brought_along_is_not_believed(story: Story) -> None:
    story.commit({"a": "1\n"})
    root = story.write(check_out=True)
    kept = past_of(root, root / ".vivek")
    story.git("add", "--force", ".vivek/past.db")
    story.git("commit", "-q", "-m", "brought along")
    before = (root / ".vivek" / "past.db").read_bytes()

    assert past_of(root, root / ".vivek").commits[1:] == kept.commits
    assert (root / ".vivek" / "past.db").read_bytes() == before


def test_a_folder_that_cannot_keep_anything_costs_no_history(story: Story, tmp_path: Path) -> None:
    story.commit({"a": "1\n"})
    (tmp_path / "data").write_text("in the way")

    assert len(past_of(story.write(), tmp_path / "data").commits) == 1


def test_a_shallow_clone_says_so_and_its_first_commit_tells_nothing(story: Story, tmp_path: Path) -> None:
    grown(story)
    root = story.write()
    subprocess.run(["git", "clone", "-q", "--depth=2", f"file://{root}", str(tmp_path / "clone")], check=True)

    past = past_of(tmp_path / "clone", tmp_path / "data")
    assert [each.left_out for each in past.commits] == ["", "shallow"]
    assert "shallow clone" in past.told[0]

    for depth in ("--depth=3", "--unshallow"):
        subprocess.run(["git", "fetch", "-q", depth], cwd=tmp_path / "clone", check=True)
        past = past_of(tmp_path / "clone", tmp_path / "data")
        assert past == past_of(tmp_path / "clone")
    assert past == past_of(root)


def test_commits_from_the_future_count_as_made_when_the_latest_other_one_was(story: Story) -> None:
    story.commit({"a": "1\n"})
    story.commit({"a": "2\n"}, time=int(NOW) + 9_000 * HOUR)
    story.commit({"a": "3\n"})

    past = past_of(story.write())

    assert [each.time for each in past.commits] == [START + 3 * HOUR, START + 3 * HOUR, START + HOUR]
    assert past.told == ("Commits dated in the future: 1; they count as made when the latest other one was.",)


def test_no_more_commits_than_asked_for_are_looked_at(story: Story) -> None:
    grown(story)

    past = past_of(story.write(), most=2)

    assert [each.touched[0].path for each in past.commits] == ["doc.md", "b.py"]
    assert past.told == ("Only the latest 2 commits were looked at.",)


def test_an_early_commit_is_looked_at_as_far_as_a_late_one_was(story: Story, tmp_path: Path) -> None:
    grown(story)
    root = story.write()
    starts = ("HEAD", "HEAD~1", "HEAD~3", "HEAD~4", "HEAD~2^2", "HEAD")

    kept = [past_of(root, tmp_path / "data", start=start, most=2) for start in starts]

    assert kept == [past_of(root, start=start, most=2) for start in starts]


def test_paths_are_those_of_the_folder_asked_for(story: Story) -> None:
    grown(story)
    root = story.write(check_out=True)

    assert {each.path for one in past_of(root / "src").commits for each in one.touched} == {"a.py"}


def test_without_git_or_a_commit_there_is_no_history_and_the_reason(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = story.root
    assert read_past(tmp_path) == Past(told=("This is no git repository that can be read, so there is no history.",))
    empty.mkdir()
    story.git("init", "-q")
    assert read_past(empty) == Past(told=("The repository has no commit yet, so there is no history.",))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert read_past(empty).told == ("This is no git repository that can be read, so there is no history.",)


@pytest.mark.parametrize("start", ["gone", "--output=stolen", "", "HEAD:a"])
def test_an_unknown_revision_is_said(story: Story, start: str) -> None:
    story.commit({"a": "1\n"})
    root = story.write()

    with pytest.raises(ConfigError, match="git knows no commit"):
        read_past(root, start=start)
    assert not (root / "stolen").exists()


def test_settings_of_a_repository_change_nothing_and_run_nothing(story: Story, tmp_path: Path) -> None:
    grown(story)
    story.commit({name: "\n".join(letters) for name, letters in {"x": "bxzzzacad", "y": "bxzzzacad"}.items()})
    story.commit({"x": "\n".join("zddydzbad")})  # which lines are new depends on how they are compared
    root = story.write(check_out=True)
    head, _, message = story.git("cat-file", "commit", "HEAD").partition("\n\n")
    signed = f"{head}\ngpgsig -----BEGIN PGP SIGNATURE-----\n nonsense\n -----END PGP SIGNATURE-----\n\n{message}"
    story.git("reset", "-q", story.git("hash-object", "-t", "commit", "-w", "--stdin", told=signed.encode()).strip())
    plain = past_of(root)
    stolen = tmp_path / "stolen"
    (root / ".gitattributes").write_text("* diff=evil filter=evil\n")
    program = f"sh -c 'touch {stolen}; cat'"
    settings = {
        "diff.evil.textconv": program,
        "diff.evil.command": program,
        "filter.evil.clean": program,
        "core.fsmonitor": program,
        "core.pager": program,
        "gpg.program": str(tmp_path / "gpg"),
        "log.showSignature": "true",
        "log.showRoot": "false",
        "log.follow": "true",
        "diff.renames": "false",
        "diff.noprefix": "true",
        "diff.orderFile": str(tmp_path / "order"),
        "diff.algorithm": "patience",
        "i18n.logOutputEncoding": "UTF-16",
        "color.ui": "always",
    }
    for key, value in settings.items():
        story.git("config", key, value)
    (tmp_path / "gpg").write_text(f"#!/bin/sh\ntouch {stolen}\n")
    (tmp_path / "gpg").chmod(0o700)
    (tmp_path / "order").write_text("src/*\ndoc.md\n")

    assert past_of(root) == plain
    assert not stolen.exists()
