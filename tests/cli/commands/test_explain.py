"""`vivek explain`: more about an error, without a model, a project or a network."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Vivek = Callable[..., tuple[int, str, str]]


def test_a_topic_is_told_whole(vivek: Vivek) -> None:
    code, out, err = vivek("explain", "threads")

    assert (code, err) == (0, "")
    assert out.startswith("Threads (threads)\n\n  There is no thread NAME here.\n    It is of another project:")
    assert "Settings and the command line" not in out


def test_a_message_that_is_pasted_is_told_alone(vivek: Vivek) -> None:
    out = vivek("explain", "There is no setting `session.dept`.")[1]

    assert out.count("\n\n") == 1
    assert "All settings" in out
    assert "](" not in out


def test_words_find_the_messages_that_hold_them(vivek: Vivek) -> None:
    _, out, _ = vivek("explain", "waits", "approval", "--format", "json")

    assert [each["topic"] for each in json.loads(out)["troubles"]] == ["threads"]


def test_everything_is_told_where_nothing_is_named(vivek: Vivek) -> None:
    out = vivek("explain")[1]

    assert "\nFiles and changes (files-and-changes)\n" in out


@pytest.mark.parametrize("asked", ["frobnicate", "%", "\x1b[31m"])
def test_what_nobody_knows_of_is_said_with_the_topics(vivek: Vivek, asked: str) -> None:
    code, out, err = vivek("explain", asked)

    assert (code, out) == (1, "")
    assert "\nhint: Topics: no-model-answers, " in err
    assert "\x1b" not in err


def test_an_error_names_its_topic_to_a_reader_and_not_to_a_script(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "vivek", "threads", "show", "calm-otter-7"]
    reader, writer = pty.openpty()
    shown = subprocess.run(command, cwd=tmp_path, stdin=writer, stdout=writer, stderr=writer, check=False)
    os.close(writer)
    told = os.read(reader, 4096).decode()
    os.close(reader)
    piped = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)

    assert shown.returncode == piped.returncode == 2
    assert told.endswith("more: `vivek explain threads`\r\n")
    assert b"more:" not in piped.stderr
