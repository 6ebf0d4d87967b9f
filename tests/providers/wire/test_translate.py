import socket

import httpx
import pytest

from vivek.errors import ModelAPIError, ProviderUnavailableError, StreamInterruptedError, VivekError
from vivek.providers.wire.translate import translate_errors


def translated(error: Exception, cause: Exception | None = None, *, started: bool = False) -> VivekError:
    with pytest.raises(VivekError) as caught, translate_errors("S at http://x", start_hint="Start S.", started=started):
        raise error from cause
    assert caught.value.__cause__ is error
    return caught.value


def test_an_unknown_host_is_told_apart_from_a_silent_one() -> None:
    unknown = translated(httpx.ConnectError("failed"), socket.gaierror(-2, "Name or service not known"))
    refused = translated(httpx.ConnectError("failed"), ConnectionRefusedError())
    slow = translated(httpx.ConnectTimeout("failed"))

    assert "no host of that name" in unknown.message
    assert "nothing listens there" in refused.message
    assert "in time" in slow.message
    assert (refused.hint, slow.hint) == ("Start S.", "Start S.")


def test_a_host_with_several_addresses_is_refused_when_all_refuse() -> None:
    group = ExceptionGroup("several", [ConnectionRefusedError(), ConnectionRefusedError()])
    assert "nothing listens there" in translated(httpx.ConnectError("failed"), group).message


def test_another_reason_is_told_in_the_systems_words() -> None:
    unreachable = translated(httpx.ConnectError("failed"), OSError(113, "No route to host"))
    assert "cannot be reached: No route to host" in unreachable.message
    assert "cannot be reached: failed" in translated(httpx.ConnectError("failed")).message


@pytest.mark.parametrize(
    "error", [httpx.ReadError("x"), httpx.WriteError("x"), httpx.RemoteProtocolError("peer closed")]
)
def test_a_break_is_an_interruption_once_the_reply_has_started(error: httpx.HTTPError) -> None:
    assert type(translated(error, started=True)) is StreamInterruptedError


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (httpx.ReadError(""), ProviderUnavailableError),
        (httpx.RemoteProtocolError("Server disconnected without sending a response."), ProviderUnavailableError),
        (httpx.RemoteProtocolError("illegal status line"), ModelAPIError),
    ],
)
def test_a_break_before_the_reply_is_no_interruption(error: httpx.HTTPError, kind: type[VivekError]) -> None:
    assert type(translated(error)) is kind


def test_what_is_not_httpx_passes() -> None:
    with pytest.raises(KeyError), translate_errors("S"):
        raise KeyError
