"""Values of this package as plain JSON types, and back."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
Reader = Callable[[object], Any]  # Any: whatever the type that it reads says


def as_plain(value: object) -> object:
    """Return a schema value as plain JSON types: dataclasses as objects, tuples and sets as lists."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {str(key): as_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_plain(item) for item in value]
    return sorted(map(str, value)) if isinstance(value, frozenset | set) else value


def from_plain(kind: type[T], value: object) -> T:
    """Return the value that `as_plain` made plain; a member that is missing has its default.

    Args:
        kind: A dataclass of plain types, tuples, dicts, unions with None, and dataclasses of these.
        value: What was read.

    Raises:
        ValueError: If it is no such value; nothing of it is trusted.
    """
    found: T = _reader(kind)(value)  # type: ignore[arg-type]  # a type is hashable, whatever its form
    return found


@cache
def _reader(kind: Any) -> Reader:  # Any: a type in any of the forms in which it is written
    if is_dataclass(kind):
        return _of_dataclass(kind)
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        readers = {each: _reader(each) for each in inner if each is not NoneType}
        if len(readers) != 1 or NoneType not in inner:
            raise TypeError(kind)
        (only,) = readers.values()
        return lambda value: None if value is None else only(value)
    if origin is Literal:
        return lambda value: _checked(value, isinstance(value, str) and value in inner)
    if origin is tuple:
        return _of_tuple(tuple(map(_reader, inner[:1] if inner[-1] is ... else inner)), endless=inner[-1] is ...)
    if origin in (dict, Mapping):
        return _of_dict(_reader(inner[1]))
    if kind is float:
        return lambda value: float(_checked(value, type(value) in (int, float)))
    if kind in (str, int, bool):
        return lambda value: _checked(value, type(value) is kind)
    raise TypeError(kind)


def _of_dataclass(kind: Any) -> Reader:  # Any: a dataclass
    readers = [(each.name, _reader(get_type_hints(kind)[each.name])) for each in fields(kind)]

    def read(value: object) -> Any:  # Any: a value of `kind`
        if not isinstance(value, dict):
            raise _not_it(value)
        try:
            return kind(**{name: reader(value[name]) for name, reader in readers if name in value})
        except TypeError as error:
            raise _not_it(value) from error

    return read


def _of_tuple(readers: tuple[Reader, ...], *, endless: bool) -> Reader:
    def read(value: object) -> tuple[object, ...]:
        if not isinstance(value, list) or not (endless or len(value) == len(readers)):
            raise _not_it(value)
        each = readers * len(value) if endless else readers
        return tuple(reader(item) for reader, item in zip(each, value, strict=True))

    return read


def _of_dict(reader: Reader) -> Reader:
    def read(value: object) -> dict[str, object]:
        if not isinstance(value, dict):
            raise _not_it(value)
        return {str(key): reader(item) for key, item in value.items()}

    return read


def _checked(value: Any, fits: bool) -> Any:  # Any: the value itself, which fits or not
    if not fits:
        raise _not_it(value)
    return value


def _not_it(value: object) -> ValueError:
    return ValueError(f"not such a value: {value!r:.60}")
