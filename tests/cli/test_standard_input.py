"""Prompts from standard input, and what is piped in beside one."""

import io
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from vivek.cli.standard_input import PROMPT_LIMIT, SHOWN, Patience, attach_input, load_prompt
from vivek.errors import ConfigError

QUICK = Patience(first=0.05, between=0.05)


class Stdin:
    """Standard input with these bytes."""

    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)

    def isatty(self) -> bool:
        """Be no terminal."""
        return False


def test_a_prompt_is_taken_as_it_is() -> None:
    assert load_prompt("  Mend it.\n") == "  Mend it.\n"


def test_a_dash_reads_standard_input_and_drops_its_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin("\ufeffMend é.\n".encode()))

    assert load_prompt("-") == "Mend é.\n"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The prompt is empty."),
        (b" \n\t", "The prompt is empty."),
        (b"abc\xff", "Standard input is not valid UTF-8 (byte 4)."),
        (b"x" * (4 * 2**20 + 1), "Standard input is larger than 4 MiB"),
    ],
)
def test_bad_input_is_a_usage_error_that_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, data: bytes, said: str
) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin(data))

    with pytest.raises(ConfigError) as caught:
        load_prompt("-")

    assert caught.value.message.startswith(said)
    assert caught.value.hint
    assert caught.value.exit_code == 2


def test_a_closed_standard_input_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)

    with pytest.raises(ConfigError, match="empty"):
        load_prompt("-")


def test_an_argument_that_is_no_text_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"not valid UTF-8 \(character 5\)"):
        load_prompt("mend\udcff")


@contextmanager
def piped(monkeypatch: pytest.MonkeyPatch, write: Callable[[int], None]) -> Iterator[None]:
    """Let standard input be a pipe that a thread writes to; it is closed when `write` returns."""
    read_end, write_end = os.pipe()

    def work() -> None:
        try:
            write(write_end)
        except BrokenPipeError:
            pass
        finally:
            os.close(write_end)

    writer = threading.Thread(target=work)
    with os.fdopen(read_end, "rb") as stream:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(stream))
        writer.start()
        yield
    writer.join()


def attach(data: bytes, monkeypatch: pytest.MonkeyPatch, prompt: str = "Review this.") -> tuple[str, list[str]]:
    """Return the prompt with what was piped in, and what was told."""
    told: list[str] = []
    with piped(monkeypatch, lambda end: _write_all(end, data)):
        return attach_input(prompt, told.append), told


def _hold(over: threading.Event) -> None:
    over.wait(60)


def _write_all(end: int, data: bytes) -> None:
    while data:
        data = data[os.write(end, data) :]


def test_what_is_piped_in_stands_below_the_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    text, told = attach("+ é\n".encode(), monkeypatch)

    assert text == "Review this.\n\nFrom standard input:\n```text\n+ é\n```\n"
    assert told == []


def test_a_fence_in_the_text_does_not_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    text, _ = attach(b"````md\n```\nx\n", monkeypatch)

    assert "\n`````text\n````md\n```\nx\n`````\n" in text


@pytest.mark.parametrize("data", [b"", b" \n\t\n"])
def test_an_empty_pipe_adds_nothing(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    assert attach(data, monkeypatch) == ("Review this.", [])


def test_a_long_text_keeps_its_two_ends_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"line {number}" for number in range(20_000)]
    text, told = attach("\n".join(lines).encode(), monkeypatch)

    assert len(text) < SHOWN + 200
    assert "line 0\nline 1\n" in text
    assert "line 19998\nline 19999\n```" in text
    shown = [line for line in text.splitlines() if line.startswith("line ")]
    left_out = len(lines) - len(shown)
    assert f"[... {left_out:,} lines left out ...]" in text
    assert told == [f"Standard input has 208,889 characters; in its middle {left_out:,} lines are left out."]


def test_a_pipe_that_never_ends_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    text, told = attach(b"y\n" * (PROMPT_LIMIT // 2 + 100_000), monkeypatch)

    assert len(text) < SHOWN + 200
    assert told[0].startswith("Standard input has more than 4,194,304 characters")


@pytest.mark.parametrize("data", [b"GIF89a\0\1\2", b"\x89PNG\r\n\xff"])
def test_binary_is_refused(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    with pytest.raises(ConfigError) as caught:
        attach(data, monkeypatch)

    assert "Standard input is" in caught.value.message
    assert caught.value.hint


def test_a_pipe_that_says_nothing_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    over = threading.Event()
    with piped(monkeypatch, lambda _end: _hold(over)):
        text = attach_input("Review this.", told.append, QUICK)
        over.set()

    assert text == "Review this."
    assert told == ["Standard input is a pipe that says nothing; vivek goes on without it (`< /dev/null` means none)."]


def test_a_pipe_that_stops_in_the_middle_gives_what_came(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    over, written = threading.Event(), threading.Event()

    def write(end: int) -> None:
        os.write(end, "half é".encode()[:-1])
        written.set()
        over.wait(60)

    with piped(monkeypatch, write):
        assert written.wait(60)
        text = attach_input("Review this.", told.append, QUICK)
        over.set()

    assert "```text\nhalf\n```" in text
    assert told == ["Standard input stopped in the middle; vivek goes on with what came."]


def test_a_file_as_standard_input_is_attached(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("from a file\n")
    with (tmp_path / "a.txt").open() as stream:
        monkeypatch.setattr(sys, "stdin", stream)

        assert "from a file" in attach_input("Review this.", pytest.fail)


@pytest.mark.parametrize("stream", [None, io.StringIO("x")])
def test_without_a_real_standard_input_nothing_is_attached(
    monkeypatch: pytest.MonkeyPatch, stream: io.StringIO | None
) -> None:
    monkeypatch.setattr(sys, "stdin", stream)

    assert attach_input("Review this.", pytest.fail) == "Review this."


def test_a_null_device_and_a_closed_descriptor_add_nothing() -> None:
    code = "from vivek.cli.standard_input import attach_input; print(attach_input('p', print))"
    for redirection in ("< /dev/null", "<&-"):
        done = subprocess.run(
            ["sh", "-c", f'exec "$0" -c "{code}" {redirection}', sys.executable],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.stdout, done.returncode) == ("p\n", 0), done.stderr
