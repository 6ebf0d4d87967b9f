"""Ruff looks at new texts away from the project; its own settings count only where they are handed over."""

import json
from pathlib import Path

from vivek.project.checks.ruff import ruff_stamp, ruff_version, run_ruff

TEXT = "import os\nx = undefined\nif x == None:\n    pass\n"


def codes(reports: tuple[bytes, ...]) -> list[tuple[str, str]]:
    rows = [row for report in reports for row in json.loads(report)]
    return sorted((Path(row["filename"]).name, str(row["code"])) for row in rows)


def test_mistakes_are_found_and_style_is_not() -> None:
    linted = run_ruff({"till/a.py": TEXT, "b.py": "x = 1\n"})

    assert codes(linted.reports) == [("a.py", "F401"), ("a.py", "F821")]
    assert linted.read == {"till/a.py", "b.py"}
    assert linted.version == ruff_version() != ""
    assert linted.told == ()
    assert not Path(linted.root).exists(), "nothing is left behind"


def test_the_newest_syntax_is_no_mistake_and_broken_syntax_is() -> None:
    linted = run_ruff({"a.py": "type X = int\n", "b.py": "def f(:\n"})

    assert {name for name, _ in codes(linted.reports)} == {"b.py"}


def test_settings_of_the_project_count_where_they_are_given() -> None:
    held = {"pyproject.toml": b'[tool.ruff.lint]\nselect = ["E711"]\n', "sub/ruff.toml": b'lint.select = ["F401"]\n'}
    texts = {"a.py": TEXT, "sub/b.py": TEXT}

    linted = run_ruff(texts, held.get)

    assert codes(linted.reports) == [("a.py", "E711"), ("b.py", "F401")]
    assert codes(run_ruff(texts).reports) == [("a.py", "F401"), ("a.py", "F821"), ("b.py", "F401"), ("b.py", "F821")]


def test_where_settings_lie_deeper_only_the_others_are_looked_at_as_ever() -> None:
    linted = run_ruff({"a.py": TEXT, "sub/b.py": TEXT}, {"sub/ruff.toml": b'lint.select = ["E711"]\n'}.get)

    assert codes(linted.reports) == [("a.py", "F401"), ("a.py", "F821"), ("b.py", "E711")]


def test_settings_that_cannot_be_used_are_told_and_done_without() -> None:
    linted = run_ruff({"a.py": TEXT}, {"ruff.toml": b'extend = "../gone.toml"\n'}.get)

    assert codes(linted.reports) == [("a.py", "F401"), ("a.py", "F821")]
    assert "cannot be used" in linted.told[0]


def test_a_ruff_that_is_missing_is_told(tmp_path: Path) -> None:
    linted = run_ruff({"a.py": TEXT}, program=str(tmp_path / "ruff"))

    assert (linted.reports, linted.version) == ((), "")
    assert "not installed" in linted.told[0]


def test_names_that_lead_out_are_not_written(tmp_path: Path) -> None:
    out = tmp_path / "out.py"

    linted = run_ruff({f"../../../../..{out}": TEXT, str(out): TEXT, ".git/x.py": TEXT})

    assert not out.exists()
    assert linted.read == frozenset()


def test_another_ruff_has_another_stamp() -> None:
    assert "ruff" in ruff_stamp()
