"""The text of a file of measurements: written, and read as what anybody may have sent."""

import json
import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, get_args

from vivek.errors import ConfigError
from vivek.schema.counts import Calibration, TokenReport
from vivek.schema.known import Known, ThinkingWay, ToolWay
from vivek.schema.plain import as_plain
from vivek.schema.request import SAMPLING_RANGES, Sampling

VERSION = 1
LARGEST = 64 * 1024
"""Bytes of a file of measurements; a whole one has less than eight thousand."""

_NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]{1,200}")
_DIALECT = re.compile(r"[a-z][a-z_-]{0,30}")
_TABLES = re.compile(r"[a-z0-9]{0,20}")
_MOST = 1e9
_REPORTS = 100
_NOT_WHOLE = "is no file of measurements of a model"


def dump_known(known: Known) -> str:
    """Return what is known of a model as the text of its file."""
    plain = as_plain(known)
    return json.dumps({"version": VERSION, "known": plain}, indent=1, sort_keys=True) + "\n"


def parse_known(data: bytes) -> Known:
    """Return what a file of measurements says; nothing in it is trusted to be of its kind.

    Raises:
        ConfigError: If it is no such file, or a value in it cannot be.
    """
    if len(data) > LARGEST:
        raise _refused(f"{_NOT_WHOLE}: it is too large")
    try:
        whole = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _refused(f"{_NOT_WHOLE}: it is no JSON") from error
    if not isinstance(whole, dict) or not isinstance(whole.get("known"), dict):
        raise _refused(_NOT_WHOLE)
    if whole.get("version") != VERSION:
        raise _refused(f"was written in form {whole.get('version')!r:.20}, and this vivek reads form {VERSION}")
    return _read(whole["known"])


def _read(said: Mapping[str, Any]) -> Known:  # Any: JSON of anybody; each value is checked here
    sampling = said.get("sampling", {})
    if not isinstance(sampling, dict):
        raise _refused("has a wrong value for `sampling`")
    return Known(
        model=_text(said, "model") or "",
        digest=_text(said, "digest"),
        probed=_text(said, "probed") or "",
        schema=_flag(said, "schema"),
        tools=_one_of(said, "tools", get_args(ToolWay)),
        edits=_edits(said.get("edits")),
        needles=_needles(said.get("needles")),
        thinking=_one_of(said, "thinking", get_args(ThinkingWay)),
        prefill_rate=_number(said, "prefill_rate"),
        decode_rate=_number(said, "decode_rate"),
        load_seconds=_number(said, "load_seconds"),
        sampling=Sampling(**{each.name: _drawn(sampling, each.name) for each in fields(Sampling)}),
        tokens=_tokens(said.get("tokens")),
    )


def _text(said: Mapping[str, Any], name: str) -> str | None:
    value = said.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise _refused(f"has a wrong value for `{name}`")
    return value


def _flag(said: Mapping[str, Any], name: str) -> bool | None:
    value = said.get(name)
    if value is not None and not isinstance(value, bool):
        raise _refused(f"has a wrong value for `{name}`")
    return value


def _one_of(said: Mapping[str, Any], name: str, options: tuple[Any, ...]) -> Any:
    value = said.get(name)
    if value is not None and value not in options:
        raise _refused(f"has a wrong value for `{name}`")
    return value


def _number(said: Mapping[str, Any], name: str) -> float | None:
    value = said.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= _MOST:
        raise _refused(f"has a wrong value for `{name}`")
    return float(value)


def _drawn(said: Mapping[str, Any], name: str) -> Any:
    value = said.get(name)
    if value is None:
        return None
    whole = name in ("top_k", "seed")
    least, most = SAMPLING_RANGES[name]
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float) or not least <= value <= most:
        raise _refused(f"has a wrong value for `sampling.{name}`")
    return value if whole else float(value)


def _edits(value: Any) -> dict[str, tuple[int, int]]:
    if value is None:
        return {}
    if not isinstance(value, dict) or len(value) > 20:
        raise _refused("has a wrong value for `edits`")
    read: dict[str, tuple[int, int]] = {}
    for name, cases in value.items():
        pair = cases if isinstance(cases, list) else []
        if not _DIALECT.fullmatch(name) or len(pair) != 2 or not all(type(each) is int for each in pair):
            raise _refused("has a wrong value for `edits`")
        solved, tried = pair
        if not 0 <= solved <= tried <= 1_000:
            raise _refused("has an impossible value for `edits`")
        read[name] = solved, tried
    return read


def _tokens(value: Any) -> Calibration:
    if value is None:
        return Calibration()
    reports = value.get("reports", []) if isinstance(value, dict) else None
    if not isinstance(reports, list) or len(reports) > _REPORTS or not all(map(_is_report, reports)):
        raise _refused("has a wrong value for `tokens`")
    tables = value.get("tables", "")
    if not isinstance(tables, str) or not _TABLES.fullmatch(tables):
        raise _refused("has a wrong value for `tokens.tables`")
    error = value.get("error")
    if error is not None and (type(error) not in (int, float) or not 0 <= error <= 1):
        raise _refused("has a wrong value for `tokens.error`")
    names = [each.name for each in fields(TokenReport)]
    return Calibration(tables, tuple(TokenReport(**{name: each[name] for name in names}) for each in reports), error)


def _is_report(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    figures = [value.get(each.name) for each in fields(TokenReport)]
    return all(type(figure) is int and 0 <= figure <= _MOST for figure in figures)


def _needles(value: Any) -> tuple[bool, bool] | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 2 or not all(isinstance(each, bool) for each in value):
        raise _refused("has a wrong value for `needles`")
    return value[0], value[1]


def _refused(what: str) -> ConfigError:
    return ConfigError(f"This file {what}.", hint="Measure the model here instead: `vivek models probe`.")
