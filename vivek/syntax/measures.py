"""What a text measures: its functions, its lines of code, what it reads and calls, its tests. Pure; never raises."""

import ast
from dataclasses import replace

from vivek.schema.measures import FileMeasures, FunctionMeasures
from vivek.syntax.cases import Part, cases_in
from vivek.syntax.facts import PARSED, TOO_LONG, readers
from vivek.syntax.grammar_text import grammar_measures
from vivek.syntax.languages import language_of
from vivek.syntax.manifests import entries_in
from vivek.syntax.pattern_facts import can_read
from vivek.syntax.prints import prints_of
from vivek.syntax.python_known import python_known
from vivek.syntax.python_measures import PythonMeasures
from vivek.syntax.python_tree import plain_python, python_tree
from vivek.syntax.rough_measures import rough_measures
from vivek.syntax.silence import silent_python, todos_in

_VERSION = 3

_TOO_DEEP = "nested too deeply"


def measurers() -> str:
    """Return who measures on this machine, as one word; what others measured is to be measured again."""
    return f"{_VERSION}:{readers()}"


def measures_of(path: str, text: str, tree: ast.Module | None = None) -> FileMeasures:
    r"""Return what a text measures; `fault` tells what could not be read.

    Args:
        path: The file, relative to the root; its name tells the language.
        text: Its text; only `\n` ends a line.
        tree: The tree of a Python text, where somebody has parsed it already.
    """
    language = language_of(path)
    if len(text) > PARSED:
        return rough_measures(path, language, text, TOO_LONG if language is not None and can_read(language) else "")
    if language == "python":
        return _python(path, text, tree)
    found = grammar_measures(path, language, text) or rough_measures(path, language, text)
    entries = entries_in(path, text)
    return replace(found, known=entries) if entries else found


def _python(path: str, text: str, tree: ast.Module | None) -> FileMeasures:
    try:
        text = plain_python(text)
        return _of_tree(path, text, python_tree(text) if tree is None else tree)
    except SyntaxError as error:
        fault = f"line {error.lineno}: {error.msg}" if error.lineno else error.msg
    except (RecursionError, MemoryError):
        fault = _TOO_DEEP
    except ValueError as error:  # a NUL byte, or a number too long to convert
        fault = str(error)
    return rough_measures(path, "python", text, fault)


def _of_tree(path: str, text: str, tree: ast.Module) -> FileMeasures:
    silent = silent_python(text)
    measured = PythonMeasures(path, silent.lines)
    functions = measured.read(tree)
    parts = [Part(one.name, one.line, one.end_line, _is_test(one)) for one in functions]
    cases, asserting = cases_in("python", measured.code, parts)
    return FileMeasures(
        path,
        "python",
        lines=len(silent.lines) - (not text or text.endswith("\n")),
        code=sum(1 for line in measured.code if line and not line.isspace()),
        functions=functions,
        todos=todos_in(silent.comments),
        known=python_known(path, text, measured.joined, tree),
        tests=cases,
        asserting=asserting,
        prints=prints_of(measured.told()),
        read="ast",
    )


def _is_test(function: FunctionMeasures) -> bool:
    """Tell whether a function is called like a test, of a module or of a class in it."""
    around, _, name = function.name.rpartition(".")
    return name.startswith("test") and (not around or around.rpartition(".")[2][:1].isupper())
