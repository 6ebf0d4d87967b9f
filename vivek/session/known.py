"""What was measured of models, kept between runs: one small file a model, to be copied to whoever has the same one.

A file names no path, no address and no key; what it was measured on shows in its name alone, as a hash.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, get_args

from vivek.config.folders import state_folder
from vivek.errors import ConfigError
from vivek.providers.spec import ModelSpec
from vivek.schema.events import as_plain
from vivek.schema.known import Known, ThinkingWay, ToolWay
from vivek.schema.request import SAMPLING_RANGES, Sampling
from vivek.session.logs import LOGGER

VERSION = 1
LARGEST = 64 * 1024
"""Bytes of a file of measurements; a whole one has less than two thousand."""

_NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]{1,200}")
_DIALECT = re.compile(r"[a-z][a-z_-]{0,30}")
_MOST = 1e9
_NOT_WHOLE = "is no file of measurements of a model"


class KnownModels:
    """The measurements of all models, in a folder.

    Args:
        folder: Where they lie; in the user's state directory when None.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or state_folder() / "models"

    def path(self, spec: ModelSpec, base_url: str) -> Path:
        """Return the file of one model on one server.

        Args:
            spec: The model.
            base_url: Where its server answers; without meaning for model files, which are known by their name.
        """
        local = spec.provider == "local"
        model = spec.model.replace("\\", "/").rpartition("/")[2] if local else spec.model
        named = json.dumps([spec.provider, model, "" if local else base_url.rstrip("/")])
        slug = re.sub(r"[^a-z0-9.]+", "-", f"{spec.provider}-{model}".lower())[:60].strip("-.")
        return self._folder / f"{slug}-{hashlib.sha256(named.encode()).hexdigest()[:12]}.json"

    def load(self, spec: ModelSpec, base_url: str, digest: str | None = None) -> Known:
        """Return what is known of a model; nothing when there is no file, or its weights are others.

        A file that cannot be read is set aside, which the log tells.

        Args:
            spec: The model.
            base_url: Where its server answers.
            digest: What tells its weights from others of the same name, None when the server does not say.
        """
        path = self.path(spec, base_url)
        fresh = Known(str(spec), digest=digest)
        try:
            with path.open("rb") as file:
                data = file.read(LARGEST + 1)
        except FileNotFoundError:
            return fresh
        except OSError as error:
            LOGGER.warning("%s cannot be read: %s", path, error)
            return fresh
        try:
            known = parse_known(data)
        except ConfigError as error:
            self._set_aside(path, error.message)
            return fresh
        if digest and known.digest and digest != known.digest:
            LOGGER.info("the weights of %s are not those that were measured; %s is not used", spec, path.name)
            return fresh
        return replace(known, digest=digest or known.digest)

    def save(self, spec: ModelSpec, base_url: str, known: Known) -> None:
        """Keep what is known of a model.

        Raises:
            OSError: If it cannot be written; what was known stays.
        """
        from vivek.config.writing import replace_file

        replace_file(self.path(spec, base_url), dump_known(known).encode())

    def save_speeds(self, spec: ModelSpec, base_url: str, known: Known) -> None:
        """Keep how fast a model was; what else is in its file by now stays. Failing is no matter, and logged."""
        current = self.load(spec, base_url, known.digest)
        speeds = {name: getattr(known, name) for name in ("prefill_rate", "decode_rate", "load_seconds")}
        try:
            self.save(spec, base_url, replace(current, **speeds))
        except OSError as error:
            LOGGER.warning("the speeds of %s cannot be kept: %s", spec, error)

    def _set_aside(self, path: Path, reason: str) -> None:
        aside = path.with_suffix(".damaged")
        try:
            path.replace(aside)
        except OSError as error:
            LOGGER.warning("%s: %s; it cannot be set aside: %s", path, reason, error)
            return
        LOGGER.warning("%s: %s; it was set aside as %s", path, reason, aside.name)


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


def _needles(value: Any) -> tuple[bool, bool] | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 2 or not all(isinstance(each, bool) for each in value):
        raise _refused("has a wrong value for `needles`")
    return value[0], value[1]


def _refused(what: str) -> ConfigError:
    return ConfigError(f"This file {what}.", hint="Measure the model here instead: `vivek models probe`.")
