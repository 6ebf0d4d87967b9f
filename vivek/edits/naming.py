"""Reads the path a model wrote above a fence or into its info string, whatever it is decorated with."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from vivek.syntax.languages import is_prose, language_of

_LONGEST = 300
_BULLET = re.compile(r"(?:#{1,6}|/{2,3}|>|[-*+•]|\d{1,3}[.)]|={2,}|-{2,}|;|%)\s+|#{1,6}|//")
_KEYWORD = re.compile(
    r"(?:(?:new|updated|modified|changed|complete|full)\s+)?(?:file\s?name|file\s?path|file|path)(?:\s\d{1,3})?\s*[:=]\s*",
    re.I,
)
_REMARK = re.compile(
    r"\s*\((?:new|created?|updated?|modified|changed|unchanged|full|complete|edited)(?:[ ,-][\w ,-]{0,40})?\)", re.I
)
_LINK = re.compile(r"\[([^\[\]]+)\]\([^()\s]*\)")
_PAIRS = (
    ("**", "**"),
    ("__", "__"),
    ("<!--", "-->"),
    ("/*", "*/"),
    ("`", "`"),
    ('"', '"'),
    ("'", "'"),
    ("*", "*"),
    ("<", ">"),
)
_TAILS = (":", "\uff1a", "==", "--")
_SLASHES = re.compile(r"[/\\]+")
_SEGMENT = re.compile(r"[\w.@+~,=()\[\]{}$%&!#-]+")
_INFO_KEY = re.compile(r"(?:file|filename|path|title|name)\s*=\s*", re.I)
# Words with a dot that head a fence and are no files.
_WORDS = frozenset(
    {"node.js", "next.js", "nuxt.js", "vue.js", "react.js", "express.js", "three.js", "d3.js"}
    | {"console.log", "math.log", "process.env"}
)


@dataclass(frozen=True, slots=True)
class Label:
    """A path as it was meant; `explicit` if it was written with a leading `./`."""

    path: str
    explicit: bool


def read_label(line: str, known: Collection[str]) -> Label | None:
    """Return the path of a line that holds a path and nothing else, or None for any other line.

    Args:
        line: One line of a reply.
        known: The files of the project; a name among them needs no further proof that it is a path.
    """
    text = line.strip()
    if len(text) > _LONGEST:
        return None
    while text:
        label = _as_path(text, known)
        if label is not None:
            return label if _is_meant(label.path, line) else None
        bare = _undressed(text)
        if bare == text:
            return None
        text = bare
    return None


def read_info(info: str, known: Collection[str]) -> Label | None:
    """Return the path in the info string of a fence, such as that of `python src/a.py` or `python:src/a.py`."""
    first, _, rest = info.partition(" ")
    language, colon, after = first.partition(":")
    candidates = [_INFO_KEY.sub("", rest.strip(" {}"), count=1)] if rest else []
    if colon and language.isalnum():
        candidates.append(after)
    if first.lower() not in _WORDS:
        candidates.append(first)
    for candidate in candidates:
        label = _as_path(candidate.strip(" `\"'"), known)
        if label is not None:
            return label
    return None


def read_path(text: str, known: Collection[str]) -> Label:
    """Return the path of a text that is known to be one, as behind `*** Update File:`."""
    label = read_label(text, known)
    if label is not None:
        return label
    bare = text.strip().strip("`\"'*").strip()
    explicit = bare.startswith("./")
    return Label(bare[2:] if explicit else bare, explicit)


def mentioned(lines: Iterable[str], known: Collection[str]) -> set[str]:
    """Return the files of the project whose whole path stands as a word in some lines."""
    words = {word.strip("`*_\"'()[]<>,:;!?").rstrip(".") for line in lines for word in line.split()}
    return {word.removeprefix("./") for word in words}.intersection(known)


def _as_path(text: str, known: Collection[str]) -> Label | None:
    if text in known:
        return Label(text, explicit=False)
    explicit = text.startswith("./")
    path = _SLASHES.sub("/", text)
    while path.startswith("./"):
        path = path[2:]
    if path in known:
        return Label(path, explicit)
    if path.startswith("/") and path.lstrip("/") in known:  # a model takes the project for the whole disk
        return Label(path.lstrip("/"), explicit)
    return Label(path, explicit) if _looks_like_path(path, known) else None


def _is_meant(path: str, line: str) -> bool:
    """Tell a file named by an ordinary word, such as `run`, from a heading that is one."""
    word = "." not in path and "/" not in path and language_of(path) is None
    return not word or line.strip().strip("`*") == path


def _looks_like_path(path: str, known: Collection[str]) -> bool:
    if path.lower() in _WORDS:
        return False
    parts = path.removeprefix("/").split("/")
    if not all(_SEGMENT.fullmatch(part) for part in parts):
        return False
    if parts[-1].strip(".") == "" or parts[-1][-1] in ".,!)":
        return False
    if language_of(path) is not None:  # a word such as "Notice" is a file only in capitals
        return "." in parts[-1] or not is_prose(path) or parts[-1].isupper()
    if len(parts) == 1:
        return False
    # A name of an unknown kind counts in a folder: with a suffix, or beside files that exist.
    stem, dot, suffix = parts[-1].rpartition(".")
    if dot and suffix.isalnum() and suffix[0].isalpha():
        return True
    folder = "/".join(parts[:-1]) + "/"
    return not stem and any(name.startswith(folder) for name in known)


def _undressed(text: str) -> str:
    """Return a text without its outermost decoration, or as it is when there is none."""
    for opening, closing in _PAIRS:
        if len(text) > len(opening) + len(closing) and text.startswith(opening) and text.endswith(closing):
            return text[len(opening) : -len(closing)].strip()
    if "**" in text:  # bold, but not as a whole
        return text.replace("**", "").strip()
    for pattern in (_KEYWORD, _BULLET):
        found = pattern.match(text)
        if found is not None:
            return text[found.end() :].strip()
    link = _LINK.fullmatch(text)
    if link is not None:
        return link[1].strip()
    remark = _REMARK.search(text)
    if remark is not None and remark.end() == len(text):
        return text[: remark.start()].strip()
    for tail in _TAILS:
        if text.endswith(tail):
            return text.removesuffix(tail).rstrip("=-: ")
    return text
