"""Asks whether a change may be applied. Decides nothing by itself; who answers is handed in."""

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Protocol

from vivek.cli.keys import SignalledError
from vivek.cli.render.phrases import change_of
from vivek.schema.approval import Decision
from vivek.schema.edits import FileChange
from vivek.schema.events import ApprovalRequested

_HELP = """\
  y  apply the change
  n  do not apply it; a reason, if you give one, goes back to the model
  f  decide file by file
  a  apply it, and do not ask again in this thread
  ?  this text
Ctrl-C leaves the question open: the change waits."""

# Files that run by themselves sooner or later: a test run, a build, a commit, an editor that opens the folder.
_LATER_EXECUTING = frozenset(
    {
        *("conftest.py", "setup.py", "setup.cfg", "pyproject.toml", "tox.ini", "noxfile.py", "sitecustomize.py"),
        *("Makefile", "makefile", "GNUmakefile", "justfile", "Justfile", "Rakefile", "Dockerfile", "Jenkinsfile"),
        *("package.json", "build.gradle", "build.gradle.kts", "pom.xml", "CMakeLists.txt", "build.rs", "build.zig"),
        *("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml", "AGENTS.md", "vivek.md"),
    }
)
_LATER_EXECUTING_ENDINGS = frozenset({".sh", ".bash", ".zsh", ".fish", ".ps1", ".bat", ".cmd", ".pth", ".service"})


class Asker(Protocol):
    """Somebody who answers."""

    async def ask(self, question: str) -> str:
        """Return one line.

        Raises:
            EOFError: If there is nobody any more.
            KeyboardInterrupt: If they do not want to answer now.
        """
        ...


def is_risky(change: FileChange) -> bool:
    """Tell whether a change deserves a second look: it deletes, is hidden from listings, or runs later by itself."""
    path = PurePosixPath(change.path)
    hidden = any(part.startswith(".") for part in path.parts)
    return (
        change.kind == "delete"
        or hidden
        or path.name in _LATER_EXECUTING
        or path.suffix.lower() in _LATER_EXECUTING_ENDINGS
    )


async def ask_approval(request: ApprovalRequested, asker: Asker, tell: Callable[[str], None]) -> Decision | None:
    """Ask until there is a decision; None means that the question stays open.

    Args:
        request: What was shown.
        asker: Who answers.
        tell: Shows lines.
    """
    risky = [change for change in request.changes if is_risky(change)]
    if risky:
        tell("Look twice: " + ", ".join(change_of(change) for change in risky))
    question = "Apply? [y/N/f/a/?] " if risky else "Apply? [Y/n/f/a/?] "
    try:
        while True:
            answer = (await asker.ask(question)).strip().lower() or ("n" if risky else "y")
            match answer:
                case "y" | "yes":
                    return Decision(approved=True)
                case "n" | "no":
                    reason = await asker.ask("Why not? (Enter: no reason) ")
                    return Decision(approved=False, reason=reason.strip())
                case "f":
                    return await _ask_each(request.changes, asker)
                case "a":
                    return Decision(approved=True, always=True)
                case _:
                    tell(_HELP)
    except SignalledError:
        raise
    except (EOFError, KeyboardInterrupt):
        return None


async def _ask_each(changes: tuple[FileChange, ...], asker: Asker) -> Decision:
    chosen = []
    for change in changes:
        risky = is_risky(change)
        answer = (await asker.ask(f"{change_of(change)} {'[y/N]' if risky else '[Y/n]'} ")).strip().lower()
        if answer in ("y", "yes") or (not answer and not risky):
            chosen.append(change.path)
    if len(chosen) == len(changes):
        return Decision(approved=True)
    return Decision(approved=bool(chosen), files=tuple(chosen) if chosen else None)
