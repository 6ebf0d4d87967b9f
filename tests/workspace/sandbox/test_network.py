"""A sandboxed command reaches nobody: TCP, UDP, names, Unix sockets, whichever rung holds it back."""

import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.workspace.rungs import BARE, ON_EVERY_RUNG, ON_RUNGS_APART, Yard, wide_folder, yard
from vivek.workspace.sandbox.ladder import Rung

__all__ = ["wide_folder", "yard"]

SEND = """
import _socket as s, sys
kind, host, port = sys.argv[1:]
family = s.AF_INET6 if ":" in host else s.AF_INET
try:
    one = s.socket(family, s.SOCK_STREAM if kind == "tcp" else s.SOCK_DGRAM)
    one.settimeout(1)
    one.connect((host, int(port)))
    one.send(b"secret")
except OSError as error:
    print("refused", error.errno)
else:
    print("sent")
"""
CONNECT = """
import _socket as s, sys
name = sys.argv[1]
try:
    one = s.socket(s.AF_UNIX, s.SOCK_STREAM)
    one.settimeout(1)
    one.connect("\\0" + name[1:] if name[0] == "@" else name)
except OSError as error:
    print("refused", error.errno)
else:
    print("connected")
"""


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        server.settimeout(0.05)
        yield server


@pytest.mark.covers("S10", "S22")
@ON_EVERY_RUNG
def test_tcp_reaches_not_even_this_machine(yard: Yard, listening: socket.socket) -> None:
    ran = yard.python(SEND, "tcp", "127.0.0.1", str(listening.getsockname()[1]))

    assert ran.output.startswith(b"refused"), ran.output
    with pytest.raises(TimeoutError):
        listening.accept()


@pytest.mark.covers("S11", "S12")
@ON_EVERY_RUNG
def test_udp_and_with_it_names_reach_not_even_this_machine(yard: Yard) -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(0.05)
        yard.python(SEND, "udp", "127.0.0.1", str(server.getsockname()[1]))
        with pytest.raises(TimeoutError):
            server.recv(10)

    assert yard.python(SEND, "udp", "8.8.8.8", "53").output.startswith(b"refused")


@pytest.mark.covers("S13")
@ON_EVERY_RUNG
def test_the_newer_addresses_are_refused_as_well(yard: Yard) -> None:
    for kind in ("tcp", "udp"):
        assert yard.python(SEND, kind, "2001:4860:4860::8888", "53").output.startswith(b"refused")


@pytest.mark.covers("S14")
@pytest.mark.parametrize("where", ["/var/tmp", "/tmp", "home", "abstract"])
@ON_EVERY_RUNG
def test_no_unix_socket_that_listens_outside_can_be_reached(yard: Yard, where: str) -> None:
    folder = Path(tempfile.mkdtemp(dir=yard.home if where in ("home", "abstract") else where))
    name = f"@vivek-{os.getpid()}" if where == "abstract" else str(folder / "agent.sock")
    with closing(socket.socket(socket.AF_UNIX)) as server:
        server.bind("\0" + name[1:] if where == "abstract" else name)
        server.listen()
        server.settimeout(0.05)

        ran = yard.python(CONNECT, name)

        assert ran.output.startswith(b"refused"), ran.output
        with pytest.raises(TimeoutError):
            server.accept()


@ON_RUNGS_APART
def test_a_command_may_talk_to_itself(yard: Yard) -> None:
    code = """
import _socket as s
one = s.socket(); one.bind(("127.0.0.1", 0)); one.listen()
two = s.socket(); two.connect(one.getsockname()); two.send(b"hello")
unix = s.socket(s.AF_UNIX); unix.bind("/tmp/own.sock"); unix.listen()
three = s.socket(s.AF_UNIX); three.connect("/tmp/own.sock")
print("heard")
"""
    assert yard.python(code).output == b"heard\n"


@ON_EVERY_RUNG
def test_pairs_of_sockets_are_always_there(yard: Yard) -> None:
    assert yard.python("import _socket; _socket.socketpair(); print('two')").output == b"two\n"


@ON_EVERY_RUNG
def test_the_network_is_there_when_it_was_allowed(yard: Yard, rung: Rung, listening: socket.socket) -> None:
    ran = yard.python(SEND, "tcp", "127.0.0.1", str(listening.getsockname()[1]), network=True)

    assert ran.output == b"sent\n"
    with closing(listening.accept()[0]) as heard:
        assert heard.recv(10) == b"secret"
    assert rung[2] or rung == BARE
