"""Starting a server that then says nothing."""

import os
from pathlib import Path

import pytest

from vivek.errors import ProviderUnavailableError
from vivek.session.starting import start_server


async def test_a_server_that_never_answers_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "ollama"
    program.write_text("#!/bin/sh\nexit 0\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")

    with pytest.raises(ProviderUnavailableError, match="does not answer"):
        await start_server(("ollama", "serve"), patience=0.3)
