"""One way to check a change: README, `.ci/run`, pre-commit and the workflow all run the same five gates."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.__main__ import GATES, WHOLE
from tests.house.rules import ROOT

CONSTRAINTS = ROOT / ".ci" / "constraints"
README_COMMAND = 'python3 -m venv .venv && .venv/bin/pip install -e ".[dev]" && .venv/bin/python -m tests'


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _pins(path: Path) -> dict[str, list[str]]:
    """Return each pinned name with its versions: markers may give several."""
    pins: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", path.read_text(encoding="utf-8"), re.MULTILINE):
        pins.setdefault(canonicalize_name(name), []).append(version)
    return pins


def test_the_gates_are_the_six_of_the_house() -> None:
    assert list(GATES) == ["format", "lint", "types", "contracts", "outside", "tests"]


def test_an_unknown_gate_is_refused() -> None:
    child = subprocess.run(
        [sys.executable, "-m", "tests", "nonsense"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert child.returncode == 2
    assert "no such gate: nonsense" in child.stderr


def test_a_gate_that_falls_short_ends_the_run() -> None:
    code = (
        "import tests.__main__ as gates\n"
        "gates.GATES = {'bad': ('-c', 'raise SystemExit(3)'), 'next': ('-c', 'print(\"went on\")')}\n"
        "raise SystemExit(gates.main([]))"
    )
    child = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (child.returncode, child.stdout) == (3, "")


def test_readme_and_ci_run_the_same_command() -> None:
    assert README_COMMAND in _text("README.md")
    assert _text(".ci/run").rstrip().endswith("-m tests")


def test_the_workflow_runs_the_same_script() -> None:
    workflow = _text(".github/workflows/ci.yml")
    jobs = yaml.safe_load(workflow)["jobs"]

    assert ".ci/run" in [step.get("run") for step in jobs["gates"]["steps"]]
    assert "pip-audit --require-hashes" in workflow
    assert re.findall(r"uses: \S+@(?![0-9a-f]{40}\b)\S+", workflow) == [], "actions are pinned by commit"


def test_pre_commit_runs_the_same_gates() -> None:
    (repository,) = yaml.safe_load(_text(".pre-commit-config.yaml"))["repos"]
    entries = [hook["entry"].split() for hook in repository["hooks"]]

    assert repository["repo"] == "local", "hooks come from this checkout, so they work offline"
    assert all(entry[1:3] == ["-m", "tests"] for entry in entries)
    assert [gate for entry in entries for gate in entry[3:]] == list(GATES)


@pytest.mark.covers("U01")
def test_pins_carry_hashes_and_no_addresses() -> None:
    for path in sorted(CONSTRAINTS.glob("*.txt")):
        entries = re.split(
            r"\n(?=\S)", re.sub(r"^#.*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE).strip()
        )

        assert "://" not in path.read_text(encoding="utf-8"), path.name
        assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == [], path.name


def test_every_dependency_is_pinned_within_its_range() -> None:
    project = tomllib.loads(_text("pyproject.toml"))
    extras = project["project"]["optional-dependencies"]
    wanted = [
        *project["build-system"]["requires"],
        *project["project"]["dependencies"],
        *extras["index"],
        *extras["local"],
        *extras["mlx"],
        *extras["dev"],
    ]
    pins = _pins(CONSTRAINTS / "dev.txt")
    unmet = []
    for requirement in map(Requirement, wanted):
        if requirement.name == "vivek":
            continue
        versions = pins.get(canonicalize_name(requirement.name), [])
        if not versions or not all(requirement.specifier.contains(Version(version)) for version in versions):
            unmet.append(f"{requirement}: pinned {versions}")

    assert unmet == [], "run .ci/lock"


def test_what_writes_files_is_held_to_every_line() -> None:
    code = (
        "import tests.__main__ as gates\n"
        "gates.GATES = {'tests': ('-c', 'pass')}\n"
        "gates.COVERED = ('-c', 'print(\"edits 99%\"); raise SystemExit(2)')\n"
        "raise SystemExit(gates.main([]))"
    )
    child = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)

    assert child.returncode == 2
    assert "edits 99%" in child.stderr
    assert all(list(ROOT.glob(pattern)) for pattern in WHOLE)
