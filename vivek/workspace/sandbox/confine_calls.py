"""Calls into the C library for the launcher of sandboxed commands, which must start fast: no `ctypes`, no `os`.

`_ctypes` is the part of `ctypes` that calls; the rest of it, which is not needed here, takes 3 ms to import.
"""

from _ctypes import CFuncPtr, _SimpleCData, addressof, dlopen, get_errno
from posix import strerror

_C_CALL, _KEEP_ERRNO = 1, 8

SYSCALL_LANDLOCK_CREATE, SYSCALL_LANDLOCK_ADD, SYSCALL_LANDLOCK_RESTRICT = 444, 445, 446
SYSCALL_OPEN_TREE, SYSCALL_MOVE_MOUNT, SYSCALL_MOUNT_SETATTR = 428, 429, 442
SYSCALL_CLOSE_RANGE = 436
HERE = -100
"""AT_FDCWD."""


class _Library:
    _handle = dlopen(None, 0)  # type: ignore[arg-type] # None is the program itself


class _Long(_SimpleCData):  # type: ignore[type-arg] # generic for type checkers only
    _type_ = "l"


class _Byte(_SimpleCData):  # type: ignore[type-arg] # as above
    _type_ = "c"


class _Function(CFuncPtr):
    _flags_ = _C_CALL | _KEEP_ERRNO
    _restype_ = _Long


def call(name: str, *arguments: int | bytes | None) -> int:
    """Call a function of the C library that returns -1 for an error.

    Raises:
        OSError: If it does.
    """
    function = _Function((name, _Library))  # type: ignore[arg-type] # all it needs is a handle
    result: int = function(*(_Long(value) if isinstance(value, int) else value for value in arguments))
    # A function that returns an int leaves the upper half of the register as it is.
    if result & 0xFFFFFFFF == 0xFFFFFFFF:
        number = get_errno()
        raise OSError(number, f"{name}: {strerror(number)}")
    return result


def word(value: int, size: int = 8) -> bytes:
    """Return a number as the kernel's structures hold it."""
    return (value & ((1 << 8 * size) - 1)).to_bytes(size, "little")


def filter_calls(program: bytes) -> None:
    """Put this process and its children under a filter of system calls; they must have given up new privileges.

    Raises:
        OSError: If the kernel refuses it.
    """
    held = (_Byte * len(program)).from_buffer_copy(program)
    call("prctl", 22, 2, word(len(program) // 8, 2) + bytes(6) + word(addressof(held)), 0, 0)


def give_up_capabilities() -> None:
    """Leave this process and its children no way to special rights, set-user-id programs included.

    Raises:
        OSError: If the kernel refuses it.
    """
    for number in range(64):
        try:
            call("prctl", 24, number, 0, 0, 0)
        except OSError:
            break  # the last one there is, or none may be dropped because none is held
    call("prctl", 38, 1, 0, 0, 0)
    call("capset", word(0x20080522, 4) + bytes(4), bytes(24))
