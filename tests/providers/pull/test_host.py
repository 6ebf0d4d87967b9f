"""What a model host tells of a repository, and what is not taken from it."""

import asyncio

import pytest

from tests.providers.raw_server import Seen, json_reply, raw_server
from vivek.errors import ConfigError, ModelAPIError, ModelNotFoundError
from vivek.providers.pull.host import check_repository, load_repository, read_repository
from vivek.providers.pull.wanted import Checksum

REVISION = "0123456789abcdef0123456789abcdef01234567"
SHA = "ab" * 32
BASE = "https://host.example"


def told(*siblings: object, **more: object) -> dict[str, object]:
    return {"id": "a/b", "sha": REVISION, "gated": False, "siblings": list(siblings), **more}


def small(name: object, size: object = 5) -> dict[str, object]:
    return {"rfilename": name, "size": size, "blobId": "12" * 20}


def large(name: str, sha: object = SHA) -> dict[str, object]:
    return {"rfilename": name, "size": 99, "blobId": "34" * 20, "lfs": {"sha256": sha, "size": 99, "pointerSize": 134}}


def test_files_come_with_revision_and_checksum() -> None:
    found = read_repository("a/b", told(small("config.json"), large("model.safetensors")), BASE)

    assert found.revision == REVISION
    assert [(file.name, file.size, file.checksum) for file in found.files] == [
        ("config.json", 5, Checksum("git", "12" * 20)),
        ("model.safetensors", 99, Checksum("sha256", SHA)),
    ]
    assert found.files[0].url == f"{BASE}/a/b/resolve/{REVISION}/config.json"
    assert found.left_out == ()


@pytest.mark.parametrize(
    "name",
    [
        "../evil.json",
        "/etc/passwd",
        "a/../../b.json",
        "sub/config.json",
        "..",
        ".hidden.json",
        "a\\b.json",
        "a\nb.json",
        "a b.json",
        "con\x1bfig.json",
        "",
        "x" * 300,
        "a..b.json",
        7,
        None,
    ],
)
def test_a_name_that_could_lead_elsewhere_is_left_out(name: object) -> None:
    found = read_repository("a/b", told(small(name), small("config.json")), BASE)

    assert [file.name for file in found.files] == ["config.json"]
    assert len(found.left_out) == 1
    assert all(part.isprintable() for part in found.left_out)


@pytest.mark.parametrize(
    "entry",
    [
        {"rfilename": "a.json"},
        {"rfilename": "a.json", "size": -1, "blobId": "12" * 20},
        {"rfilename": "a.json", "size": 5},
        {"rfilename": "a.json", "size": 5, "blobId": "xyz"},
        large("a.json", sha="no"),
        large("a.json", sha=None),
    ],
)
def test_a_file_that_could_not_be_checked_is_left_out(entry: dict[str, object]) -> None:
    found = read_repository("a/b", told(entry), BASE)

    assert found.files == ()
    assert found.left_out == ("a.json",)


def test_names_that_a_disk_may_take_for_one_are_taken_once() -> None:
    found = read_repository("a/b", told(small("config.json"), small("Config.json")), BASE)

    assert [file.name for file in found.files] == ["config.json"]


@pytest.mark.parametrize(
    ("more", "licence"),
    [
        ({"cardData": {"license": "apache-2.0"}}, "apache-2.0"),
        ({"cardData": {"license": "other", "license_name": "qwen-research"}}, "qwen-research"),
        ({"cardData": {"license": ["mit", "apache-2.0"]}}, "mit, apache-2.0"),
        ({"tags": ["gguf", "license:mit"]}, "mit"),
        ({"cardData": 7, "tags": [3, None]}, ""),
        ({}, ""),
        ({"cardData": {"license": "\x1b[2J" + "x" * 500}}, "\\x1b[2J" + "x" * 53),
    ],
)
def test_the_licence_is_found_where_it_stands(more: dict[str, object], licence: str) -> None:
    assert read_repository("a/b", told(**more), BASE).licence == licence


@pytest.mark.parametrize("gated", ["manual", "auto", True])
def test_a_gate_is_seen(gated: object) -> None:
    assert read_repository("a/b", told() | {"gated": gated}, BASE).gated


@pytest.mark.parametrize("sha", [None, "main", "../..", "A" * 40])
def test_a_host_that_names_no_revision_is_told(sha: object) -> None:
    with pytest.raises(ModelAPIError, match="does not tell the revision"):
        read_repository("a/b", told() | {"sha": sha}, BASE)


@pytest.mark.parametrize("name", ["a", "a/b/c", "../b", "a/..", "a b/c", "a/b?x", "a/.b", "", "/b", "a/b#c", "a/b..c"])
def test_a_name_that_is_no_repository_is_refused(name: str) -> None:
    with pytest.raises(ConfigError):
        check_repository(name)


async def test_the_host_is_asked_once_at_a_fixed_place() -> None:
    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        known = request.path == "/api/models/a/b/revision/main?blobs=true"
        writer.write(json_reply(told(small("config.json"))) if known else json_reply({"error": "no"}, "404 Not Found"))

    async with raw_server(answer) as server:
        found = await load_repository("a/b", base_url=server.url)
        assert found.files[0].url.startswith(f"{server.url}/a/b/resolve/")
        with pytest.raises(ModelNotFoundError, match="has no repository a/c"):
            await load_repository("a/c", base_url=server.url)
