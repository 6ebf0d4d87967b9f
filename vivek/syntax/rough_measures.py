"""What the lines of a text measure, where nobody here can parse it: no functions, but lines, remarks and copies."""

from vivek.schema.measures import FileMeasures
from vivek.syntax.languages import is_prose
from vivek.syntax.prints import prints_of
from vivek.syntax.silence import Silent, silent_python, silent_roughly, todos_in

_SIGNS = {
    "hash": "cmake docker elixir julia make nim perl powershell r ruby shell toml yaml",
    "slash": "c cpp csharp css dart fsharp go groovy java javascript kotlin objc php protobuf rust scala swift "
    "typescript zig",
    "dash": "haskell lua sql",
}
_SIGN = {language: sign for sign, languages in _SIGNS.items() for language in languages.split()}
_NO_COPIES = frozenset({"css", "docker", "make", "cmake", "protobuf", "sql", "toml", "yaml"})


def rough_measures(path: str, language: str | None, text: str, fault: str = "") -> FileMeasures:
    """Return what the lines of a text tell.

    Args:
        path: The file.
        language: Its language, None when its name does not tell.
        text: Its text.
        fault: Why nothing better read it, or "".
    """
    lines = text.count("\n") + (not text.endswith("\n") and text != "")
    sign = _SIGN.get(language or "")
    if language == "python":
        silent = silent_python(text)
    elif sign is not None:
        silent = silent_roughly(text, sign)
    else:
        silent = Silent(tuple(text.split("\n")), ())
    code = sum(1 for line in silent.lines if line and not line.isspace())
    known = language == "python" or sign is not None
    return FileMeasures(
        path,
        language,
        lines=lines,
        code=0 if is_prose(path) else code,
        todos=todos_in(silent.comments),
        prints=prints_of(silent.lines) if known and language not in _NO_COPIES else b"",
        read="pattern" if known else "",
        fault=fault,
    )
