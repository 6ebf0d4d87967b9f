"""The rules about the architecture are read from their file; a mistake is named by file and line."""

from pathlib import Path

import pytest

from vivek.errors import ConfigError
from vivek.project.contract import FILE, load_contract
from vivek.schema.repository import Ban, Contract, LayerRule

WHOLE = """\
version = 1

[[layers]]
name = "ui"
modules = ["till/ui", "till/web"]

[[layers]]
name = "core"
modules = "till/core"

[[forbidden]]
from = ["till/core"]
to = ["till/web"]
why = "prices know no browser"
indirect = true

[limits]
no_cycles = true
max_fan_out = 20
max_complexity = 12
"""


def read(root: Path, text: str) -> Contract:
    (root / ".vivek").mkdir(exist_ok=True)
    (root / FILE).write_text(text)
    return load_contract(root)


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, WHOLE) == Contract(
        FILE,
        (LayerRule("ui", ("till/ui", "till/web"), 3), LayerRule("core", ("till/core",), 7)),
        (Ban(("till/core",), ("till/web",), "prices know no browser", True, 11),),
        no_cycles=True,
        max_fan_out=20,
        max_complexity=12,
    )


def test_no_file_is_no_rule_and_an_empty_one_neither(tmp_path: Path) -> None:
    assert load_contract(tmp_path) == Contract()
    assert read(tmp_path, "") == Contract()


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("[[layers]\n", 1, "Expected"),
        ("version = 2\n", 1, "version 2"),
        ("colour = 1\n", 1, "nobody knows `colour`"),
        ("\n[limits]\nmax_fanout = 3\n", 3, "nobody knows `limits.max_fanout`"),
        ("[limits]\nno_cycles = true\nmax_fan_out = 0\n", 3, "`max_fan_out` is a number"),
        ("[limits]\nmax_complexity = true\n", 2, "`max_complexity` is a number"),
        ('[limits]\nno_cycles = "yes"\n', 2, "`no_cycles` is `true` or `false`"),
        ('layers = ["ui"]\n', 1, "`layers` is a list of tables"),
        ('[[layers]]\nmodules = ["a"]\n', 1, "a layer has a `name`"),
        ('[[layers]]\nname = "a"\nmodules = ["a"]\n[[layers]]\nname = "b"\n', 4, "does not say its `modules`"),
        ('[[layers]]\nname = "a"\nmodules = []\n', 3, "`modules` is a list of paths"),
        ('[[layers]]\nname = "a"\nmodules = ["a"]\n[[layers]]\nname = "a"\nmodules = ["b"]\n', 4, "several layers"),
        ('[[layers]]\nname = "a"\ncolour = 1\nmodules = ["a"]\n', 3, "nobody knows `colour` here"),
        ('[[forbidden]]\nfrom = ["a"]\n', 1, "does not say `to`"),
        ('[[forbidden]]\nfrom = ["a"]\nto = [1]\n', 3, "`to` is a list of paths"),
        ('[[forbidden]]\nfrom = "a"\nto = "b"\nindirect = 1\n', 4, "`indirect` is `true` or `false`"),
        ('[[forbidden]]\nfrom = "a"\nto = "b"\nwhy = 1\n', 4, "`why` is a text"),
    ],
)
def test_a_mistake_is_named_by_file_and_line(tmp_path: Path, text: str, line: int, why: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)
    assert caught.value.message.startswith(f"{tmp_path / FILE}, line {line}")
    assert why in caught.value.message
