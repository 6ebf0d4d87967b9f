"""Which functions a change makes hard to follow, by the measures of both versions. Pure."""

from collections.abc import Iterator
from typing import Final

from vivek.analysis.validators.changed import Changed
from vivek.analysis.validators.weakening import is_test
from vivek.schema.changes import ChangedFile
from vivek.schema.measures import FunctionMeasures
from vivek.syntax.measures import measures_of

HARD: Final = 15
"""Cognitive complexity from which a function counts as hard to follow."""

GROWN: Final = 5
"""How much it has to grow by, so that a change is the reason."""


def grown(file: ChangedFile, changed: Changed) -> Iterator[tuple[FunctionMeasures, int]]:
    """Yield the functions that a change makes hard to follow, each with what it measured before.

    Args:
        file: The file; only functions with changed lines count.
        changed: Its texts, with their trees where they are Python.
    """
    if changed.after is None or is_test(file.path):
        return
    lines = {line.new for hunk in file.hunks for line in hunk.lines if line.sign == "+"}
    hard = [
        function
        for function in measures_of(file.path, changed.after, changed.tree).functions
        if function.cognitive >= HARD and any(line in lines for line in range(function.line, function.end_line + 1))
    ]
    if not hard:
        return
    old = measures_of(file.old_path or file.path, changed.before or "", changed.tree_before).functions
    before = {function.name: function.cognitive for function in old}
    for function in hard:
        was = before.get(function.name, 0)
        if function.cognitive >= was + GROWN:
            yield function, was
