"""What a server says went wrong, in every shape seen, as one of vivek's errors. Pure: no sockets, no retries."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from vivek.errors import (
    AuthenticationError,
    ContextWindowExceededError,
    ModelAPIError,
    ModelNotFoundError,
    ProviderUnavailableError,
    RateLimitError,
    RequestInvalidError,
    VivekError,
)
from vivek.providers.wire.decoding import GarbledError, excerpt
from vivek.providers.wire.ndjson import load_object

_TRANSIENT = frozenset({408, 409, 425, 500, 502, 503, 504, 529, *range(520, 525)})  # from 520: gateways and Anthropic
_TOO_LONG = re.compile(
    r"context_length_exceeded|exceed_context_size|maximum context length|context length of only"
    r"|exceeds? the (?:available )?context|longer than the context|exceeded max context|too long for .*context",
    re.IGNORECASE,
)
_WINDOW = re.compile(r"(?:maximum context length|context length of only|context size)\D{0,12}(\d+)", re.IGNORECASE)
_NEEDED = re.compile(r"(?:requested|resulted in|keep the first|request \()\D{0,8}(\d+)", re.IGNORECASE)
_LOADING = re.compile(r"loading model|model is loading", re.IGNORECASE)
_NO_MONEY = re.compile(r"spend_limit|insufficient_quota", re.IGNORECASE)
_NO_MODEL = re.compile(
    r"model.*(?:not found|does not exist|not exist)|model_not_found|repository not found|cached snapshot folder",
    re.IGNORECASE,
)
_BLIND = re.compile(
    r"image input is not supported|does not support (?:image|vision)|support image input", re.IGNORECASE
)

_NO_CREDITS = "Add credits to the account of this key, or choose another model."
_NO_EYES = "Choose a model that can see, or ask without the picture."


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as a server told it.

    Attributes:
        message: Its words.
        kind: Its `type` and `code`, for telling cases apart.
        status: The HTTP status, or the number in the error itself; None when there is none.
        needed: Tokens of the prompt, when it was too long.
        window: Tokens of the window, when the prompt was too long.
        retry_after: Seconds to wait, when the server said so.
        field: The part of the request that it names (OpenAI's `param`, FastAPI's `loc`), "" when it names none.
    """

    message: str
    kind: str = ""
    status: int | None = None
    needed: int | None = None
    window: int | None = None
    retry_after: float | None = None
    field: str = ""


def read_failure(body: Mapping[str, object]) -> Failure | None:
    """Return the error that a JSON object of a server reports, None when it reports none.

    Known shapes: `{"error": {...}}` (OpenAI, llama.cpp), `{"error": "text"}` (Ollama, mlx_lm.server), the text
    being JSON again (Ollama handing on llama.cpp's answer), `{"object": "error", ...}` (vLLM).
    """
    error = body.get("error")
    if isinstance(error, str) and error:
        return _from_text(error)
    if isinstance(error, Mapping) and error:
        return _from_object(error)
    if body.get("object") == "error":
        return _from_object(body)
    return Failure(excerpt(json.dumps(error), 300)) if error else None


def failure_in(body: str) -> Failure | None:
    """Return the failure that a whole body reports, None when it reports none."""
    try:
        return read_failure(load_object(body))
    except GarbledError:
        return None


def failure_of(status: int, body: str) -> Failure:
    """Return the failure behind an HTTP status and the text that came with it."""
    found: Failure | None = None
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict):
        found = read_failure(value)
        found = found or _from_detail(value.get("detail"))
    return replace(found or Failure(excerpt(body)), status=status)


def error_for(failure: Failure, place: str) -> VivekError:
    """Return the error to raise; `place` names the server and its address."""
    error = _error_for(failure, place)
    if isinstance(error, ModelAPIError):
        error.status = failure.status
    return error


def _error_for(failure: Failure, place: str) -> VivekError:
    status = failure.status
    if failure.needed is not None or _TOO_LONG.search(f"{failure.kind} {failure.message}"):
        return _too_long(failure, place)
    told = f"{place} answered {status}" if status else f"{place} reports an error"
    said = f"{told}: {failure.message}" if failure.message else f"{told}."
    blind = bool(_BLIND.search(failure.message))  # llama.cpp answers it with 500, although it will never be otherwise
    if status in _TRANSIENT and not blind:
        return _unavailable(failure, said)
    if status == 429:
        return _limited(failure, said)
    if status in {401, 403}:
        return AuthenticationError(said, hint="Set the key that this server wants, or check the one that is set.")
    if status == 404 and _NO_MODEL.search(f"{failure.kind} {failure.message}"):
        return ModelNotFoundError(said, hint="`vivek models list` shows which models it has.")
    if not blind and (status is None or status == 402 or status >= 500):
        return ModelAPIError(said, hint=_NO_CREDITS if status == 402 else "Look at the server's own log.")
    hint = "Is this the address of a model server?" if status == 404 else ""
    return RequestInvalidError(said, hint=_NO_EYES if blind else hint, field=failure.field)


