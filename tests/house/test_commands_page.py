"""The page of commands is what the parser says."""

from pathlib import Path

import pytest

from tests.guards.golden import compare
from tests.house.reference_pages import commands, commands_page

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"


def test_the_page_of_commands_is_what_the_parser_says(request: pytest.FixtureRequest) -> None:
    compare(PAGE, commands_page(), update=request.config.getoption("--update-golden"))


def test_every_command_and_option_says_what_it_does() -> None:
    for name, command in commands():
        assert command.help, name
        for option in command.params:
            assert option.help or option.name == "help", f"{name} {option.name}"
