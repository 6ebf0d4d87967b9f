"""The guards of `tests/conftest.py` hold: no test reaches the network, the real home, or somebody's keys."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.guards.golden import compare

FAR = "192.0.2.1"  # reserved for documentation: nobody is there


def _send_datagram() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as box:
        box.sendto(b"x", (FAR, 9))


def _listen_to_everybody() -> None:
    with socket.socket() as door:
        door.bind(("0.0.0.0", 0))


@pytest.mark.parametrize(
    "reach",
    [
        lambda: socket.create_connection((FAR, 80), timeout=1),
        lambda: socket.getaddrinfo("example.org", 80),
        lambda: socket.gethostbyname("example.org"),
        _send_datagram,
        _listen_to_everybody,
    ],
    ids=["connect", "getaddrinfo", "gethostbyname", "sendto", "bind"],
)
def test_nothing_beyond_loopback_can_be_reached(reach: Callable[[], object]) -> None:
    with pytest.raises(RuntimeError, match="tests talk to loopback only"):
        reach()


async def test_asyncio_cannot_reach_beyond_loopback() -> None:
    with pytest.raises(RuntimeError, match="tests talk to loopback only"):
        await asyncio.open_connection(FAR, 80)


@pytest.mark.covers("K09")
def test_a_child_process_cannot_reach_beyond_loopback() -> None:
    code = f"import socket; socket.create_connection(('{FAR}', 80), timeout=1)"

    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert "tests talk to loopback only" in child.stderr


async def test_loopback_and_unix_sockets_are_free(tmp_path: Path) -> None:
    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")
        writer.close()

    for server, connect in (
        (await asyncio.start_server(greet, "localhost", 0), None),
        (await asyncio.start_unix_server(greet, tmp_path / "s"), tmp_path / "s"),
    ):
        async with server:
            if connect is None:
                reader, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
            else:
                reader, writer = await asyncio.open_unix_connection(connect)
            assert await reader.read() == b"hello"
            writer.close()
            await writer.wait_closed()


def test_home_is_empty_and_temporary(home: Path) -> None:
    assert Path.home() == home
    assert "vivek-tests-" in str(home)
    assert list(home.iterdir()) == []


def test_settings_and_keys_of_the_shell_are_gone() -> None:
    left = [
        name for name in os.environ if name.startswith(("LANGSMITH", "OLLAMA", "OPENAI")) or name.endswith("_API_KEY")
    ]

    assert left == []
    assert os.environ["VIVEK_STATE_DIR"].startswith(os.environ["HOME"])


def test_the_workspace_is_a_clean_repository_of_its_own(workspace: Path) -> None:
    status = subprocess.run(["git", "status", "--porcelain"], cwd=workspace, capture_output=True, check=True)
    log = subprocess.run(["git", "log", "--format=%an %s"], cwd=workspace, capture_output=True, text=True, check=True)

    assert status.stdout == b""
    assert log.stdout == "Tess Ter Add a till\n"
    assert sorted(path.name for path in workspace.rglob("*.py")) == ["__init__.py", "prices.py", "report.py"]


def test_a_golden_file_that_differs_fails_with_the_difference(tmp_path: Path) -> None:
    path = tmp_path / "golden" / "poem.txt"
    compare(path, "Roses are red,\r\nviolets are blue.", update=True)
    compare(path, "Roses are red,\r\nviolets are blue.", update=False)

    with pytest.raises(pytest.fail.Exception, match=r"-Roses are red,\r\n\+Roses are red,\n"):
        compare(path, "Roses are red,\nviolets are blue.", update=False)


def test_a_missing_golden_file_fails(golden: Callable[[str, str], None], request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-golden"):
        pytest.skip("updating: nothing is missing")

    with pytest.raises(pytest.fail.Exception, match="is missing"):
        golden("nowhere.txt", "text")
