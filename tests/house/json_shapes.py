"""JSON Schemas (draft 2020-12) made from the types of vivek's values, with what their docstrings say."""

import inspect
import re
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, Literal, Union

Schema = dict[str, Any]  # Any: JSON

DIALECT = "https://json-schema.org/draft/2020-12/schema"
PLAIN: dict[object, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    object: {},
}


class Shapes:
    """Turns types into schemas; each dataclass becomes one definition."""

    def __init__(self) -> None:
        self.defs: dict[str, Schema] = {}

    def of(self, kind: Any) -> Schema:
        """Return the schema of a type."""
        if isinstance(kind, dict):  # a schema by hand
            return kind
        if kind in PLAIN:
            return dict(PLAIN[kind])
        if is_dataclass(kind):
            return self._reference(typing.cast(type, kind))
        origin, arguments = typing.get_origin(kind), typing.get_args(kind)
        if origin is Literal:
            return {"enum": list(arguments)}
        if origin in (Union, types.UnionType):
            return self._either(arguments)
        if origin is tuple and arguments[-1] is not ...:
            each = [self.of(argument) for argument in arguments]
            return {"type": "array", "prefixItems": each, "minItems": len(each), "maxItems": len(each)}
        if inspect.isclass(origin) and issubclass(origin, Mapping):
            return {"type": "object", "additionalProperties": self.of(arguments[1])}
        if inspect.isclass(origin) and issubclass(origin, Sequence | frozenset | set):
            return {"type": "array", "items": self.of(arguments[0])}
        raise TypeError(kind)

    def fields_of(self, kind: type) -> dict[str, Schema]:
        """Return the properties of a dataclass, each with what its docstring says of it."""
        told, hints = attributes_of(kind), typing.get_type_hints(kind)
        return {each.name: described(self.of(hints[each.name]), told.get(each.name, "")) for each in fields(kind)}

    def _reference(self, kind: type) -> Schema:
        name = kind.__name__
        if name not in self.defs:
            self.defs[name] = {}
            self.defs[name] = described(record(self.fields_of(kind)), _first(kind))
        return {"$ref": f"#/$defs/{name}"}

    def _either(self, kinds: Sequence[Any]) -> Schema:
        each = [self.of(kind) for kind in kinds]
        if all(set(one) == {"type"} for one in each):
            return {"type": [one["type"] for one in each]}
        return {"anyOf": each}


def record(properties: Mapping[str, Schema], optional: Sequence[str] = ()) -> Schema:
    """Return an object with these properties, all of them there but the optional ones."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": dict(properties), "required": required}


def described(schema: Schema, text: str) -> Schema:
    """Return a schema with a description; a reference keeps its own beside it."""
    return {**({"description": text} if text else {}), **schema}


def attributes_of(kind: type) -> dict[str, str]:
    """Return what the docstring of a dataclass, or the comment of a one-line one, says of its fields."""
    text = inspect.cleandoc(kind.__doc__ or "")
    _, _, listed = text.partition("\nAttributes:\n")
    found: dict[str, str] = {}
    for entry in re.split(r"\n(?=    \w+: )", f"\n{listed}"):
        name, colon, told = entry.strip().partition(": ")
        if colon and name.isidentifier():
            found[name] = " ".join(told.split())
    return found


def tight(schema: Any) -> Any:
    """Return a schema that takes no property which it does not name: what nobody described is a fault."""
    if isinstance(schema, list):
        return [tight(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: tight(each) if name != "required" else each for name, each in schema.items()}
    if "properties" in schema and "additionalProperties" not in schema and isinstance(schema["properties"], dict):
        made["additionalProperties"] = False
    return made


def _first(kind: type) -> str:
    doc = inspect.cleandoc(kind.__doc__ or "").partition("\n\n")[0]
    return " ".join(doc.split())
