"""Since when something is left to do."""

from pathlib import Path

from tests.project.story import HOUR, START, Story
from vivek.project.past.todo_ages import read_todo_ages
from vivek.schema.measures import Todo


def test_a_comment_came_with_the_commit_that_brought_its_line(tmp_path: Path) -> None:
    story = Story(tmp_path / "root")
    same = "# TODO: same\n"
    odd = '-o d"d\n.py'
    story.commit({"a.py": "x\n# TODO: old\n", odd: "# FIXME it\n", "same": same})
    story.commit({"a.py": "y\n# TODO: old\nz\n# TODO: new\n", "same": f"{same}\n{same}"})
    root = story.write(check_out=True)
    tip = story.git("rev-parse", "HEAD").strip()
    (root / "a.py").write_text("before\ny\n# TODO: old\nz\n# TODO: new\n# TODO: newest\n")
    todos = {
        "a.py": [Todo("TODO", "old", 3), Todo("TODO", "new", 5), Todo("TODO", "newest", 6)],
        odd: [Todo("FIXME", "it", 1)],
        "same": [Todo("TODO", "same", 1), Todo("TODO", "same", 3)],
        "untracked.py": [Todo("TODO", "what", 1)],
    }

    latest = dict.fromkeys(("a.py", odd, "same"), tip)

    ages = read_todo_ages(root, tmp_path / "data", todos, latest)

    assert {place: (came - START) / HOUR for place, came in ages.items()} == {
        ("a.py", 3): 1,
        ("a.py", 5): 2,
        (odd, 1): 1,
        ("same", 1): 1,
        ("same", 3): 2,
    }
    (root / ".git" / "objects").rename(tmp_path / "gone")
    assert read_todo_ages(root, tmp_path / "data", todos, latest) == ages
    assert read_todo_ages(root, None, todos, latest) == {}


def test_a_program_that_the_repository_names_is_not_run(tmp_path: Path) -> None:
    story = Story(tmp_path / "root")
    story.commit({"a.py": "# TODO: old\n", ".gitattributes": "* diff=evil filter=evil\n"})
    root = story.write(check_out=True)
    for key in ("diff.evil.textconv", "filter.evil.clean", "core.pager"):
        story.git("config", key, f"sh -c 'touch {tmp_path}/stolen; cat'")

    ages = read_todo_ages(root, None, {"a.py": [Todo("TODO", "old", 1)]}, {"a.py": "x"})

    assert ages == {("a.py", 1): START + HOUR}
    assert not (tmp_path / "stolen").exists()
