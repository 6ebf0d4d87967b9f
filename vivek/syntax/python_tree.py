"""The tree of a Python text, by Python's own parser."""

import ast
import warnings


def plain_python(text: str) -> str:
    r"""Return a text as it is parsed: without the mark of its order of bytes, and only `\n` ends a line."""
    text = text.removeprefix("\ufeff")
    if "\r" in text:  # Python ends lines at more places than we do
        text = text.replace("\r\n", "\n").replace("\r", " ")
    return text


def python_tree(text: str) -> ast.Module:
    """Return the tree of a text that `plain_python` returned.

    Raises:
        SyntaxError: If it does not parse.
        ValueError: If it holds what no Python text may, such as a NUL.
        RecursionError: If it is nested too deeply to be read.
        MemoryError: If it is nested too deeply to be parsed.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an odd escape in the user's file is not our warning
        return ast.parse(text)
