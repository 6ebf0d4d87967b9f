"""Small projects and their indexes, and everything an index says, to be held against another one."""

import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from vivek.project.index.index import Index, open_index
from vivek.project.scan import load_files
from vivek.schema.index import FileFacts

SHOP = {
    "README.md": "# Till\n\nAdds up what a shop sold.\n",
    "till/__init__.py": '"""A small shop till."""\n',
    "till/prices.py": '''"""Prices in cents."""

VAT = 19


def discount(price: int, percent: int) -> int:
    """Take a percentage off a price."""
    return price - price * percent // 100


class PriceList:
    """What things cost."""

    def find(self, name: str) -> int:
        return self.prices[name]
''',
    "till/report.py": '''"""What was sold."""

from till.prices import PriceList, discount


def total(prices: list[int], percent: int = 0) -> int:
    """Add up prices after their discount."""
    return sum(discount(price, percent) for price in prices)


def show(prices: PriceList) -> str:
    return str(total([prices.find("tea")]))
''',
    "tests/test_prices.py": """from till.prices import discount


def test_discount():
    assert discount(100, 5) == 95
""",
}


def write(root: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files, each in one step, with their folders."""
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        data = content.encode() if isinstance(content, str) else content
        target.write_bytes(data)


def shop(root: Path) -> Path:
    """Write the shop and return its root."""
    write(root, SHOP)
    return root


def walked(root: Path) -> Callable[[], Sequence[str]]:
    """Return what lists the files of a folder without git."""
    return lambda: load_files(root, tracked=lambda _: None).paths


def open_shop(
    root: Path,
    data: Path,
    *,
    list_files: Callable[[], Sequence[str]] | None = None,
    extract: Callable[[str, str], FileFacts] | None = None,
    read_more: Callable[[Sequence[str]], Mapping[str, FileFacts]] | None = None,
    reader: str = "",
) -> Index:
    """Open the index of a project without git."""
    if read_more is None and extract is not None:
        read_more = lambda _: {}  # noqa: E731 - a double reads all there is
    return open_index(
        root, data, list_files=list_files or walked(root), extract=extract, read_more=read_more, reader=reader
    )


def without_text(_: sqlite3.Connection) -> bool:
    """Stand for a SQLite without FTS5."""
    return False


def everything(index: Index, *, texts: Collection[str] = ("price", "def ", "Total")) -> dict[str, object]:
    """Return all that an index says; of matches by words only which files they are, of counts none of the past."""
    status = index.status()
    paths = tuple(index.paths())
    definitions = {path: tuple(index.definitions_in(path)) for path in paths}
    used = {path: dict(index.referred(path)) for path in paths}
    names = {one.last for some in definitions.values() for one in some} | {
        name for some in used.values() for name in some
    }
    return {
        "status": (
            status.files,
            status.listed,
            status.definitions,
            dict(status.skipped),
            status.faults,
            status.complete,
        ),
        "unread": dict(status.unread),
        "paths": paths,
        "definitions": definitions,
        "used": used,
        "imports": {path: tuple(index.imports_of(path)) for path in paths},
        "by name": {name: tuple(index.definitions(name)) for name in sorted(names)},
        "users": {name: dict(index.references(name)) for name in sorted(names)},
        "defined": dict(index.defined(names)),
        "edges": {path: dict(found) for path, found in index.edges().items()},
        "importers": {path: tuple(found) for path, found in index.importers().items()},
        "search": {text: tuple(index.search(text)) for text in texts},
        "match": {text: sorted(path for path, _ in index.match([text], limit=1_000)) for text in texts},
    }
