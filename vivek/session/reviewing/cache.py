"""Keeps what a review found, so that nothing is looked at twice; in the user's cache, never in the project."""

import dataclasses
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from vivek import __version__
from vivek.config.folders import cache_folder, config_folder
from vivek.errors import ConfigError
from vivek.project.changes.versions import Version
from vivek.project.checks.ruff import ruff_stamp
from vivek.project.packages import installed_names
from vivek.schema.changes import Changes
from vivek.schema.findings import Finding, Fix, Receipt
from vivek.schema.plain import as_plain, from_plain
from vivek.session.place import Place
from vivek.session.trust import Trust

FORMAT: Final = "3"
"""Raised when the same change yields other findings than before."""

_MOST = 100  # reviews that are kept
_LARGEST = 8_000_000  # bytes of one


@dataclasses.dataclass(frozen=True, slots=True)
class Kept:
    """What a review found.

    Attributes:
        findings: Its findings.
        tools: Who looked, name to version.
        read: Files that other tools than vivek read, by tool.
        untested: Changed definitions that no test names.
        told: What the user should know.
        receipts: What became of each piece of the change.
        passing: Whether it hangs on more than the change, so that it is not kept.
    """

    findings: tuple[Finding, ...]
    tools: Mapping[str, str]
    read: Mapping[str, tuple[str, ...]]
    untested: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    passing: bool = False


def key_of(changes: Changes, known: Iterable[str]) -> str:
    """Return what tells one review from every other.

    Args:
        changes: What is reviewed.
        known: What else decides what is found: versions, names of packages, findings of other tools.
    """
    digest = hashlib.blake2b(FORMAT.encode(), digest_size=20)
    for each in known:
        digest.update(each.encode("utf-8", "surrogatepass") + b"\0")
    digest.update(repr((changes.scope.kind, changes.scope.base, changes.scope.head)).encode())
    for file in changes.files:
        hunks = file.hunks if file.new_text is None or file.kind == "whole" else ()  # else the texts say all
        named = repr((file.path, file.kind, file.old_path, file.aside, file.modes, hunks))
        for part in (named, file.old_text, file.new_text):
            digest.update(b"\1" if part is None else part.encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()


def look_key(place: Place, changes: Changes, version: Version, given: Sequence[Finding]) -> str:
    """Return what tells this look at a change from every other.

    Args:
        place: The project.
        changes: What is looked at.
        version: The project around it.
        given: What other tools found.
    """
    installed = installed_names(place.root) or ()
    trusted = [each.digest + each.answer for folder in Trust.open().folders.values() for each in folder.commands]
    known = [
        __version__,
        ruff_stamp(),
        *_settings(place),
        *trusted,
        "",
        *sorted(installed),
        "",
        *sorted(version.paths()),
        "",
    ]
    return key_of(changes, [*known, *(repr(finding) for finding in given)])


def _settings(place: Place) -> Iterator[str]:
    """Yield what the files of settings say: they may name linters."""
    for folder in (config_folder(), place.root / ".vivek"):
        with suppress(OSError):
            yield _digest((folder / "config.toml").read_bytes())


def recall(key: str, version: Version) -> Kept | None:
    """Return what was found before; None where it was not, or files it was read from have changed since."""
    try:
        path = _folder() / f"{key}.json"
        if path.stat().st_size > _LARGEST:
            return None
        held = json.loads(path.read_bytes())
        if any(digest != _digest(version.read(name)) for name, digest in held["beside"].items()):
            return None
        findings = tuple(_finding(each) for each in held["findings"])
        read = {tool: tuple(paths) for tool, paths in held["read"].items()}
        receipts = tuple(from_plain(Receipt, each) for each in held["receipts"])
        return Kept(findings, dict(held["tools"]), read, tuple(held["untested"]), tuple(held["told"]), receipts)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ConfigError):
        return None  # never written, cut off, or of another vivek


def keep(key: str, kept: Kept, version: Version) -> None:
    """Keep what was found; a cache that cannot be written is done without.

    Args:
        key: What `key_of` returned.
        kept: What was found.
        version: What was read besides the change; it counts where the change does not tell its state anyway.
    """
    held = {
        "beside": {} if version.is_pinned else {name: _digest(data) for name, data in version.held.items()},
        "untested": list(kept.untested),
        "findings": [dataclasses.asdict(finding) for finding in kept.findings],
        "tools": dict(kept.tools),
        "read": dict(kept.read),
        "told": list(kept.told),
        "receipts": as_plain(kept.receipts),
    }
    with suppress(OSError, ConfigError, UnicodeError):
        folder = _folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder)  # made with mode 0600
        with os.fdopen(handle, "wb") as file:
            file.write(json.dumps(held).encode())
        Path(name).replace(folder / f"{key}.json")
        _prune(folder)


def _prune(folder: Path) -> None:
    entries = sorted(folder.iterdir(), key=lambda entry: entry.stat().st_mtime_ns, reverse=True)
    for entry in entries[_MOST:]:
        entry.unlink(missing_ok=True)


def _folder() -> Path:
    return cache_folder() / "reviews"


def _digest(data: bytes | None) -> str:
    return "" if data is None else hashlib.blake2b(data, digest_size=16).hexdigest()


def _finding(row: Mapping[str, object]) -> Finding:
    fields = dict(row)
    fix = fields.pop("fix")
    origins = fields.pop("origins")
    # What was written by `asdict` is read back; another shape raises TypeError.
    return Finding(
        **fields,  # type: ignore[arg-type]  # plain values of the same names
        fix=Fix(**fix) if isinstance(fix, dict) else None,
        origins=tuple(origins) if isinstance(origins, list) else (),
    )
