"""What a sandboxed command cannot write, whichever rung holds it back: each is tried for real."""

import os
from pathlib import Path

import pytest

from tests.workspace.rungs import BARE, ON_EVERY_RUNG, ON_RUNGS_APART, Yard, wide_folder, yard
from vivek.errors import OutsideWorkspaceError
from vivek.workspace.sandbox.ladder import Rung

__all__ = ["wide_folder", "yard"]


@pytest.mark.covers("S01", "S02", "S03")
@ON_EVERY_RUNG
def test_nothing_outside_the_project_can_be_written(yard: Yard) -> None:
    before = yard.snapshot()
    escape = Path("/tmp") / f"vivek-escape-{os.getpid()}"

    for target in (yard.home / ".bashrc", yard.beside / "b.txt", yard.beside / "new", Path("/etc/vivek-escape")):
        ran = yard.shell('echo owned > "$1"', target)
        assert ran.returncode != 0, target
    yard.shell('echo owned > "$1"', escape)

    assert not escape.exists()
    assert yard.snapshot() == before


@ON_RUNGS_APART
def test_not_even_modes_and_times_outside_the_project_can_be_changed(yard: Yard) -> None:
    before = (yard.beside / "b.txt").stat()

    for script in ('chmod 777 "$1"', 'touch "$1"', 'ln "$1" mine'):
        assert yard.shell(script, yard.beside / "b.txt").returncode != 0, script

    after = (yard.beside / "b.txt").stat()
    assert (after.st_mode, after.st_mtime_ns, after.st_nlink) == (before.st_mode, before.st_mtime_ns, before.st_nlink)


@pytest.mark.covers("S04", "S05", "S06", "G09")
@ON_EVERY_RUNG
def test_nothing_of_gits_and_viveks_own_can_be_written(yard: Yard) -> None:
    before = yard.snapshot()

    for name in (".git/config", ".git/hooks/pre-commit", ".git/new", ".vivek/config.toml", ".vivek/new"):
        ran = yard.shell('echo owned > "$1"', name)
        assert ran.returncode != 0, name

    assert yard.snapshot() == before


@pytest.mark.covers("S07")
@ON_EVERY_RUNG
def test_a_protected_folder_can_be_moved_nowhere_but_in_the_view(yard: Yard, rung: Rung) -> None:
    before = yard.snapshot()

    ran = yard.shell("mv .git .git2; rm -rf .git; chmod -R 777 .git")

    assert yard.snapshot() == before
    if rung != BARE:
        assert b"busy" in ran.output or b"Read-only" in ran.output


@pytest.mark.covers("S08", "T10")
@ON_EVERY_RUNG
def test_a_protected_folder_that_is_missing_stays_missing(yard: Yard) -> None:
    (yard.root / ".vivek" / "config.toml").unlink()
    (yard.root / ".vivek").rmdir()
    before = yard.snapshot()

    yard.shell("mkdir .vivek; echo x > .vivek/config.toml")

    assert yard.snapshot() == before


@ON_EVERY_RUNG
def test_a_link_out_of_the_project_is_not_written_through(yard: Yard) -> None:
    (yard.root / "out").symlink_to(yard.beside)
    before = yard.snapshot()

    ran = yard.shell('echo owned > out/b.txt; ln -s "$1" mine && echo owned > mine/b.txt', yard.beside)

    assert ran.returncode != 0
    assert yard.snapshot() == before


@pytest.mark.covers("S09")
@ON_EVERY_RUNG
def test_a_link_made_in_the_sandbox_never_reaches_the_project(yard: Yard) -> None:
    ran = yard.shell('rm a.txt && ln -s "$1" a.txt && test -L a.txt', yard.home / ".bashrc")

    assert ran.returncode == 0, ran.output
    assert not (yard.root / "a.txt").is_symlink()


