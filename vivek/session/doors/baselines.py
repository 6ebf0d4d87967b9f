"""Reads and writes the files that keep what is known already: of a review, of the architecture."""

from pathlib import Path

from vivek.config.writing import replace_file
from vivek.errors import ConfigError, WorkspaceError

_LARGEST = 64_000_000
_SHARED = 0o644


def load_baseline(path: Path, of: str, *, missing: bool) -> str | None:
    """Return the text of a baseline; None where there is none and that may be.

    Args:
        path: The file.
        of: What it is a baseline of, for messages.
        missing: Whether it may be missing: then it will be written.

    Raises:
        ConfigError: If it cannot be read.
    """
    if missing and not path.exists():
        return None
    try:
        if path.stat().st_size > _LARGEST:
            msg = f"{path} is larger than a baseline can be."
            raise ConfigError(msg, hint="Name the file that `--update-baseline` wrote.")
        return path.read_bytes().decode()
    except OSError as error:
        msg = f"The baseline {path} cannot be read: {error.strerror}."
        raise ConfigError(msg, hint="`--update-baseline` writes one.") from error
    except UnicodeDecodeError as error:
        msg = f"{path} is no baseline of {of}: it is not UTF-8."
        raise ConfigError(msg, hint="Name the file that `--update-baseline` wrote.") from error


def store_baseline(path: Path, text: str) -> None:
    """Write a baseline in one step.

    Raises:
        WorkspaceError: If it cannot be written.
    """
    try:
        replace_file(path, text.encode(), mode=_SHARED)
    except OSError as error:
        msg = f"The baseline {path} cannot be written: {error.strerror}."
        raise WorkspaceError(msg, hint="Check the rights of its folder and the space on its disk.") from error
