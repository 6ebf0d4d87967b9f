"""Notices an answer that speaks of files which are not there."""

import re
from collections.abc import Collection

from vivek.syntax.languages import language_of

_NAMED = re.compile(r"`([^`\n]{3,200})`|(?<![\w./:-])((?:[\w-]+/)+[\w.-]+\.[A-Za-z]\w{0,7})\b")
_PATH = re.compile(r"(?:\./)?((?:[\w.-]+/)*[\w-][\w.-]*\.[A-Za-z]\w{0,7})(?::\d+(?:[-:]\d+)?)?")
_NEW = re.compile(r"\b(?:create|creates|new|add|adds|would|could|call it|for example|such as|e\.g\.)\b", re.IGNORECASE)
_BEFORE = 60  # characters


def invented_paths(answer: str, files: Collection[str], said: str) -> tuple[str, ...]:
    """Return the files that an answer names, if not one of those it names is there; else nothing.

    An answer that also names a file which is there has looked at the project; what else it names is then more likely
    to be a proposal. So is a name behind a word such as `create`.

    Args:
        answer: The reply, code in fences included, which is not looked at.
        files: The files of the project.
        said: What the user said: a file that the user named is no invention of the model.
    """
    prose = re.sub(r"^(`{3,}|~{3,}).*?(?:^\1|\Z)", "", answer, flags=re.MULTILINE | re.DOTALL)
    last = {path.rpartition("/")[2] for path in files}
    there, missing = False, []
    for found in _NAMED.finditer(prose):
        path = _PATH.fullmatch((found[1] or found[2]).strip())
        if path is None or language_of(path[1]) is None or path[1] in said:
            continue
        name = path[1]
        if name in files or ("/" not in name and name in last) or any(each.endswith(f"/{name}") for each in files):
            there = True
        elif _NEW.search(prose[max(0, found.start() - _BEFORE) : found.start()]) is None:
            missing.append(name)
    return () if there else tuple(dict.fromkeys(missing))
