"""V05, V06, V07, V10, V11, V12 and V14: what stands in the new text, most of it in added lines only."""

import re
from collections.abc import Iterator
from ipaddress import ip_address

from vivek.analysis.validators.changed import Changed
from vivek.analysis.validators.constructs import CONSTRUCTS
from vivek.analysis.validators.facts import ProjectFacts
from vivek.analysis.validators.markers import injection_markers
from vivek.edits.elision import find_elision
from vivek.schema.characters import BIDI, INVISIBLE, SELECTORS, TAGS, without_flags
from vivek.schema.concerns import Concern
from vivek.syntax.check import can_check, parse_error

_HIDING = re.compile("[" + re.escape("".join(sorted(BIDI | INVISIBLE))) + f"{min(TAGS)}-{max(TAGS)}{SELECTORS}]")
_LINE = re.compile(r"line (\d+):")
_COMMENT = re.compile(r"\s*(?:#|//|/?\*|--|;|<!--)")
_ADDRESS = re.compile(
    r"\b(?:https?|ftps?|wss?|ssh|git)://(?:[^\s/@\"'<>]{1,100}@)?([^\s/:\"'<>`\\)\]},;]{1,253})"
    r"|(?<![\w.])((?:\d{1,3}\.){3}\d{1,3})(?![\w.])"
)
_HARMLESS = frozenset({"localhost", "0.0.0.0", "127.0.0.1", "[", "example.com", "example.org", "example.net"})  # noqa: S104 - compared
_LONG = 10_000  # characters; what is longer than a request is searched for addresses only
_HARMLESS_ENDINGS = (".example", ".example.com", ".example.org", ".example.net", ".test", ".invalid", ".localhost")


def check_syntax(change: Changed, _facts: ProjectFacts) -> Iterator[Concern]:
    """V05: say why a file that parsed before does not parse any more."""
    if change.after is None or change.tree is not None or not change.after.strip() or not can_check(change.path):
        return
    error = parse_error(change.path, change.after)
    old = change.before or ""
    if error is None or (old.strip() and change.tree_before is None and parse_error(change.path, old) is not None):
        return
    found = _LINE.match(error)
    yield change.doubt("V05", "block", f"does not parse: {error}", int(found[1]) if found else None)


def check_elision(change: Changed, _facts: ProjectFacts) -> Iterator[Concern]:
    """V06: say where a comment stands for code that is left out."""
    if change.after is None or change.before is None:
        return
    index = find_elision(change.path, change.before, change.after)
    if index is not None:
        yield change.doubt("V06", "block", "a comment stands for code that is left out", index + 1)


def check_secrets(change: Changed, facts: ProjectFacts) -> Iterator[Concern]:
    """V07: say where an added line holds a secret, without repeating it."""
    if not change.added:
        return
    for at, kind in facts.find_secrets("\n".join(line for _, line in change.added)):
        if 1 <= at <= len(change.added):
            yield change.doubt("V07", "ask", f"holds what looks like a secret ({kind})", change.added[at - 1][0])


def check_hidden(change: Changed, _facts: ProjectFacts) -> Iterator[Concern]:
    """V10: say where characters are added that hide or reorder what a person reads."""
    old = {line for line in change.removed if _HIDING.search(line)}
    for number, line in change.added:
        found = _HIDING.findall(without_flags(line)) if not line.isascii() and line not in old else []
        if found:
            codes = ", ".join(f"U+{ord(char):04X}" for char in dict.fromkeys(found))
            yield change.doubt("V10", "ask", f"adds {len(found)} characters that cannot be seen: {codes}", number)


def check_constructs(change: Changed, _facts: ProjectFacts) -> Iterator[Concern]:
    """V11: say where an added line does something that is often a hole."""
    fitting = [construct for construct in CONSTRUCTS if construct.fits(change.language)]
    for number, line in change.added:
        if not line or _COMMENT.match(line):
            continue
        for construct in fitting:
            found = construct.pattern.finditer(line)
            # A word of Python within a string is spoken of; what a shell is told to do often stands in one.
            if any(not construct.languages or not change.is_said(number, *each.span()) for each in found):
                yield change.doubt("V11", "note", construct.text, number)


def check_addresses(change: Changed, facts: ProjectFacts) -> Iterator[Concern]:
    """V12: say which hosts an added line names that neither the request nor the project does."""
    known: set[str] | None = None
    for number, line in change.added:
        for named, numbers in _ADDRESS.findall(line) if "." in line else ():
            host = (named or numbers).lower().rstrip(".")
            if host in _HARMLESS or host.endswith(_HARMLESS_ENDINGS) or not _is_host(host, numbers):
                continue
            if known is None:
                known = {*facts.hosts, *_hosts(facts.request), *_hosts(change.before or "")}
            if host not in known:
                known.add(host)
                yield change.doubt("V12", "note", f"names `{host}`, which neither you nor the project did", number)


def check_markers(change: Changed, _facts: ProjectFacts) -> Iterator[Concern]:
    """V14: say where an added line speaks to a model rather than to a reader."""
    for number, line in change.added:
        for marker in injection_markers(line):
            yield change.doubt("V14", "note", f"speaks to a model: {marker}", number)


def _hosts(text: str) -> set[str]:
    words = text.split() if len(text) < _LONG else []
    plainly = {word.lower().strip(".,;:()<>\"'`") for word in words if "." in word}
    return plainly | {(named or numbers).lower().rstrip(".") for named, numbers in _ADDRESS.findall(text)}


def _is_host(host: str, numbers: str) -> bool:
    """Tell whether what was found can be reached: a version such as 1.2.3.4 in a private range cannot."""
    if not numbers:
        return "." in host
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_global
