"""The command lines that are written for the sandbox, without starting them."""

import re
from pathlib import Path

import pytest

from vivek.schema.sandbox import SandboxStatus
from vivek.workspace.sandbox.command import Ground, build_command, temporary_folder
from vivek.workspace.sandbox.confine_orders import Orders

PROFILE = Path(build_command.__code__.co_filename).with_name("seatbelt.sb")


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    root = tmp_path / "project"
    root.mkdir()
    return Ground(root=root, folder=root, scratch=tmp_path / "scratch", copy=tmp_path / "copy")


def test_the_profile_of_macos_gets_every_parameter_it_asks_for(ground: Ground) -> None:
    status = SandboxStatus("seatbelt", "elsewhere")
    for writable, network in ((True, False), (False, True)):
        argv = build_command(["make", "test"], ground, status, writable=writable, network=network)

        given = dict(word.split("=", 1) for place, word in enumerate(argv) if argv[place - 1] == "-D")
        asked = set(re.findall(r'\(param "(\w+)"\)', PROFILE.read_text(encoding="utf-8")))
        assert argv[:3] == ["/usr/bin/sandbox-exec", "-f", str(PROFILE)]
        assert set(given) == asked
        assert given["NETWORK"] == ("yes" if network else "no")
        assert given["PROJECT"] == str(ground.copy if writable else ground.scratch / "tmp")
        assert argv[-2:] == ["make", "test"]


def test_the_profile_of_macos_is_balanced_and_refuses_writes_first() -> None:
    text = re.sub(r";.*", "", PROFILE.read_text(encoding="utf-8"))

    assert text.count("(") == text.count(")")
    assert text.index("(deny file-write*)") < text.index("(allow file-write*") < text.index('"/.git"')


def test_without_a_sandbox_the_command_stays_as_it_is(ground: Ground) -> None:
    status = SandboxStatus("none", "none")

    assert build_command(["true"], ground, status, writable=True, network=False) == ["true"]
    assert temporary_folder(status, ground) == str(ground.scratch / "tmp")


def test_the_launcher_reads_what_is_written_for_it(ground: Ground) -> None:
    for status in (SandboxStatus("landlock", "overlay", apart=True), SandboxStatus("landlock", "elsewhere")):
        argv = build_command(["make", "--", "x"], ground, status, writable=True, network=False)

        orders = Orders(argv[6:])

        assert orders.command == ["make", "--", "x"]
        assert orders.folder == str(ground.folder)
        assert bool(orders.namespaces) == status.apart
        assert orders.filter
        assert orders.writable
        assert dict(orders.limits)[4] == 0


def test_a_word_that_nobody_knows_is_an_error() -> None:
    with pytest.raises(OSError, match="unknown word"):
        Orders(["surprise"])
