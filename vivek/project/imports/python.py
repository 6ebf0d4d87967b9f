"""Which files of a repository an import of Python reaches; packages tell by themselves where they are imported from."""

import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from vivek.project.imports.python_modules import ROOTS
from vivek.project.imports.tree import Tree, parent, upwards
from vivek.schema.index import Imported

_SUFFIXES = (".py", ".pyi", "/__init__.py", "/__init__.pyi")


class PythonImports:
    """Finds what Python files import: in packages, in folders without `__init__.py`, beside scripts."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    @cached_property
    def _roots(self) -> dict[str, list[str]]:
        """Top-level packages to the folders that hold them."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        packages = {parent(path) for name in ("__init__.py", "__init__.pyi") for path in self._tree.named(name)}
        for package in sorted(packages):
            if parent(package) not in packages or not package:
                found[package.rpartition("/")[2]].append(parent(package))
        return dict(found)

    def resolve(self, path: str, imported: Imported) -> tuple[str, ...]:
        """Return the files that an import reaches: submodules that it names, else the module itself."""
        bare = imported.module.lstrip(".")
        level = len(imported.module) - len(bare)
        for base in self._bases(path, bare, level):
            found = self._reached(base, imported.names)
            if found:
                return found
        return ()

    def _bases(self, path: str, module: str, level: int) -> Iterator[str]:
        """Yield the paths, without suffix, that a module may have; the likeliest first."""
        inner = module.replace(".", "/")
        folder = parent(path)
        if level:
            around = list(upwards(folder))
            if level <= len(around):
                base = around[level - 1]
                yield f"{base}/{inner}".strip("/")
            return
        for root in self._search_path(folder, module.partition(".")[0]):
            yield f"{root}/{inner}".lstrip("/")

    def _search_path(self, folder: str, top: str) -> list[str]:
        held_by = self._roots.get(top, [])
        roots = [root for root in upwards(folder) if root in held_by]  # of packages of one name, the one around first
        if top not in sys.stdlib_module_names:
            roots += [root for root in held_by if root not in roots]
            if f"{folder}/__init__.py" not in self._tree.paths:
                roots.append(folder)  # a script finds what lies beside it
        return [*roots, *(root for root in ROOTS if root not in roots)]

    def _reached(self, base: str, names: tuple[str, ...]) -> tuple[str, ...]:
        own = self._module(base)
        below = [self._module(f"{base}/{name}".lstrip("/")) for name in names if base in self._tree.folders]
        found = [file for file in below if file is not None]
        if own is not None and (not names or len(found) < len(names)):
            found.append(own)
        return tuple(dict.fromkeys(found))

    def _module(self, base: str) -> str | None:
        paths = self._tree.paths
        return next((base + suffix for suffix in _SUFFIXES if base + suffix in paths), None)
