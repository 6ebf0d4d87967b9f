"""Says what would give this machine a better sandbox: the exact command, where one is known."""

from pathlib import Path
from shutil import which

_SETTINGS = Path("/proc/sys")

_APPARMOR = (
    "AppArmor lets programs without a profile make no user namespaces (Ubuntu 23.10 and later). Give bubblewrap its "
    "profile: `sudo apt install bubblewrap apparmor-profiles && sudo ln -s "
    "/usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/ && sudo apparmor_parser -r "
    "/etc/apparmor.d/bwrap-userns-restrict`, or for the whole machine: "
    "`sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`."
)
_NO_NAMESPACES = "User namespaces are switched off: `sudo sysctl user.max_user_namespaces=15000`."
_NO_CLONE = "User namespaces are switched off for users: `sudo sysctl kernel.unprivileged_userns_clone=1`."
_CONTAINER = "In a container, user namespaces must be let through: with Docker `--security-opt seccomp=unconfined`."
_INSTALL = "Install bubblewrap: `sudo apt install bubblewrap`, `sudo dnf install bubblewrap`."
_IN_CONTAINER = (Path("/.dockerenv"), Path("/run/.containerenv"))


def what_would_help(reason: str, *, settings: Path = _SETTINGS) -> str:
    """Return what the user can do for a better sandbox, "" when nothing is known.

    Args:
        reason: Why a better rung failed.
        settings: Where the kernel's settings are read.
    """
    if _setting(settings, "kernel/apparmor_restrict_unprivileged_userns") == "1":
        return _APPARMOR
    if _setting(settings, "user/max_user_namespaces") == "0":
        return _NO_NAMESPACES
    if _setting(settings, "kernel/unprivileged_userns_clone") == "0":
        return _NO_CLONE
    if which("bwrap") is None:
        return _INSTALL
    if "unshare" in reason and any(mark.exists() for mark in _IN_CONTAINER):
        return _CONTAINER
    return ""


def _setting(settings: Path, name: str) -> str:
    try:
        return (settings / name).read_text(encoding="ascii").strip()
    except OSError:
        return ""
