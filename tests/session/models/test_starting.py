"""Starting a server that then says nothing."""

import asyncio
import os
from pathlib import Path

import pytest

from tests.providers.raw_server import Seen, json_reply, raw_server
from vivek.errors import ProviderUnavailableError
from vivek.providers.breaker import BREAKERS
from vivek.session.models.starting import start_server


async def test_a_server_that_never_answers_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "ollama"
    program.write_text("#!/bin/sh\nexit 0\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")

    with pytest.raises(ProviderUnavailableError, match="does not answer"):
        await start_server(("ollama", "serve"), patience=0.3)


async def test_a_server_that_was_left_alone_is_asked_again_once_it_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(json_reply({"version": "1.0"}))

    program = tmp_path / "ollama"
    program.write_text("#!/bin/sh\nexit 0\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    async with raw_server(answer) as server:
        monkeypatch.setenv("OLLAMA_HOST", server.url)
        for _ in range(3):
            with BREAKERS.of(server.url).enter() as permit:
                permit.bad(ProviderUnavailableError("It did not answer."))
        await start_server(("ollama", "serve"))
        assert BREAKERS.of(server.url).state() == "closed"
