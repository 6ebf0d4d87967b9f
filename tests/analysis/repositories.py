"""Small repositories in seven languages of which everything is known: who imports whom, what is dead, what is round."""

from dataclasses import dataclass, field
from pathlib import Path

_SHOPS = Path(__file__).with_name("shops")


@dataclass(frozen=True)
class Planted:
    """A repository and the whole truth about it.

    Attributes:
        texts: Its files.
        edges: Every import among its files.
        cycle: The one cycle.
        cut: The import that costs least to cut.
        dead: Everything that nothing uses.
        layers: From the top down.
        covered: Modules that a test reaches.
        empty: Tests that assert nothing.
        ways: A function, and the ways through it.
    """

    texts: dict[str, str]
    edges: dict[str, set[str]]
    cycle: tuple[str, ...]
    cut: tuple[str, str]
    dead: tuple[str, ...]
    layers: tuple[str, ...]
    covered: set[str]
    empty: tuple[str, ...]
    ways: tuple[str, int]
    known: set[str] = field(default_factory=set)


def _texts(language: str) -> dict[str, str]:
    """Return the files of a shop; in its own file each begins with a line of its path."""
    parts = (_SHOPS / f"{language}.txt").read_text("utf-8").split("=== ")[1:]
    return {path: text for path, _, text in (part.partition("\n") for part in parts)}


PYTHON = Planted(
    texts=_texts("python"),
    edges={
        "till/main.py": {"till/ui/screen.py"},
        "till/ui/screen.py": {"till/core/prices.py", "till/plugins/__init__.py"},
        "till/core/prices.py": {"till/core/rounding.py", "till/storage/table.py"},
        "till/core/rounding.py": {"till/core/prices.py"},
        "till/storage/__init__.py": {"till/storage/table.py"},
        "tests/test_prices.py": {"till/core/prices.py"},
    },
    cycle=("till/core/prices.py", "till/core/rounding.py"),
    cut=("till/core/prices.py", "till/core/rounding.py"),
    dead=("till/core/prices.py::forgotten_price", "till/core/unused_ledger.py"),
    layers=("main", "ui", "core", "plugins | storage"),
    covered={"till/core/prices.py", "till/core/rounding.py", "till/storage/table.py"},
    empty=("tests/test_prices.py::test_taking_says_nothing",),
    ways=("add", 3),
    known={"TILL_COLOUR", "till"},
)

JAVASCRIPT = Planted(
    texts=_texts("javascript"),
    edges={
        "src/main.js": {"src/ui/screen.js"},
        "src/ui/screen.js": {"src/core/prices.js"},
        "src/core/prices.js": {"src/core/rounding.js", "src/storage/table.js"},
        "src/core/rounding.js": {"src/core/prices.js"},
        "test/prices.test.js": {"src/core/prices.js"},
    },
    cycle=("src/core/prices.js", "src/core/rounding.js"),
    cut=("src/core/prices.js", "src/core/rounding.js"),
    dead=("src/core/prices.js::forgottenPrice", "src/core/unusedLedger.js"),
    layers=("main", "ui", "core", "storage"),
    covered={"src/core/prices.js", "src/core/rounding.js", "src/storage/table.js"},
    empty=("test/prices.test.js::taking says nothing",),
    ways=("add", 4),
    known={"TILL_COLOUR", "till"},
)

TYPESCRIPT = Planted(
    texts=_texts("typescript"),
    edges={
        "app/main.ts": {"app/ui/screen.tsx"},
        "app/ui/screen.tsx": {"app/core/prices.ts"},
        "app/core/prices.ts": {"app/core/rounding.ts", "app/storage/table.ts"},
        "app/core/rounding.ts": {"app/core/prices.ts"},
        "app/storage/index.ts": {"app/storage/table.ts"},
        "app/core/prices.test.ts": {"app/core/prices.ts"},
    },
    cycle=("app/core/prices.ts", "app/core/rounding.ts"),
    cut=("app/core/prices.ts", "app/core/rounding.ts"),
    dead=("app/core/prices.ts::forgottenPrice", "app/core/unusedLedger.ts"),
    layers=("main", "ui", "core", "storage"),
    covered={"app/core/prices.ts", "app/core/rounding.ts", "app/storage/table.ts"},
    empty=("app/core/prices.test.ts::takes",),
    ways=("add", 4),
    known={"TILL_COLOUR", "till", "app/main.ts"},
)

