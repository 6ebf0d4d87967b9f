"""Nothing is called dead that a text names, a loader may load, or a tool finds by itself."""

import pytest

from vivek.analysis.structure.architecture import describe
from vivek.project.repository import facts_of_texts

KEPT = {
    "shop/main.py": "from shop import kept\n\nif __name__ == '__main__':\n    kept.run()\n",
    "shop/kept.py": "def run(): ...\n",
}
SPARE = "def spare_part(): ...\n"


def dead(texts: dict[str, str]) -> tuple[str, ...]:
    return describe(facts_of_texts({**KEPT, **texts})).dead


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"shop/other.py": "# the ledger is gone\nledger = 1\nprint(ledger)\n\nif __name__ == '__main__': ...\n"},
        {"README.md": "The ledger, a ledger_book and shop.ledgers.\n"},
    ],
)
def test_a_module_that_nothing_names_is_dead(told: dict[str, str]) -> None:
    assert dead({"shop/ledger.py": SPARE, **told}) == ("shop/ledger.py",)


@pytest.mark.parametrize(
    "told",
    [
        {"shop/kept.py": "from . import ledger\n\ndef run(): ledger.spare_part()\n"},
        {"shop/kept.py": "def run():\n    import shop.ledger\n"},
        {"setup.cfg": "[options.entry_points]\nshop.plugins =\n    ledger = shop.ledger:spare_part\n"},
        {"Makefile": "book:\n\tpython -m shop.ledger\n"},
        {"Dockerfile": 'CMD ["python", "shop/ledger.py"]\n'},
        {"shop/kept.py": "from importlib import import_module\n\ndef run(name): import_module(f'shop.{name}')\n"},
        {"shop/kept.py": "PARTS = ['ledger', 'till']\n\ndef run(): return PARTS\n"},
        {"docs/conf.md": "See `ledger.py`.\n"},
    ],
)
def test_a_module_that_something_names_is_alive(told: dict[str, str]) -> None:
    assert dead({"shop/ledger.py": "def run(): ...\n", **told}) == ()


@pytest.mark.parametrize(
    "path",
    [
        "setup.py",
        "conftest.py",
        "shop/migrations/first.py",
        "docs/conf.py",
        "scripts/sweep.py",
        "shop/management/commands/sweep.py",
        "shop/models.py",
        "tests/test_sweep.py",
        "shop/sweep_pb2.py",
        "vendor/sweep.py",
        "web/vite.config.js",
        "web/pages/sweep.tsx",
        "web/types.d.ts",
    ],
)
def test_a_file_that_tools_find_by_its_name_is_alive(path: str) -> None:
    assert dead({path: "def run(): ...\n" if path.endswith(".py") else "export const run = 1;\n"}) == ()


@pytest.mark.parametrize(
    "text",
    [
        "def spare_part(): ...\n",
        "class SparePart: ...\n",
        "SPARE_PART = 1\n",
        "import dataclasses\n\n\ndef spare_part(): ...\n\n\nspare_parts = 3\nprint(spare_parts)\n",
    ],
)
def test_a_definition_whose_name_stands_nowhere_else_is_dead(text: str) -> None:
    (found,) = dead({"shop/kept.py": f"def run(): ...\n\n\n{text}"})
    assert found.startswith("shop/kept.py::")
    assert found.lower().replace("_", "").endswith("sparepart")


@pytest.mark.parametrize(
    "told",
    [
        {"shop/kept.py": f"__all__ = ['spare_part']\n{SPARE}def run(): ...\n"},
        {"shop/kept.py": f"def run(): getattr(x, 'spare_part')\n\n\n{SPARE}"},
        {"shop/kept.py": "@app.route('/')\ndef spare_part(): ...\n\n\ndef run(): ...\n"},
        {"shop/kept.py": f"def run(): ...\n\n\n{SPARE}", "pyproject.toml": "[tool.x]\ncall = 'shop.kept:spare_part'\n"},
        {"shop/kept.py": f"def run(): ...\n\n\n{SPARE}", "tests/test_it.py": "from shop.kept import spare_part\n"},
        {"shop/kept.py": "def run(): ...\n\n\ndef __getattr__(name): ...\n\n\ndef pytest_configure(): ...\n"},
        {"shop/apps.py": "class SparePart: ...\n", "shop/kept.py": "def run(): ...\n"},
        {"shop/kept.py": "def run(): ...\n\n\nclass Till:\n    def unused_method(self): ...\n\n\nprint(Till)\n"},
    ],
)
def test_a_definition_that_something_names_or_calls_is_alive(told: dict[str, str]) -> None:
    assert dead(told) == ()


def test_modules_near_a_dynamic_import_are_alive_and_it_is_told() -> None:
    texts = {
        "web/main.js": "#!/usr/bin/env node\nconst load = (name) => import(`./parts/${name}.js`);\nload('sale');\n",
        "web/parts/sale.js": "export const sale = 1;\n",
        "web/other/refund.js": "export const refund = 1;\n",
    }
    report = describe(facts_of_texts({"package.json": '{"bin": "web/main.js", "name": "x"}', **texts}))
    assert report.dead == ("web/other/refund.js",)
    assert any("(1, such as web/main.js:2)" in told for told in report.limits.blind)


def test_the_only_module_of_a_repository_is_alive() -> None:
    assert describe(facts_of_texts({"a.py": "def run(): ...\n\n\nrun()\n"})).dead == ()


def test_what_the_only_module_of_a_repository_defines_is_for_whoever_has_it() -> None:
    texts = {"a.py": SPARE, "tests/test_other.py": "def test_it():\n    assert 1\n"}

    assert describe(facts_of_texts(texts)).dead == ()
    assert describe(facts_of_texts({**texts, "b.py": "import a\n"})).dead == ("a.py::spare_part", "b.py")
