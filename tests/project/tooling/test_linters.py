"""The linters that a project's commands call are found with the options that make them readable."""

from vivek.project.tooling.commands import ProjectCommand
from vivek.project.tooling.finding import detect_tooling
from vivek.project.tooling.linters import concerned, configured


def test_each_linter_is_called_as_the_project_calls_it() -> None:
    files = {
        "package.json": b'{"scripts": {"lint": "eslint ."}, "devDependencies": {"eslint": "9"}}',
        "tsconfig.json": b"{}",
        "mypy.ini": b"[mypy]\n",
        "b.py": b"",
        "Cargo.toml": b"[package]\n",
        "go.mod": b"module till\n",
    }
    own = {"lint": "tools/shellcheck -x"}
    commands = detect_tooling(list(files), files.get, own).commands

    found = {each.linter.name: each for each in configured(commands, ["a.ts", "b.py", "c.rs", "d.go", "e.sh", "f.js"])}

    assert found["eslint"].argv == ("npx", "--no-install", "eslint", "--format", "json", "--", "a.ts", "f.js")
    assert found["eslint"].command.argv == ("npm", "run", "lint")
    assert found["mypy"].argv[:3] == ("python3", "-m", "mypy")
    assert found["mypy"].argv[-2:] == ("--", "b.py")
    assert found["tsc"].argv == ("npx", "--no-install", "tsc", "--noEmit", "--pretty", "false")
    assert found["clippy"].argv == ("cargo", "clippy", "--message-format=json", "--quiet")
    assert found["go-vet"].argv == ("go", "vet", "./...")
    assert found["shellcheck"].argv == ("tools/shellcheck", "--format", "json1", "--", "e.sh")


def test_what_no_command_names_or_no_changed_file_concerns_is_left_out() -> None:
    mypy = ProjectCommand("types", ("python3", "-m", "mypy", "."), "mypy.ini")

    assert list(configured([mypy], ["a.js"])) == []
    assert list(configured([], ["a.py"])) == []
    assert [each.paths for each in configured([mypy, mypy], ["a.py", "b.py"])] == [("a.py", "b.py")]


def test_settings_of_a_linter_are_enough_where_no_script_calls_it() -> None:
    files = {
        "package.json": b'{"name": "till"}',
        "eslint.config.mjs": b"",
        "tsconfig.json": b'{\n  "files": [],\n  "references": [{"path": "./app"}]\n}',
        ".shellcheckrc": b"",
    }
    commands = detect_tooling(list(files), files.get).commands

    found = {each.linter.name: each for each in configured(commands, ["a.ts", "b.sh"])}

    assert found["eslint"].argv == ("npx", "--no-install", "eslint", "--format", "json", "--", "a.ts")
    assert found["eslint"].command.source == "eslint.config.mjs"
    assert found["tsc"].argv == ("npx", "--no-install", "tsc", "-b", "--noEmit", "--pretty", "false")
    assert found["shellcheck"].argv == ("shellcheck", "--format", "json1", "--", "b.sh")
    assert found["shellcheck"].command.source == ".shellcheckrc"


def test_files_that_no_linter_looks_at_concern_none() -> None:
    assert concerned(["README.md", "a.sh"])
    assert not concerned(["README.md", "Makefile"])
