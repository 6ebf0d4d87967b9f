"""The file that keeps what a check of the architecture knows: JSON, one thing a line, in a fixed order. Pure."""

import json
from collections.abc import Iterable
from typing import Final

from vivek.errors import ConfigError
from vivek.schema.gate import GateBaseline, GateLimits, KeptHotspot, KeptViolation

VERSION: Final = 1
"""Of the file; a newer one is refused, since it may mean something else."""

_KIND = "vivek analyze check"


def parse_gate_baseline(text: str, name: str) -> GateBaseline:
    """Return what a baseline keeps.

    Args:
        text: The file.
        name: What it is called in messages.

    Raises:
        ConfigError: If it is no such baseline, or one of a newer version.
    """
    try:
        read: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _refused(name, str(error)) from error
    if not isinstance(read, dict) or read.get("kind") != _KIND:
        raise _refused(name, f"its `kind` is not `{_KIND}`")
    version = read.get("version")
    if isinstance(version, int) and version > VERSION:
        msg = f"{name} is a baseline of version {version}; this vivek reads version {VERSION}."
        raise ConfigError(msg, hint="Use the vivek that wrote it, or write a new one with `--update-baseline`.")
    try:
        if version != VERSION:
            msg = f"its version is {version}"
            raise ValueError(msg)
        return GateBaseline(
            cycles=tuple(tuple(_text(each) for each in _list(members)) for members in _list(read["cycles"])),
            violations=tuple(
                KeptViolation(_text(each["rule"]), _text(each["from"]), _text(each["to"]))
                for each in map(_object, _list(read["violations"]))
            ),
            hotspots=tuple(
                KeptHotspot(_text(each["path"]), _text(each["name"]), _whole(each["complexity"]), _share(each["score"]))
                for each in map(_object, _list(read["hotspots"]))
            ),
            limits=_limits(_object(read["limits"])),
        )
    except KeyError as error:
        raise _refused(name, f"{error} is missing") from error
    except ValueError as error:
        raise _refused(name, str(error)) from error


def gate_baseline_text(baseline: GateBaseline) -> str:
    """Return the file that keeps a baseline, so that its own diffs are short."""
    cycles = [json.dumps(members, indent=2).replace("\n", "\n    ") for members in baseline.cycles]
    violations = [
        json.dumps({"rule": each.rule, "from": each.source, "to": each.target}) for each in baseline.violations
    ]
    hotspots = [
        json.dumps({"path": each.path, "name": each.name, "complexity": each.complexity, "score": each.score})
        for each in baseline.hotspots
    ]
    limits = {"hotspots": baseline.limits.hotspots, "rise": baseline.limits.rise}
    parts = [
        f'  "kind": "{_KIND}"',
        f'  "version": {VERSION}',
        f'  "limits": {json.dumps(limits)}',
        f'  "cycles": {_lines(cycles)}',
        f'  "violations": {_lines(violations)}',
        f'  "hotspots": {_lines(hotspots)}',
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _lines(items: Iterable[str]) -> str:
    lines = ",\n".join(f"    {each}" for each in items)
    return f"[\n{lines}\n  ]" if lines else "[]"


def _limits(given: dict[str, object]) -> GateLimits:
    number, rise = _whole(given["hotspots"]), _share(given["rise"])
    if number < 1 or rise < 0:
        msg = "its limits are below what makes sense"
        raise ValueError(msg)
    return GateLimits(number, rise)


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise _odd("a list", value)
    return value


def _object(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise _odd("an object", value)
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _odd("a text", value)
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _odd("a whole number", value)
    return value


def _share(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise _odd("a number", value)
    return float(value)


def _odd(wanted: str, value: object) -> ValueError:
    return ValueError(f"{json.dumps(value)[:60]} stands where {wanted} belongs")


def _refused(name: str, why: str) -> ConfigError:
    return ConfigError(
        f"{name} is no baseline of `vivek analyze check`: {why}.",
        hint="`vivek analyze check --baseline FILE --update-baseline` writes one.",
    )
