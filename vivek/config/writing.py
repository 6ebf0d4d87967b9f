"""Changes single values of the user's file of settings; comments, order and all else in it stay as they are."""

import contextlib
import os
import re
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from vivek.config.formats import load_toml, read_text
from vivek.errors import ConfigError

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

Value = str | int | float | bool | list[str]

_PRIVATE, _SHARED = 0o600, 0o644
_BARE_END = re.compile(r"(?<!\r)\n")


def write_settings(path: Path, values: Mapping[str, Value | None]) -> None:
    """Set values by dotted key (`model.name`) in the user's file; None removes one.

    The file is replaced in one step and can be read by its owner alone, since it may hold keys. A link is followed:
    people keep this file in a repository of their own.

    Raises:
        ConfigError: If the file is no TOML, a table's name is taken by a value, or it cannot be written; then it is
            as it was.
    """
    store_settings(path, changed_settings(path, values))


def changed_settings(path: Path, values: Mapping[str, Value | None]) -> str:
    """Return the text of a file of settings with other values by dotted key; None removes one. Nothing is written.

    Raises:
        ConfigError: If the file is no TOML, or a table's name is taken by a value.
    """
    load_toml(path)  # a broken file is told with line and column, and kept
    before = read_text(path)
    document = _parsed(before, path)
    for key, value in values.items():
        _put(document, key, value, path)
    return ended_like(before, document.as_string())


def ended_like(before: str, text: str) -> str:
    """Return a text with the line ends of the one before it, where that ends all of its lines with CRLF."""
    return _BARE_END.sub("\r\n", text) if "\r\n" in before and not _BARE_END.search(before) else text


def store_settings(path: Path, text: str, *, private: bool = True) -> None:
    """Put a text in the place of a file of settings, in one step; a link is followed.

    Args:
        path: The file.
        text: What it is to say.
        private: Whether its owner alone may read it; otherwise it keeps the rights it has.

    Raises:
        ConfigError: If it cannot be written; then it is as it was.
    """
    place = Path(os.path.realpath(path))
    try:
        mode = _PRIVATE if private else _mode_of(place)
        replace_file(place, text.encode(), mode=mode)
    except OSError as error:
        msg = f"{path} cannot be written: {error.strerror}."
        raise ConfigError(msg, hint="Check the rights of its folder and the space on its disk.") from error


def render_toml(table: Mapping[str, object]) -> str:
    """Return plain values, lists and tables as the text of a TOML file."""
    import tomlkit

    return tomlkit.dumps(table)


def _parsed(text: str, path: Path) -> "TOMLDocument":
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        return tomlkit.parse(text)
    except (TOMLKitError, RecursionError) as error:
        msg = f"{path} cannot be changed: {error}."
        raise ConfigError(msg, hint="Correct the file, or write the setting into it yourself.") from error


def _put(document: "TOMLDocument", key: str, value: Value | None, path: Path) -> None:
    import tomlkit

    *tables, name = key.split(".")
    place: object = document
    for table in tables:
        if not isinstance(place, dict):
            break
        if table not in place:
            if value is None:
                return
            place[table] = tomlkit.table()
        place = place[table]
    if not isinstance(place, dict):
        msg = f"`{key}` cannot be set in {path}: what stands there is no table."
        raise ConfigError(msg, hint="Correct the file.")
    if value is None:
        place.pop(name, None)
        return
    place[name] = value


def _mode_of(path: Path) -> int:
    """Return the rights of a file; what others may read where there is none."""
    return stat.S_IMODE(path.stat().st_mode) if path.exists() else _SHARED


def replace_file(path: Path, data: bytes, *, mode: int = _PRIVATE) -> None:
    """Put a file in the place of another one, or of none, in one step; only its owner can read it.

    Args:
        path: The file.
        data: What it is to hold.
        mode: Its rights, if not those.

    Raises:
        OSError: If it cannot be written; what stood there is as it was.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # made with mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        os.replace(temporary, path)  # noqa: PTH105 - one step, and the path is a text
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108 - as above
        raise
