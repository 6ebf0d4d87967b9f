"""Landlock for the launcher of sandboxed commands: writes only beneath some paths, no TCP, no signals to outside.

Source: linux/landlock.h. Reading stays open. Imports nothing that is slow to import.
"""

from posix import O_CLOEXEC, close, fstat
from posix import open as open_file

from vivek.workspace.sandbox.confine_calls import (
    SYSCALL_LANDLOCK_ADD,
    SYSCALL_LANDLOCK_CREATE,
    SYSCALL_LANDLOCK_RESTRICT,
    call,
    word,
)

_WRITE_FILE, _REFER, _TRUNCATE = 1 << 1, 1 << 13, 1 << 14
_CHANGE_FOLDER = sum(1 << bit for bit in range(4, 13))  # remove and make what a folder holds
_TCP = 0b11  # bind and connect
_SCOPES = 0b11  # abstract Unix sockets, signals
_FIRST_REFER, _FIRST_TRUNCATE, _FIRST_TCP, _FIRST_SCOPES = 2, 3, 4, 6
_FOLDER = 0o040000
_PATH_ONLY = 0o10000000  # O_PATH, which Python does not name everywhere


def version() -> int:
    """Return the kernel's version of Landlock, 0 where it has none or it is switched off."""
    try:
        return call("syscall", SYSCALL_LANDLOCK_CREATE, None, 0, 1)
    except OSError:
        return 0


def restrict(writable: list[str], *, tcp: bool) -> None:
    """Hold this process and its children back; it must have given up new privileges.

    Args:
        writable: Files and folders that may be changed, with all beneath them; missing ones are passed over.
        tcp: Whether connections may be made and awaited.

    Raises:
        OSError: If there is no Landlock here.
    """
    known = version()
    file = _WRITE_FILE | (_TRUNCATE if known >= _FIRST_TRUNCATE else 0)
    folder = file | _CHANGE_FOLDER | (_REFER if known >= _FIRST_REFER else 0)
    attributes = word(folder)
    if known >= _FIRST_TCP:
        attributes += word(0 if tcp else _TCP)
    if known >= _FIRST_SCOPES:
        attributes += word(_SCOPES)
    rules = call("syscall", SYSCALL_LANDLOCK_CREATE, attributes, len(attributes), 0)
    for path in writable:
        try:
            place = open_file(path, _PATH_ONLY | O_CLOEXEC)
        except FileNotFoundError:
            continue
        access = folder if fstat(place).st_mode & 0o170000 == _FOLDER else file
        call("syscall", SYSCALL_LANDLOCK_ADD, rules, 1, word(access) + word(place, 4), 0)
        close(place)
    call("syscall", SYSCALL_LANDLOCK_RESTRICT, rules, 0)
    close(rules)
