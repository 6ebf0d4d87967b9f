import pytest

from vivek.project.checks.nearest import MOST, nearest_tests
from vivek.project.imports.python_modules import Module, imported_names, imports_quietly, module_of


@pytest.mark.parametrize(
    ("path", "module"),
    [
        ("till/prices.py", Module("till.prices")),
        ("till/__init__.py", Module("till")),
        ("prices.py", Module("prices")),
        ("src/till/prices.py", Module("till.prices", "src")),
        ("src/prices.py", Module("prices", "src")),
        ("till/__main__.py", None),
        ("setup.py", None),
        ("tests/tools.py", None),
        ("scripts/run.py", None),
        ("till/my-script.py", None),
        ("my-app/prices.py", None),
        ("conftest.py", None),
        ("__init__.py", None),
        ("till/prices.txt", None),
    ],
)
def test_a_file_is_a_module_when_it_can_be_imported_by_name(path: str, module: Module | None) -> None:
    assert module_of(path, {path}) == module


def test_a_package_named_like_a_source_folder_is_a_package() -> None:
    assert module_of("src/prices.py", {"src/prices.py", "src/__init__.py"}) == Module("src.prices")


@pytest.mark.parametrize(
    ("text", "quiet"),
    [
        ('"""Doc."""\nimport a\nX = make()\ndef f():\n    run()\nclass A:\n    pass\n', True),
        ("if TYPE_CHECKING:\n    import a\ntry:\n    import b\nexcept ImportError:\n    b = None\n", True),
        ("def main(): ...\nif __name__ == '__main__':\n    main()\n", True),
        ("", True),
        ("main()\n", False),
        ("if True:\n    main()\n", False),
        ("try:\n    pass\nfinally:\n    main()\n", False),
        ("for a in b:\n    pass\n", False),
        ("while True:\n    pass\n", False),
        ("with open('a') as f:\n    pass\n", False),
        ("raise SystemExit\n", False),
        ("def broken(:\n", False),
        ("x = '\0'\n", False),
    ],
)
def test_an_import_is_quiet_when_the_top_level_only_defines(text: str, quiet: bool) -> None:
    assert imports_quietly(text) is quiet


def test_imports_are_found_wherever_they_stand() -> None:
    text = "import a.b as c\nfrom d import e, f\nfrom . import g\ndef h():\n    from i.j import k\n"

    assert imported_names(text) == {"a.b", "d", "d.e", "d.f", "i.j", "i.j.k"}
    assert imported_names("def broken(:") == frozenset()


FILES = {
    "till/__init__.py": "",
    "till/prices.py": "",
    "till/report.py": "",
    "shop/prices.py": "",
    "tests/test_prices.py": "",
    "tests/till/test_prices.py": "",
    "tests/test_report.py": "from till import prices\n",
    "tests/test_other.py": "import json  # prices\n",
    "tests/till_prices_test.py": "",
    "tests/test_all.py": "from till.prices import discount\n",
    "tests/conftest.py": "",
    "tests/test_prices_table.py": "",
}


@pytest.mark.parametrize(
    ("changed", "tests"),
    [
        (
            ["till/prices.py"],
            [
                "tests/till/test_prices.py",
                "tests/test_prices.py",
                "tests/till_prices_test.py",
                "tests/test_all.py",
                "tests/test_report.py",
            ],
        ),
        (["till/report.py"], ["tests/test_report.py"]),
        (["tests/test_other.py"], ["tests/test_other.py"]),
        (["tests/test_gone.py"], []),
        (["till/__init__.py"], ["tests/test_report.py"]),
        (
            ["tests/conftest.py"],
            sorted(path for path in FILES if path.startswith("tests/") and "conftest" not in path),
        ),
        ([], []),
    ],
)
def test_the_nearest_tests_are_those_changed_named_alike_or_importing(changed: list[str], tests: list[str]) -> None:
    assert list(nearest_tests(changed, FILES, lambda path: FILES[path])) == tests


def test_a_deleted_module_has_nearest_tests_too() -> None:
    assert "tests/test_old.py" in nearest_tests(["till/old.py"], {**FILES, "tests/test_old.py": ""}, lambda path: "")


def test_there_are_never_more_than_a_few() -> None:
    files = {f"tests/test_{number}.py": "import till.prices\n" for number in range(100)}

    assert len(nearest_tests(["till/prices.py"], files, lambda path: files[path])) == MOST
