"""One command looked at: whether it only reads, runs the project's own code, or does more, and by which rule."""

import os
import posixpath
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from vivek.config.layers import environment
from vivek.schema.sandbox import Access
from vivek.syntax.shell import code_points, read_script
from vivek.tools.gate.dangers import catastrophe, destruction
from vivek.tools.gate.network import reach
from vivek.tools.gate.places import is_outside, names_secret
from vivek.tools.gate.projects import is_project_command, memory_of
from vivek.tools.gate.reading import git_paths, is_quiet_git, read_paths
from vivek.tools.gate.rough import rough_catastrophe
from vivek.tools.gate.wrappers import Wrapped, unwrap

Kind = Literal["catastrophe", "destructive", "network", "outside", "unknown", "project", "reads"]

KINDS: tuple[Kind, ...] = ("catastrophe", "destructive", "network", "outside", "unknown", "project", "reads")
"""From the worst to the best."""

SYSTEM_FOLDERS = ("/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin", "/opt/homebrew/bin")
"""Where programs are what their names say."""

_DEEPEST = 3  # shells within shells
_LONGEST_KEY = 300
# What a shell does itself; in a text they need no program.
_BUILTINS = frozenset({"cd", "echo", "exit", "false", "printf", "pwd", "test", "true", ":"})
_OTHER_USER = frozenset({"sudo", "doas", "su"})


def find_program(name: str) -> str | None:
    """Return the program that a name starts here, None when there is none; `.` in the PATH counts for nothing."""
    for folder in (environment("PATH") or os.defpath).split(os.pathsep):
        path = posixpath.join(folder, name)
        if folder.startswith("/") and os.access(path, os.X_OK) and not Path(path).is_dir():
            return path
    return None


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a command would run.

    Attributes:
        root: The project's folder, which it would run in; "" when there is none.
        find: Returns the path of the program that a name would start, or None.
        access: What commands may change, as the user set it.
    """

    root: str = ""
    find: Callable[[str], str | None] = find_program
    access: Access = "workspace-write"


ANYWHERE = Setting()
"""No project's folder: every absolute path is outside."""


@dataclass(frozen=True, slots=True)
class Part:
    """What is said of one command.

    Attributes:
        kind: What it does at worst.
        rule: The rule that says so.
        reason: Why, in a sentence.
        key: What "always" would remember; "" when it is asked for each time.
        needs_trust: Whether it may run the project's own code.
    """

    kind: Kind
    rule: str
    reason: str
    key: str = ""
    needs_trust: bool = False


def look_at(argv: Sequence[str], setting: Setting, depth: int = 0) -> Part:
    """Say what one command does.

    Args:
        argv: Program and arguments.
        setting: Where it would run.
        depth: How many shells it stands in.
    """
    program = argv[0]
    plain = (posixpath.basename(program), *argv[1:])
    if not program.isascii():
        strange = "".join(char for char in program if not char.isascii())
        return Part(
            "unknown", "characters", f"Its name holds {code_points(strange)}, which may look like other letters."
        )
    if why := catastrophe(plain, setting.root):
        return Part("catastrophe", "catastrophe", why)
    if wrapped := unwrap(plain):
        return _look_inside(argv, wrapped, setting, depth)
    if why := destruction(plain):
        return Part("destructive", "destructive", why)
    if reached := reach(plain):
        return Part("network", *reached)
    if plain[0] == "cd" and program == "cd":
        return _change_folder(argv, setting)
    return _look_up(argv, plain, setting)


def worst_of(parts: Sequence[Part]) -> Part:
    """Return the part that decides."""
    return min(parts, key=lambda part: KINDS.index(part.kind))


def _look_inside(argv: Sequence[str], wrapped: Wrapped, setting: Setting, depth: int) -> Part:
    key = _exactly(argv)
    inner: Part | None = None
    if wrapped.inner:
        inner = look_at(wrapped.inner, setting, depth)
    elif wrapped.script is not None and depth < _DEEPEST:
        script = read_script(wrapped.script)
        if script.argvs:
            inner = worst_of([look_at(each, setting, depth + 1) for each in script.argvs])
        elif why := rough_catastrophe(wrapped.script, setting.root):
            return Part("catastrophe", "catastrophe", why)
    if inner and inner.kind in ("catastrophe", "destructive", "network", "outside"):
        return inner
    if inner and wrapped.transparent:
        return replace(inner, key=key)
    if wrapped.name in _OTHER_USER:
        return Part("destructive", f"wrapper:{wrapped.name}", f"`{wrapped.name}` runs it as another user.")
    return Part("unknown", f"wrapper:{wrapped.name}", f"`{wrapped.name}` runs what can be told only in part.", key)


def _change_folder(argv: Sequence[str], setting: Setting) -> Part:
    if len(argv) != 2 or argv[1].startswith("-") or is_outside(argv[1], setting.root):
        return Part("outside", "outside", "It leaves the project's folder.")
    return Part("reads", "table:cd", "It stays in the project's folder.")


def _look_up(argv: Sequence[str], plain: tuple[str, ...], setting: Setting) -> Part:
    """Look the command up in the tables."""
    program = argv[0]
    at_home = _is_system(program, setting)
    own = program in ("./gradlew", "./mvnw") or ("/" in program and not is_outside(program, setting.root))
    if not at_home and "/" in program and not own:
        return Part("unknown", "program", f"`{program}` is no program of the system.", _exactly(argv))
    git = plain[0] == "git"
    paths = git_paths(plain) if git else read_paths(plain)
    if paths is None:
        return _look_up_project(argv, plain, setting, own=own and not at_home)
    if away := next((path for path in paths if is_outside(path, setting.root)), ""):
        return Part("outside", "outside", f"`{away}` is outside the project.")
    if hidden := next((path for path in paths if names_secret(path)), ""):
        return Part("outside", "secret", f"`{hidden}` may hold secrets.")
    rule = f"table:git {plain[1 + (plain[1] == '--no-pager')]}" if git else f"table:{plain[0]}"
    if own and not at_home:
        return Part("unknown", "program", f"`{program}` is no program of the system.", _exactly(argv))
    if not at_home or (git and not is_quiet_git(plain)):  # neither known, nor without the settings' own programs
        return Part("project", rule, "It only reads.", memory_of(plain, _exactly(argv)), needs_trust=True)
    return Part("reads", rule, "It only reads.", _exactly(argv))


def _look_up_project(argv: Sequence[str], plain: tuple[str, ...], setting: Setting, *, own: bool) -> Part:
    named = (argv[0], *plain[1:]) if argv[0] in ("./gradlew", "./mvnw") else plain
    key = _exactly(argv) if own else memory_of(plain, _exactly(argv))
    if away := next((word for word in plain[1:] if is_outside(word, setting.root)), ""):
        return Part("outside", "outside", f"`{away}` is outside the project.")
    if not is_project_command(named):
        return Part("unknown", "not-listed", f"`{shlex.quote(plain[0])}` with these words is on no list.", key)
    return Part("project", f"project:{plain[0]}", "It runs the project's own code.", key, needs_trust=True)


def _is_system(program: str, setting: Setting) -> bool:
    if program in _BUILTINS:
        return True
    path = program if "/" in program else setting.find(program)
    return path is not None and posixpath.dirname(path) in SYSTEM_FOLDERS


def _exactly(argv: Sequence[str]) -> str:
    written = shlex.join(argv)
    return written if len(written) <= _LONGEST_KEY else ""
