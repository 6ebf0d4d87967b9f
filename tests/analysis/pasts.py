"""Histories, made of a few words: what commits did to files, the latest first."""

from collections.abc import Sequence

from vivek.schema.past import Commit, Past, Touch

DAY = 86_400.0
TODAY = 20_000 * DAY


def past_of(*commits: Commit) -> Past:
    """Return commits as a past; they are given the latest first."""
    return Past(commits)


def commit(
    files: str | Sequence[Touch],
    *,
    days: float = 0.0,
    author: str = "Ann",
    left_out: str = "",
    name: str = "",
) -> Commit:
    """Return a commit.

    Args:
        files: What it touched; words are names of files that got one line more, `a>b` one that got another name.
        days: How many days before today.
        author: Who made it.
        left_out: Why it tells nothing.
        name: Its id; one of its own by default.
    """
    touched = [_touch(word) for word in files.split()] if isinstance(files, str) else files
    return Commit(name or f"{files}{days}{author}", TODAY - days * DAY, author, tuple(touched), left_out)


def _touch(word: str) -> Touch:
    old, _, new = word.rpartition(">")
    return Touch(new, old, 1, 0)
