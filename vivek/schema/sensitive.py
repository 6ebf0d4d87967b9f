"""Which changed files are never applied along with the others: they need an answer of their own."""

import unicodedata
from collections.abc import Iterable, Sequence

from vivek.schema.concerns import Concern
from vivek.schema.edits import FileChange

RULES = "changes the rules that assistants follow"
LATER = "runs by itself later"
HIDDEN = "is hidden from listings"
DELETED = "is deleted"

# What vivek and other assistants obey. Their folders are hidden and found by that.
_RULES = frozenset({"agents.md", "claude.md", "gemini.md", "vivek.md"})
# Files that run by themselves sooner or later: a test run, a build, a commit, an installation, an editor that opens
# the folder. Names as `_folded` leaves them.
_LATER = frozenset(
    {
        *("conftest.py", "setup.py", "setup.cfg", "pyproject.toml", "tox.ini", "pytest.ini", "noxfile.py"),
        *("sitecustomize.py", "usercustomize.py", "manage.py", "fabfile.py", "tasks.py", "pyvenv.cfg"),
        *("makefile", "gnumakefile", "justfile", "rakefile", "gemfile", "vagrantfile", "procfile", "snakefile"),
        *("dockerfile", "containerfile", "jenkinsfile", "cmakelists.txt", "meson.build", "build.bazel", "workspace"),
        *("package.json", "gruntfile.js", "gulpfile.js", "deno.json", "turbo.json", "lerna.json", "lefthook.yml"),
        *("build.gradle", "build.gradle.kts", "settings.gradle", "pom.xml", "build.xml", "build.rs", "build.zig"),
        *("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml", "azure-pipelines.yml"),
        *("mix.exs", "package.swift", "podfile", "fastfile", "appveyor.yml", "flake.nix", "shell.nix"),
    }
)
_LATER_ENDINGS = (
    *(".sh", ".bash", ".zsh", ".fish", ".ps1", ".bat", ".cmd", ".pth", ".service", ".timer", ".desktop", ".mk"),
    *(".config.js", ".config.cjs", ".config.mjs", ".config.ts"),
)
_LATER_FOLDERS = frozenset({"node_modules", "site-packages"})


def why_sensitive(path: str) -> str:
    """Return why a change of a file needs an answer of its own, as far as its name tells, or ""."""
    parts = [_folded(part) for part in path.split("/") if part not in {"", "."}]
    if not parts:
        return ""
    name = parts[-1]
    if name in _RULES or parts[0] == ".vivek":
        return RULES
    if name in _LATER or name.endswith(_LATER_ENDINGS) or not _LATER_FOLDERS.isdisjoint(parts):
        return LATER
    return HIDDEN if any(part.startswith(".") for part in parts) else ""


def sensitive_paths(changes: Iterable[FileChange], concerns: Sequence[Concern] = ()) -> dict[str, str]:
    """Return the changed files that "apply all from now on" does not cover, each with the reason.

    Args:
        changes: The files of a change set.
        concerns: What the validators found; one that is more than a note makes its file sensitive.
    """
    asked = {concern.path: concern.text for concern in reversed(concerns) if concern.level != "note"}
    found: dict[str, str] = {}
    for change in changes:
        why = DELETED if change.kind == "delete" else why_sensitive(change.path) or asked.get(change.path, "")
        if why:
            found[change.path] = why
    return found


def _folded(part: str) -> str:
    """Return a name as a disk that ignores case and composition would compare it."""
    return unicodedata.normalize("NFKC", part).casefold().rstrip(". ")
