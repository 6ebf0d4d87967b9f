"""Pictures and models of their own for nodes, from the command line to what the servers receive."""

import asyncio
import base64
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Run
from tests.engine.forced import ForcedEngine
from tests.engine.server import EngineServer
from tests.engine.tiny_model import TinyModel
from tests.pictures import png
from tests.providers.dialects import DIALECTS
from tests.providers.raw_server import RawServer, raw_server
from tests.session.test_pictures import talks

SHOT = png(40, 30)
SERVER = DIALECTS["openai_compat"]
PLAN = json.dumps({"kind": "answer", "steps": ["Say it"], "files": [], "mode": "peer", "question": ""})


@contextmanager
def seeing() -> Iterator[RawServer]:
    """Serve a model that says `grey` until the context ends, in a thread, for a vivek in another process.

    Its list is vLLM's, which does not tell whether the model sees.
    """
    loop = asyncio.new_event_loop()
    ready, done = threading.Event(), asyncio.Event()
    opened: list[RawServer] = []

    async def serve() -> None:
        async with raw_server(talks(SERVER)) as server:
            opened.append(server)
            ready.set()
            await done.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield opened[0]
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join()
        loop.close()


@pytest.mark.parametrize(
    "words", [("what is it?", "--image", "a shot.png"), ("what is @shot.png ?",)], ids=["option", "mention"]
)
def test_a_picture_goes_from_the_command_line_to_the_model(words: tuple[str, ...], run: Run, workspace: Path) -> None:
    for name in ("shot.png", "a shot.png"):
        (workspace / name).write_bytes(SHOT)

    with seeing() as server:
        done = run("ask", *words, "--model", "openai_compat/m", "--base-url", server.url, "--depth", "fast")
        asked = [request.json for request in server.asked(SERVER.path)]

    assert (done.returncode, done.stdout.strip()) == (0, "grey"), done.stderr
    assert SERVER.pictures is not None
    assert [SERVER.pictures(each) for each in asked] == [[("image/png", base64.b64encode(SHOT).decode())]]


@pytest.mark.engine
def test_a_picture_for_the_engine_of_vivek_is_refused_and_nothing_is_started(
    run: Run, workspace: Path, tiny_model: TinyModel
) -> None:
    (workspace / "shot.png").write_bytes(SHOT)

    done = run("ask", "what is it?", "--image", "shot.png", "--model", f"local/{tiny_model.q8_0}")

    assert done.returncode == 4
    assert "cannot be shown pictures: the embedded engine is text only." in " ".join(done.stderr.split())
    assert not list(Path(os.environ["XDG_STATE_HOME"]).rglob("engine*/*.log"))


def test_a_file_that_is_no_picture_is_told_before_anybody_is_asked(run: Run, workspace: Path) -> None:
    (workspace / "shot.png").write_text("no picture")

    with seeing() as server:
        done = run("ask", "what is it?", "--image", "shot.png", "--model", "openai_compat/m", "--base-url", server.url)
        assert not server.asked(SERVER.path)

    assert done.returncode == 2
    assert "shot.png" in done.stderr
    assert "PNG, JPEG, WebP" in " ".join(done.stderr.split())


@pytest.mark.engine
def test_the_planner_may_be_another_model(run: Run, engine_server: EngineServer) -> None:
    with ForcedEngine(engine_server, [PLAN]) as thinker, ForcedEngine(engine_server, ["It adds up."]) as worker:
        thinker.opens = worker.opens = True
        models = "--model", f"llamacpp/w@{worker.url}", "--planner-model", f"llamacpp/p@{thinker.url}"
        done = run("ask", "tidy the shop up", *models, "--depth", "full", "--format", "json")

        assert (thinker.unsaid, worker.unsaid) == (0, 0), done.stderr
    assert done.returncode == 0
    reply = json.loads(done.stdout)
    assert reply["answer"] == "It adds up."
    assert [(each["node"], each["model"]) for each in reply["usage"]["models"]] == [
        ("planner", "llamacpp/p"),
        ("executor", "llamacpp/w"),
    ]
