import time

import pytest

from vivek.errors import WorkspaceError
from vivek.project.tooling.commands import CommandKind, Tooling
from vivek.project.tooling.finding import detect_tooling

NO_PACKAGE = '{"scripts": {"test": "echo \\"Error: no test specified\\" && exit 1"}}'


def detect(files: dict[str, str], own: dict[str, str] | None = None) -> Tooling:
    return detect_tooling(files, lambda path: files[path].encode() if path in files else None, own)


def line(tooling: Tooling, kind: CommandKind) -> tuple[str, str] | None:
    command = tooling.of(kind)
    return None if command is None else (" ".join(command.argv), command.source)


PYTEST = "python3 -m pytest -q"


@pytest.mark.parametrize(
    ("files", "test"),
    [
        ({"a.py": "", "pyproject.toml": "[tool.pytest.ini_options]\n"}, (PYTEST, "pyproject.toml")),
        ({"a.py": "", "pyproject.toml": "[tool.pytest]\n"}, (PYTEST, "pyproject.toml")),
        ({"a.py": "", "pytest.ini": ""}, (PYTEST, "pytest.ini")),
        ({"a.py": "", "setup.cfg": "[tool:pytest]\n"}, (PYTEST, "setup.cfg")),
        ({"a.py": "", "tox.ini": "[testenv]\n[pytest]\n"}, (PYTEST, "tox.ini")),
        ({"test_a.py": "", "pyproject.toml": 'dev = ["pytest>=8"]'}, (PYTEST, "pyproject.toml")),
        ({"test_a.py": "", "requirements-dev.txt": "pytest\n"}, (PYTEST, "requirements-dev.txt")),
        ({"tests/test_a.py": "", "tests/conftest.py": ""}, (PYTEST, "tests/conftest.py")),
        ({"test_a.py": "import pytest\n"}, (PYTEST, "test_a.py")),
        ({"test_a.py": "def test_a(): assert 1\n"}, (PYTEST, "test_a.py")),
        ({"test_a.py": "import unittest\n"}, ("python3 -m unittest discover", "test_a.py")),
        ({"tests/test_a.py": "import unittest\n"}, ("python3 -m unittest discover -s tests", "tests/test_a.py")),
        (
            {"tests/__init__.py": "", "tests/test_a.py": "import unittest\n"},
            ("python3 -m unittest discover", "tests/test_a.py"),
        ),
        ({"a.py": "", "tox.ini": "[testenv:py]\n"}, ("tox -q", "tox.ini")),
        ({"a.py": "", "noxfile.py": ""}, ("nox", "noxfile.py")),
        ({"a.py": "", "pyproject.toml": "[tool.hatch.envs.default]\n"}, ("hatch test", "pyproject.toml")),
        ({"a.py": "", "pyproject.toml": "[project]\n"}, None),
        ({"package.json": '{"scripts": {"test": "jest"}}'}, ("npm run test", "package.json")),
        ({"package.json": '{"scripts": {"test": "x"}}', "yarn.lock": ""}, ("yarn run test", "package.json")),
        ({"package.json": '{"scripts": {"test": "x"}}', "pnpm-lock.yaml": ""}, ("pnpm run test", "package.json")),
        ({"package.json": '{"scripts": {"test": "x"}}', "bun.lock": ""}, ("bun run test", "package.json")),
        ({"package.json": NO_PACKAGE}, None),
        ({"package.json": "{"}, None),
        ({"package.json": '["a"]'}, None),
        ({"package.json": '{"scripts": ["test"]}'}, None),
        ({"Cargo.toml": ""}, ("cargo test --quiet", "Cargo.toml")),
        ({"go.mod": ""}, ("go test ./...", "go.mod")),
        ({"pom.xml": ""}, ("mvn -q -o test", "pom.xml")),
        ({"pom.xml": "", "mvnw": ""}, ("./mvnw -q -o test", "pom.xml")),
        ({"build.gradle.kts": "", "gradlew": ""}, ("./gradlew -q --offline test", "build.gradle.kts")),
        ({"Rakefile": "Rake::TestTask.new\n", "Gemfile": ""}, ("bundle exec rake test", "Rakefile")),
        ({"Rakefile": "task :deploy\n"}, None),
        ({".rspec": ""}, ("bundle exec rspec", ".rspec")),
        ({"mix.exs": ""}, ("mix test", "mix.exs")),
        ({"Makefile": ".PHONY: test\ntest: build\n\tgo\n"}, ("make test", "Makefile")),
        ({"Makefile": "test := 1\nTEST = test: a\n"}, None),
        ({"justfile": "test *args:\n  pytest\n"}, ("just test", "justfile")),
        ({"README.md": ""}, None),
        ({}, None),
    ],
)
def test_how_a_project_is_tested_is_read_from_its_files(files: dict[str, str], test: tuple[str, str] | None) -> None:
    assert line(detect(files), "test") == test