GO = Planted(
    texts=_texts("go"),
    edges={
        "main.go": {"ui/screen.go"},
        "ui/screen.go": {"core/prices.go"},
        "core/prices.go": {"storage/table.go"},
    },
    cycle=(),
    cut=("", ""),
    dead=("core/prices.go::forgottenPrice", "core/unused_ledger.go"),
    layers=("main", "ui", "core", "storage"),
    covered={"core/prices.go", "core/rounding.go", "storage/table.go"},
    empty=("core/prices_test.go::TestTake",),
    ways=("Add", 4),
    known={"TILL_COLOUR", "main"},
)

RUST = Planted(
    texts=_texts("rust"),
    edges={
        "src/main.rs": {"src/ui/screen.rs"},
        "src/ui/screen.rs": {"src/core/prices.rs"},
        "src/core/prices.rs": {"src/core/rounding.rs", "src/storage/table.rs"},
        "src/core/rounding.rs": {"src/core/prices.rs"},
    },
    cycle=("src/core/prices.rs", "src/core/rounding.rs"),
    cut=("src/core/prices.rs", "src/core/rounding.rs"),
    dead=("src/core/prices.rs::forgotten_price", "src/core/unused_ledger.rs"),
    layers=("main", "ui", "core", "storage"),
    covered={"src/core/prices.rs", "src/core/rounding.rs", "src/storage/table.rs"},
    empty=("src/core/prices.rs::tests.takes",),
    ways=("add", 4),
    known={"TILL_COLOUR", "main"},
)

_J = "src/main/java/org/till"
_JT = "src/test/java/org/till"
JAVA = Planted(
    texts=_texts("java"),
    edges={
        f"{_J}/Main.java": {f"{_J}/ui/Screen.java"},
        f"{_J}/ui/Screen.java": {f"{_J}/core/Prices.java"},
        f"{_J}/core/Prices.java": {f"{_J}/storage/Table.java", f"{_J}/rules/Tax.java"},
        f"{_J}/rules/Tax.java": {f"{_J}/core/Prices.java"},
    },
    cycle=(f"{_J}/core/Prices.java", f"{_J}/rules/Tax.java"),
    cut=(f"{_J}/core/Prices.java", f"{_J}/rules/Tax.java"),
    dead=(f"{_J}/core/UnusedLedger.java",),
    layers=("Main", "ui", "core | rules", "storage"),
    covered={f"{_J}/core/Prices.java", f"{_J}/core/Rounding.java", f"{_J}/rules/Tax.java", f"{_J}/storage/Table.java"},
    empty=(f"{_JT}/core/PricesTest.java::PricesTest.takes",),
    ways=("add", 4),
    known={"TILL_COLOUR", "Main.main"},
)

C = Planted(
    texts=_texts("c"),
    edges={
        "main.c": {"ui/screen.h"},
        "ui/screen.h": {"core/prices.h"},
        "ui/screen.c": {"ui/screen.h"},
        "core/prices.h": {"core/rounding.h"},
        "core/rounding.h": {"core/prices.h"},
        "core/prices.c": {"core/prices.h", "storage/table.h"},
        "core/rounding.c": {"core/rounding.h"},
        "storage/table.c": {"storage/table.h"},
    },
    cycle=("core/prices.h", "core/rounding.h"),
    cut=("core/prices.h", "core/rounding.h"),
    dead=("core/prices.c::forgotten_price", "core/unused_ledger.c"),
    layers=("main", "ui", "core", "storage"),
    covered=set(),
    empty=(),
    ways=("add", 4),
    known={"TILL_COLOUR", "main"},
)
