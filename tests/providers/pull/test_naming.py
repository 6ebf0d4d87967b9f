"""What a name means before anything is fetched: where from, how large, under which licence, proven how."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.providers.pull.file_host import git_name, sha256
from tests.providers.raw_server import RawServer, Seen, json_reply, raw_server
from vivek.errors import ConfigError, ModelNotFoundError, ProviderUnavailableError, VivekError
from vivek.providers.pull.naming import Places, prepare
from vivek.providers.suggestions import load_suggestions
from vivek.schema.fetching import FetchPlan
from vivek.schema.secret import Secret

SUGGESTED = load_suggestions()
SEVEN = SUGGESTED.models["qwen2.5-coder-7b"]
REVISION = "0123456789abcdef0123456789abcdef01234567"
NOWHERE = "http://127.0.0.1:9"


def listing(**files: bytes) -> dict[str, object]:
    siblings = [
        {"rfilename": name, "size": len(data), "blobId": git_name(data)}
        | ({"lfs": {"sha256": sha256(data)}} if name.endswith((".safetensors", ".gguf")) else {})
        for name, data in files.items()
    ]
    return {"sha": REVISION, "siblings": siblings, "cardData": {"license": "mit"}, "gated": False}


@asynccontextmanager
async def host_with(said: dict[str, object]) -> AsyncIterator[RawServer]:
    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        known = request.path.startswith("/api/models/some/model/")
        writer.write(json_reply(said) if known else json_reply({"error": "no"}, "404 Not Found"))

    async with raw_server(answer) as server:
        yield server


async def plan(name: str, folder: Path, host: str = NOWHERE, *, sha256: str | None = None) -> FetchPlan:
    return (await prepare(name, Places(folder, host), SUGGESTED, sha256=sha256)).plan


@pytest.mark.parametrize(
    "name", ["local/qwen2.5-coder-7b", f"local/{SEVEN.file.name}", f" local/{SEVEN.file.name[:-5].upper()} "]
)
async def test_a_suggested_file_needs_no_network_to_be_told(name: str, tmp_path: Path) -> None:
    told = await plan(name, tmp_path)

    assert told.name == "local/qwen2.5-coder-7b"
    assert told.model == "local/qwen2.5-coder-7b-instruct-q4_k_m"
    assert told.source == f"{NOWHERE}/{SEVEN.file.path}"
    assert told.target == str(tmp_path / SEVEN.file.name)
    assert (told.size_bytes, told.licence, told.limits) == (4_683_073_536, "Apache-2.0", "")
    assert told.checksum == f"sha256 {SEVEN.file.sha256}"
    assert (told.present_bytes, told.done) == (0, False)
    assert told.free_bytes


async def test_what_the_licence_forbids_is_told(tmp_path: Path) -> None:
    assert "non-commercial" in (await plan("local/qwen2.5-coder-3b", tmp_path)).limits
    assert "non-commercial" in (await plan("ollama/qwen2.5-coder:3b", tmp_path)).limits


async def test_a_file_that_is_here_is_seen(tmp_path: Path) -> None:
    (tmp_path / SEVEN.file.name).write_bytes(b"x")

    assert (await plan("local/qwen2.5-coder-7b", tmp_path)).done


async def test_ollama_is_told_by_its_address(tmp_path: Path) -> None:
    told = await plan("ollama/qwen2.5-coder:7b", tmp_path)
    assert (told.size_bytes, told.model) == (SEVEN.file.size_bytes, "ollama/qwen2.5-coder:7b")
    assert told.target == "Ollama at http://127.0.0.1:11434"

    unknown = await plan("ollama/someone/thing:latest", tmp_path)
    assert unknown.size_bytes is None
    assert unknown.licence == ""
    assert unknown.notes


async def test_any_file_of_the_host_can_be_named(tmp_path: Path) -> None:
    async with host_with(listing(**{"tiny.gguf": b"weights", "README.md": b"#"})) as server:
        told = await plan("local/some/model/tiny.gguf", tmp_path, server.url)
        same = await plan("local/some/model/tiny.gguf", tmp_path, server.url, sha256=sha256(b"weights").upper())
        with pytest.raises(ConfigError, match="with another checksum"):
            await plan("local/some/model/tiny.gguf", tmp_path, server.url, sha256="0" * 64)
        with pytest.raises(ModelNotFoundError) as error:
            await plan("local/some/model/tinny.gguf", tmp_path, server.url)
        with pytest.raises(ModelNotFoundError, match="no repository"):
            await plan("local/some/other/tiny.gguf", tmp_path, server.url)

    assert told.checksum == f"sha256 {sha256(b'weights')}, only as the host says"
    assert "as given and" in same.checksum
    assert (told.licence, told.size_bytes, told.model) == ("mit", 7, "local/tiny")
    assert told.source == f"{server.url}/some/model/resolve/{REVISION}/tiny.gguf"
    assert "local/some/model/tiny.gguf" in error.value.hint


async def test_a_folder_is_its_model_and_nothing_that_could_run(tmp_path: Path) -> None:
    files = {"config.json": b"{}", "model.safetensors": b"w" * 50, "tokenizer.json": b"[]", "LICENSE": b"MIT"}
    more = {"modeling.py": b"import os", "run.sh": b"", "model.bin": b"", "README.md": b"", "pickle.pkl": b""}
    async with host_with(listing(**files, **more)) as server:
        told = await plan("mlx/some/model", tmp_path, server.url)

    assert (told.files, told.size_bytes) == (4, 57)
    assert told.model == "mlx/some/model"
    assert told.target == str(tmp_path / "some" / "model")
    assert told.notes == ("5 other files of the repository stay there.",)


async def test_a_folder_that_is_no_model_is_told(tmp_path: Path) -> None:
    async with host_with(listing(**{"config.json": b"{}", "tiny.gguf": b"w"})) as server:
        with pytest.raises(ModelNotFoundError, match="holds no model of MLX"):
            await plan("mlx/some/model", tmp_path, server.url)


async def test_a_gate_is_told(tmp_path: Path) -> None:
    files = {"config.json": b"{}", "model.safetensors": b"w"}
    async with host_with(listing(**files) | {"gated": "manual"}) as server:
        assert "asked for" in (await plan("mlx/some/model", tmp_path, server.url)).notes[0]


async def test_an_address_needs_its_checksum(tmp_path: Path) -> None:
    url = "https://host.example/x/tiny-Q8_0.gguf"
    with pytest.raises(ConfigError, match="checksum of that file is needed") as error:
        await plan(url, tmp_path)
    assert "--sha256" in error.value.hint

    told = await plan(url, tmp_path, sha256="a" * 64)
    assert (told.source, told.model, told.size_bytes) == (url, "local/tiny-Q8_0", None)
    assert told.checksum == f"sha256 {'a' * 64}, as given"
    named = await plan(f"local/{url}", tmp_path, sha256="a" * 64)
    assert replace(named, free_bytes=told.free_bytes) == told, "others may fill the disk meanwhile"


@pytest.mark.parametrize(
    ("name", "error", "hint"),
    [
        ("qwen2.5-coder-7b", ConfigError, "`local/qwen2.5-coder-7b`"),
        ("qwen", ConfigError, "ollama/NAME"),
        ("local/", ConfigError, "ollama/NAME"),
        ("", ConfigError, "ollama/NAME"),
        ("llamacpp/default", ConfigError, "ollama/NAME"),
        ("openai/gpt", ConfigError, "ollama/NAME"),
        ("local/qwen2.5-coder-8b", ModelNotFoundError, "`local/qwen2.5-coder-7b`"),
        ("local/zzz", ModelNotFoundError, "`local/qwen2.5-coder-3b`"),
        ("local/../../etc/passwd", ModelNotFoundError, "OWNER/NAME"),
        ("local/a/b/../../x.gguf", ConfigError, "OWNER/NAME"),
        ("local/a/b/..gguf", ModelNotFoundError, "OWNER/NAME"),
        ("local//tmp/x.gguf", ConfigError, "OWNER/NAME"),
        ("mlx/qwen2.5-coder-8b", ModelNotFoundError, "`mlx/qwen2.5-coder-7b`"),
        ("mlx/../..", ConfigError, "OWNER/NAME"),
        ("ollama/../x", ConfigError, "NAME:TAG"),
        ("ollama/a b", ConfigError, "NAME:TAG"),
        ("https://host.example/run.sh", ConfigError, "GGUF"),
        ("https://host.example/", ConfigError, "GGUF"),
    ],
)
async def test_a_name_that_means_nothing_is_told_with_what_would(
    name: str, error: type[VivekError], hint: str, tmp_path: Path
) -> None:
    with pytest.raises(error) as told:
        await plan(name, tmp_path)
    assert type(told.value) is error
    assert hint in told.value.hint


@pytest.mark.parametrize("name", ["ollama/a", "mlx/a/b"])
async def test_a_checksum_is_for_files_only(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="GGUF files only"):
        await plan(name, tmp_path, sha256="a" * 64)


@pytest.mark.parametrize("checksum", ["", "abc", "g" * 64, "a" * 65])
async def test_a_checksum_that_is_none_is_told(checksum: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        await plan("https://host.example/x.gguf", tmp_path, sha256=checksum)


async def test_another_checksum_than_the_known_one_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is known with another checksum"):
        await plan("local/qwen2.5-coder-7b", tmp_path, sha256="a" * 64)


async def test_no_password_stands_in_an_address(tmp_path: Path) -> None:
    for name, host in (("https://me:hunter2@h.example/x.gguf", NOWHERE), ("ollama/a", "https://me:hunter2@h.example")):
        with pytest.raises(ConfigError, match="password") as error:
            await plan(name, tmp_path, host, sha256="a" * 64 if "x.gguf" in name else None)
        assert "hunter2" not in error.value.message + error.value.hint


async def test_a_host_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProviderUnavailableError, match="The model host"):
        await plan("mlx/some/model", tmp_path)


async def test_a_key_is_not_in_what_is_shown(tmp_path: Path) -> None:
    places = replace(Places(tmp_path, NOWHERE), host_key=Secret("hunter2"))
    job = await prepare("local/qwen2.5-coder-7b", places, SUGGESTED)

    assert "hunter2" not in repr(job)
