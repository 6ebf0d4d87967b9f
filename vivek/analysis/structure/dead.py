"""Which modules and definitions nothing in the repository seems to use; in doubt they are used. Pure."""

import re

from vivek.schema.index import Definition
from vivek.schema.repository import RepositoryFacts, SourceFile

# Files that a tool or a framework finds by their name or their folder.
_FOUND_BY_NAME = frozenset(
    {
        *("__main__", "conftest", "setup", "manage", "wsgi", "asgi", "noxfile", "fabfile", "tasks", "settings", "urls"),
        *("admin", "apps", "models", "views", "signals", "main", "lib", "mod", "index", "build", "app", "server"),
        *("gulpfile", "gruntfile", "webpack", "rollup", "vite", "jest", "karma", "babel", "middleware", "doc"),
        *("package-info", "module-info", "sitecustomize", "usercustomize", "conf", "config", "plugin", "env"),
    }
)
_FOUND_IN_FOLDER = frozenset(
    {
        *("migrations", "versions", "commands", "templatetags", "plugins", "pages", "routes", "api", "hooks"),
        *("examples", "example", "docs", "doc", "scripts", "bin", "tools", "benchmarks", "bench", "stories", "cmd"),
        *("alembic", "locale", "locales", ".github", ".storybook", "typings", "types", "stubs"),
    }
)
# Of these, frameworks also read what they define: configurations of applications, tasks, settings.
_READ_BY_NAME = frozenset(
    {
        *("admin", "apps", "asgi", "conf", "conftest", "fabfile", "models", "noxfile", "settings", "sitecustomize"),
        *("tasks", "urls", "usercustomize", "wsgi"),
    }
)
_CONFIGURES = re.compile(r"\.(?:config|conf|setup|stories|d)\.\w+$|(?:^|/)\.[^/]+$|\.pyi$")
# Definitions that somebody calls who is no text of the repository.
_CALLED = re.compile(
    r"__\w+__|main|init|setup\w*|teardown\w*|pytest_\w+|test\w*|Test\w*|setUp\w*|tearDown\w*|handler|lambda_handler"
    r"|application|app|wWinMain|WinMain|DllMain|_start|onLoad|register|activate|deactivate|default"
    r"|getServerSideProps|getStaticProps|getStaticPaths|generateMetadata|generateStaticParams|metadata|config"
)
_DEFINES = frozenset(
    {
        *("function", "class", "struct", "enum", "interface", "trait", "type", "constant", "macro", "record"),
        *("object", "protocol", "union", "typedef"),
    }
)
_NEVER = frozenset({"shell", "sql", "html", "css", "make", "cmake", "docker"})


def dead_code(facts: RepositoryFacts) -> dict[str, int]:
    """Return modules that nothing names and definitions whose name stands nowhere else, each with its line.

    A module is told as its path with line 0, a definition as `path::name`.

    What a module holds that is dead as a whole is not told again. A file is never dead that is an entry point, a test,
    or one of those that tools and frameworks find by name or folder. Where there is only one source, whoever has it
    uses it, and what it defines.
    """
    by_path = {file.path: file for file in facts.files}
    if sum(file.role == "source" and file.code for file in facts.files) == 1:
        return {}
    found = {path: 0 for path in facts.unnamed if path in by_path and is_idle_module(by_path[path])}
    for one in facts.unused:
        if one.path not in found and one.path in by_path and _is_idle(one, by_path[one.path]):
            found[f"{one.path}::{one.name}"] = one.line
    return dict(sorted(found.items()))


def is_idle_module(file: SourceFile) -> bool:
    """Tell whether a module that nothing names can be called dead; one that does something by itself cannot."""
    *folders, name = file.path.lower().split("/")
    stem = name.partition(".")[0]
    if file.role != "source" or not file.code or file.measures.fault or file.measures.language in _NEVER:
        return False
    if stem in _FOUND_BY_NAME or not _FOUND_IN_FOLDER.isdisjoint(folders) or _CONFIGURES.search(file.path):
        return False
    if stem == "__init__" or any(known.kind == "entry point" for known in file.measures.known):
        return False
    if any(one.name == "init" for one in file.measures.functions):  # Go runs it
        return False
    return bool(file.measures.code) and not file.measures.tests


def _is_idle(one: Definition, file: SourceFile) -> bool:
    return (
        one.kind in _DEFINES
        and not _CALLED.fullmatch(one.name)
        and not file.measures.fault
        and not any(one.name == known.name.partition(".")[0] for known in file.measures.known)
        and file.measures.language not in _NEVER
        and not _CONFIGURES.search(file.path)
        and file.path.lower().rpartition("/")[2].partition(".")[0] not in _READ_BY_NAME
    )
