"""The same failure is told in the same words, whoever's server it is: who and where, what, and what can be typed."""

import asyncio
import re
from dataclasses import dataclass

import pytest

from tests.providers.conversation import ask, collect
from tests.providers.dialects import DIALECTS
from tests.providers.raw_server import Answer, Seen, json_reply, raw_server
from vivek.errors import (
    AuthenticationError,
    ModelAPIError,
    ModelNotFoundError,
    ProviderTimeoutError,
    ProviderUnavailableError,
    RateLimitError,
)
from vivek.providers.base import Provider
from vivek.providers.registry import PROVIDERS, open_adapter
from vivek.providers.spec import ModelSpec
from vivek.providers.wire.http import Timeouts
from vivek.schema.secret import Secret

KEY = "ku31-very-secret-0123456789"
SERVERS = [name for name, entry in PROVIDERS.items() if entry.base_url != ""]
MISSING = {"error": {"message": "model 'm' not found", "type": "not_found_error", "code": "model_not_found"}}


def says(status: str, body: object) -> Answer:
    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(json_reply(body, status))

    return answer


async def say_nothing(request: Seen, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


@dataclass(frozen=True)
class Failure:
    """How a server fails, and how that is told: stands for its name and address."""

    kind: type[ModelAPIError]
    words: str
    hint: str
    answer: Answer | None = None
    keyed: bool = True


FAILURES = {
    "unreachable": Failure(ProviderUnavailableError, "does not answer: nothing listens there.", "`--model`"),
    "no key": Failure(
        AuthenticationError,
        "answered 401: who are you",
        "set `model.api_key` in your settings, or the variable `VIVEK_MODEL_API_KEY`",
        says("401 Unauthorized", {"error": {"message": "who are you"}}),
        keyed=False,
    ),
    "refused key": Failure(
        AuthenticationError,
        "answered 401: not ***",
        "Check the key from `A_KEY`, and what it may be used for.",
        says("401 Unauthorized", {"error": {"message": f"not {KEY}"}}),
    ),
    "forbidden": Failure(
        AuthenticationError,
        "answered 403: not that",
        "Check the key from `A_KEY`, and what it may be used for.",
        says("403 Forbidden", {"error": {"message": "not that"}}),
    ),
    "model": Failure(
        ModelNotFoundError,
        "answered 404: model 'm' not found",
        r"`vivek models list`|`ollama pull m`",
        says("404 Not Found", MISSING),
    ),
    "limit": Failure(
        RateLimitError,
        "answered 429: slow down",
        "Wait a while, then ask again, or choose another model with `--model`.",
        says("429 Too Many Requests", {"error": {"message": "slow down"}}),
    ),
    "broken": Failure(
        ProviderUnavailableError,
        "answered 500: oops",
        "look at the server's own log, or choose another model with `--model`",
        says("500 Internal Server Error", {"error": {"message": "oops"}}),
    ),
}
SILENCE = Failure(ProviderTimeoutError, "did not answer within 0.05 s.", "busy or still loads .*`--model`")


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
@pytest.mark.parametrize("name", SERVERS)
async def test_a_failure_is_told_alike_by_all(name: str, failure: Failure) -> None:
    async with raw_server(failure.answer or say_nothing) as server:
        url = server.url if failure.answer else "http://127.0.0.1:1"
        key = Secret(KEY, source="`A_KEY`") if failure.keyed else None
        await told(open_adapter(ModelSpec(name, "m"), base_url=url, key=key), url, failure)


@pytest.mark.parametrize("name", sorted(DIALECTS))
async def test_silence_is_told_alike_by_all(name: str) -> None:
    async with raw_server(say_nothing) as server:
        provider = DIALECTS[name].open(server.url, Timeouts(load=0.05, answer=0.05))
        await told(provider, server.url, SILENCE)


async def told(provider: Provider, url: str, failure: Failure) -> None:
    """Ask, and hold what is told against what was expected."""
    with pytest.raises(failure.kind) as caught:
        await collect(provider, ask())
    await provider.close()

    error = caught.value
    assert type(error) is failure.kind
    found = re.fullmatch(rf"((?:The )?[\w-]+(?: [\w-]+){{0,2}}) at {re.escape(url)}(/[a-z]+)? (.*)", error.message)
    assert found is not None
    assert found[3] == failure.words
    assert re.search(failure.hint, error.hint)
    assert error.hint[0].isupper() or error.hint.startswith("`")
    assert error.hint.endswith((".", "?"))
    assert KEY not in error.message + error.hint
