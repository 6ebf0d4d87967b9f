"""Opens a folder several levels down in one call of the kernel: `openat2`, where there is one (Linux 5.6).

It refuses every link on the way, magic ones included, and everything that would lead out of the folder it starts in.
"""

import os
import sys
from collections.abc import Callable
from functools import cache

_NUMBER = 437  # of every architecture that Python runs on but alpha; see openat2(2)
_NO_MAGICLINKS, _NO_SYMLINKS, _BENEATH = 0x02, 0x04, 0x08
_HERE = -100  # AT_FDCWD

Open = Callable[[int, str, int], int]
"""Folder, path and flags to a descriptor; raises OSError."""


@cache
def openat2() -> Open | None:
    """Return the call, None where the kernel has none or a sandbox forbids it; tried out once a process."""
    if not sys.platform.startswith("linux"):
        return None
    opener = _bound()
    try:
        os.close(opener(_HERE, ".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))
    except OSError:
        return None
    return opener


def _bound() -> Open:
    import ctypes

    class How(ctypes.Structure):
        """`struct open_how`."""

        _fields_ = (("flags", ctypes.c_uint64), ("mode", ctypes.c_uint64), ("resolve", ctypes.c_uint64))

    call = ctypes.CDLL(None, use_errno=True).syscall
    call.restype = ctypes.c_long

    number_of_call, size = ctypes.c_long(_NUMBER), ctypes.c_size_t(ctypes.sizeof(How))
    # Made once for each kind of opening, because the kernel only reads it: a search opens hundreds of files.
    hows: dict[int, How] = {}

    def opener(folder: int, path: str, flags: int) -> int:
        how = hows.get(flags)
        if how is None:
            how = hows[flags] = How(flags, 0, _BENEATH | _NO_MAGICLINKS | _NO_SYMLINKS)
        handle: int = call(number_of_call, folder, os.fsencode(path), ctypes.byref(how), size)
        if handle < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), path)
        return handle

    return opener
