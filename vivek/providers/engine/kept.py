"""What an engine has computed, kept on disk over its end: where it lies, and whether it may be used again.

The engine's child writes it when it leaves. A file holds the tokens of a prompt, so it is for its owner alone.
"""

import hashlib
import json
import os
import shutil
import stat
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

LIMIT_BYTES = 2 * 10**9
"""What all that is kept may take; a disk that has less than this to give is left alone."""

_ENGINES = ("xllamacpp", "mlx-lm")


def prepare_kept(folder: Path, model: Path, digest: str | None, window: int | None) -> Path | None:
    """Return the path, without an ending, of what is kept for one model run one way; None where nothing can be.

    What was kept of the same file under other circumstances is deleted: no engine can go on with it.

    Args:
        folder: Where everything is kept; made if need be.
        model: The file or folder of its weights.
        digest: What tells its weights from others; without it nothing is kept.
        window: Tokens of the window wanted, None for what fits.
    """
    if not digest:
        return None
    try:
        found = model.stat()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        here = folder.lstat()
        if not stat.S_ISDIR(here.st_mode) or here.st_uid != os.getuid():
            return None
        folder.chmod(0o700)
        same = [str(model), found.st_size, found.st_mtime_ns, digest, window, *map(_version, _ENGINES)]
        of_model = _name([str(model)])
        path = folder / f"{of_model}-{_name(same)}"
        for other in folder.glob(f"{of_model}-*"):
            if not other.name.startswith(path.name):
                other.unlink()
    except OSError:
        return None
    return path


def find_kept(path: Path) -> str:
    """Return the name of the file to begin with, "" if there is none; one that is not whole is deleted.

    The engine dies of a file that is cut off and takes any other bytes for what it once computed, so every byte is
    looked at.
    """
    record = path.with_name(f"{path.name}.json")
    try:
        said = json.loads(record.read_text("utf-8"))
        file = path.with_name(str(said["file"]))
        if not file.name.startswith(f"{path.name}-"):
            raise ValueError
        with file.open("rb") as stream:
            whole = os.fstat(stream.fileno()).st_size == said["size"]
            if whole and hashlib.file_digest(stream, "sha256").hexdigest() == said["sha256"]:
                return file.name
    except (OSError, ValueError, LookupError, TypeError):
        pass  # there is none, or it is damaged
    forget_kept(path)
    return ""


def write_kept(path: Path, ending: str, write: Callable[[Path], None]) -> None:
    """Keep a file, with the record that names it; whatever goes wrong, nothing is kept.

    Args:
        path: Where, without an ending.
        ending: What its name ends with.
        write: Writes it.
    """
    file = path.with_name(f"{path.name}-{os.getpid()}{ending}")
    try:
        if shutil.disk_usage(path.parent).free < LIMIT_BYTES:
            return
        file.touch(mode=0o600)
        write(file)
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            os.fsync(stream.fileno())
        size = file.stat().st_size
        if size > LIMIT_BYTES:
            raise ValueError
        fresh = path.with_name(f"{file.name}.json")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps({"file": file.name, "size": size, "sha256": digest}), "utf-8")
        fresh.replace(path.with_name(f"{path.name}.json"))
        make_room(path.parent, file)
    except (OSError, RuntimeError, ValueError):
        with suppress(OSError):
            file.unlink(missing_ok=True)


def make_room(folder: Path, newest: Path, limit: int = LIMIT_BYTES) -> None:
    """Delete what the newest file replaces, then the oldest until all fit; a record without its file is worth nothing.

    The engine's child does the same for itself: it uses nothing of vivek.
    """

    def order(path: Path) -> tuple[bool, float]:
        return path.name.rpartition("-")[0] != newest.name.rpartition("-")[0], path.stat().st_mtime

    others = sorted(set(folder.glob("*-*-*")) - {newest}, key=order)
    taken = sum(path.stat().st_size for path in (newest, *others))
    for path in others:
        is_another = order(path)[0]
        if is_another and taken <= limit:
            return
        taken -= path.stat().st_size
        path.unlink()


def forget_kept(path: Path) -> None:
    """Delete what is kept there."""
    with suppress(OSError):
        for file in (path.with_name(f"{path.name}.json"), *path.parent.glob(f"{path.name}-*")):
            file.unlink(missing_ok=True)


def want_kept(path: Path, *, wanted: bool) -> None:
    """Tell the engine whether what it has computed last is to be kept when it leaves."""
    sign = path.with_name(f"{path.name}.wanted")
    with suppress(OSError):  # then nothing is kept
        if wanted:
            sign.touch(mode=0o600)
        else:
            sign.unlink(missing_ok=True)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _name(parts: Sequence[object]) -> str:
    return hashlib.sha256(json.dumps(list(parts)).encode()).hexdigest()[:16]