def _limited(failure: Failure, said: str) -> RateLimitError:
    if _NO_MONEY.search(failure.kind):
        hint = "Raise the limit or add credits with whoever gave you the key, or choose another model."
        return RateLimitError(said, hint=hint, retry_after=failure.retry_after, final=True)
    hint = "Wait a while, then ask again, or choose another model with `--model`."
    return RateLimitError(said, hint=hint, retry_after=failure.retry_after)


def _unavailable(failure: Failure, said: str) -> ProviderUnavailableError:
    if failure.status == 503 and _LOADING.search(failure.message):
        return ProviderUnavailableError(said, hint="It will answer when the model is loaded.", loading=True)
    hint = "Ask again; if it stays so, look at the server's own log, or choose another model with `--model`."
    return ProviderUnavailableError(said, hint=hint, retry_after=failure.retry_after)


def parse_retry_after(value: str | None, date: str | None) -> float | None:
    """Return the seconds of a `Retry-After` header (RFC 9110, section 10.2.3), None when it cannot be told.

    A date is taken relative to the answer's own `date`: the clock of this machine may be wrong.
    """
    if value is None:
        return None
    text = value.strip()
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return float(text)
    try:
        then, now = (parsedate_to_datetime(each) for each in (text, date or ""))
    except ValueError:
        return None
    return max(0.0, (_aware(then) - _aware(now)).total_seconds())


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _from_text(text: str) -> Failure:
    start = text.find("{")
    if start >= 0:
        try:
            nested = json.loads(text[start:])
        except (ValueError, RecursionError):
            nested = None
        if isinstance(nested, dict) and (found := read_failure(nested)):
            return found
    return Failure(excerpt(text, 300))


def _from_detail(detail: object) -> Failure | None:
    """Return the failure that a FastAPI server tells: a text, or a list of what is wrong with which part."""
    if isinstance(detail, str):
        return Failure(excerpt(detail, 300))
    first = detail[0] if isinstance(detail, list) and detail else None
    if not isinstance(first, dict):
        return None
    loc = first.get("loc")
    parts = [str(part) for part in loc if part != "body"] if isinstance(loc, list) else []
    words = ": ".join(part for part in (".".join(parts), str(first.get("msg") or "")) if part)
    return Failure(excerpt(words, 300), field=parts[0] if parts else "")


def _from_object(error: Mapping[str, object]) -> Failure:
    message, code, param = error.get("message"), error.get("code"), error.get("param")
    words = message if isinstance(message, str) else json.dumps(dict(error))
    details = error.get("details")
    kinds = [error.get("type"), code, details.get("error_code") if isinstance(details, Mapping) else None]
    return Failure(
        message=excerpt(words, 300),
        kind=" ".join(str(kind) for kind in kinds if kind is not None),
        status=_status(code),
        needed=_whole(error.get("n_prompt_tokens")),
        window=_whole(error.get("n_ctx")),
        field=re.split(r"[.\[]", param)[0] if isinstance(param, str) else "",
    )


def _status(code: object) -> int | None:
    number = int(code) if isinstance(code, str) and re.fullmatch(r"\d{3}", code) else _whole(code)
    return number if number is not None and 400 <= number < 600 else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _too_long(failure: Failure, place: str) -> ContextWindowExceededError:
    needed = failure.needed or _number(_NEEDED, failure.message)
    window = failure.window or _number(_WINDOW, failure.message)
    if needed and window:
        msg = f"{place} holds {window:,} tokens, the prompt needs {needed:,}."
    else:
        msg = f"{place} finds the prompt too long: {failure.message}"
    hint = "Name fewer or smaller files, start a new thread, or give the server a larger window."
    return ContextWindowExceededError(msg, hint=hint, needed=needed, window=window)


def _number(pattern: re.Pattern[str], text: str) -> int | None:
    found = pattern.search(text)
    return int(found[1]) if found else None
