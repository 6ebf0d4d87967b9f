"""Which files of a repository an import reaches, in languages other than Python: one small rule for each. Pure."""

from collections.abc import Callable, Iterator, Mapping

from vivek.project.imports.aliases import Aliases, around
from vivek.project.imports.tree import Tree, join, parent, upwards
from vivek.schema.index import Imported

Rule = Callable[[Tree, str, Imported], tuple[str, ...]]
"""Returns the files that an import in a file reaches."""

_SCRIPTS = (".ts", ".tsx", ".d.ts", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".vue", ".svelte", ".json")
_COMPILED = {".js": (".ts", ".tsx"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}
_ALIASES = {"@": ("src", "app", ""), "~": ("src", "app", ""), "$lib": ("src/lib",)}
_CRATE_ROOTS = ("lib.rs", "main.rs")
_PHP_ROOTS = frozenset({"src", "app", "lib", ""})


def script_rule(aliases: Mapping[str, Aliases]) -> Rule:
    """Return the rule for JavaScript and TypeScript: other names for folders, relative paths, else what lies around.

    Args:
        aliases: Folders to what they call others, as `tsconfig.json` says.
    """

    def resolve(tree: Tree, path: str, imported: Imported) -> tuple[str, ...]:
        own = None if imported.module.startswith(".") else around(path, aliases)
        places = own.places(imported.module) if own is not None else ()
        return tree.first(file for place in places for file in _script_files(place)) or _script(tree, path, imported)

    return resolve


def _script(tree: Tree, path: str, imported: Imported) -> tuple[str, ...]:
    """Resolve relative paths, else those below `src` and the folders around."""
    module = imported.module.partition("?")[0]
    folder = parent(path)
    if module.startswith("."):
        base = join(folder, module)
        return () if base is None else tree.first(_script_files(base))
    head, _, rest = module.partition("/")
    if head in _ALIASES and rest:
        bases = (f"{up}/{root}/{rest}" for up in upwards(folder) for root in _ALIASES[head])
    elif rest and not head.startswith("@"):
        bases = (f"{up}/{root}/{module}" for up in upwards(folder) for root in ("", "src"))
    else:
        return ()
    return tree.first(file for base in bases for file in _script_files(join("", base) or ""))


def _script_files(base: str) -> Iterator[str]:
    yield base
    for suffix in _SCRIPTS:
        yield base + suffix
    stem, dot, suffix = base.rpartition(".")
    for source in _COMPILED.get(dot + suffix, ()):
        yield stem + source
    for suffix in _SCRIPTS:
        yield f"{base}/index{suffix}".lstrip("/")


def go_rule(modules: Mapping[str, str]) -> Rule:
    """Return the rule for Go: the files of the package that an import names.

    Args:
        modules: Folders with a `go.mod` to the module it names; where none is known, the root's is guessed.
    """

    def resolve(tree: Tree, _path: str, imported: Imported) -> tuple[str, ...]:
        module = imported.module
        for folder, name in modules.items():
            if module == name or module.startswith(f"{name}/"):
                return _package(tree, join(folder, module[len(name) :]) or "")
        if modules or "." not in module.partition("/")[0]:
            return ()
        parts = module.split("/")
        ends = ("/".join(parts[start:]) for start in range(1, len(parts)))
        return next((found for end in ends if (found := _package(tree, end))), ())

    return resolve


def _package(tree: Tree, folder: str) -> tuple[str, ...]:
    return tuple(path for path in tree.inside(folder, ".go") if not path.endswith("_test.go"))


def rust(tree: Tree, path: str, imported: Imported) -> tuple[str, ...]:
    """Resolve Rust: `crate::`, `self::`, `super::`, modules of the file's own and crates of the workspace."""
    parts = imported.module.split("::")
    found: list[str] = []
    for base, rest in _rust_bases(tree, path, parts):
        for name in imported.names or ("",):
            file = _rust_file(tree, base, [*rest, name] if name and name not in {"*", "self"} else rest)
            found += [file] if file is not None else []
        if found:
            break
    return tuple(dict.fromkeys(found))


def _rust_bases(tree: Tree, path: str, parts: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield the folders that hold a path's first module, and what of the path is left."""
    folder, _, last = path.rpartition("/")
    inside = last in {*_CRATE_ROOTS, "mod.rs", "build.rs"}
    own = folder if inside else f"{folder}/{last.removesuffix('.rs')}".lstrip("/")
    if parts[0] == "crate":
        yield next((up for up in upwards(folder) if _is_crate(tree, up)), ""), parts[1:]
    elif parts[0] in {"self", "super"}:
        rest = parts[1:] if parts[0] == "self" else parts
        while rest and rest[0] == "super":
            own, rest = parent(own), rest[1:]
        yield own, rest
    elif tree.first((f"{own}/{parts[0]}.rs".lstrip("/"), f"{own}/{parts[0]}/mod.rs".lstrip("/"))):
        yield own, parts
    else:
        for crate in dict.fromkeys((parts[0], parts[0].replace("_", "-"))):
            for root in tree.ending(f"{crate}/src/lib.rs"):
                yield parent(root), parts[1:]


def _is_crate(tree: Tree, folder: str) -> bool:
    return any(f"{folder}/{name}".lstrip("/") in tree.paths for name in _CRATE_ROOTS)


def _rust_file(tree: Tree, base: str, parts: list[str]) -> str | None:
    """Return the file of the innermost module that a path names; what follows are items in it."""
    for length in range(len(parts), 0, -1):
        module = "/".join([base, *parts[:length]]).lstrip("/")
        found = tree.first((f"{module}.rs", f"{module}/mod.rs"))
        if found:
            return found[0]
    roots = (*(f"{base}/{name}".lstrip("/") for name in (*_CRATE_ROOTS, "mod.rs")), f"{base}.rs")
    return next(iter(tree.first(roots)), None)


def java(tree: Tree, _path: str, imported: Imported) -> tuple[str, ...]:
    """Resolve Java and Kotlin: the path of the package ends the path of the file, in whatever folder of sources."""
    parts = imported.module.split(".")
    if "*" in imported.names:
        return tuple(
            path
            for suffix in (".java", ".kt")
            for folder in sorted(_folders(tree, "/".join(parts)))
            for path in tree.inside(folder, suffix)
        )
    for length in range(len(parts), 1, -1):  # a nested class, or a static method, is in the file of what is around it
        found = [path for suffix in (".java", ".kt") for path in tree.ending("/".join(parts[:length]) + suffix)]
        if found:
            return tuple(found)
    return ()


def _folders(tree: Tree, end: str) -> list[str]:
    return [folder for folder in tree.folders if folder == end or folder.endswith(f"/{end}")]


def include(tree: Tree, path: str, imported: Imported) -> tuple[str, ...]:
    """Resolve `#include` of C and C++: beside the file, else the one file whose path ends so."""
    name = imported.module
    system = name.startswith("<")
    name = name.strip('<>"')
    beside = join(parent(path), name)
    if not system and beside is not None and beside in tree.paths:
        return (beside,)
    if system and "/" not in name:
        return ()
    return tree.only(join("", name) or name)


def ruby(tree: Tree, path: str, imported: Imported) -> tuple[str, ...]:
    """Resolve Ruby: `require_relative` (read as `./...`), else below `lib` and `app` of the folders around."""
    name = imported.module.removesuffix(".rb")
    if name.startswith("."):
        base = join(parent(path), name)
        return () if base is None else tree.first((f"{base}.rb",))
    roots = (f"{up}/{root}" for up in upwards(parent(path)) for root in ("lib", "app", ""))
    return tree.first(join("", f"{root}/{name}.rb") or "" for root in roots)


def lua(tree: Tree, path: str, imported: Imported) -> tuple[str, ...]:
    """Resolve Lua: dots are folders, below `src`, `lua` and `lib` of the folders around."""
    name = imported.module.replace(".", "/")
    roots = (f"{up}/{root}" for up in upwards(parent(path)) for root in ("", "src", "lua", "lib"))
    return tree.first(join("", f"{root}/{name}{end}") or "" for root in roots for end in (".lua", "/init.lua"))


def php(tree: Tree, path: str, imported: Imported) -> tuple[str, ...]:
    r"""Resolve PHP: included files, and `use App\Models\User` where one path ends so, up to two parts left out."""
    module = imported.module
    if module.endswith((".php", ".inc")):
        base = join(parent(path), module)
        return tree.first([base] if base is not None else []) or tree.first([module])
    parts = module.strip("\\").split("\\")
    for start in range(min(3, len(parts))):
        end = "/".join(parts[start:]) + ".php"
        found = tree.only(end)
        if found and ("/" in end or parent(found[0]).rpartition("/")[2] in _PHP_ROOTS):
            return found
    return ()


def sourced(tree: Tree, path: str, imported: Imported) -> tuple[str, ...]:
    """Resolve `source` of a shell: relative to the file, else to the root; leading variables are left out."""
    name = imported.module
    while name.startswith("$"):
        name = name.partition("/")[2]
    candidates = (join(parent(path), name), join("", name))
    return tree.first(candidate for candidate in candidates if candidate) or tree.only(join("", name) or "?")
