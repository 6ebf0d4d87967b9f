"""What a command prints with `--format json` or `jsonl`, as a value, and the schema that is made of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from tests.house.json_shapes import DIALECT, Schema, Shapes, described, record
from vivek.cli.render.jsonl import VERSION
from vivek.schema.events import Event, TurnDone

Property = tuple[Any, str]  # Any: a type, or a schema by hand


@dataclass(frozen=True, slots=True)
class Output:
    """What a command prints.

    Attributes:
        about: One sentence on it.
        properties: Each with its type and what it is.
        optional: Properties that are not always there.
        before: Command lines that make the scene.
        runs: Command lines to which the format is added; `{model}` and `{thread}` are filled in.
        lines: Whether `jsonl` is offered, too.
        pieces: A dataclass whose fields join the properties.
    """

    about: str
    properties: Mapping[str, Property]
    runs: tuple[tuple[str, ...], ...]
    before: tuple[tuple[str, ...], ...] = ()
    optional: tuple[str, ...] = ()
    lines: bool = False
    pieces: type | None = None


def listed(properties: Mapping[str, Property]) -> Schema:
    """Return a list of objects with these properties."""
    shapes = Shapes()
    each = record({name: described(shapes.of(kind), told) for name, (kind, told) in properties.items()})
    if shapes.defs:
        raise TypeError(properties)
    return {"type": "array", "items": each}


def schema_of(command: str, output: Output) -> Schema:
    """Return the schema of what a command prints; for `jsonl`, of the last line."""
    shapes = Shapes()
    properties: dict[str, Schema] = {"version": {"const": VERSION, "description": "The version of this format."}}
    properties |= {name: described(shapes.of(kind), told) for name, (kind, told) in output.properties.items()}
    if output.pieces is not None:
        properties |= shapes.fields_of(output.pieces)
    return _page(f"vivek {command} --format json", output.about, record(properties, output.optional), shapes)


def event_schema() -> Schema:
    """Return the schema of a line of `jsonl` before the last one."""
    shapes = Shapes()
    kinds = []
    for kind in get_args(Event):
        if kind is not TurnDone:
            properties = {"event": {"const": kind.__name__}, **shapes.fields_of(kind)}
            kinds.append(described(record(properties), (kind.__doc__ or "").partition("\n")[0]))
    about = "One event of a turn; the last line of the output is the report, which has no `event`."
    return _page("a line of --format jsonl", about, {"oneOf": kinds}, shapes)


def _page(title: str, about: str, schema: Schema, shapes: Shapes) -> Schema:
    page: Schema = {"$schema": DIALECT, "title": title, "description": about, **schema}
    if shapes.defs:
        page["$defs"] = dict(sorted(shapes.defs.items()))
    return page
