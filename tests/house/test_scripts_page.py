"""The page on scripts names every exit code there is, and the limits that hold."""

import re
import signal
from collections.abc import Iterator
from pathlib import Path

from vivek import errors
from vivek.cli.reviewing.forms import FINDINGS
from vivek.cli.standard_input import PROMPT_LIMIT, SHOWN, Patience
from vivek.cli.turn.ending import GRACE
from vivek.cli.turn.once import EXIT_CODES
from vivek.errors import VivekError
from vivek.metrics.spec import MetricsSpec

PAGE = (Path(__file__).parents[2] / "docs" / "scripts.md").read_text()
SIGNALLED = {128 + number for number in (signal.SIGHUP, signal.SIGINT, signal.SIGPIPE, signal.SIGTERM)}


def classes(kind: type[VivekError] = VivekError) -> Iterator[type[VivekError]]:
    yield kind
    for each in kind.__subclasses__():
        if each.__module__ == errors.__name__:
            yield from classes(each)


def test_the_table_of_exit_codes_is_the_one_of_the_code() -> None:
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)}

    assert told == {kind.exit_code for kind in classes()} | set(EXIT_CODES.values()) | SIGNALLED | {FINDINGS}


def test_the_numbers_on_the_page_are_those_of_the_code() -> None:
    said = " ".join(PAGE.split())

    assert f"{PROMPT_LIMIT // 2**20} MiB at most" in said
    assert f"more than {SHOWN:,} characters" in said
    assert f"nothing for {Patience().first:g} seconds" in said
    assert f"stops for {Patience().between:g} seconds" in said
    assert f"for {GRACE:g} seconds at most" in said
    assert f"forgotten after {MetricsSpec().keep_days} days" in said
