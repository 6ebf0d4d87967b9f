"""Which lines commits changed, and which functions: what `git log -L` would say of each."""

import random
from pathlib import Path

import pytest

from tests.project.story import START, Story, text
from vivek.analysis.history.following import Followed, follow
from vivek.analysis.history.function_churn import function_hotspots, wanted_hunks
from vivek.project.past.commits import read_past
from vivek.project.past.hunks import read_hunks, read_uncommitted
from vivek.schema.measures import FileMeasures, FunctionMeasures, Hotspot
from vivek.schema.past import Hunk, Hunks


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """Return a history that is still to be told."""
    return Story(tmp_path / "root")


def followed_of(story: Story) -> Followed:
    """Return the files of a repository with what changed them."""
    return follow(read_past(story.root, clock=lambda: START * 2.0), story.files())


def hunks_of(story: Story, path: str, data: Path | None = None) -> list[tuple[Hunk, ...]]:
    """Return the lines of a file that commits changed, the latest first."""
    found = read_hunks(story.root, data, wanted_hunks(followed_of(story), [path]))
    return [hunks for each in found.values() for hunks in each.values()]


def functions(path: str, *lines: tuple[int, int]) -> FileMeasures:
    """Return functions that lie at such lines, each as involved as the other."""
    found = (FunctionMeasures(f"f{first}", path, first, last, 1, 1, 1, 1, 0) for first, last in lines)
    return FileMeasures(path, functions=tuple(found))


def churn(story: Story, measured: FileMeasures, hunks: Hunks | None = None) -> dict[int, int]:
    """Return how many commits touched each function, by its first line."""
    followed = followed_of(story)
    path = measured.path
    if hunks is None:
        hunks = read_hunks(story.root, None, wanted_hunks(followed, [path]))
    found = function_hotspots(followed, {path: measured}, hunks, read_uncommitted(story.root, [path]))
    return {each.line: each.changes for each in found}


def test_lines_are_told_as_git_counts_them_and_texts_may_look_like_anything(story: Story) -> None:
    story.commit({"a b.py": "1\n2\n3\n"})
    story.commit({"a b.py": "1\n++ b/evil.py\n@@ -1 +1 @@\n2\n3.\n"})
    story.commit({"a b.py": "1\n++ b/evil.py\n3.\n4", "other": "x\n"})
    story.write()

    assert hunks_of(story, "a b.py") == [
        (Hunk(3, 2, 2, 0), Hunk(5, 0, 4, 1)),
        (Hunk(1, 0, 2, 2), Hunk(3, 1, 5, 1)),
        (Hunk(0, 0, 1, 3),),
    ]


@pytest.mark.parametrize("name", [" odd \nname\t'ü\".py", "back\\n.py", "\x01\x7f.py", "-dash.py", "b/a.py"])
def test_names_may_hold_anything(story: Story, name: str) -> None:
    story.commit({name: "1\n"})
    story.commit({name: "2\n"})
    story.write()

    assert hunks_of(story, name) == [(Hunk(1, 1, 1, 1),), (Hunk(0, 0, 1, 1),)]


def test_lines_are_followed_through_names_and_folders(story: Story) -> None:
    story.commit({"a.py": text(1)})
    story.commit({"a.py": None, "src/b.py": text(2)})
    story.write()

    assert hunks_of(story, "src/b.py") == [(Hunk(13, 1, 13, 1),), (Hunk(0, 0, 1, 25),)]
    tip = story.git("rev-parse", "HEAD").strip()
    assert read_hunks(story.root, None, {tip: [("src/b.py", "a.py")]}) == {tip: {"src/b.py": (Hunk(13, 1, 13, 1),)}}


def test_what_is_not_committed_is_told_as_git_counts_it(story: Story) -> None:
    story.commit({"a.py": "1\n2\n3\n4\n5\n", "b.py": "1\n", "c.py": "1\n", "gone.py": "1\n"})
    root = story.write(check_out=True)
    (root / "a.py").write_text("0\n1\n2\nX\n4\n")
    (root / "b.py").write_bytes(b"1\r\n")
    (root / "gone.py").unlink()
    (root / "new.py").write_text("1\n")

    told = read_uncommitted(root, ["a.py", "b.py", "c.py", "gone.py", "new.py"])

    assert told == {"a.py": (Hunk(0, 0, 1, 1), Hunk(3, 1, 4, 1), Hunk(5, 1, 5, 0))}


