"""Looks which way of running commands apart from the user's files would hold here. Runs `true`, nothing else."""

import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import which

from vivek.errors import WorkspaceError
from vivek.schema.doctor import Finding
from vivek.workspace.process import run_captured

_SECONDS = 2.0
_APART = ("--unshare-user", "--cap-drop", "ALL", "--unshare-pid", "--unshare-net", "--ro-bind", "/", "/", "true")
_LAID_OVER = "mount -t overlay overlay -o lowerdir=/usr:/etc,userxattr /mnt && exec true"


def look_at_sandbox() -> Iterator[Finding]:
    """Yield the best way that works, and what a better one would need."""
    if sys.platform == "darwin":
        yield _mac()
        return
    if which("unshare") is None:
        yield Finding("sandbox", "way", "note", "unknown: `unshare` is not installed", "install util-linux to be told")
        return
    overlay = _holds("unshare", "-Urm", "sh", "-c", _LAID_OVER)
    apart = which("bwrap") is not None and _holds("bwrap", *_APART)
    if overlay and apart:
        yield Finding("sandbox", "way", "good", "an overlay over the project, inside bubblewrap")
    elif apart:
        yield Finding("sandbox", "way", "good", "bubblewrap over a copy: this system lets no user mount an overlay")
    elif overlay:
        hint = "install bubblewrap (`bwrap`) for a sandbox around it"
        yield Finding("sandbox", "way", "note", "an overlay over the project, without bubblewrap", hint)
    else:
        hint = "user namespaces are switched off here: commands can only be run after you were asked"
        yield Finding("sandbox", "way", "poor", "none: neither an overlay nor bubblewrap works", hint)


def _mac() -> Finding:
    if which("sandbox-exec") is None:
        return Finding("sandbox", "way", "poor", "none: `sandbox-exec` is missing")
    return Finding("sandbox", "way", "note", "`sandbox-exec` is there; not tried")


def _holds(*argv: str) -> bool:
    try:
        return run_captured(argv, cwd=Path("/"), timeout=_SECONDS).returncode == 0
    except WorkspaceError:
        return False
