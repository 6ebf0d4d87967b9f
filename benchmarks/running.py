"""Runs a command to its end and tells what it cost and what it said, through a pipe or in a terminal."""

import errno
import fcntl
import hashlib
import os
import pty
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_READ = 65_536
_LINES, _COLUMNS = 30, 100


@dataclass(frozen=True, slots=True)
class Run:
    """One run.

    Attributes:
        cpu: Seconds, user and system, children included.
        peak: The most resident memory, in MB.
        digest: The SHA-256 of the output.
        size: Bytes of the output.
        seen: When the marker was read, in seconds of the monotonic clock; None when it never was.
    """

    cpu: float
    peak: float
    digest: str
    size: int
    seen: float | None


def run_piped(command: Sequence[str], *, environment: Mapping[str, str], folder: Path, marker: str = "") -> Run:
    """Run a command whose output goes through a pipe.

    Raises:
        RuntimeError: If it fails.
    """
    reader, writer = os.pipe()
    return _run(command, dict(environment), folder, marker.encode(), reader, writer, terminal=False)


def run_in_terminal(command: Sequence[str], *, environment: Mapping[str, str], folder: Path, marker: str = "") -> Run:
    """Run a command in a pseudo-terminal of 100 columns.

    Raises:
        RuntimeError: If it fails.
    """
    reader, writer = pty.openpty()
    fcntl.ioctl(writer, termios.TIOCSWINSZ, struct.pack("HHHH", _LINES, _COLUMNS, 0, 0))
    return _run(command, dict(environment), folder, marker.encode(), reader, writer, terminal=True)


def _run(
    command: Sequence[str],
    environment: dict[str, str],
    folder: Path,
    marker: bytes,
    reader: int,
    writer: int,
    *,
    terminal: bool,
) -> Run:
    with tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(
            command,
            env=environment,
            cwd=folder,
            stdin=writer if terminal else subprocess.DEVNULL,
            stdout=writer,
            stderr=writer if terminal else errors,
            start_new_session=terminal,
        )
        os.close(writer)
        digest, size, seen, tail = hashlib.sha256(), 0, None, b""
        while data := _read(reader):
            size += len(data)
            digest.update(data)
            if seen is None and marker:
                tail += data
                seen = time.monotonic() if marker in tail else None
                tail = tail[-len(marker) :]
        os.close(reader)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            errors.seek(0)
            msg = f"{command} ended with {child.returncode}: {errors.read().decode(errors='replace')}"
            raise RuntimeError(msg)
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return Run(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit, digest.hexdigest(), size, seen)


def _read(reader: int) -> bytes:
    """Return what is there; a terminal whose other side is closed has nothing more to say."""
    try:
        return os.read(reader, _READ)
    except OSError as error:
        if error.errno == errno.EIO:
            return b""
        raise
