"""Makes a git repository out of the source archives of consecutive releases, for `selection.py`.

For projects that release every change by itself: the entries of their changelog then say what each release changed.
"""

import re
import subprocess
import sys
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

_HEADING = re.compile(r"^#+ +\[?v?(\d+(?:\.\d+)+)\b.*$", re.MULTILINE)
_PLAIN = re.compile(r"\[([^\]]*)\]\([^)]*\)|\bThanks?(?: to)? @.*", re.MULTILINE)
_LEFT_OUT = ("PKG-INFO", "setup.cfg", "VERSION")
_AUTHOR = ("-c", "user.name=releases", "-c", "user.email=releases@example.org")


def main(arguments: Sequence[str]) -> int:
    """Write the repository: `releases.py ARCHIVES REPOSITORY` with a folder of `NAME-VERSION.tar.gz`."""
    archives, repository = Path(arguments[0]), Path(arguments[1])
    found = {version_of(path): path for path in archives.glob("*.tar.gz")}
    order = sorted(found, key=lambda version: [int(part) for part in version.split(".")])
    told = entries(text_in(found[order[-1]], "CHANGELOG.md"))
    repository.mkdir()
    git(repository, "init", "--quiet")
    for number, version in enumerate(order):
        for name in git(repository, "ls-files", "-z").split("\0")[:-1]:
            (repository / name).unlink()
        unpack(found[version], repository, version)
        git(repository, "add", "--all")
        stamp = f"{1_600_000_000 + 86_400 * number} +0000"
        git(repository, *_AUTHOR, "commit", "--quiet", "--allow-empty", f"--date={stamp}", "-m", told.get(version, "-"))
    print(f"{len(order)} releases, {sum(version in told for version in order)} of them with an entry")
    return 0


def version_of(path: Path) -> str:
    """Return the version in the name of an archive."""
    return path.name.removesuffix(".tar.gz").rpartition("-")[2]


def entries(changelog: str) -> Mapping[str, str]:
    """Return what a changelog says of each version, without links and thanks."""
    parts = _HEADING.split(changelog)[1:]
    return {version: _PLAIN.sub(r"\1", text).strip() for version, text in zip(parts[::2], parts[1::2], strict=True)}


def text_in(archive: Path, name: str) -> str:
    """Return a file at the top of an archive."""
    with tarfile.open(archive) as tar:
        member = next(each for each in tar if PurePosixPath(each.name).parts[1:] == (name,))
        held = tar.extractfile(member)
        return "" if held is None else held.read().decode()


def unpack(archive: Path, folder: Path, version: str) -> None:
    """Write the files of an archive, without its number, what its own build put there, and the changelog."""
    with tarfile.open(archive) as tar:
        for member in tar:
            parts = PurePosixPath(member.name).parts[1:]
            left_out = parts and (parts[-1] in _LEFT_OUT or parts[-1].startswith("CHANGELOG"))
            if not member.isfile() or not parts or left_out or any(part.endswith(".egg-info") for part in parts):
                continue
            held = tar.extractfile(member)
            target = folder.joinpath(*parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            data = b"" if held is None else held.read()
            target.write_bytes(data.replace(version.encode(), b"0"))


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder and return what it wrote."""
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
