"""Which files of a repository an import reaches, by the names of files alone; opens none of them.

Blind spots, on purpose: namespaces of C#, search paths of build files, what a bundler is told.
"""

import re
from collections.abc import Collection, Mapping

from vivek.project.imports import rules as import_rules
from vivek.project.imports.aliases import Aliases
from vivek.project.imports.python import PythonImports
from vivek.project.imports.rules import Rule
from vivek.project.imports.tree import Tree
from vivek.schema.index import Imported
from vivek.syntax.languages import language_of

_MODULE = re.compile(rb"^module[ \t]+[\"`]?([^\s\"`]+)", re.MULTILINE)
_RULES: Mapping[str, Rule] = {
    "c": import_rules.include,
    "cpp": import_rules.include,
    "java": import_rules.java,
    "kotlin": import_rules.java,
    "lua": import_rules.lua,
    "objc": import_rules.include,
    "php": import_rules.php,
    "ruby": import_rules.ruby,
    "rust": import_rules.rust,
    "shell": import_rules.sourced,
}


def go_module(data: bytes) -> str:
    """Return the module that the bytes of a `go.mod` name, "" for none."""
    found = _MODULE.search(data)
    return "" if found is None else found[1].decode("utf-8", "replace")


class Resolver:
    """Finds the files of a repository that imports reach."""

    def __init__(
        self,
        paths: Collection[str],
        *,
        go_modules: Mapping[str, str] | None = None,
        aliases: Mapping[str, Aliases] | None = None,
    ) -> None:
        """Look at the files of a repository.

        Args:
            paths: All of them, relative to the root.
            go_modules: Folders with a `go.mod` to the module it names; guessed where None is known.
            aliases: Folders with a `tsconfig.json` to what it calls other folders.
        """
        tree = Tree(paths)
        self._tree = tree
        self._python = PythonImports(tree)
        script = import_rules.script_rule(aliases or {})
        own = {"go": import_rules.go_rule(go_modules or {}), "javascript": script, "typescript": script}
        self._rules: Mapping[str, Rule] = {**_RULES, **own}

    def resolve(self, path: str, imported: Imported) -> tuple[str, ...]:
        """Return the files that an import reaches, without the file itself; nothing for a library.

        Args:
            path: The file that holds the import; its name tells the language.
            imported: The import as the file writes it.
        """
        language = language_of(path)
        if language in {"python", "cython"}:
            found = self._python.resolve(path, imported)
        else:
            rule = self._rules.get(language or "")
            found = rule(self._tree, path, imported) if rule is not None else ()
        return tuple(file for file in found if file != path)
