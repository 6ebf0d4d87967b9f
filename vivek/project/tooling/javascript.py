"""How a JavaScript or TypeScript project is tested, linted and built; reads files only."""

import json
from collections.abc import Iterator, Mapping

from vivek.project.tooling.commands import CommandKind, ProjectCommand, Root

_SOURCE = "package.json"
_LOCKS = (
    ("pnpm-lock.yaml", "pnpm"),
    ("yarn.lock", "yarn"),
    ("bun.lock", "bun"),
    ("bun.lockb", "bun"),
)
_SCRIPTS: tuple[tuple[CommandKind, tuple[str, ...]], ...] = (
    ("test", ("test",)),
    ("lint", ("lint",)),
    ("types", ("typecheck", "type-check", "check-types", "tsc")),
    ("format", ("format", "fmt")),
    ("build", ("build",)),
)
# What runs the tests that belong to some source files; `--no-install` keeps npx from fetching anything.
_RELATED = {
    "jest": ("npx", "--no-install", "jest", "--findRelatedTests"),
    "vitest": ("npx", "--no-install", "vitest", "related", "--run"),
}
_RUN_ESLINT = ("npx", "--no-install", "eslint")
_ESLINT = (
    *(f"eslint.config.{ending}" for ending in ("js", "mjs", "cjs", "ts", "mts", "cts")),
    *(f".eslintrc{ending}" for ending in ("", ".js", ".cjs", ".yaml", ".yml", ".json")),
)
_NO_TESTS = "no test specified"


def javascript_commands(root: Root) -> Iterator[ProjectCommand]:
    """Yield the commands of a project with a `package.json`, none for any other."""
    package = _package(root)
    scripts = _table(package, "scripts")
    tools = {*_table(package, "devDependencies"), *_table(package, "dependencies")}
    manager = next((manager for lock, manager in _LOCKS if lock in root), "npm")
    for kind, names in _SCRIPTS:
        name = next((name for name in names if isinstance(scripts.get(name), str)), "")
        if not name or _NO_TESTS in str(scripts[name]):
            continue
        on_files = _on_files(kind, tools)
        yield ProjectCommand(kind, (manager, "run", name), _SOURCE, "javascript", on_files)
    if not isinstance(scripts.get("lint"), str) and (settings := root.first(*_ESLINT)):
        yield ProjectCommand("lint", (*_RUN_ESLINT, "."), settings, "javascript", _RUN_ESLINT)
    if package and "tsconfig.json" in root:
        # A file that only refers to other projects has none of its own to look at.
        build = ("-b",) if root.has("tsconfig.json", r'[^/\n]*"references"') else ()
        yield ProjectCommand("types", ("npx", "--no-install", "tsc", *build, "--noEmit"), "tsconfig.json", "javascript")


def _on_files(kind: CommandKind, tools: set[str]) -> tuple[str, ...]:
    if kind == "test":
        return next((argv for tool, argv in _RELATED.items() if tool in tools), ())
    return _RUN_ESLINT if kind == "lint" and "eslint" in tools else ()


def _package(root: Root) -> Mapping[str, object]:
    try:
        package = json.loads(root.text(_SOURCE) or "{}")
    except (ValueError, RecursionError):
        return {}
    return package if isinstance(package, dict) else {}


def _table(package: Mapping[str, object], name: str) -> Mapping[str, object]:
    table = package.get(name)
    return table if isinstance(table, dict) else {}
