"""Commands that run a project's own code or change its files: free to run where it is trusted and held back.

What they do is what the project says, so no list of options makes them safe; the sandbox does.
"""

import re
from collections.abc import Sequence

# Any words may follow.
_ANY = frozenset(
    {
        *(
            "pytest",
            "py.test",
            "tox",
            "nox",
            "coverage",
            "ruff",
            "mypy",
            "pyright",
            "black",
            "isort",
            "flake8",
            "pylint",
        ),
        *(
            "python",
            "python3",
            "node",
            "ruby",
            "perl",
            "php",
            "lua",
            "tsc",
            "eslint",
            "prettier",
            "jest",
            "vitest",
            "mocha",
        ),
        *(
            "biome",
            "make",
            "gmake",
            "ninja",
            "cmake",
            "ctest",
            "just",
            "task",
            "gcc",
            "g++",
            "cc",
            "c++",
            "clang",
            "clang++",
        ),
        *("rustc", "javac", "java", "kotlinc", "ghc", "gofmt", "rustfmt", "clang-format", "rspec", "rake", "rubocop"),
        *(
            "phpunit",
            "gradle",
            "./gradlew",
            "mvn",
            "./mvnw",
            "ant",
            "sbt",
            "shellcheck",
            "yamllint",
            "djlint",
            "stylelint",
        ),
        *("mkdir", "touch", "cp", "mv", "patch"),
    }
)
# Only with one of these words next: the others fetch, publish or start something else.
_ONLY: dict[str, frozenset[str]] = {
    "cargo": frozenset({"bench", "build", "check", "clippy", "doc", "fmt", "metadata", "run", "test", "tree"}),
    "dotnet": frozenset({"build", "format", "run", "test"}),
    "go": frozenset({"build", "doc", "env", "fmt", "list", "run", "test", "version", "vet"}),
    "mix": frozenset({"compile", "format", "test"}),
    "swift": frozenset({"build", "test"}),
    "zig": frozenset({"build", "fmt", "test"}),
}
# A script of the project, by its name.
_SCRIPTS = frozenset({"npm", "yarn", "pnpm", "bun"})
_SCRIPT_WORDS = frozenset({"run", "run-script", "test", "t"})
_PYTHON = re.compile(r"(?:python|pypy)[\d.]*")
# Modules of Python that fetch or install.
_FETCHING_MODULES = tuple((name,) for name in ("pip", "ensurepip", "pipx", "uv", "easy_install", "webbrowser"))
# Programs whose first word says what they do.
_SUBCOMMANDS = frozenset(
    {
        *("git", "cargo", "go", "docker", "kubectl", "dotnet", "mix", "swift", "zig", "uv", "poetry", "hatch", "pdm"),
        *("bundle", "gh", "terraform", "systemctl", "gradle", "mvn", "make", "just", "task"),
    }
)
# Whatever follows, these do another thing each time.
_EXACT = frozenset(
    {"python", "python3", "node", "ruby", "perl", "php", "lua", "bash", "sh", "java", "make", "just", "task"}
)


def is_project_command(argv: Sequence[str]) -> bool:
    """Tell whether a command does nothing but run, check or change the project it stands in."""
    name, words = argv[0], argv[1:]
    first = words[0] if words else ""
    if is_python(name):
        return python_module(words)[:1] not in _FETCHING_MODULES
    if name in _SCRIPTS:
        return first in _SCRIPT_WORDS
    if name in ("uv", "poetry", "hatch", "pdm", "bundle"):
        follows = words[1:]
        return first in ("run", "exec") and bool(follows) and is_project_command(follows)
    return name in _ANY or first in _ONLY.get(name, frozenset())


def memory_of(argv: Sequence[str], written: str) -> str:
    """Return what "always" remembers of a command: program and subcommand where that says enough, else all of it.

    Args:
        argv: The command, its name without a folder.
        written: The command as it would be typed.
    """
    name, words = argv[0], argv[1:]
    if name in _SUBCOMMANDS - _EXACT and words and not words[0].startswith("-"):
        return f"{name} {words[0]}"
    if name in _ANY and name not in _EXACT and "/" not in name:
        return name
    return written


def python_module(words: Sequence[str]) -> tuple[str, ...]:
    """Return the module that `python -m` runs and what follows it; () when it runs something else.

    Args:
        words: What follows the name of a Python.
    """
    given = iter(words)
    for word in given:
        if not word.startswith("-") or word == "-":
            return ()
        letters = "" if word.startswith("--") else word[1:]
        for place, letter in enumerate(letters, start=1):
            attached = letters[place:]
            if letter == "m":
                return tuple(filter(None, (attached, *given)))
            if letter == "c":
                return ()
            if letter in "WX":
                if not attached:
                    next(given, None)
                break
    return ()


def is_python(name: str) -> bool:
    """Tell whether a program is a Python by its name."""
    return _PYTHON.fullmatch(name) is not None
