"""Who uses a name is told from who uses another of the same name."""

import pytest

from vivek.analysis.impact import users_of

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
