"""The host of files of the downloads' own tests, in a thread, for a vivek in another process."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.providers.pull.file_host import FileHost, file_host, git_name, sha256
from tests.providers.raw_server import json_reply

REVISION = "0123456789abcdef0123456789abcdef01234567"


@contextmanager
def hosted(host: FileHost) -> Iterator[FileHost]:
    """Serve files until the context ends."""
    loop = asyncio.new_event_loop()
    ready, done = threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with file_host(host):
            ready.set()
            await done.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield host
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join()
        loop.close()


def repository(files: dict[str, bytes]) -> FileHost:
    """Return a host with one repository, `some/model`, and its listing."""
    siblings = [
        {"rfilename": name, "size": len(data), "blobId": git_name(data)}
        | ({"lfs": {"sha256": sha256(data)}} if name.endswith((".safetensors", ".gguf")) else {})
        for name, data in files.items()
    ]
    said = {"sha": REVISION, "siblings": siblings, "cardData": {"license": "apache-2.0"}}
    paths = {f"/some/model/resolve/{REVISION}/{name}": data for name, data in files.items()}
    return FileHost(paths, answers={"/api/models/some/model/revision/main": json_reply(said)})
