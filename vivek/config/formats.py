"""Reads files of settings (TOML) into flat keys, each with the line it stands on."""

import errno
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vivek.errors import ConfigError

_LARGEST = 1_000_000
_DEEPEST = 64
_STRING = re.compile(r"\"(?:[^\"\\\n]|\\.)*+\"|'[^'\n]*+'")
_CHAIN = re.compile(r"[\w-]++(?:[ \t]*+\.[ \t]*+[\w-]++)*+")
_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_HEADER = re.compile(r"[ \t]*\[{1,2}([^\[\]]+)\]{1,2}")
_KEY = re.compile(r"[ \t]*([\w.\-\"' \t]+?)[ \t]*=")


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of a file or a variable.

    Attributes:
        value: It.
        place: The file, with `:LINE` where it is known; the variable.
        column: Where on the line its key begins, from 1; 0 where nobody knows.
        untyped: Whether the value is text that still has to be read as its type.
    """

    value: object
    place: str
    column: int = 0
    untyped: bool = False


def load_toml(path: Path) -> dict[str, Entry]:
    """Return the values of a TOML file by dotted key; {} when there is no such file.

    Raises:
        ConfigError: If it cannot be read or is no TOML; the message names file, line and column.
    """
    text = read_text(path)
    return parse_toml(text, path) if text else {}


def read_text(path: Path) -> str:
    """Return the text of a file of settings; "" when there is no such file.

    Raises:
        ConfigError: If it cannot be read, is no UTF-8, or is larger than such a file can be.
    """
    try:
        if not path.exists():
            return ""
        if not path.is_file():  # opening a pipe would wait for ever
            raise IsADirectoryError(errno.EISDIR, "it is no file")
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror}."
        raise ConfigError(msg, hint="Check that it is a file and may be read.") from error
    if len(data) > _LARGEST:
        msg = f"{path} is larger than a file of settings can be."
        raise ConfigError(msg, hint=f"Cut it down to less than {_LARGEST:,} bytes.")
    return _text(data, path)


def parse_toml(text: str, path: Path) -> dict[str, Entry]:
    """Return the values of a TOML text by dotted key; `path` is named in messages.

    Raises:
        ConfigError: If it is no TOML; the message names file, line and column.
    """
    import tomllib

    # The parser's memory grows with the square of a dotted key's length.
    if any(chain[0].count(".") > _DEEPEST for chain in _CHAIN.finditer(_STRING.sub("q", text))):
        raise _too_deep(path)
    try:
        values = dict(_flat(tomllib.loads(text), ""))
    except tomllib.TOMLDecodeError as error:
        raise _malformed(path, text, str(error)) from error
    except RecursionError as error:
        raise _too_deep(path) from error
    spots = _spots_of_keys(text)
    return {key: _entry(key, value, spots, path) for key, value in values.items()}


def _entry(key: str, value: object, spots: Mapping[str, tuple[int, int]], path: Path) -> Entry:
    """Return a value with the line of its key, or of the inline table it stands in, or of that table's header."""
    while key and key not in spots:
        key = key.rpartition(".")[0]
    if not key:
        return Entry(value, str(path))
    line, column = spots[key]
    return Entry(value, f"{path}:{line}", column)


def _text(data: bytes, path: Path) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        msg = f"{path}, line {line}, column {column}: the file is not valid UTF-8."
        raise ConfigError(msg, hint="Save it as UTF-8.") from error


def _malformed(path: Path, text: str, said: str) -> ConfigError:
    found = _POSITION.search(said)
    reason = said[: found.start()] if found is not None else said
    if found is not None and found[1]:
        line, column = int(found[1]), int(found[2])
    else:
        line, column = text.count("\n") + 1, len(text) - text.rfind("\n")
    return ConfigError(f"{path}, line {line}, column {column}: {reason}.", hint="Correct the file.")


def _too_deep(path: Path) -> ConfigError:
    return ConfigError(f"{path} is nested too deeply.", hint="Write flat tables.")


def _flat(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, object]]:
    """Yield values under dotted keys. Any: a TOML value is of any of its types."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _spots_of_keys(text: str) -> dict[str, tuple[int, int]]:
    """Return line and column of each key and each table that stands at the beginning of a line."""
    spots: dict[str, tuple[int, int]] = {}
    table = ""
    for number, line in enumerate(text.split("\n"), start=1):
        header = _HEADER.match(line)
        if header is not None:
            spots.setdefault(_dotted(header[1]), (number, header.start(1) + 1))
            table = _dotted(header[1]) + "."
            continue
        key = _KEY.match(line)
        if key is not None:
            spots.setdefault(table + _dotted(key[1]), (number, key.start(1) + 1))
    return spots


def _dotted(text: str) -> str:
    return ".".join(part.strip(" \t\"'") for part in text.split("."))
