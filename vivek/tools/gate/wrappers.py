"""Commands that run another one: what is inside is judged."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=", re.ASCII)
_SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ksh", "ash"})

# Options that take a value in the next word, and how many words stand before the command itself.
_PLAIN: dict[str, tuple[frozenset[str], int]] = {
    "time": (frozenset({"-f", "-o"}), 0),
    "timeout": (frozenset({"-k", "-s", "--kill-after", "--signal"}), 1),
    "nice": (frozenset({"-n", "--adjustment"}), 0),
    "ionice": (frozenset({"-c", "-n", "-p"}), 0),
    "nohup": (frozenset(), 0),
    "stdbuf": (frozenset({"-i", "-o", "-e"}), 0),
    "setsid": (frozenset(), 0),
    "command": (frozenset(), 0),
    "builtin": (frozenset(), 0),
    "exec": (frozenset({"-a"}), 0),
    "env": (frozenset({"-u", "--unset", "-C", "--chdir", "-S", "--split-string"}), 0),
    "sudo": (frozenset({"-u", "-g", "-h", "-p", "-C", "-T", "-D", "-R"}), 0),
    "doas": (frozenset({"-u", "-C"}), 0),
    "su": (frozenset(), 0),
    "watch": (frozenset({"-n", "-d", "--interval"}), 0),
    "xargs": (frozenset({"-I", "-n", "-P", "-L", "-d", "-E", "-s", "-a"}), 0),
    "parallel": (frozenset({"-j"}), 0),
    "caffeinate": (frozenset({"-t", "-w"}), 0),
    "busybox": (frozenset(), 0),
    "strace": (frozenset({"-e", "-o", "-p"}), 0),
    "chroot": (frozenset(), 1),
    "unshare": (frozenset(), 0),
}
# They change nothing about what the command may do, given no options of which that is not known.
_TRANSPARENT: dict[str, frozenset[str]] = {
    "time": frozenset({"-p"}),
    "timeout": frozenset({"-k", "-s"}),
    "nice": frozenset({"-n"}),
    "nohup": frozenset(),
    "stdbuf": frozenset({"-i", "-o", "-e"}),
    "command": frozenset(),
}


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A command inside another.

    Attributes:
        name: The wrapper.
        inner: What it runs, or None where that is a script.
        script: What a shell runs.
        transparent: Whether the inner command's verdict is the whole one's.
    """

    name: str
    inner: tuple[str, ...] | None
    script: str | None = None
    transparent: bool = False


def unwrap(argv: Sequence[str]) -> Wrapped | None:
    """Return what a wrapper runs, None for a command that is none.

    Args:
        argv: The command, its name without a folder.
    """
    name, words = argv[0], list(argv[1:])
    if name in _SHELLS:
        return _shell(name, words)
    if name in ("eval", "source", "."):
        return Wrapped(name, None, script=" ".join(words) if name == "eval" else None)
    if name not in _PLAIN:
        return None
    valued, before = _PLAIN[name]
    options: list[str] = []
    while words and (words[0].startswith("-") or (name in ("env", "sudo") and _ASSIGNMENT.match(words[0]))):
        option = words.pop(0)
        options.append(option)
        if option == "--":
            break
        if option in valued and words:
            words.pop(0)
    plain = name in _TRANSPARENT and all(option in _TRANSPARENT[name] | {"--"} for option in options)
    inner = tuple(words[before:])
    if name == "command" and any(option in ("-v", "-V") for option in options):
        return Wrapped(name, ("which", *inner), transparent=all(option in ("-v", "-V") for option in options))
    return Wrapped(name, inner, transparent=plain and bool(inner))


def _shell(name: str, words: list[str]) -> Wrapped:
    """Return the script of `sh -c`; a shell that reads profiles or files is one that cannot be looked into."""
    flags: list[str] = []
    while words and words[0].startswith("-"):
        flags.append(words.pop(0))
        if "c" in flags[-1].lstrip("-") and not flags[-1].startswith("--"):
            script = words[0] if words else ""
            return Wrapped(name, None, script, transparent=flags == ["-c"] and len(words) == 1)
    return Wrapped(name, None)


def is_wrapper(name: str) -> bool:
    """Tell whether a command runs another one."""
    return name in _SHELLS or name in _PLAIN or name in ("eval", "source", ".")
