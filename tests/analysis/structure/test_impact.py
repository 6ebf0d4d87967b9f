"""Who uses a name is told from who uses another of the same name; a tour leaves out no source for want of others."""

import pytest

from vivek.analysis.structure.architecture import describe
from vivek.analysis.structure.impact import tour_of, users_of
from vivek.project.repository import facts_of_texts

NEEDS = {"near.py": {"home.py": 1}, "package.py": {"near.py": 1}, "far.py": {"package.py": 1}}
USES = dict.fromkeys(("home.py", "near.py", "package.py", "far.py", "stranger.py"), (7,))


@pytest.mark.parametrize(
    ("member", "users", "others"),
    [
        (False, {"home.py", "near.py", "package.py"}, 2),  # one that a package hands on has two imports
        (True, {"home.py", "near.py", "package.py", "far.py"}, 1),  # a value comes from anywhere
    ],
)
def test_who_does_not_need_the_file_uses_another_name(member: bool, users: set[str], others: int) -> None:
    found, left = users_of("home.py", USES, NEEDS, member=member)
    assert (set(found), left) == (users, others)
    assert found["near.py"] == (7,)


def test_a_tour_goes_past_what_nobody_imports_and_begins_nowhere_where_nothing_is() -> None:
    found = tour_of(describe(facts_of_texts({"a.py": "def run(): ...\n"})))

    assert [(stop.path, stop.why) for stop in found.stops] == [("a.py", "nothing imports it, and it needs none")]
    assert tour_of(describe(facts_of_texts({}))).notes == ()
