import asyncio
from collections.abc import Mapping

from tests.providers.raw_server import Seen, json_reply, raw_server
from vivek.providers.discovery import Server
from vivek.schema.doctor import Finding
from vivek.session.doctor.servers import look_at_servers

GIB = 2**30


def unset(variable: str) -> None:
    """Stand for an environment with nothing in it."""


def ollama(*, on_gpu: int, models: bool = True) -> Mapping[str, object]:
    entry = {"name": "m:7b", "size": 8 * GIB, "details": {"parameter_size": "7.6B"}}
    running = {"name": "m:7b", "size": 8 * GIB, "size_vram": on_gpu * GIB, "context_length": 4096}
    return {
        "/api/version": {"version": "0.9"},
        "/api/tags": {"models": [entry] if models else []},
        "/api/ps": {"models": [running] if models else []},
        "/api/show": {"model_info": {"general.architecture": "m"}, "capabilities": ["completion"]},
    }


async def look(answers: Mapping[str, object], gpu: str = "NVIDIA") -> list[Finding]:
    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(json_reply(answers[request.path]))

    async with raw_server(answer) as server:
        return await look_at_servers(unset, gpu=gpu, servers=[Server("ollama", "Ollama", server.url)])


async def test_a_server_that_is_not_there_is_no_fault() -> None:
    [found] = await look_at_servers(unset, gpu="", servers=[Server("ollama", "Ollama", "http://127.0.0.1:1")])

    assert (found.mark, found.text) == ("note", "does not answer at http://127.0.0.1:1")


async def test_a_server_without_models_needs_one() -> None:
    [found] = await look(ollama(on_gpu=0, models=False))

    assert found.mark == "poor"
    assert found.hint


async def test_a_model_wholly_on_the_gpu_is_good() -> None:
    [server, model] = await look(ollama(on_gpu=8))

    assert (server.mark, model.mark) == ("good", "good")
    assert "Ollama 0.9" in server.text
    assert model.text == "loaded, 4,096 tokens of window, 100% on the GPU"


async def test_a_gpu_that_is_here_but_not_used_is_told() -> None:
    [_, model] = await look(ollama(on_gpu=0))

    assert (model.mark, model.makes_faster) == ("poor", True)
    assert "GPU is here" in model.hint


async def test_a_model_on_the_cpu_of_a_machine_without_gpu_is_good() -> None:
    [_, model] = await look(ollama(on_gpu=0), gpu="")

    assert model.mark == "good"


async def test_a_model_partly_on_the_gpu_is_told_with_what_helps() -> None:
    [_, model] = await look(ollama(on_gpu=6))

    assert "75% on the GPU" in model.text
    assert "--window" in model.hint


async def test_a_server_that_says_nothing_is_waited_for_two_seconds_only() -> None:
    async def silent(request: Seen, writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with raw_server(silent) as server, asyncio.timeout(10):
        [found] = await look_at_servers(unset, gpu="", servers=[Server("ollama", "Ollama", server.url)])

    assert found.mark == "poor"
    assert "nothing within 2 s" in found.text
