"""One file over a real socket: whole, broken, resumed, wrong, in the way."""

import asyncio
import json
import os
import stat
from pathlib import Path

import pytest

from tests.providers.pull.file_host import CONTENT, NAME, FileHost, file_host, names_in
from vivek.errors import ModelAPIError, ModelNotFoundError, StreamInterruptedError, WorkspaceError
from vivek.providers.pull.fetching import Fetcher
from vivek.providers.pull.part import Disk
from vivek.providers.pull.wanted import WantedFile
from vivek.providers.wire.download import Downloader, DownloadTimeouts
from vivek.schema.fetching import FetchProgress


class Fetched:
    """A fetcher, what it told, and how long it would have waited."""

    def __init__(self, disk: Disk | None = None, timeouts: DownloadTimeouts | None = None) -> None:
        self.told: list[FetchProgress] = []
        self.waits: list[float] = []
        self.fetcher = Fetcher(
            Downloader(timeouts=timeouts), self.told.append, disk or Disk(), len(CONTENT), pause=self._pause
        )

    async def _pause(self, seconds: float) -> None:
        self.waits.append(seconds)

    @property
    def notices(self) -> list[str]:
        return [progress.notice for progress in self.told if progress.notice]


async def fetch(wanted: WantedFile, folder: Path, disk: Disk | None = None) -> Fetched:
    fetched = Fetched(disk)
    await fetched.fetcher.fetch(wanted, folder)
    return fetched


def leave_part(folder: Path, wanted: WantedFile, data: bytes, tag: str = '"one"') -> None:
    """Leave what an earlier attempt would have left."""
    (folder / f"{NAME}.part").write_bytes(data)
    checksum = f"{wanted.checksum.algorithm}:{wanted.checksum.value}"
    note = {"version": 1, "url": wanted.url, "size": wanted.size, "checksum": checksum, "tag": tag}
    (folder / f"{NAME}.part.json").write_text(json.dumps(note))


async def test_a_file_arrives_whole_with_its_name_for_its_owner_alone(tmp_path: Path) -> None:
    async with file_host() as host:
        fetched = await fetch(host.wanted(), tmp_path)

    assert names_in(tmp_path) == [NAME]
    assert (tmp_path / NAME).read_bytes() == CONTENT
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600
    assert fetched.told[-1] == FetchProgress("finishing", len(CONTENT), len(CONTENT))
    assert fetched.notices == ["from 127.0.0.1"]
    assert [progress.done for progress in fetched.told] == sorted(progress.done for progress in fetched.told)


async def test_the_file_has_no_name_before_its_bytes_are_proven(tmp_path: Path) -> None:
    names: list[list[str]] = []
    async with file_host() as host:
        fetcher = Fetcher(Downloader(), lambda _: names.append(names_in(tmp_path)))
        await fetcher.fetch(host.wanted(), tmp_path)

    assert all(each == [f"{NAME}.part", f"{NAME}.part.json"] for each in names[1:])


async def test_a_line_that_breaks_is_taken_up_where_it_broke(tmp_path: Path) -> None:
    async with file_host(FileHost(cuts=[1_000_000, 500_000])) as host:
        fetched = await fetch(host.wanted(), tmp_path)

    assert (tmp_path / NAME).read_bytes() == CONTENT
    assert host.ranges_asked() == ["", "bytes=1000000-", "bytes=1500000-"]
    assert fetched.waits == [0.5, 0.5]


async def test_a_line_that_breaks_again_and_again_is_given_up_and_what_came_is_kept(tmp_path: Path) -> None:
    async with file_host(FileHost(cuts=[70_000, *([0] * 20)])) as host:
        with pytest.raises(StreamInterruptedError) as error:
            await fetch(host.wanted(), tmp_path)

    assert "goes on where it stopped" in error.value.hint
    assert (tmp_path / f"{NAME}.part").stat().st_size == 70_000
    assert len(host.seen) == 5


