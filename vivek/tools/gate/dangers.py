"""What a command destroys, as far as its words tell. Such lists only warn; a catastrophe alone is refused by one."""

import posixpath
import re
from collections.abc import Sequence

_SYSTEM = frozenset(
    {
        *(
            "bin",
            "boot",
            "dev",
            "etc",
            "home",
            "lib",
            "lib64",
            "media",
            "mnt",
            "opt",
            "proc",
            "root",
            "run",
            "sbin",
            "srv",
        ),
        *("sys", "usr", "var", "Applications", "Library", "System", "Users", "Volumes", "private"),
    }
)
_HOME = re.compile(r"(?:~[\w.-]*|\$\{?HOME\}?|\$\{?PWD\}?|\$\{?OLDPWD\}?)")
_EVERYTHING = re.compile(r"(?:\.{0,2}/)*(?:\.{1,2}|\*|\.\*|\{\*,\.\*\}|\.\[\^?\.?\]\*)?")
_DISK = re.compile(r"/dev/(?:sd|hd|nvme|vd|xvd|mmcblk|disk|rdisk|mapper/)\w*")
_RECURSIVE = frozenset({"--recursive", "-R", "-r"})

_DESTROYS = frozenset(
    {
        *("rm", "rmdir", "unlink", "shred", "truncate", "dd", "wipefs", "srm", "kill", "pkill", "killall", "shutdown"),
        *("reboot", "halt", "poweroff", "fdisk", "parted", "dropdb", "dropuser", "crontab", "chown", "chmod", "umount"),
    }
)
# `git` and others by their subcommand: any of the options makes it destroy work; () stands for every form.
_DESTROYS_BY_WORD: dict[tuple[str, str], tuple[str, ...]] = {
    ("git", "reset"): ("--hard", "--merge", "--keep"),
    ("git", "clean"): (),
    ("git", "push"): (
        "--force",
        "-f",
        "--force-with-lease",
        "--delete",
        "-d",
        "--mirror",
        "--prune",
        "--force-if-includes",
    ),
    ("git", "checkout"): (".", "--", "-f", "--force", "-B", "--ours", "--theirs"),
    ("git", "switch"): ("-f", "--force", "--discard-changes", "-C"),
    ("git", "restore"): (),
    ("git", "branch"): ("-D", "-d", "--delete", "-M", "-f", "--force", "-C"),
    ("git", "stash"): ("drop", "clear", "pop"),
    ("git", "tag"): ("-d", "--delete", "-f", "--force"),
    ("git", "rm"): (),
    ("git", "rebase"): (),
    ("git", "filter-branch"): (),
    ("git", "filter-repo"): (),
    ("git", "update-ref"): ("-d", "--delete"),
    ("git", "reflog"): ("expire", "delete"),
    ("git", "gc"): ("--prune", "--aggressive"),
    ("git", "prune"): (),
    ("git", "worktree"): ("remove", "prune"),
    ("git", "submodule"): ("deinit",),
    ("git", "commit"): ("--amend",),
    ("docker", "rm"): (),
    ("docker", "rmi"): (),
    ("docker", "system"): ("prune",),
    ("docker", "volume"): ("rm", "prune"),
    ("docker", "container"): ("rm", "prune"),
    ("docker", "compose"): ("down", "rm"),
    ("kubectl", "delete"): (),
    ("kubectl", "drain"): (),
    ("terraform", "destroy"): (),
    ("terraform", "apply"): (),
    ("redis-cli", "flushall"): (),
    ("redis-cli", "flushdb"): (),
    ("npm", "unpublish"): (),
    ("npm", "publish"): (),
    ("cargo", "publish"): (),
    ("cargo", "clean"): (),
    ("gh", "repo"): ("delete",),
    ("gh", "release"): ("delete",),
}
_DESTROYS_BY_OPTION = {
    "find": ("-delete", "-exec", "-execdir", "-ok", "-okdir"),
    "rsync": ("--delete", "--remove-source-files"),
}
_GLOBAL_WITH_VALUE = frozenset({"-C", "-c", "--git-dir", "--work-tree", "--namespace", "--prefix", "--context", "-H"})


