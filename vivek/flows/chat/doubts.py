"""Notices what is wrong with a reply that does nothing: it speaks of files which are not there, or of none at all."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from vivek.prompts.templates import Templates
from vivek.syntax.languages import language_of

_NAMED = re.compile(r"`([^`\n]{3,200})`|(?<![\w./:-])((?:[\w-]+/)+[\w.-]+\.[A-Za-z]\w{0,7})\b")
_PATH = re.compile(r"(?:\./)?((?:[\w.-]+/)*[\w-][\w.-]*\.[A-Za-z]\w{0,7})(?::\d+(?:[-:]\d+)?)?")
_NEW = re.compile(r"\b(?:create|creates|new|add|adds|would|could|call it|for example|such as|e\.g\.)\b", re.IGNORECASE)
_BEFORE = 60  # characters
_FENCE = re.compile(
    r"^(?P<fence>`{3,}|~{3,})(?P<info>[^\n`]*)\n(?P<code>.*?)(?:^(?P=fence)|\Z)", re.MULTILINE | re.DOTALL
)
_NO_CODE = frozenset(
    {"bash", "console", "diff", "log", "output", "patch", "powershell", "sh", "shell", "text", "txt", "zsh"}
)
_LISTED = 3
_ANY = "folder/file.ext"


@dataclass(frozen=True, slots=True)
class Doubts:
    """Says what is wrong with a reply of which nothing comes, for one more try.

    Attributes:
        exists: The project's files.
        said: The user's words.
        templates: The templates of the session.
        shown: The files before the model where a change is asked for, the likeliest first; None for a question.
    """

    exists: frozenset[str]
    said: str
    templates: Templates
    shown: tuple[str, ...] | None = None

    def __call__(self, reply: str) -> str:
        """Return what to say to the model, "" where nothing is wrong."""
        if missing := invented_paths(reply, self.exists, self.said):
            return self.templates.render("invented", paths=", ".join(f"`{path}`" for path in missing[:_LISTED]))
        if self.shown is not None and has_code(reply):
            return self.templates.render("nameless", path=self.shown[0] if self.shown else _ANY)
        return ""


def has_code(reply: str) -> bool:
    """Tell whether a reply shows code in fences, which is no output and no command for a shell."""
    return any(
        found["code"].strip() and found["info"].strip().lower().partition(" ")[0] not in _NO_CODE
        for found in _FENCE.finditer(reply)
    )


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
