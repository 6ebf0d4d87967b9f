"""Builds the filter of system calls that a sandboxed command runs under. Pure: numbers in, bytes out.

Sources: linux/seccomp.h, linux/filter.h, and the call tables of the two architectures.
"""

from collections.abc import Iterable, Sequence

UNIX, IPV4, IPV6, NETLINK = 1, 2, 10, 16
"""Families of sockets; every other one (VSOCK, Bluetooth, raw packets, ...) is always refused."""

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST, _SECOND = 0, 4, 16, 24  # offsets in struct seccomp_data; arguments: their lower half
_ALLOW, _ERROR, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_EPERM, _EACCES, _ENOSYS = 1, 13, 38
_FOREIGN = 0x40000000  # x32 numbers begin here; no call of ours is that high
_NEW_USER = 0x10000000
_PUSH_KEYS, _PASTE = 0x5412, 0x541C  # TIOCSTI, TIOCLINUX: typing into somebody's terminal

_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_CALLS: dict[str, tuple[int, int]] = {  # on x86_64, on aarch64
    "socket": (41, 198),
    "clone": (56, 220),
    "unshare": (272, 97),
    "ioctl": (16, 29),
}
_ABSENT = {"io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "clone3": 435}
_REFUSED: dict[str, tuple[int, int]] = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "open_by_handle_at": (304, 265),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "syslog": (103, 116),
}

Instruction = tuple[int, int, int, int]
"""Code, jump if true, jump if false, operand."""


def has_filter(machine: str) -> bool:
    """Tell whether the calls of an architecture, as `uname -m` names it, are known here."""
    return machine in _ARCHITECTURES


def build_filter(machine: str, families: Iterable[int]) -> bytes:
    """Return the filter as the kernel takes it: eight bytes an instruction.

    Refused are calls that reach other processes, the kernel, mounts or keys, new user namespaces, and sockets of all
    but some families. Calls of another architecture end the process.

    Args:
        machine: The architecture, `x86_64` or `aarch64`.
        families: The families of sockets that may be made; pairs of connected sockets always may.
    """
    column = sorted(_ARCHITECTURES, reverse=True).index(machine)
    number = {name: numbers[column] for name, numbers in _CALLS.items()}
    program: list[Instruction] = [
        *(_load(_ARCHITECTURE), (_EQUAL, 1, 0, _ARCHITECTURES[machine]), _result(_KILL)),
        *(_load(_NUMBER), (_AT_LEAST, 0, 1, _FOREIGN), _result(_ERROR | _EPERM)),
    ]
    for call in _ABSENT.values():
        program += [(_EQUAL, 0, 1, call), _result(_ERROR | _ENOSYS)]
    for calls in _REFUSED.values():
        program += [(_EQUAL, 0, 1, calls[column]), _result(_ERROR | _EPERM)]
    program += _only(number["socket"], sorted(families))
    program += _unless(number["clone"], _FIRST, [(_ANY_BIT, _NEW_USER)])
    program += _unless(number["unshare"], _FIRST, [(_ANY_BIT, _NEW_USER)])
    program += _unless(number["ioctl"], _SECOND, [(_EQUAL, _PUSH_KEYS), (_EQUAL, _PASTE)])
    program.append(_result(_ALLOW))
    return b"".join(
        code.to_bytes(2, "little") + bytes((yes, no)) + operand.to_bytes(4, "little")
        for code, yes, no, operand in program
    )


def _load(offset: int) -> Instruction:
    return (_LOAD, 0, 0, offset)


def _result(value: int) -> Instruction:
    return (_RETURN, 0, 0, value)


def _only(call: int, values: Sequence[int]) -> list[Instruction]:
    """Refuse a call but for some values of its first argument."""
    checks: list[Instruction] = [(_EQUAL, len(values) - place, 0, value) for place, value in enumerate(values)]
    body = [_load(_FIRST), *checks, _result(_ERROR | _EACCES), _result(_ALLOW)]
    return [(_EQUAL, 0, len(body), call), *body]


def _unless(call: int, argument: int, tests: Sequence[tuple[int, int]]) -> list[Instruction]:
    """Refuse a call when an argument passes one of some tests."""
    checks: list[Instruction] = [(code, len(tests) - place, 0, value) for place, (code, value) in enumerate(tests)]
    body = [_load(argument), *checks, _result(_ALLOW), _result(_ERROR | _EPERM)]
    return [(_EQUAL, 0, len(body), call), *body]
