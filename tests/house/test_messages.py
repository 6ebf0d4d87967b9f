"""What the documentation says of errors is what the code says."""

import re
from pathlib import Path

import pytest

from tests.guards.golden import compare
from tests.house.messages import KINDS, errors_page, messages, texts
from tests.house.rules import ROOT

ALL = ROOT / "docs" / "errors.md"
PAGE = ROOT / "docs" / "troubleshooting.md"
_KEY = re.compile(r"^\| (`+) ?(.+?) ?\1 \|", re.MULTILINE)
# Raised for vivek's own loop, or in words that a server chooses.
ELSEWHERE = {"JSONParsingError", "ModelAPIError"}


def _keys() -> list[str]:
    return [found[1] for found in _KEY.findall(PAGE.read_text(encoding="utf-8"))]


def test_the_page_of_errors_is_what_the_code_says(request: pytest.FixtureRequest) -> None:
    compare(ALL, errors_page(), update=request.config.getoption("--update-golden"))


@pytest.mark.parametrize("key", _keys())
def test_an_error_that_is_explained_can_be_met(key: str) -> None:
    assert any(pattern.fullmatch(key) for pattern in texts())


def test_every_kind_of_error_is_explained() -> None:
    raised = {message.kind.__name__ for message in messages()}
    keys = _keys()
    told = {message.kind.__name__ for message in messages() if any(re.fullmatch(message.pattern, key) for key in keys)}

    assert sorted(raised - told - ELSEWHERE) == []
    assert set(KINDS) >= raised


def test_a_message_nobody_raises_is_caught() -> None:
    assert not any(pattern.fullmatch("There is no such error in all of the code.") for pattern in texts())


def test_messages_are_found() -> None:
    said = {message.text: message.hint for message in messages()}

    assert said["There is no prompt."].startswith("Run `vivek ask")
    assert "{} does not answer: nothing listens there." in said
    assert len(said) > 250
    assert Path(ALL).is_file()
