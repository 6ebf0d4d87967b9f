"""The log."""

import io
import json
import logging
import os
import sys
from pathlib import Path

import pytest

from vivek.session.logs import log_unexpected, start_logs


def lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_log_is_json_lines_private_to_the_user() -> None:
    path = start_logs(verbose=False)
    assert path is not None
    logging.getLogger("vivek.session").info("opened %s", "calm-otter-7")

    assert [(line["level"], line["message"]) for line in lines(path)] == [("INFO", "opened calm-otter-7")]
    assert path.stat().st_mode & 0o777 == 0o600
    assert [folder.stat().st_mode & 0o777 for folder in (path.parent, path.parent.parent)] == [0o700, 0o700]


def test_secrets_stay_out_of_messages_and_tracebacks() -> None:
    secret = "ghp_" + "a1B2" * 9
    try:
        raise ValueError(f"Authorization: Bearer {secret}")
    except ValueError as error:
        path = log_unexpected(type(error), error, error.__traceback__)
    assert path is not None

    [line] = lines(path)
    assert secret not in json.dumps(line)
    assert "ValueError" in line["traceback"]
    assert "test_logs.py" in line["traceback"]


def test_verbose_shows_the_log_on_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(sys, "stderr", shown)
    start_logs(verbose=True)
    logging.getLogger("vivek").debug("looking")

    assert json.loads(shown.getvalue())["message"] == "looking"


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    monkeypatch.setenv("VIVEK_STATE_DIR", str(tmp_path / "state"))

    assert start_logs(verbose=False) is None
    error = RuntimeError("x")
    assert log_unexpected(RuntimeError, error, None) is None
    assert os.environ["VIVEK_STATE_DIR"]


@pytest.mark.covers("K01", "K02")
def test_what_went_wrong_is_searched_for_every_kind_of_secret() -> None:
    hook = "https://hooks.slack.com/services/T0123/B0123/abcdef0123456789"
    path = start_logs(verbose=False)
    assert path is not None
    logging.getLogger("vivek").warning("posting to %s failed", hook)

    [line] = lines(path)
    assert line["message"] == "posting to [redacted] failed"
