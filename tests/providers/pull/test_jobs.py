"""Whole downloads: room on the disk, one file, a folder of files that get their place together."""

import asyncio
import json
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.providers.pull.file_host import CONTENT, NAME, FileHost, file_host, git_name, names_in, sha256
from tests.providers.raw_server import Seen, json_reply, raw_server
from vivek.errors import ModelAPIError, WorkspaceError
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.providers.catalog import MODEL_LISTS
from vivek.providers.pull.jobs import Job
from vivek.providers.pull.naming import Places, prepare
from vivek.providers.pull.part import Disk
from vivek.providers.suggestions import load_suggestions
from vivek.schema.fetching import FetchProgress

SUGGESTED = load_suggestions()
REVISION = "0123456789abcdef0123456789abcdef01234567"
MODEL = {"config.json": b'{"model_type": "tiny"}', "model.safetensors": CONTENT, "tokenizer.json": b"{}" * 100}


def quiet(_progress: FetchProgress) -> None:
    """Listen to nothing."""


class SmallDisk(Disk):
    def __init__(self, free: int) -> None:
        self._free = free

    def free(self, folder: Path) -> int:
        return self._free


@asynccontextmanager
async def model_host(host: FileHost, files: dict[str, bytes] = MODEL) -> AsyncIterator[str]:
    """Serve a repository `some/model` with its listing."""
    siblings = [
        {"rfilename": name, "size": len(data), "blobId": git_name(data)}
        | ({"lfs": {"sha256": sha256(data)}} if name.endswith(".safetensors") else {})
        for name, data in files.items()
    ]
    host.files = {f"/some/model/resolve/{REVISION}/{name}": data for name, data in files.items()}

    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        if request.path.startswith("/api/"):
            writer.write(json_reply({"sha": REVISION, "siblings": siblings}))
        else:
            await host.answer(request, writer)

    async with raw_server(answer) as server:
        yield server.url


async def folder_job(models: Path, url: str, disk: Disk | None = None) -> Job:
    return await prepare("mlx/some/model", Places(models, url, disk=disk or Disk()), SUGGESTED)


