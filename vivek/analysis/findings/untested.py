"""Which changed definitions no test names: what a review asks to be tested. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence

from vivek.analysis.validators.weakening import is_test
from vivek.schema.changes import ChangedFile
from vivek.syntax.outline import Symbol, outline

MOST = 50
"""Definitions that are named."""

_WORD = re.compile(r"[^\W\d]\w*")
_CALLED = frozenset({"function", "method", "func", "fn", "constructor"})


def words_of(texts: Iterable[str]) -> frozenset[str]:
    """Return the names that texts of tests hold."""
    return frozenset(word for text in texts for word in set(_WORD.findall(text)))


def untested(files: Sequence[ChangedFile], words: frozenset[str]) -> tuple[str, ...]:
    """Return functions and methods with changed lines whose name no test holds, as `path::name`.

    Names that begin with an underscore are reached through others, and are left out.

    Args:
        files: The files of the change.
        words: Every name that the project's tests hold after the change.
    """
    found = [
        f"{file.path}::{symbol.name}"
        for file in files
        if not file.aside and file.kind != "whole" and file.new_text is not None and not is_test(file.path)
        for symbol in _changed(file)
        if symbol.last not in words and not symbol.last.startswith("_")
    ]
    return tuple(found[:MOST])


def _changed(file: ChangedFile) -> Iterator[Symbol]:
    """Yield the functions that a change touches; of one within another the outer one as well."""
    lines = {line.new for hunk in file.hunks for line in hunk.lines if line.sign == "+"}
    for symbol in outline(file.path, file.new_text or "") or ():
        if symbol.kind in _CALLED and any(line in lines for line in range(symbol.start + 1, symbol.end + 1)):
            yield symbol
