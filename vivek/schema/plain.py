"""Values of this package as plain JSON types."""

from dataclasses import fields, is_dataclass


def as_plain(value: object) -> object:
    """Return a schema value as plain JSON types: dataclasses as objects, tuples and sets as lists."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {str(key): as_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_plain(item) for item in value]
    return sorted(map(str, value)) if isinstance(value, frozenset | set) else value