async def test_a_folder_arrives_whole(tmp_path: Path) -> None:
    models = tmp_path / "state" / "models"
    told: list[FetchProgress] = []
    async with model_host(FileHost()) as url:
        job = await folder_job(models, url)
        await job.run(told.append)
        again = await folder_job(models, url)
        assert again.plan.done
        await again.run(quiet)

    folder = models / "some" / "model"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == MODEL
    assert names_in(models / "some") == ["model"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(models.stat().st_mode) == 0o700
    assert told[-1].done == told[-1].total == sum(map(len, MODEL.values()))


async def test_a_folder_has_no_place_before_all_its_files_are_proven_and_is_gone_on_with(tmp_path: Path) -> None:
    host = FileHost(slow=0.02)
    async with model_host(host) as url:
        told: list[FetchProgress] = []
        job = await folder_job(tmp_path, url)
        running = asyncio.create_task(job.run(told.append))
        while not any(progress.done > 500_000 for progress in told):
            await asyncio.sleep(0.005)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert names_in(tmp_path / "some") == [".model.part"]
        host.slow = 0
        host.seen.clear()
        job = await folder_job(tmp_path, url)
        kept = job.plan.present_bytes - len(MODEL["config.json"])
        await job.run(quiet)

    assert kept > 400_000
    assert host.ranges_asked() == [f"bytes={kept}-", ""]
    assert names_in(tmp_path / "some") == ["model"]
    assert set(names_in(tmp_path / "some" / "model")) == set(MODEL)


async def test_a_file_of_a_folder_with_a_wrong_checksum_stops_it(tmp_path: Path) -> None:
    host = FileHost()
    async with model_host(host) as url:
        path = f"/some/model/resolve/{REVISION}/tokenizer.json"
        host.files[path] = host.files[path].replace(b"{}", b"[]")
        with pytest.raises(ModelAPIError, match="another checksum"):
            await (await folder_job(tmp_path, url)).run(quiet)

    assert not (tmp_path / "some" / "model").exists()


async def test_a_disk_without_room_is_told_before_anything_is_fetched(tmp_path: Path) -> None:
    host = FileHost()
    async with model_host(host) as url:
        job = await folder_job(tmp_path, url, SmallDisk(10_000_000))
        with pytest.raises(WorkspaceError, match=r"0\.0 GB free; 0\.5 GB are needed") as error:
            await job.run(quiet)
    assert "Make room" in error.value.hint
    assert host.seen == []


async def test_the_room_that_is_needed_is_what_is_still_missing(tmp_path: Path) -> None:
    places = Places(tmp_path, "http://127.0.0.1:9", disk=SmallDisk(5_000_000_000))
    job = await prepare("local/qwen2.5-coder-7b", places, SUGGESTED)
    with pytest.raises(WorkspaceError, match=r"5\.0 GB free; 5\.2 GB are needed"):
        await job.run(quiet)


async def test_room_is_looked_for_when_the_size_is_told_only_by_the_server(tmp_path: Path) -> None:
    async with file_host() as host:
        places = Places(tmp_path, "https://host.example", disk=SmallDisk(10_000_000))
        job = await prepare(f"{host.url}/{NAME}", places, SUGGESTED, sha256=sha256(CONTENT))
        with pytest.raises(WorkspaceError, match="are needed"):
            await job.run(quiet)

    assert (tmp_path / f"{NAME}.part").stat().st_size == 0


async def test_two_at_one_folder_are_told_apart(tmp_path: Path) -> None:
    host = FileHost(slow=0.05)
    async with model_host(host) as url:
        first, second = await folder_job(tmp_path, url), await folder_job(tmp_path, url)
        running = asyncio.create_task(first.run(quiet))
        while not host.seen:
            await asyncio.sleep(0.005)
        with pytest.raises(WorkspaceError, match="Another vivek is fetching into"):
            await second.run(quiet)
        host.slow = 0
        await running


async def test_a_file_arrives_by_its_address(tmp_path: Path) -> None:
    async with file_host() as host:
        places = Places(tmp_path / "models", "https://host.example")
        job = await prepare(f"{host.url}/{NAME}", places, SUGGESTED, sha256=sha256(CONTENT))
        await job.run(quiet)

    assert (tmp_path / "models" / NAME).read_bytes() == CONTENT


async def test_two_at_one_file_are_told_apart(tmp_path: Path) -> None:
    async with file_host(FileHost(slow=0.05)) as host:
        places = Places(tmp_path, "https://host.example")
        jobs = [await prepare(f"{host.url}/{NAME}", places, SUGGESTED, sha256=sha256(CONTENT)) for _ in range(2)]
        running = asyncio.create_task(jobs[0].run(quiet))
        while not host.seen:
            await asyncio.sleep(0.005)
        with pytest.raises(WorkspaceError, match="Another vivek is fetching"):
            await jobs[1].run(quiet)
        host.slow = 0
        await running


async def test_ollama_does_its_part_and_the_lists_of_before_are_forgotten(tmp_path: Path) -> None:
    async def lists() -> int:
        """Return how often a list had to be asked for anew."""
        provider = ScriptedProvider([])
        provider.base_url = "http://127.0.0.1:1"
        before = MODEL_LISTS.figures().misses
        await MODEL_LISTS.get(provider)
        return MODEL_LISTS.figures().misses - before

    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        assert request.json["model"] == "tiny:latest"
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\n\r\n"
            + json.dumps({"status": "success"}).encode()
            + b"\n"
        )

    async with raw_server(answer) as server:
        job = await prepare("ollama/tiny:latest", Places(tmp_path, server.url, ollama=server.url), SUGGESTED)
        await lists()
        assert await lists() == 0
        await job.run(quiet)
        assert await lists() == 1