async def test_the_next_attempt_goes_on_and_counts_what_is_there(tmp_path: Path) -> None:
    async with file_host() as host:
        wanted = host.wanted()
        leave_part(tmp_path, wanted, CONTENT[:2_000_000])
        fetched = await fetch(wanted, tmp_path)

    assert host.ranges_asked() == ["bytes=2000000-"]
    assert host.seen[0].headers["if-range"] == '"one"'
    assert (tmp_path / NAME).read_bytes() == CONTENT
    assert fetched.told[0] == FetchProgress("checking", 2_000_000, len(CONTENT))


async def test_a_part_that_is_whole_needs_no_request(tmp_path: Path) -> None:
    async with file_host() as host:
        wanted = host.wanted()
        leave_part(tmp_path, wanted, CONTENT)
        await fetch(wanted, tmp_path)

    assert host.seen == []
    assert names_in(tmp_path) == [NAME]


@pytest.mark.parametrize("host", [FileHost(ranges=False), FileHost(tag='"two"')], ids=["no ranges", "another version"])
async def test_a_server_that_cannot_go_on_begins_anew_and_that_is_told(host: FileHost, tmp_path: Path) -> None:
    async with file_host(host):
        wanted = host.wanted()
        leave_part(tmp_path, wanted, b"x" * 2_000_000)
        fetched = await fetch(wanted, tmp_path)

    assert (tmp_path / NAME).read_bytes() == CONTENT
    assert any("begins anew" in notice for notice in fetched.notices)


async def test_bytes_that_were_changed_on_the_disk_are_found(tmp_path: Path) -> None:
    async with file_host() as host:
        wanted = host.wanted()
        leave_part(tmp_path, wanted, b"\0" + CONTENT[1:1_000_000])
        with pytest.raises(ModelAPIError, match="another checksum"):
            await fetch(wanted, tmp_path)

    assert names_in(tmp_path) == []


async def test_a_wrong_checksum_removes_what_came(tmp_path: Path) -> None:
    async with file_host() as host:
        with pytest.raises(ModelAPIError, match="another checksum than it should have; it was removed"):
            await fetch(host.wanted(checksum="0" * 64), tmp_path)

    assert names_in(tmp_path) == []


async def test_a_file_of_another_size_is_refused_before_it_is_fetched(tmp_path: Path) -> None:
    async with file_host() as host:
        with pytest.raises(ModelAPIError, match=r"has 3,200,000 bytes as tiny-q8_0\.gguf, not 17"):
            await fetch(host.wanted(size=17), tmp_path)

    assert (tmp_path / f"{NAME}.part").stat().st_size == 0


async def test_a_server_that_sends_too_much_is_stopped(tmp_path: Path) -> None:
    async with file_host(FileHost(lengths=False)) as host:
        with pytest.raises(ModelAPIError, match="more than the 1,000 bytes"):
            await fetch(host.wanted(size=1_000), tmp_path)

    assert names_in(tmp_path) == []


@pytest.mark.parametrize("cut", [0, 1, 999_999])
async def test_a_truncated_file_without_a_length_is_not_taken_for_whole(cut: int, tmp_path: Path) -> None:
    async with file_host(FileHost(lengths=False, ranges=False, cuts=[cut] * 30)) as host:
        with pytest.raises(StreamInterruptedError):
            await fetch(host.wanted(), tmp_path)

    assert not (tmp_path / NAME).exists()


async def test_a_file_of_unknown_size_is_taken_when_its_checksum_is_right(tmp_path: Path) -> None:
    async with file_host(FileHost(lengths=False)) as host:
        await fetch(host.wanted(size=None), tmp_path)

    assert (tmp_path / NAME).read_bytes() == CONTENT


async def test_a_file_that_is_there_is_proven_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(CONTENT)
    before = (tmp_path / NAME).stat()
    async with file_host() as host:
        fetched = await fetch(host.wanted(), tmp_path)

    assert host.seen == []
    assert (tmp_path / NAME).stat() == before
    assert {progress.doing for progress in fetched.told} == {"checking"}


