"""Changed definitions that no test names are told, and only those."""

from vivek.analysis.findings.untested import untested, words_of
from vivek.edits.unified import hunks_between
from vivek.schema.changes import ChangedFile

OLD = """\
def total(a):
    return a


class Till:
    def open(self):
        return 1

    def _inner(self):
        return 2


def other():
    return 3
"""
NEW = OLD.replace("return a\n", "return -a\n").replace("return 1", "return 10").replace("return 2", "return 20")


def changed(path: str = "till.py", *, aside: str = "") -> ChangedFile:
    return ChangedFile(path, "modified", hunks_between(OLD, NEW), old_text=OLD, new_text=NEW, aside=aside)


def test_only_changed_definitions_that_no_test_names_are_told() -> None:
    assert untested([changed()], words_of([])) == ("till.py::total", "till.py::Till.open")
    assert untested([changed()], words_of(["def test_it():\n    assert total(1)"])) == ("till.py::Till.open",)
    assert untested([changed()], words_of(["totals", "# open"])) == ("till.py::total",)


def test_tests_and_what_is_not_read_are_not_asked_for_tests() -> None:
    assert (
        untested([changed("tests/test_till.py"), changed(aside="vendored"), changed("notes.txt")], words_of([])) == ()
    )
