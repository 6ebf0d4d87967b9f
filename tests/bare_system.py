"""Runs a command as on a system that cannot hold commands back: `python bare_system.py PROGRAM ARGUMENT...`.

A filter of system calls takes Landlock and new namespaces away from the command and its children; bubblewrap is left
to whoever sets the PATH.
"""

import ctypes
import os
import platform
import sys

_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_ALLOW, _ABSENT, _REFUSED = 0x7FFF0000, 0x00050000 | 38, 0x00050000 | 1
_NEW_USER = 0x10000000
_LANDLOCK = 444
_CLONE3 = 435
_NAMESPACES = {"x86_64": (56, 272), "aarch64": (220, 97)}  # clone, unshare


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def rules(machine: str) -> bytes:
    """Return the filter as the kernel takes it."""
    clone, unshare = _NAMESPACES[machine]
    program = [
        (_LOAD, 0, 0, 0),
        (_EQUAL, 0, 1, _LANDLOCK),
        (_RETURN, 0, 0, _ABSENT),
        (_EQUAL, 0, 1, _CLONE3),  # its flags lie behind a pointer; without it `clone` is used
        (_RETURN, 0, 0, _ABSENT),
        (_EQUAL, 1, 0, clone),
        (_EQUAL, 0, 3, unshare),
        (_LOAD, 0, 0, 16),
        (_ANY_BIT, 0, 1, _NEW_USER),
        (_RETURN, 0, 0, _REFUSED),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(
        code.to_bytes(2, "little") + bytes((yes, no)) + value.to_bytes(4, "little") for code, yes, no, value in program
    )


def become_bare() -> None:
    """Put this process under the filter."""
    library = ctypes.CDLL(None, use_errno=True)
    text = rules(platform.machine())
    program = _Program(len(text) // 8, text)
    if library.prctl(38, 1, 0, 0, 0) or library.prctl(22, 2, ctypes.byref(program), 0, 0):
        raise OSError(ctypes.get_errno(), "the filter was not taken")


if __name__ == "__main__":
    become_bare()
    os.execvp(sys.argv[1], sys.argv[1:])
