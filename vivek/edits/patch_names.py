"""Names of files as patches write them: with a prefix for the side, in quotes where they hold odd characters. Pure."""

import re

_ESCAPE = re.compile(r"\\([0-7]{3}|.)")
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_PREFIXES = ("a/", "b/", "c/", "i/", "o/", "w/", "1/", "2/")


def header_names(text: str) -> tuple[str, str]:
    """Return the two names behind `diff --git`; unquoted ones are told apart by being the same."""
    if text.startswith('"'):
        end = next((found.end() for found in re.finditer(r'(?<!\\)(?:\\\\)*"', text[1:])), len(text)) + 1
        return bare_name(text[:end]), bare_name(text[end:].strip())
    half = len(text) // 2
    if text[half : half + 1] == " " and bare_name(text[:half]) == bare_name(text[half + 1 :]):
        return bare_name(text[:half]), bare_name(text[half + 1 :])
    old, _, new = text.partition(" b/")
    return bare_name(old), new


def bare_name(name: str) -> str:
    """Return a name from a patch without the prefix of its side, the date behind it, or quotes."""
    name = name.partition("\t")[0] if not name.startswith('"') else unquoted(name)
    return name[2:] if name.startswith(_PREFIXES) else name


def unquoted(name: str) -> str:
    """Return a name that git put into quotes as it really is."""
    if not (name.startswith('"') and name.rstrip().endswith('"')):
        return name
    raw = name.rstrip()[1:-1].encode("utf-8", "replace").decode("latin-1")

    def one(found: re.Match[str]) -> str:
        code = found[1]
        return chr(int(code, 8) & 0xFF) if code.isdigit() else _LETTERS.get(code, code)

    return _ESCAPE.sub(one, raw).encode("latin-1", "replace").decode("utf-8", "replace")