@pytest.mark.parametrize("content", [b"mine", b"x" * len(CONTENT)])
async def test_another_file_of_that_name_is_not_touched(content: bytes, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(content)
    async with file_host() as host:
        with pytest.raises(WorkspaceError, match="is another file"):
            await fetch(host.wanted(), tmp_path)

    assert (tmp_path / NAME).read_bytes() == content
    assert names_in(tmp_path) == [NAME]


async def test_a_folder_of_that_name_is_told(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    async with file_host() as host:
        with pytest.raises(WorkspaceError, match="is no file"):
            await fetch(host.wanted(), tmp_path)


async def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    async with file_host() as host:
        wanted = host.wanted()
        host.files.clear()
        with pytest.raises(ModelNotFoundError, match="no such file"):
            await fetch(wanted, tmp_path)

    assert not (tmp_path / NAME).exists()


async def test_stopping_keeps_what_came_and_the_next_attempt_goes_on(tmp_path: Path) -> None:
    async with file_host(FileHost(slow=0.02)) as host:
        wanted = host.wanted()
        fetched = Fetched()
        task = asyncio.create_task(fetched.fetcher.fetch(wanted, tmp_path))
        while not any(progress.done > 300_000 for progress in fetched.told):
            await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        kept = (tmp_path / f"{NAME}.part").stat().st_size
        host.slow = 0
        await fetch(wanted, tmp_path)

    assert 300_000 < kept < len(CONTENT)
    assert host.ranges_asked()[-1] == f"bytes={kept}-"
    assert (tmp_path / NAME).read_bytes() == CONTENT


async def test_silence_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    async with file_host(FileHost(hangs=True)) as host:
        fetched = Fetched(timeouts=DownloadTimeouts(piece=0.05))
        with pytest.raises(StreamInterruptedError, match="sent nothing"):
            await fetched.fetcher.fetch(host.wanted(), tmp_path)

    assert fetched.waits == [1.0, 2.0, 4.0]


class FullDisk(Disk):
    """Takes so many bytes and no more."""

    def __init__(self, room: int) -> None:
        self._room = room

    def write(self, handle: int, data: bytes) -> None:
        super().write(handle, data[: self._room])
        self._room -= len(data[: self._room])
        if len(data) > self._room and self._room <= 0 and data:
            raise OSError(28, os.strerror(28))


async def test_a_full_disk_is_told_and_what_came_can_be_gone_on_with(tmp_path: Path) -> None:
    async with file_host() as host:
        with pytest.raises(WorkspaceError, match="No space left") as error:
            await fetch(host.wanted(), tmp_path, FullDisk(1_500_000))
        assert "Make room" in error.value.hint
        kept = (tmp_path / f"{NAME}.part").stat().st_size
        assert 1_000_000 < kept <= 1_500_000
        await fetch(host.wanted(), tmp_path)

    assert host.ranges_asked() == ["", f"bytes={kept}-"]
    assert (tmp_path / NAME).read_bytes() == CONTENT


async def test_half_a_block_on_a_full_disk_is_not_counted_twice(tmp_path: Path) -> None:
    """Somebody makes room in the very moment in which what came is kept."""

    class Moment(FullDisk):
        def write(self, handle: int, data: bytes) -> None:
            try:
                super().write(handle, data)
            except OSError:
                self._room = 10**9
                raise

    async with file_host() as host:
        with pytest.raises(WorkspaceError, match="No space left"):
            await fetch(host.wanted(), tmp_path, Moment(1_500_000))
        kept = (tmp_path / f"{NAME}.part").read_bytes()
        assert len(kept) > 1_500_000
        assert CONTENT.startswith(kept)
        await fetch(host.wanted(), tmp_path)

    assert (tmp_path / NAME).read_bytes() == CONTENT
