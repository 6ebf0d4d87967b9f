"""What `vivek init` finds on this machine: servers on loopback and their models."""

import asyncio
from pathlib import Path

import pytest

from tests.providers.raw_server import Seen, json_reply, raw_server
from vivek.session.place import open_place
from vivek.session.surveying import survey_project


async def test_a_server_on_loopback_is_asked_and_its_best_model_named(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        listed = [{"name": "coder:7b", "size": 5_000_000, "details": {"parameter_size": "7B"}}]
        if request.path == "/api/show":
            writer.write(json_reply({"model_info": {}, "capabilities": ["completion"]}))
        else:
            writer.write(json_reply({"models": listed if request.path == "/api/tags" else []}))

    async with raw_server(answer) as server:
        monkeypatch.setenv("OLLAMA_HOST", server.url)
        found = await survey_project(open_place(workspace))

    assert "ollama/coder:7b" in found.models
    assert [server for server in found.servers if server.startswith("Ollama at http://127.0.0.1:")]
    assert "# model: ollama/coder:7b" in found.page()
