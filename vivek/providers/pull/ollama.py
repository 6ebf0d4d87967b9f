"""Lets Ollama fetch a model: it knows its library, resumes by itself and checks its own digests.

Protocol: POST `/api/pull`, one JSON object a line, `"status": "success"` at the end; closing the connection stops it.
"""

from collections.abc import Mapping

from vivek.errors import StreamInterruptedError
from vivek.providers.pull.fetching import Tell
from vivek.providers.wire.address import bearer_header, ollama_url
from vivek.providers.wire.decoding import GarbledError, Lines, excerpt
from vivek.providers.wire.failures import read_failure
from vivek.providers.wire.http import HttpDoor, Timeouts
from vivek.providers.wire.ndjson import load_object
from vivek.providers.wire.ollama import NDJSON
from vivek.providers.wire.reply import whole, words
from vivek.schema.fetching import FetchProgress
from vivek.schema.secret import Secret

PATH = "/api/pull"
_AGAIN = "The same command goes on where it stopped."
# Proving the digest of a large layer takes minutes in which nothing is said.
_TIMEOUTS = Timeouts(load=60.0, first_token=900.0)


async def pull_from_ollama(
    model: str, tell: Tell, *, base_url: str | None = None, key: Secret | None = None, timeouts: Timeouts = _TIMEOUTS
) -> None:
    """Let a running Ollama fetch a model.

    Args:
        model: Its name in the library.
        tell: Told how far it is.
        base_url: Where Ollama answers.
        key: For a server behind a proxy that wants one.
        timeouts: Limits of silence.

    Raises:
        ModelAPIError: If Ollama cannot be reached or reports an error, such as a name that its library has not.
        StreamInterruptedError: If it ends without having succeeded.
    """
    hint = "Start it with `ollama serve`, then try again."
    door = HttpDoor(
        ollama_url(base_url), server="Ollama", headers=bearer_header(key), timeouts=timeouts, start_hint=hint
    )
    layers = _Layers()
    lines = Lines()
    try:
        async with door.post_stream(PATH, {"model": model, "stream": True}, accept=NDJSON) as stream:
            async for data in stream:
                for line in lines.feed(data):
                    said = _read(line, door)
                    tell(layers.note(said))
                    if words(said.get("status")) == "success":
                        return
    except GarbledError as error:
        msg = f"{door.place} sent {error}."
        raise StreamInterruptedError(msg, hint="Is this the address of an Ollama server?") from error
    finally:
        await door.close()
    msg = f"{door.place} ended before the model was complete."
    raise StreamInterruptedError(msg, hint=_AGAIN)


def _read(line: str, door: HttpDoor) -> Mapping[str, object]:
    if not line.strip():
        return {}
    said = load_object(line)
    if failure := read_failure(said):
        raise door.error(failure)
    return said


class _Layers:
    """The layers of a model, each with its own bytes; together they are the whole."""

    def __init__(self) -> None:
        self._done: dict[str, int] = {}
        self._total: dict[str, int] = {}

    def note(self, said: Mapping[str, object]) -> FetchProgress:
        digest, total = words(said.get("digest")), whole(said.get("total"))
        if digest and total is not None and len(self._total) < 10_000:
            self._total[digest] = total
            self._done[digest] = min(total, whole(said.get("completed")) or 0)
        status = excerpt(words(said.get("status")), 60)
        doing = "fetching" if digest and total is not None else status or "waiting"
        return FetchProgress(doing, sum(self._done.values()), sum(self._total.values()) or None)
