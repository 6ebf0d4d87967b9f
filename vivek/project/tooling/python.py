"""How a Python project is tested, linted and typed, and by which interpreter; reads files only."""

import re
from collections.abc import Iterator

from vivek.project.tooling.commands import ProjectCommand, Root

_FOLDERS = (".venv", "venv", "env")
_TEST_FILE = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*_test)\.py$")
_MOST_LOOKED_AT = 20
_DEPENDENCIES = ("pyproject.toml", "setup.cfg", "setup.py", "Pipfile", "requirements.txt")
_MORE_DEPENDENCIES = re.compile(r"(?:requirements[^/]*|requirements/[^/]+)\.(?:txt|in)$")


def is_test_file(path: str) -> bool:
    """Tell whether a Python file is one of tests by its name."""
    return _TEST_FILE.search(path) is not None


def interpreter(root: Root) -> tuple[str, ...]:
    """Return how the project's own Python is started: that of its environment, else the one on the PATH."""
    for folder in _FOLDERS:
        if root.text(f"{folder}/pyvenv.cfg"):
            return (f"{folder}/bin/python",)
    if "poetry.lock" in root:
        return ("poetry", "run", "python")
    if "Pipfile.lock" in root:
        return ("pipenv", "run", "python")
    return ("python3",)


def python_commands(root: Root, python: tuple[str, ...]) -> Iterator[ProjectCommand]:
    """Yield the commands of a Python project, none for any other."""
    if not any(path.endswith(".py") for path in root.files):
        return
    yield from _tests(root, python)
    ruff = root.first("ruff.toml", ".ruff.toml") or _table(root, "ruff")
    if ruff:
        check = (*python, "-m", "ruff", "check")
        yield ProjectCommand("lint", (*check, "."), ruff, "python", (*check, "--output-format=concise"))
        yield ProjectCommand("format", (*python, "-m", "ruff", "format", "."), ruff, "python")
    flake8 = root.first(".flake8") or _section(root, "flake8")
    if flake8:
        yield ProjectCommand("lint", (*python, "-m", "flake8"), flake8, "python", (*python, "-m", "flake8"))
    if _table(root, "black"):
        yield ProjectCommand("format", (*python, "-m", "black", "."), "pyproject.toml", "python")
    mypy = root.first("mypy.ini", ".mypy.ini") or _table(root, "mypy") or _section(root, "mypy")
    if mypy:
        run = (*python, "-m", "mypy")
        whole = run if root.has(mypy, r"(?:files|packages|modules)\s*=") else (*run, ".")
        yield ProjectCommand("types", whole, mypy, "python")


def _tests(root: Root, python: tuple[str, ...]) -> Iterator[ProjectCommand]:
    tests = sorted(path for path in root.files if is_test_file(path))
    source = _pytest_source(root, tests)
    if source:
        run = (*python, "-m", "pytest", "-q")
        yield ProjectCommand("test", run, source, "python", run)
    elif tests:
        run = (*python, "-m", "unittest")
        yield ProjectCommand("test", (*run, "discover", *_start(tests, root)), tests[0], "python", run)
    if root.has("tox.ini", r"\[testenv") or _table(root, "tox"):
        yield ProjectCommand("test", ("tox", "-q"), root.first("tox.ini") or "pyproject.toml", "python")
    if "noxfile.py" in root:
        yield ProjectCommand("test", ("nox",), "noxfile.py", "python")
    if root.has("pyproject.toml", r"\[tool\.hatch\.envs\.(?:default|hatch-test)"):
        yield ProjectCommand("test", ("hatch", "test"), "pyproject.toml", "python")


def _pytest_source(root: Root, tests: list[str]) -> str:
    """Return the file that says that tests run under pytest, or ""."""
    configured = root.first("pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml") or _table(root, "pytest")
    if configured or _section(root, "pytest", "tool:pytest"):
        return configured or _section(root, "pytest", "tool:pytest")
    if not tests:
        return ""
    for path in [*_DEPENDENCIES, *sorted(path for path in root.files if _MORE_DEPENDENCIES.match(path))]:
        if re.search(r"(?<![\w-])pytest(?![\w-])", root.text(path)):
            return path
    conftest = next((path for path in sorted(root.files) if path.rpartition("/")[2] == "conftest.py"), "")
    if conftest:
        return conftest
    looked_at = tests[:_MOST_LOOKED_AT]
    for path in looked_at:
        if root.has(path, r"[ \t]*(?:import|from) pytest\b"):
            return path
    classes = any(root.has(path, r"[ \t]*(?:import|from) unittest\b") for path in looked_at)
    return "" if classes else tests[0]


def _start(tests: list[str], root: Root) -> tuple[str, ...]:
    """Return where discovery starts: it looks into packages only, so a bare folder of tests is named."""
    folders = {path.partition("/")[0] for path in tests if "/" in path}
    bare = [folder for folder in sorted(folders) if f"{folder}/__init__.py" not in root]
    return ("-s", bare[0]) if bare and len(folders) == 1 and all("/" in path for path in tests) else ()


def _table(root: Root, name: str) -> str:
    found = root.has("pyproject.toml", rf"\[\[?tool\.{name}[\].]")
    return "pyproject.toml" if found else ""


def _section(root: Root, *names: str) -> str:
    pattern = "|".join(rf"\[{name}\]" for name in names)
    return next((path for path in ("setup.cfg", "tox.ini") if root.has(path, pattern)), "")
