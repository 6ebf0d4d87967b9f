"""What a newcomer is told first: exactly what was measured."""

from dataclasses import replace

from tests.analysis.shapes import architecture
from vivek.analysis.structure.insight import insight_of
from vivek.schema.architecture import Architecture, Layer
from vivek.schema.measures import Known, Place

IMPORTS = {
    "src/till/cli/main.py": ["src/till/core/prices.py", "src/till/core/tax.py", "src/till/errors.py"],
    "src/till/core/prices.py": ["src/till/errors.py"],
    "tests/test_prices.py": ["src/till/core/prices.py"],
    "tests/unit/test_tax.py": ["src/till/core/tax.py"],
}


def shop(**more: object) -> Architecture:
    value = architecture(IMPORTS)
    modules = [replace(each, role="test" if each.path.startswith("tests/") else "source") for each in value.modules]
    return replace(value, modules=tuple(modules), **more)  # type: ignore[arg-type]  # fields by name


def test_packages_are_told_from_the_top_down_without_the_folders_they_share() -> None:
    assert insight_of(shop()).layout == (
        "`src/till/cli/`: 1 module; needs `src/till/core/`, `src/till/errors.py`",
        "`src/till/core/`: 2 modules; needs `src/till/errors.py`",
        "`src/till/errors.py`",
    )


def test_starts_have_names_or_are_counted_by_folder() -> None:
    known = (
        Known("entry point", "till", Place("pyproject.toml", 3)),
        Known("entry point", "__main__", Place("tools/one.py", 9)),
        Known("entry point", "__main__", Place("tools/two.py", 9)),
        Known("entry point", "__main__", Place("src/till/cli/main.py", 9)),
        Known("setting", "TILL", Place("src/till/errors.py", 1)),
    )

    assert insight_of(shop(known=known)).entries == (
        "`till` (pyproject.toml)",
        "`src/till/cli/main.py`",
        "`tools/`: 2 files that run by themselves",
    )


def test_conventions_are_what_most_files_do_and_nothing_is_made_up() -> None:
    layers = (Layer("cli", (), proposed=False), Layer("core", (), proposed=False))

    assert insight_of(shop(layers=layers)).conventions == (
        "Tests lie in `tests/` (2 of 2 files).",
        "Files of tests are called `test_*.py`.",
        "Imports point down: cli > core.",
        "There is no cycle of imports.",
    )
    guessed = (Layer("cli", ()), Layer("core", ()))
    assert "Imports point down: cli > core." not in insight_of(shop(layers=guessed)).conventions
    assert insight_of(Architecture()) == type(insight_of(shop()))()


def test_tests_beside_their_sources_are_told_as_such() -> None:
    imports = {f"pkg/{name}_test.go": [f"pkg/{name}.go"] for name in ("a", "b", "c")}
    value = architecture(imports)
    modules = tuple(replace(each, role="test" if "_test" in each.path else "source") for each in value.modules)

    assert insight_of(replace(value, modules=modules)).conventions[:2] == (
        "Tests lie beside what they test (3 of 3 files).",
        "Files of tests are called `*_test.go`.",
    )
