"""What the benchmarks of streaming stand on: replies, the server's pace, and what a run is said to have cost."""

import hashlib
import os
import resource
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from benchmarks.replies import FIRST, markdown, text, tokens
from benchmarks.running import run_in_terminal, run_piped
from benchmarks.server import Flow, model_server
from benchmarks.stream_cpu import read_bare, read_by_provider


def ask(url: str) -> bytes:
    body = b'{"messages": [{"role": "user", "content": "hello"}]}'
    with urllib.request.urlopen(urllib.request.Request(f"{url}/chat/completions", data=body), timeout=20) as answer:
        return bytes(answer.read())


def test_words_are_as_many_as_asked_for_and_end_a_line() -> None:
    for count in (1, 12, 500):
        words = list(tokens(count))
        assert len(words) == len("".join(words).split()) == count
        assert words[0].strip() == FIRST
        assert words[-1].endswith("\n")
    assert list(tokens(50)) == list(tokens(50)) != list(tokens(50, seed=2))


def test_markdown_has_everything_that_is_drawn_in_its_own_way_and_as_many_pieces_as_asked_for() -> None:
    pieces = list(markdown(1_000))
    said = "".join(pieces)

    assert len(pieces) == 1_000
    assert all(mark in said for mark in ("## ", "**", "- ", "1. ", "| ", "> ", "```python", "<<<<<<< SEARCH"))
    assert pieces == list(markdown(1_000)) != list(markdown(1_000, seed=2))


@pytest.mark.parametrize("size", [1, 1_023, 1_024, 1_025, 100_000])
def test_a_text_has_exactly_the_size_asked_for(size: int) -> None:
    pieces = list(text(size))
    assert len("".join(pieces)) == size
    assert pieces[-1].endswith("\n")
    assert len(set(pieces)) == len(pieces)


@pytest.mark.parametrize("single", [False, True])
def test_the_server_tells_what_it_sent(single: bool) -> None:
    with model_server(lambda _: Flow(tokens(300), single=single)) as server:
        before = time.monotonic()
        said = ask(server.url)
        sent = server.sent

    assert sent.digest == hashlib.sha256("".join(tokens(300)).encode()).hexdigest()
    assert sent.pieces == 300
    assert before < sent.first < time.monotonic()
    assert said.count(b"data: ") == 303, "each piece is an event, then reason, figures and end mark"
    assert said.endswith(b"data: [DONE]\n\n")


def test_a_flow_keeps_its_pace() -> None:
    with model_server(lambda _: Flow(tokens(30), rate=100)) as server:
        began = time.monotonic()
        ask(server.url)
    assert 0.29 < time.monotonic() - began < 20


async def test_both_readers_read_the_same() -> None:
    with model_server(lambda _: Flow(tokens(200))) as server:
        assert await read_bare(server.url) == await read_by_provider(server.url) == len("".join(tokens(200)))


def test_a_run_tells_what_was_said_and_when(tmp_path: Path) -> None:
    code = "import sys, time; print('one', flush=True); time.sleep(0.2); print('two é', sys.stdout.isatty())"
    began = time.monotonic()
    ran = run_piped([sys.executable, "-c", code], environment=os.environ, folder=tmp_path, marker="two")

    said = "one\ntwo é False\n".encode()
    assert (ran.digest, ran.size) == (hashlib.sha256(said).hexdigest(), len(said))
    assert ran.seen is not None
    assert ran.seen - began >= 0.2
    assert ran.cpu > 0
    # Until it becomes another program a child is as large as its parent, and Linux counts that, too.
    assert 5 < ran.peak < 100 + resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def test_a_terminal_is_one(tmp_path: Path) -> None:
    code = "import os, sys; print(sys.stdout.isatty(), os.get_terminal_size().columns)"
    ran = run_in_terminal([sys.executable, "-c", code], environment=os.environ, folder=tmp_path, marker="True 100")
    assert ran.seen is not None


def test_a_run_that_fails_is_no_figure(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no such luck"):
        run_piped([sys.executable, "-c", "raise SystemExit('no such luck')"], environment=os.environ, folder=tmp_path)