def catastrophe(argv: Sequence[str], root: str = "") -> str:
    """Say what a command would take away for good, "" when it is no such thing: it is refused whatever the user set.

    Args:
        argv: The words, unquoted; expansions and patterns may stand in them as they were written.
        root: The project's folder.
    """
    name, words = argv[0], argv[1:]
    targets = [word for word in words if not word.startswith("-")]
    everything = next((target for target in targets if _is_everything(target, root)), "")
    short = "".join(word[1:] for word in words if re.fullmatch(r"-[A-Za-z]+", word))
    recursive = "r" in short or "R" in short or bool(_RECURSIVE & set(words))
    if name in ("rm", "srm", "shred") and everything and (recursive or name == "shred"):
        return f"It deletes everything in `{everything}`."
    beyond = next((target for target in targets if target[:1] in ("/", "~", "$") and _is_everything(target, root)), "")
    if name in ("chmod", "chown", "chgrp") and recursive and beyond:
        return f"It changes who may use everything in `{beyond}`."
    if name == "find" and beyond and "-delete" in words:
        return f"It deletes everything in `{beyond}`."
    if name == "mv" and beyond and beyond != targets[-1]:
        return f"It moves everything in `{beyond}` away."
    if name.startswith("mkfs") or name == "wipefs":
        return "It makes a disk empty."
    if any(_DISK.fullmatch(word.removeprefix("of=")) for word in words) and name in ("dd", "tee", "cp", "cat", "shred"):
        return "It writes over a disk."
    return ""


def destruction(argv: Sequence[str]) -> str:
    """Say in a few words why a command can destroy work, "" when nothing says so."""
    name, words = argv[0], argv[1:]
    if name in _DESTROYS:
        return f"`{name}` can destroy work."
    for option in _DESTROYS_BY_OPTION.get(name, ()):
        if any(word == option or word.startswith(f"{option}=") for word in words):
            return f"`{name} {option}` can destroy work."
    words = subcommand(argv)
    options = _DESTROYS_BY_WORD.get((name, words[0])) if words else None
    if options is None:
        return ""
    found = next((word for word in words[1:] if _holds(word, options)), "")
    if found or not options:
        return f"`{' '.join([name, words[0], found]).strip()}` can destroy work."
    if (name, words[0]) == ("git", "push") and any(word.startswith(("+", ":")) for word in words[1:]):
        return "`git push` would write over what is there."
    return ""


def subcommand(argv: Sequence[str]) -> Sequence[str]:
    """Return a command from its subcommand on: `git -C x log` without its first three words."""
    words = list(argv[1:])
    while words and words[0].startswith("-"):
        option = words.pop(0)
        if option in _GLOBAL_WITH_VALUE and words:
            words.pop(0)
    return words


def _holds(word: str, options: Sequence[str]) -> bool:
    """Tell whether a word is one of the options, also among joined letters or with a value."""
    if word in options or word.partition("=")[0] in options:
        return True
    joined = re.fullmatch(r"-[A-Za-z]{2,}", word)
    return joined is not None and any(f"-{letter}" in options for letter in word[1:])


def _is_everything(target: str, root: str) -> bool:
    """Tell whether a path is a whole home, project, system folder or disk."""
    path = target.rstrip("/") or target[:1]
    if not path:
        return False
    home = _HOME.match(path)
    if home:
        return not path[home.end() :].strip("/*.")
    if _EVERYTHING.fullmatch(path):
        return True
    if not path.startswith("/"):
        return False
    folded = posixpath.normpath(path.rstrip("*") or "/").lstrip("/")
    parts = folded.split("/")
    if folded == "" or (len(parts) == 1 and parts[0] in _SYSTEM):
        return True
    if len(parts) == 2 and parts[0] in ("home", "Users", "private", "usr", "var"):
        return True
    return bool(root) and (root.rstrip("/") + "/").startswith(f"/{folded}/")
