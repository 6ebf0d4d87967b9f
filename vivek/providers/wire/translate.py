"""httpx's errors as vivek's own, each with its hint. Part of the HTTP door; sends nothing itself."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import httpx

from vivek.errors import ModelAPIError, ProviderUnavailableError, StreamInterruptedError
from vivek.providers.wire.decoding import excerpt

E = TypeVar("E", bound=BaseException)
_UNKNOWN_ISSUER = frozenset({18, 19, 20, 21})  # X509_V_ERR_*: signed by itself, or by nobody known here


@contextmanager
def translate_errors(place: str, *, start_hint: str = "", started: bool = False) -> Iterator[None]:
    """Turn httpx failures into vivek's own.

    Args:
        place: The server's name and address, for messages.
        start_hint: What to do when nothing answers.
        started: Whether the status line has arrived, so that what breaks is a reply.

    Raises:
        ProviderUnavailableError: If the server cannot be reached, or hangs up without an answer.
        StreamInterruptedError: If a started reply breaks; its text is put in by who collects it.
        ModelAPIError: If what comes is no HTTP.
    """
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise _unreachable(error, place, start_hint) from without_frames(error)
    except httpx.DecodingError as error:
        msg = f"{place} sent a body that cannot be decompressed."
        raise ModelAPIError(msg, hint="A proxy in between may garble it.") from without_frames(error)
    except httpx.ProxyError as error:
        msg = f"The proxy on the way to {place} fails: {excerpt(str(error), 200)}"
        hint = "Check `HTTPS_PROXY`, or except the host in `NO_PROXY`."
        raise ProviderUnavailableError(msg, hint=hint) from without_frames(error)
    except httpx.HTTPError as error:
        if started:
            msg = f"{place} broke off its reply."
            hint = "Ask again, or look at the server's own log."
            raise StreamInterruptedError(msg, hint=hint) from without_frames(error)
        said = str(error)
        if isinstance(error, httpx.RemoteProtocolError) and "disconnected" not in said:
            msg = f"What answers as {place} does not speak HTTP: {excerpt(said)}"
            raise ModelAPIError(msg, hint="Check `--base-url`.") from without_frames(error)
        msg = f"{place} closed the connection without an answer."
        hint = "It may have crashed; look at its own log."
        raise ProviderUnavailableError(msg, hint=hint) from without_frames(error)


def without_frames(error: E) -> E:
    """Return an error, and all that led to it, without the frames it came through.

    Those of the HTTP library hold the request's bytes in their variables, the key among them; whoever prints a
    traceback with its variables would print it.
    """
    for each in _causes(error):
        each.__traceback__ = None
    return error


def _unreachable(error: httpx.TransportError, place: str, start_hint: str) -> ProviderUnavailableError:
    causes = list(_causes(error))
    secure = next((cause for cause in causes if isinstance(cause, ssl.SSLError)), None)
    if secure is not None:
        return _insecure(secure, place)
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return ProviderUnavailableError(f"{place}: no host of that name is known.", hint="Check the address.")
    if isinstance(error, httpx.ConnectTimeout):
        return ProviderUnavailableError(f"{place} cannot be reached in time.", hint=start_hint)
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return ProviderUnavailableError(f"{place} does not answer: nothing listens there.", hint=start_hint)
    said = next((cause.strerror for cause in causes if isinstance(cause, OSError) and cause.strerror), str(error))
    return ProviderUnavailableError(f"{place} cannot be reached: {excerpt(said, 200)}", hint=start_hint)


def _insecure(error: ssl.SSLError, place: str) -> ProviderUnavailableError:
    hint = "Check the address, the server's certificate and the clock of this machine."
    if not isinstance(error, ssl.SSLCertVerificationError):
        return ProviderUnavailableError(f"No secure connection to {place}: {excerpt(str(error), 200)}", hint=hint)
    if error.verify_code in _UNKNOWN_ISSUER:
        hint = f"If you trust that server, name its certificate in `SSL_CERT_FILE`. Else: {hint[0].lower()}{hint[1:]}"
    why = excerpt(error.verify_message, 200).rstrip(".")
    return ProviderUnavailableError(f"No secure connection to {place}: {why}.", hint=hint)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and all that led to it; trying several addresses of a host leaves a group."""
    yield error
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield from _causes(part)
    cause = error.__cause__ or error.__context__
    if cause is not None:
        yield from _causes(cause)
