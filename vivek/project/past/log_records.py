"""Reads what `git log` tells of commits and the lines they changed; names may hold any byte but NUL."""

import sys
from collections.abc import Iterator
from typing import NamedTuple

from vivek.schema.past import Touch

SHAPE = ("--numstat", "-M", "-l1000", "--format=format:%x01%H%x00%P%x00%ct%x00%aN%x00%aE%x00%s%x00")
"""Options of `git log` whose answer `records` reads."""


class Record(NamedTuple):
    """A commit as git tells of it; `touched` is empty for a merge."""

    id: str
    parents: tuple[str, ...]
    time: float
    name: str
    email: str
    subject: str
    touched: tuple[Touch, ...]


def records(told: str) -> Iterator[Record]:
    """Yield the commits that git told of, in its order.

    What is told of a file begins with two counts, so only a commit can begin with its mark, whatever files are called.
    """
    fields = iter(told.split("\0"))
    head: list[str] = []
    touched: list[Touch] = []
    for field in fields:
        if field.startswith("\x01"):
            if head:
                yield _record(head, touched)
            head = [field[1:], *(next(fields, "") for _ in range(5))]
            touched = []
        elif field:
            added, removed, path = field.split("\t", 2)
            old = ""
            if path == "":
                old, path = next(fields), next(fields)
            # One text for a name, however often it changed: a history says few names many times.
            touched.append(Touch(sys.intern(path), sys.intern(old), _count(added.lstrip("\n")), _count(removed)))
    if head:
        yield _record(head, touched)


def _record(head: list[str], touched: list[Touch]) -> Record:
    name, parents, time, author, email, subject = head
    return Record(name, tuple(parents.split()), float(time or 0), sys.intern(author), email, subject, tuple(touched))


def _count(told: str) -> int:
    """Return the lines; git tells none of what is no text."""
    return 0 if told == "-" else int(told)
