"""A real llama.cpp server inside the test process, with the tiny model."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

KEY = "tests-only"


@dataclass(frozen=True)
class EngineServer:
    """Where the engine answers."""

    url: str
    key: str
    model: Path
    window: int

    def get(self, path: str) -> Any:
        """Return what the server says at `path`."""
        return self._answer("GET", path)

    def post(self, path: str, body: dict[str, object]) -> Any:
        """Return what the server answers to `body`."""
        return self._answer("POST", path, json=body)

    def is_busy(self) -> bool:
        """Return whether a request is being worked on."""
        return any(slot["is_processing"] for slot in self.get("/slots"))

    def _answer(self, method: str, path: str, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.key}", "Connection": "close"}
        response = httpx.request(method, self.url + path, headers=headers, timeout=60, trust_env=False, **more)
        response.raise_for_status()
        return response.json()


@contextmanager
def serve(
    model: Path, *, window: int, template: str = "", cache_mib: int = 64, slots: int = 1
) -> Iterator[EngineServer]:
    """Serve a model file with one thread, which is what a busy test machine has to give.

    Args:
        model: The file.
        window: Tokens of its window.
        template: A chat template to use instead of the model's own.
        slots: How many prompts it works on at a time; each has the whole window.
        cache_mib: Memory for prompts beside the one that is worked on; 0 keeps no other.
    """
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(model)
    params.hostnames, params.port, params.api_keys = ["127.0.0.1"], 0, [KEY]
    params.ui, params.verbosity, params.n_parallel = False, 1, slots
    params.n_ctx, params.n_batch, params.n_ubatch, params.cache_ram_mib = window * slots, 64, 64, cache_mib
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    if template:
        params.chat_template, params.use_jinja = template, True
    server = xllamacpp.Server(params)
    try:
        yield EngineServer(server.listening_address, KEY, model, window)
    finally:
        del server  # this ends it and closes its port
