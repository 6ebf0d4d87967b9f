"""Finds the programs that a repository's own configuration names, includes and worktree configuration too."""

import re
from pathlib import Path

from vivek.errors import WorkspaceError
from vivek.workspace.git.asking import ask_git

# By section, name between them and key, in lower case. What the user's own configuration names is the user's choice.
_PROGRAM = re.compile(
    r"filter\..*\.(?:clean|smudge|process)"
    r"|diff\.external|diff\..*\.(?:command|textconv)|merge\..*\.driver"
    r"|core\.(?:fsmonitor|hookspath|sshcommand|gitproxy|pager|editor|askpass|alternaterefscommand)"
    r"|gpg\.(?:.*\.)?(?:program|defaultkeycommand)"
    r"|credential\.(?:.*\.)?helper"
    r"|(?:difftool|mergetool|guitool|browser|man)\..*\.(?:cmd|path)"
    r"|pager\..*|sequence\.editor|interactive\.difffilter|trailer\..*\.(?:command|cmd)|hook\..*\.command"
    r"|uploadpack\.packobjectshook|gc\.recentobjectshook|remote\..*\.(?:uploadpack|receivepack|vcs|proxy)"
    r"|lfs\.(?:.*\.)?(?:path|args)|lfs\.extension\..*|sendemail\..*|imap\.tunnel",
    re.DOTALL,
)
_SHELL = re.compile(r"alias\..*|submodule\..*\.update", re.DOTALL)  # programs only when they begin with `!`
_SWITCHES = frozenset({"", "true", "false", "yes", "no", "on", "off", "0", "1"})
_OURS = frozenset({"local", "worktree"})


def refuse_programs(root: Path) -> None:
    """Refuse a repository whose configuration names a program that git would run for `status`, `diff` or a commit.

    Raises:
        WorkspaceError: If a key names one, or the configuration cannot be read; the message has the key and its file.
    """
    listed = ask_git(root, ["config", "--list", "--includes", "--show-scope", "--show-origin", "-z"])
    fields = listed.split(b"\0")
    for scope, origin, entry in zip(fields[::3], fields[1::3], fields[2::3], strict=False):
        key, _, value = entry.decode("utf-8", "replace").partition("\n")
        if scope.decode("ascii", "replace") in _OURS and _names_program(key.lower(), value.strip()):
            where = origin.decode("utf-8", "replace").removeprefix("file:")
            msg = (
                f"The repository names a program for git to run, so vivek does not ask git here: {key!r} in {where!r}."
            )
            raise WorkspaceError(msg, hint="If it is yours, use `git` itself for this; vivek's own undo works without.")


def _names_program(key: str, value: str) -> bool:
    if _SHELL.fullmatch(key):
        return value.startswith("!")
    if key == "core.fsmonitor" and value.lower() in _SWITCHES:
        return False  # git's own watcher, which is switched off by `run_git`
    return _PROGRAM.fullmatch(key) is not None and value != ""
