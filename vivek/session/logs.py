"""The log: JSON lines in the user's state directory, redacted; to standard error as well when asked."""

import json
import logging
import os
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from vivek.config.folders import state_folder
from vivek.config.redaction import redact
from vivek.config.secrets import scrub

LOGGER = logging.getLogger("vivek")
_LARGEST = 1_000_000
_KEPT = 3


class JsonLines(logging.Formatter):
    """One JSON object a record; whatever text goes into it is redacted, arguments and tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        # What went wrong may quote anything; of the ordinary lines vivek chose every word, and they come often.
        clean = scrub if record.levelno >= logging.WARNING or record.exc_info else redact
        said = {
            "time": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "message": clean(record.getMessage()),
        }
        if record.exc_info:
            said["traceback"] = clean(self.formatException(record.exc_info))
        return json.dumps(said, ensure_ascii=False)


def start_logs(*, verbose: bool) -> Path | None:
    """Begin to log and return the file; None when it cannot be written, which stops nothing.

    Args:
        verbose: Whether to show the log on standard error too.
    """
    for handler in LOGGER.handlers:
        if isinstance(handler, RotatingFileHandler):
            return Path(handler.baseFilename)
    LOGGER.setLevel(logging.DEBUG if verbose else logging.INFO)
    LOGGER.propagate = False
    if verbose:
        shown = logging.StreamHandler(sys.stderr)
        shown.setFormatter(JsonLines())
        LOGGER.addHandler(shown)
    path = state_folder() / "logs" / "vivek.jsonl"
    try:
        for folder in (path.parent.parent, path.parent):  # each by itself: what is made on the way is not private
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
        kept = RotatingFileHandler(path, maxBytes=_LARGEST, backupCount=_KEPT, encoding="utf-8")
    except OSError:
        return None
    kept.setFormatter(JsonLines())
    LOGGER.addHandler(kept)
    return path


def log_unexpected(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> Path | None:
    """Log what nobody expected, with its traceback; return the file, None when it cannot be written."""
    path = start_logs(verbose=False)
    LOGGER.error("unexpected %s", kind.__name__, exc_info=(kind, error, trace))
    if path is None:
        return None
    for handler in LOGGER.handlers:
        handler.flush()
    return path
