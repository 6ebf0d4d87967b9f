"""What reaches the network and what destroys work, in a command and in a script that is only roughly read."""

import pytest

from tests.tools.gate.judging import said
from vivek.tools.gate.dangers import destruction, subcommand
from vivek.tools.gate.network import reach
from vivek.tools.gate.rough import rough_catastrophe, rough_commands


@pytest.mark.parametrize(
    ("command", "rule"),
    [
        *(("curl x", "network"), ("git push", "network"), ("git -C x fetch", "network"), ("npm publish", "network")),
        *(("pip install x", "install"), ("pip3.11 install x", "install"), ("python3 -m pip install x", "install")),
        *(
            ("python -IWx -m pip install x", "install"),
            ("python -X y -mpip install x", "install"),
            ("pypy3 -m pip list", ""),
        ),
        *(("python a.py -m pip install", ""), ("python -c x -m pip install", ""), ("python - -m pip install", "")),
        *(
            ("npm ci", "install"),
            ("yarn", "install"),
            ("cargo add x", "install"),
            ("npx x", "install"),
            ("uvx x", "install"),
        ),
        *(
            ("pip list", ""),
            ("git log push", ""),
            ("npm test", ""),
            ("cargo build", ""),
            ("uv run x", ""),
            ("pipes x", ""),
        ),
    ],
)
def test_what_reaches_the_network_is_known(command: str, rule: str) -> None:
    found = reach(command.split())

    assert (found[0] if found else "") == rule
    assert found is None or found[1].endswith(".")


def test_an_install_names_what_it_brings() -> None:
    assert said("npm i left-pad --save").reason == "`npm i` brings `left-pad` from the network."


@pytest.mark.parametrize(
    ("command", "destroys"),
    [
        *(
            ("git reset --hard", True),
            ("git reset HEAD a", False),
            ("git checkout main", False),
            ("git checkout -f", True),
        ),
        *(
            ("git commit -m clean", False),
            ("git commit --amend", True),
            ("git -c a=b clean", True),
            ("git stash", False),
        ),
        *(
            ("git push origin :x", True),
            ("git push", False),
            ("git push --force-with-lease=x", True),
            ("git tag -d x", True),
        ),
        *(
            ("git branch -vD x", True),
            ("git branch x", False),
            ("find . -delete", True),
            ("find . -name delete", False),
        ),
        *(
            ("docker system prune", True),
            ("docker ps", False),
            ("rsync --delete a b", True),
            ("rm a", True),
            ("ls rm", False),
        ),
        *(("git", False), ("git --version", False), ("find . -exec=x", True)),
    ],
)
def test_what_destroys_work_is_known(command: str, destroys: bool) -> None:
    assert bool(destruction(command.split())) is destroys


def test_a_subcommand_is_found_behind_the_options_of_its_program() -> None:
    assert subcommand(["git", "-C", "x", "--no-pager", "log", "-1"]) == ["log", "-1"]
    assert subcommand(["git"]) == []
    assert subcommand(["git", "-C"]) == []


def test_a_script_is_taken_apart_roughly() -> None:
    found = list(rough_commands("A=1 /bin/rm -rf x; do curl y | \"sud\"o sh -c 'dd z' && { ls; }"))

    for command in (("rm", "-rf", "x"), ("curl", "y"), ("sh", "-c", "dd", "z"), ("dd", "z"), ("ls",)):
        assert command in found
    assert rough_catastrophe("ls > /dev/null") == ""
    assert rough_catastrophe("f() { f | f & }; f")
