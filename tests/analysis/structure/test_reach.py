"""A test that asserts nothing is told; what only looks like a test, or may assert by way of others, is not."""

import pytest

from vivek.analysis.structure.architecture import describe
from vivek.project.repository import facts_of_texts

QUIET = "\n\ndef test_quiet():\n    print(1)\n"


def empty(texts: dict[str, str]) -> list[str]:
    return [name for name, _ in describe(facts_of_texts(texts)).tests.empty]


@pytest.mark.parametrize("owner", ["TestTill", "TillTests", "TillTest", "TillTestCase", "TestTill.TestInner"])
def test_a_quiet_test_is_told(owner: str) -> None:
    heads = [f"{'    ' * depth}class {name}:\n" for depth, name in enumerate(owner.split("."))]
    inner = "    " * len(heads)
    text = f"{''.join(heads)}{inner}def test_it(self):\n{inner}    print(1)\n"

    assert empty({"tests/test_till.py": text}) == [f"tests/test_till.py::{owner}.test_it"]


@pytest.mark.parametrize(
    "text",
    [
        "class Article:\n    def test_from_model(self):\n        return 1\n",
        "class AlwaysMixin:\n    def test_func(self):\n        return True\n",
        "class RemoteTestResult:\n    @property\n    def test_index(self):\n        return 1\n",
        "class TestTill:\n    def test_it(self):\n        class Mock:\n            def test_runner(self):\n"
        "                return 1\n        assert Mock\n",
    ],
)
def test_a_method_of_what_is_no_test_is_none(text: str) -> None:
    assert empty({"tests/test_till.py": f"{text}{QUIET}"}) == ["tests/test_till.py::test_quiet"]


def test_a_function_that_only_begins_like_a_test_makes_no_file_one() -> None:
    texts = {"till/total.py": "def total():\n    return 1\n", "till/plan.py": "def plan():\n    return 1\n"}
    texts["till/choose.py"] = "from till import plan\n\n\ndef tests_of(name):\n    return plan.plan()\n"
    texts["till/style.py"] = "from till import plan\n\n\nclass Style:\n    def test(self):\n        return plan\n"
    texts["till/demo.py"] = "from till import plan\n\n\ndef test_card():\n    return plan\n"
    texts["tests/test_total.py"] = f"from till import total{QUIET}"

    reach = describe(facts_of_texts(texts)).tests

    assert dict(reach.covered) == {"till/total.py": ("tests/test_total.py",)}
    assert reach.untested == ("till/choose.py", "till/demo.py", "till/plan.py", "till/style.py")


def test_a_test_that_runs_the_same_test_of_its_parent_asserts_what_that_one_does() -> None:
    base = "class BaseTests:\n    def test_save(self):\n        assert self\n"
    own = "class OwnTests(BaseTests):\n    def test_save(self):\n        super().test_save()\n"

    assert empty({"tests/base.py": base, "tests/test_own.py": f"from base import BaseTests\n\n\n{own}{QUIET}"}) == [
        "tests/test_own.py::test_quiet"
    ]