@pytest.mark.parametrize(
    ("files", "kind", "command"),
    [
        ({"a.py": "", "ruff.toml": ""}, "lint", "python3 -m ruff check ."),
        ({"a.py": "", "pyproject.toml": "[tool.ruff.lint]\n"}, "format", "python3 -m ruff format ."),
        ({"a.py": "", ".flake8": ""}, "lint", "python3 -m flake8"),
        ({"a.py": "", "pyproject.toml": "[tool.black]\n"}, "format", "python3 -m black ."),
        ({"a.py": "", "mypy.ini": "[mypy]\n"}, "types", "python3 -m mypy ."),
        ({"a.py": "", "pyproject.toml": '[tool.mypy]\npackages = ["till"]\n'}, "types", "python3 -m mypy"),
        ({"package.json": '{"scripts": {"lint": "eslint ."}}'}, "lint", "npm run lint"),
        ({"package.json": '{"name": "till"}', "tsconfig.json": ""}, "types", "npx --no-install tsc --noEmit"),
        ({"package.json": '{"scripts": {"build": "vite build"}}'}, "build", "npm run build"),
        ({"go.mod": ""}, "lint", "go vet ./..."),
        ({"Cargo.toml": ""}, "build", "cargo check"),
        ({"Cargo.toml": ""}, "format", "cargo fmt"),
        ({"Makefile": "lint:\n\truff\nfmt:\n\truff\n"}, "lint", "make lint"),
        ({"Makefile": "fmt:\n\truff\n"}, "format", "make fmt"),
    ],
)
def test_other_commands_are_found_too(files: dict[str, str], kind: CommandKind, command: str) -> None:
    found = line(detect(files), kind)

    assert found is not None
    assert found[0] == command


@pytest.mark.parametrize(
    ("files", "python"),
    [
        ({".venv/pyvenv.cfg": "home = /usr"}, (".venv/bin/python",)),
        ({"venv/pyvenv.cfg": "home = /usr", "poetry.lock": ""}, ("venv/bin/python",)),
        ({"poetry.lock": ""}, ("poetry", "run", "python")),
        ({"Pipfile.lock": ""}, ("pipenv", "run", "python")),
        ({}, ("python3",)),
    ],
)
def test_the_projects_own_python_runs_its_code(files: dict[str, str], python: tuple[str, ...]) -> None:
    tooling = detect({"a.py": "", "ruff.toml": "", **files})

    assert tooling.python == python
    assert tooling.lint is not None
    assert tooling.lint.argv == (*python, "-m", "ruff", "check", ".")


def test_what_the_user_set_goes_first() -> None:
    tooling = detect({"a.py": "", "pytest.ini": ""}, {"test": "pytest -x 'my tests'", "lint": "  ", "build": "a && b"})

    assert tooling.test is not None
    assert (tooling.test.argv, tooling.test.source) == (("pytest", "-x", "my tests"), "project.test")
    assert line(tooling, "build") == ("sh -c a && b", "project.build")
    assert tooling.lint is None
    assert detect({}, {"test": "echo 'open"}).commands[0].argv == ("sh", "-c", "echo 'open")


def test_a_project_of_two_languages_has_both() -> None:
    tooling = detect({"a.py": "", "pytest.ini": "", "package.json": '{"scripts": {"test": "vitest"}}'})

    assert [command.language for command in tooling.commands] == ["python", "javascript"]
    assert tooling.of("test", "javascript") == tooling.commands[1]
    assert tooling.of("test", "rust") is None


@pytest.mark.covers("T23")
def test_nothing_but_reading_happens_and_what_cannot_be_read_says_nothing() -> None:
    asked: list[str] = []

    def read(path: str) -> bytes | None:
        asked.append(path)
        if path == "pyproject.toml":
            raise WorkspaceError("it is a pipe")
        return b"x" * 2_000_000 if path == "setup.cfg" else None

    tooling = detect_tooling(["a.py", "pyproject.toml", "setup.cfg", "Makefile"], read)

    assert tooling == Tooling()
    assert len(asked) == len(set(asked))


@pytest.mark.parametrize("text", ["a" * 900_000, "\n" * 900_000, "[" * 900_000, "a: " * 300_000, "pytest" * 150_000])
def test_no_file_takes_long_to_look_at(text: str) -> None:
    names = ("pyproject.toml", "setup.cfg", "tox.ini", "Makefile", "Rakefile", "package.json", "test_a.py", "setup.py")

    before = time.process_time()

    detect(dict.fromkeys(names, text))

    assert time.process_time() - before < 5
