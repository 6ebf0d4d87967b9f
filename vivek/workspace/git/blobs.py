"""Contents that git keeps, many at a time; as they are, without filters."""

from collections.abc import Sequence
from pathlib import Path

from vivek.workspace.git.asking import ask_git


def blob_sizes(root: Path, names: Sequence[str]) -> dict[str, int]:
    """Return how many bytes the contents of these names have; names that git does not know are left out.

    Raises:
        WorkspaceError: If git fails.
    """
    if not names:
        return {}
    told = ask_git(root, ["cat-file", "--batch-check=%(objecttype) %(objectsize)"], input=_listed(names))
    lines = told.decode("utf-8", "replace").split("\n")
    pairs = zip(names, (line.split(" ") for line in lines), strict=False)
    return {name: int(words[1]) for name, words in pairs if words[0] == "blob"}


def read_blobs(root: Path, names: Sequence[str]) -> dict[str, bytes]:
    """Return contents that git has, by their names.

    Raises:
        WorkspaceError: If git fails.
    """
    told = ask_git(root, ["cat-file", "--batch"], input=_listed(names)) if names else b""
    found: dict[str, bytes] = {}
    at = 0
    for name in names:
        begin = told.index(b"\n", at) + 1
        size = int(told[at : begin - 1].rpartition(b" ")[2])
        found[name] = told[begin : begin + size]
        at = begin + size + 1
    return found


def _listed(names: Sequence[str]) -> bytes:
    return "".join(f"{name}\n" for name in names).encode()
