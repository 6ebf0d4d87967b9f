"""The clipboard, by the programs that this machine has for it; a terminal's own way to it is the command line's."""

import shutil
from pathlib import Path

from vivek.config.layers import environment
from vivek.errors import WorkspaceError
from vivek.workspace.process import run_captured

_SECONDS = 3.0
_LARGEST = 10 * 2**20
# The variable without which a program has no desktop to talk to, its way in and its way out.
_PROGRAMS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("WAYLAND_DISPLAY", ("wl-copy",), ("wl-paste", "--no-newline")),
    ("DISPLAY", ("xclip", "-selection", "clipboard"), ("xclip", "-selection", "clipboard", "-o")),
    ("DISPLAY", ("xsel", "--clipboard", "--input"), ("xsel", "--clipboard", "--output")),
    ("", ("pbcopy",), ("pbpaste",)),
    ("WSL_DISTRO_NAME", ("clip.exe",), ("powershell.exe", "-NoProfile", "-Command", "Get-Clipboard")),
)


def copy_text(text: str) -> str:
    """Put a text on the clipboard; return the name of the program that did it, "" where none could."""
    for variable, copy, _ in _PROGRAMS:
        if variable and not environment(variable):
            continue
        program = shutil.which(copy[0])
        if program is None or not Path(program).is_absolute():  # `.` on the PATH must not let a project bring one
            continue
        try:
            # Some stay behind to hold what they copied, and would hold a pipe to vivek open with it.
            quiet = ["/bin/sh", "-c", 'exec "$@" >/dev/null 2>&1', "sh", program, *copy[1:]]
            done = run_captured(quiet, cwd=Path("/"), input=text.encode("utf-8", "replace"), timeout=_SECONDS)
        except WorkspaceError:
            continue
        if done.returncode == 0:
            return copy[0]
    return ""


def paste_text() -> str:
    """Return the text on the clipboard.

    Raises:
        WorkspaceError: If nothing can read it, or it holds no text.
    """
    for variable, _, paste in _PROGRAMS:
        if variable and not environment(variable):
            continue
        try:
            done = run_captured([*paste], cwd=Path("/"), timeout=_SECONDS)
        except WorkspaceError:
            continue
        if done.returncode == 0:
            return _text(done.stdout)
    msg = "There is no program here that reads the clipboard."
    raise WorkspaceError(msg, hint="Paste with the keys of your terminal, or install wl-clipboard, xclip or xsel.")


def _text(data: bytes) -> str:
    if len(data) > _LARGEST:
        msg = f"The clipboard holds more than {_LARGEST // 2**20} MiB."
        raise WorkspaceError(msg, hint="Save it to a file, and name that.")
    try:
        return data.decode().replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        msg = "The clipboard holds no text."
        raise WorkspaceError(msg, hint="A picture can be named with its path, or given with `--image`.") from error
