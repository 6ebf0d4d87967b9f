"""The filter of system calls, run by a small interpreter of the kernel's instructions, for both architectures."""

import struct

import pytest

from vivek.workspace.sandbox.seccomp import IPV4, IPV6, NETLINK, UNIX, build_filter, has_filter

ALLOW, ERROR, KILL = 0x7FFF0000, 0x00050000, 0x80000000
EPERM, EACCES, ENOSYS = 1, 13, 38
VSOCK, PACKET, ALG = 40, 17, 38
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
I386 = 0x40000003
NUMBERS = {
    "x86_64": {"read": 0, "socket": 41, "socketpair": 53, "clone": 56, "unshare": 272, "ioctl": 16, "ptrace": 101},
    "aarch64": {"read": 63, "socket": 198, "socketpair": 199, "clone": 220, "unshare": 97, "ioctl": 29, "ptrace": 117},
}
MACHINES = pytest.mark.parametrize("machine", sorted(ARCHITECTURES))


def judge(program: bytes, architecture: int, number: int, *arguments: int) -> int:
    """Return what the kernel would do with a call."""
    call = struct.pack("<IIQ6Q", number, architecture, 0, *arguments, *(0,) * (6 - len(arguments)))
    steps = list(struct.iter_unpack("<HBBI", program))
    value, place = 0, 0
    while True:
        code, yes, no, operand = steps[place]
        place += 1
        match code:
            case 0x20:
                value = struct.unpack_from("<I", call, operand)[0]
            case 0x06:
                return int(operand)
            case 0x15:
                place += yes if value == operand else no
            case 0x35:
                place += yes if value >= operand else no
            case 0x45:
                place += yes if value & operand else no
            case _:
                pytest.fail(f"an instruction that is not used: {code:#x}")


@MACHINES
def test_ordinary_calls_are_let_through(machine: str) -> None:
    program = build_filter(machine, ())
    numbers = NUMBERS[machine]

    for name in ("read", "socketpair"):
        assert judge(program, ARCHITECTURES[machine], numbers[name]) == ALLOW
    assert judge(program, ARCHITECTURES[machine], numbers["clone"], 0x01200011) == ALLOW
    assert judge(program, ARCHITECTURES[machine], numbers["ioctl"], 1, 0x5401) == ALLOW


@MACHINES
def test_calls_of_another_architecture_end_the_process(machine: str) -> None:
    program = build_filter(machine, (UNIX,))

    assert judge(program, I386, 3) == KILL
    assert judge(program, ARCHITECTURES[machine], 0x40000000) == ERROR | EPERM


@MACHINES
@pytest.mark.covers("S11", "S13", "S14")
def test_only_the_families_that_were_named_are_let_through(machine: str) -> None:
    architecture, socket = ARCHITECTURES[machine], NUMBERS[machine]["socket"]
    everything = (UNIX, IPV4, IPV6, NETLINK, VSOCK, PACKET, ALG)
    for allowed in ((), (IPV4,), (IPV4, IPV6, NETLINK), (UNIX, IPV4, IPV6, NETLINK)):
        program = build_filter(machine, allowed)
        for family in everything:
            wanted = ALLOW if family in allowed else ERROR | EACCES
            assert judge(program, architecture, socket, family, 1) == wanted


@MACHINES
@pytest.mark.covers("S15", "S16", "S20")
def test_other_processes_namespaces_and_terminals_are_out_of_reach(machine: str) -> None:
    program, architecture = build_filter(machine, (UNIX,)), ARCHITECTURES[machine]
    numbers = NUMBERS[machine]

    assert judge(program, architecture, numbers["ptrace"]) == ERROR | EPERM
    for name in ("clone", "unshare"):
        assert judge(program, architecture, numbers[name], 0x10000000) == ERROR | EPERM
    for request in (0x5412, 0x541C):
        assert judge(program, architecture, numbers["ioctl"], 0, request) == ERROR | EPERM


@MACHINES
def test_calls_that_programs_can_do_without_are_missing(machine: str) -> None:
    program = build_filter(machine, (UNIX,))

    for number in (425, 426, 427, 435):
        assert judge(program, ARCHITECTURES[machine], number) == ERROR | ENOSYS


def test_an_unknown_architecture_has_no_filter() -> None:
    assert not has_filter("riscv64")
    assert has_filter("x86_64")