@ON_EVERY_RUNG
def test_read_only_leaves_nothing_to_write_to_but_the_temporary_folder(yard: Yard) -> None:
    refused = yard.shell("echo x > new", write=False)
    allowed = yard.shell('echo x > "$TMPDIR/new"', write=False)

    assert refused.returncode != 0
    assert allowed.returncode == 0, allowed.output
    assert not yard.tree.written()


@pytest.mark.covers("S23")
@ON_EVERY_RUNG
def test_the_folder_of_a_command_does_not_widen_what_it_may_write(yard: Yard) -> None:
    (yard.root / "inner").mkdir()
    (yard.root / "inner" / "c.txt").touch()

    assert yard.run("/bin/sh", "-c", "basename $(pwd); echo x > ../y", folder="inner").output == b"inner\n"
    for folder in ("..", "../beside", "/", str(yard.beside)):
        with pytest.raises(OutsideWorkspaceError, match="outside"):
            yard.run("true", folder=folder)


@pytest.mark.covers("S15")
@ON_RUNGS_APART
def test_no_process_outside_can_be_seen_or_signalled(yard: Yard) -> None:
    ran = yard.shell('ls /proc | grep -c "^[0-9]"; kill -0 "$1" 2>/dev/null || echo gone', str(os.getpid()))

    count, said = ran.output.split()
    assert int(count) < 10
    assert said == b"gone"


@pytest.mark.covers("S15")
@ON_EVERY_RUNG
def test_the_environment_and_memory_of_vivek_cannot_be_read(yard: Yard) -> None:
    script = 'cat "/proc/$1/mem" 2>&1 >/dev/null && echo READ; kill -0 "$1" 2>/dev/null && echo SIGNALLED; exit 0'

    ran = yard.shell(script, str(os.getpid()))

    assert b"READ" not in ran.output
    assert b"SIGNALLED" not in ran.output


@pytest.mark.covers("S20")
@ON_EVERY_RUNG
def test_no_mount_and_no_user_namespace_can_be_made(yard: Yard) -> None:
    before = yard.snapshot()
    tries = (
        "umount .",
        "umount -l .",
        "mount --rbind / /mnt",
        "unshare -U true",
        "unshare -Urm true",
        "nsenter -t 1 -m true",
    )

    for one in tries:
        assert yard.shell(one).returncode != 0, one

    assert yard.snapshot() == before


@pytest.mark.covers("S20")
@ON_EVERY_RUNG
def test_no_capabilities_are_left_and_none_can_be_gained(yard: Yard) -> None:
    ran = yard.shell("grep -E '^(Cap(Prm|Eff|Bnd)|NoNewPrivs)' /proc/self/status")

    values = dict(line.split(b":\t") for line in ran.output.splitlines())
    assert values == {b"CapPrm": b"0" * 16, b"CapEff": b"0" * 16, b"CapBnd": b"0" * 16, b"NoNewPrivs": b"1"}


@ON_EVERY_RUNG
def test_the_kernels_settings_cannot_be_changed_even_by_root(yard: Yard) -> None:
    for name in ("/proc/sys/kernel/domainname", "/proc/sysrq-trigger", "/proc/sys/kernel/core_pattern"):
        if Path(name).exists():
            ran = yard.shell('exec 3>> "$1"', name)  # opening it is enough to know, and changes nothing
            assert ran.returncode != 0, name


@pytest.mark.covers("S16")
@ON_EVERY_RUNG
def test_nothing_can_be_typed_into_a_terminal(yard: Yard) -> None:
    parent, child = os.openpty()
    try:
        ran = yard.shell('echo x > "$1"; echo x > /dev/tty', os.ttyname(child))
    finally:
        os.close(parent)
        os.close(child)

    assert ran.output.count(b"cannot") == 2


@ON_RUNGS_APART
def test_keys_of_the_user_cannot_be_read(yard: Yard) -> None:
    ran = yard.shell('cat "$HOME/.ssh/id_ed25519"; ls -A "$HOME"')

    assert b"CANARY-KEY" not in ran.output
    assert b".ssh" in ran.output
