"""`vivek analyze` from the command line: forms, focus, what it is narrowed to, and what it says when it cannot."""

import json
import subprocess
from pathlib import Path

import pytest
from jsonschema import Draft4Validator

from tests.cli.conftest import Vivek
from vivek.cli.render.mermaid import faults

SARIF = json.loads((Path(__file__).parents[2] / "data" / "sarif-2.1.0.json").read_text())
FORMS = ("text", "json", "markdown", "html", "sarif", "mermaid")
RULES = '[[layers]]\nname = "till"\nmodules = ["till/**"]\n'


@pytest.fixture
def shop(workspace: Path) -> Path:
    """Return a till with a cycle of two modules, one that nobody imports, and a folder called like a command."""
    (workspace / "till/tax.py").write_text(
        "from till.report import total\n\n\ndef tax() -> int:\n    return total([])\n"
    )
    report = workspace / "till/report.py"
    report.write_text(
        f"{report.read_text()}\n\ndef taxed() -> int:\n    from till.tax import tax\n\n    return tax()\n"
    )
    (workspace / "impact").mkdir()
    (workspace / "impact/alone.py").write_text("def alone() -> None:\n    raise SystemExit\n")
    return workspace


def told(out: str) -> str:
    return out.partition("\n")[0]


def test_a_repository_is_told_with_its_size_its_cycles_and_its_limits(shop: Path, vivek: Vivek) -> None:
    code, out, err = vivek("analyze", "--no-model")

    assert (code, err) == (0, "")
    assert told(out).startswith("the whole repository: 5 modules, ")
    assert "\ncycles         1; the largest has 2 modules: till/report.py -> till/tax.py" in out
    assert "  2        till/report.py -> till/tax.py -> till/report.py  till/" in out
    assert "What these figures do not cover" in out


@pytest.mark.parametrize("form", FORMS)
def test_two_runs_give_the_same_bytes_and_a_file_holds_them(
    shop: Path, vivek: Vivek, tmp_path: Path, form: str
) -> None:
    target = tmp_path / "out" / "report"

    code, printed, _ = vivek("analyze", "--format", form)
    again, out, err = vivek("analyze", "--format", form, "--output", str(target))

    assert (code, again, out) == (0, 0, "")
    assert err.endswith(f"written to {target}\n")
    assert printed.endswith("\n")
    assert printed == target.read_text(), "the first run built the index, the second one found it"


def test_where_there_is_nothing_to_draw_that_is_said(shop: Path, vivek: Vivek) -> None:
    (shop / "notes.md").write_text("# Notes\n")

    code, out, err = vivek("analyze", "notes.md", "--format", "mermaid")

    assert (code, out) == (0, "flowchart TD\n")
    assert err.endswith("There is nothing to draw: no module, or no layer, is known.\n")


def test_machines_read_the_cycle_with_its_edges(shop: Path, vivek: Vivek) -> None:
    value = json.loads(vivek("analyze", "--format", "json")[1])
    log = json.loads(vivek("analyze", "--format", "sarif")[1])
    chart = vivek("analyze", "--format", "mermaid")[1].splitlines()

    (cycle,) = value["cycles"]
    assert cycle["modules"] == ["till/report.py", "till/tax.py"]
    assert [(each["source"], each["places"][0]["line"]) for each in cycle["edges"]] == [
        ("till/report.py", 12),
        ("till/tax.py", 1),
    ]
    Draft4Validator(SARIF).validate(log)
    assert [each["ruleId"] for each in log["runs"][0]["results"]] == ["vivek/import-cycle"]
    assert faults(chart) == []
    assert '    n1["till/report.py"]' in chart


def test_a_folder_is_told_alone_and_one_with_the_name_of_a_command_by_its_path(shop: Path, vivek: Vivek) -> None:
    value = json.loads(vivek("analyze", "till", "--format", "json")[1])
    _, out, _ = vivek("analyze", "./impact")

    assert value["extent"] == {"told": "till", "since": "", "paths": ["till"]}
    assert {each["path"].partition("/")[0] for each in value["modules"]} == {"till"}
    assert told(out) == "impact: 1 module, 2 lines of code, 0 imports"


def test_what_changed_is_told_with_what_depends_on_it(shop: Path, vivek: Vivek) -> None:
    subprocess.run(["git", "add", "-A"], cwd=shop, check=True)
    subprocess.run(["git", "commit", "-q", "-m", "Add tax"], cwd=shop, check=True)
    (shop / "till/prices.py").write_text("def discount(price: int, percent: int) -> int:\n    return price\n")

    value = json.loads(vivek("analyze", "--scope", "changed", "--format", "json")[1])
    since = json.loads(vivek("analyze", "--since", "HEAD~1", "--format", "json")[1])

    assert value["extent"]["told"] == "1 file that differs from the last commit"
    assert value["extent"]["paths"] == ["till/prices.py"]
    assert [each["path"] for each in value["modules"]] == ["till/prices.py", "till/report.py"]
    assert (value["cycles"], len(since["cycles"])) == ([], 1)
    assert since["extent"]["paths"] == ["impact/alone.py", "till/prices.py", "till/report.py", "till/tax.py"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("..",), ".. lies outside of "),
        (("nowhere",), "There is no file or folder nowhere."),
        (("a\0b",), "There is no file or folder a\\x00b."),
        (("--since", "nowhere"), "git knows no commit `nowhere`."),
        (("--since", "HEAD", "--scope", "all"), "`--since` is about what changed, `--scope all` about everything."),
        (("--focus", "tests", "--format", "mermaid"), "There is no picture of tests."),
        (("--focus", "taste"), "'taste' is none of structure, dependencies,"),
        (("till", "impact"), "'impact' is one path too many"),
    ],
)
def test_what_cannot_be_told_is_a_mistake_of_the_command_line(
    shop: Path, vivek: Vivek, words: tuple[str, ...], message: str
) -> None:
    code, out, err = vivek("analyze", *words)

    assert (code, out) == (2, "")
    assert message in err


def test_a_mistake_in_the_rules_is_told_with_its_line(shop: Path, vivek: Vivek) -> None:
    (shop / ".vivek").mkdir()
    (shop / ".vivek/architecture.toml").write_text(f"{RULES}bans = 7\n")

    code, out, err = vivek("analyze")

    assert (code, out) == (2, "")
    assert ".vivek/architecture.toml" in err
    assert "hint: " in err


def test_a_folder_without_git_and_one_without_code_are_told_as_such(
    tmp_path: Path, vivek: Vivek, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    (bare / "vivek.md").write_text("# Nothing yet\n")
    monkeypatch.chdir(bare)

    code, out, _ = vivek("analyze")
    changed, _, err = vivek("analyze", "--scope", "changed")

    assert code == 0
    assert "There is no code here that is read." in out
    assert "No code was found." in out
    assert (changed, "There is no git repository here" in err) == (2, True)
