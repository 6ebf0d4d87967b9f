"""Measures as they are kept: JSON without the path, so that they hang on a content, and fingerprints beside it."""

import json

from vivek.schema.measures import CaseMeasures, FileMeasures, FunctionMeasures, Known, Place, Todo
from vivek.syntax.languages import language_of

Row = tuple[str, bytes]
"""What is kept of a text: its measures as JSON, and its fingerprints."""


def packed(measures: FileMeasures) -> Row:
    """Return what is kept of the measures of a text."""
    told = (
        measures.lines,
        measures.code,
        measures.read,
        measures.fault,
        [
            (
                one.name,
                one.line,
                one.end_line,
                one.cyclomatic,
                one.cognitive,
                one.nesting,
                one.length,
                one.parameters,
            )
            for one in measures.functions
        ],
        [(one.mark, one.text, one.line) for one in measures.todos],
        [(one.kind, one.name, one.place.line) for one in measures.known],
        [(one.name, one.line, one.asserts, one.calls) for one in measures.tests],
        measures.asserting,
    )
    # ASCII: a literal may hold half a pair of surrogates, which no database takes.
    return json.dumps(told, separators=(",", ":")), measures.prints


def unpacked(path: str, row: Row) -> FileMeasures:
    """Return the measures of a file.

    Args:
        path: The file.
        row: What `packed` returned for its text.

    Raises:
        ValueError: If it was not written so.
    """
    told, prints = row
    try:
        lines, code, read, fault, functions, todos, known, tests, asserting = json.loads(told)
        return FileMeasures(
            path,
            language_of(path),
            lines=lines,
            code=code,
            functions=tuple([FunctionMeasures(name, path, *numbers) for name, *numbers in functions]),
            todos=tuple([Todo(*one) for one in todos]),
            known=tuple([Known(kind, name, Place(path, line)) for kind, name, line in known]),
            tests=tuple([CaseMeasures(name, line, asserts, tuple(calls)) for name, line, asserts, calls in tests]),
            asserting=tuple(asserting),
            prints=prints,
            read=read,
            fault=fault,
        )
    except TypeError as error:
        msg = "no measures"
        raise ValueError(msg) from error