def test_what_was_read_once_is_not_asked_for_again(story: Story, tmp_path: Path) -> None:
    for number in range(3):
        story.commit({"a.py": text(number)})
    root = story.write()
    before = hunks_of(story, "a.py", tmp_path / "data")
    wanted = wanted_hunks(followed_of(story), ["a.py"])
    blob = story.git("rev-parse", "HEAD~1:a.py").strip()
    (root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()

    assert [*read_hunks(root, tmp_path / "data", wanted).values()] == [{"a.py": each} for each in before]
    assert read_hunks(root, None, wanted) == {}  # git cannot tell them any more


@pytest.mark.parametrize("seed", range(3))
def test_functions_are_changed_as_often_as_git_says(story: Story, seed: int) -> None:
    chance = random.Random(seed)
    blocks = [[f"{name} {number}" for number in range(6)] for name in "abcdefgh"]
    path = "old.py"
    for number in range(25):
        block = blocks[chance.randrange(len(blocks))]
        at = chance.randrange(1, len(block))  # its first line stays: git follows lines, not functions
        match chance.randrange(3):
            case 0:
                block[at] = f"changed {number}"
            case 1:
                block.insert(at, f"added {number}")
            case 2 if len(block) > 4:
                del block[at]
            case _:
                block[at] = f"otherwise {number}"
        if number == 12:
            story.commit({path: None, "new.py": lines(blocks)})
            path = "new.py"
        story.commit({path: lines(blocks), "other.py": text(number)})
    root = story.write(check_out=True)
    places = []
    first = 1
    for block in blocks:
        places.append((first, first + len(block) - 1))
        first += len(block)

    theirs = {
        begin: len(story.git("log", "-M", "-s", "--format=%H", f"-L{begin},{end}:{path}").split())
        for begin, end in places
    }
    assert churn(story, functions(path, *places)) == theirs
    (root / path).write_text("not committed\n" * 3 + lines(blocks).replace("d 0", "d changed"))
    assert churn(story, functions(path, *((one + 3, other + 3) for one, other in places))) == {
        begin + 3: count for begin, count in theirs.items()
    }


def lines(blocks: list[list[str]]) -> str:
    """Return all lines of blocks."""
    return "".join(f"{line}\n" for block in blocks for line in block)


def test_a_function_is_not_changed_by_what_was_there_before_it(story: Story) -> None:
    story.commit({"a.py": text(1)})
    story.commit({"a.py": text(2)})
    story.commit({"a.py": "def new():\n    pass\n" + text(2)})
    story.write(check_out=True)

    assert churn(story, functions("a.py", (1, 2), (3, 27), (15, 15))) == {1: 1, 3: 2, 15: 2}


def test_lines_that_came_later_at_the_ends_of_a_function_are_not_looked_for_before(story: Story) -> None:
    story.commit({"a.py": lines([[f"{number}" for number in range(1, 26)]])})
    story.commit({"a.py": lines([[f"{number}" for number in range(1, 12)], ["new"], [str(n) for n in range(13, 26)]])})
    whole = [[f"{number}" for number in range(1, 12)], ["new"], ["def"], [str(number) for number in range(13, 26)]]
    story.commit({"a.py": lines(whole)})
    story.write(check_out=True)

    assert churn(story, functions("a.py", (11, 13), (13, 15))) == {11: 3, 13: 2}


def test_commits_that_tell_nothing_move_lines_and_count_for_nothing(story: Story) -> None:
    story.commit({"a.py": text(1)})
    story.commit({"a.py": "bot\n" + text(2)}, author="dependabot[bot] <d@example.org>")
    story.write(check_out=True)

    assert churn(story, functions("a.py", (14, 14))) == {14: 1}


def test_the_hottest_function_comes_first(story: Story) -> None:
    story.commit({"a.py": text(1)})
    story.commit({"a.py": text(2)})
    story.write(check_out=True)
    followed = followed_of(story)
    hunks = read_hunks(story.root, None, wanted_hunks(followed, ["a.py"]))

    found = function_hotspots(followed, {"a.py": functions("a.py", (1, 2), (13, 13))}, hunks, {})

    assert found[0] == Hotspot("a.py", "f13", 13, 1.0, 2, 1)
    assert (found[1].name, found[1].changes) == ("f1", 1)
    assert 0.49 < found[1].score < 0.51


def test_settings_of_a_repository_change_nothing_and_run_nothing(story: Story, tmp_path: Path) -> None:
    story.commit({"a.py": text(1), "b.py": "\n".join("bxzzzacad")})
    story.commit({"a.py": "0\n" + text(2) + "3\n", "b.py": "\n".join("zddydzbad")})
    story.commit({"a.py": None, "c.py": "0\n" + text(3) + "3\n"})
    root = story.write(check_out=True)
    plain = [hunks_of(story, name) for name in ("b.py", "c.py")]
    program = f"sh -c 'touch {tmp_path}/stolen; cat'"
    (root / ".gitattributes").write_text("* diff=evil filter=evil\n")
    settings = {
        **dict.fromkeys(("diff.evil.textconv", "diff.evil.command", "filter.evil.clean", "diff.external"), program),
        "diff.noprefix": "true",
        "diff.mnemonicPrefix": "true",
        "diff.context": "5",
        "diff.interHunkContext": "50",
        "diff.algorithm": "patience",
        "diff.renames": "false",
        "color.ui": "always",
    }
    for key, value in settings.items():
        story.git("config", key, value)

    assert [hunks_of(story, name) for name in ("b.py", "c.py")] == plain
    assert not (tmp_path / "stolen").exists()


def test_without_a_repository_nothing_is_told(tmp_path: Path) -> None:
    assert read_hunks(tmp_path, None, {"a" * 40: [("a.py", "")]}) == {}
    assert read_uncommitted(tmp_path, ["a.py"]) == {}
