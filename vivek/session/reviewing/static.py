"""Looks at a change with all that needs no model, and puts together what is found."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from vivek import __version__
from vivek.analysis.findings.locate import with_fingerprints
from vivek.analysis.findings.signals import static_findings
from vivek.analysis.findings.tool_findings import findings_in
from vivek.analysis.findings.tool_reports import Told, read_report
from vivek.analysis.findings.untested import untested, words_of
from vivek.analysis.findings.verdicts import merged, ranked, without_echoes
from vivek.analysis.validators.facts import ProjectFacts
from vivek.analysis.validators.weakening import is_test
from vivek.project.changes.versions import Version
from vivek.project.checks.ruff import Linted, run_ruff
from vivek.project.packages import installed_names, locked_names, named_hosts
from vivek.schema.changes import Changes
from vivek.schema.findings import Finding
from vivek.session.place import Place
from vivek.session.project_commands import decided_anything, named_commands
from vivek.session.reviewing.cache import Kept
from vivek.syntax.languages import language_of

_MOST_TESTS, _MOST_ASKED = 2_000, 200  # the latter where each file is asked of git
# What only says where a secret lies.
_REFERENCE = re.compile(r"[\"'`]?(?:keyring|env|file|vault|op|ssm|sops):(?![^\s/]*@)")
_SECRETS = frozenset({"vivek/secret", "vivek/private-key"})


@dataclass(slots=True)
class Looked:
    """What a project's own linters found.

    Attributes:
        told: Their findings, those outside of the change as well.
        read: The changed files that each looked at.
        said: What the user should know, such as which are not installed.
        passing: Whether any was started: what it finds hangs on more than the change.
    """

    told: list[Told] = field(default_factory=list)
    read: dict[str, tuple[str, ...]] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    passing: bool = False


OwnLinters = Callable[[Place, Changes, Version], Looked]
"""Runs the linters of a project over a change."""


def look(place: Place, changes: Changes, version: Version, given: Sequence[Finding], own: OwnLinters) -> Kept:
    """Return what is found in a change.

    Args:
        place: The project.
        changes: What is reviewed.
        version: The project around it.
        given: What other tools found.
        own: Runs the project's own linters.
    """
    before = _Before(changes, version)
    files = {file.path: file for file in changes.files}
    linted = _ruff(place, changes, version, before)
    told = [each for report in linted.reports for each in read_report(report, linted.root)]
    looked = own(place, changes, version)
    told += looked.told
    found = [*_signals(place, changes, version, before), *findings_in(told, files), *given]
    findings = ranked(without_echoes(merged(_veiled(found))))
    tools = {"vivek": __version__, **({linted.tool: linted.version} if linted.version else {})}
    tools |= dict.fromkeys(looked.read, "")
    read = {**({linted.tool: tuple(sorted(linted.read))} if linted.read else {}), **looked.read}
    said = (*linted.told, *looked.said)
    untested = _untested(place, changes, version)
    return Kept(with_fingerprints(findings, files), tools, read, untested, said, passing=looked.passing)


def _untested(place: Place, changes: Changes, version: Version) -> tuple[str, ...]:
    """Return changed definitions that no test names; nothing where there are more tests than are read."""
    tests = sorted(path for path in version.paths() if is_test(path)) if not place.restricted else []
    if len(tests) > _MOST_TESTS or (version.by_git and len(tests) > _MOST_ASKED):
        return ()
    after = {file.path: file.new_text for file in changes.files}
    texts = (after[path] if path in after else version.text(path) for path in tests)
    return untested(changes.files, words_of(text for text in texts if text))


class _Before:
    """Files as they were before the change, where it touches them."""

    def __init__(self, changes: Changes, version: Version) -> None:
        self._old = {file.path: file.old_text for file in changes.files if _has_old(file.kind, file.old_text)}
        self._version = version

    def text(self, path: str) -> str | None:
        return self._old[path] if path in self._old else self._version.text(path)

    def data(self, path: str) -> bytes | None:
        text = self.text(path)
        return None if text is None else text.encode("utf-8", "surrogatepass")


def _has_old(kind: str, text: str | None) -> bool:
    return text is not None or kind == "added"


def _signals(place: Place, changes: Changes, version: Version, before: _Before) -> tuple[Finding, ...]:
    """Return what vivek itself finds."""
    from vivek.config.secrets import find_secrets

    after = {file.path: file.new_text for file in changes.files if file.new_text is not None}

    def new_data(path: str) -> bytes | None:
        return after[path].encode("utf-8", "surrogatepass") if path in after else version.read(path)

    paths = version.paths() if not place.restricted else frozenset()
    facts = ProjectFacts(
        files=paths,
        installed=None if place.restricted else installed_names(place.root),
        locked=locked_names(paths, before.data),
        hosts=named_hosts(paths, before.text),
        read=version.text,
        find_secrets=lambda text: [
            (each.line, each.kind) for each in find_secrets(text) if not _REFERENCE.match(text, each.start)
        ],
    )
    return static_findings(changes.files, facts, locked=locked_names(paths, new_data))


def _ruff(place: Place, changes: Changes, version: Version, before: _Before) -> Linted:
    texts = {
        file.path: file.new_text
        for file in changes.files
        if not file.aside and file.new_text is not None and file.hunks and language_of(file.path) == "python"
    }
    # As they were: a change must not switch off what looks at it.
    return run_ruff(texts, before.data if _is_trusted(place, version) else None)


def _is_trusted(place: Place, version: Version) -> bool:
    """Tell whether the user lets a command of this project run that calls ruff, so that its settings count."""
    if not decided_anything(place):
        return False
    commands = named_commands(place, version.paths(), version.read)
    return any("ruff" in each.command.argv and each.answer == "yes" for each in commands)


def _veiled(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Take secrets out of what is quoted: a report is shown, sent and kept."""
    held = {(each.path, each.line) for each in findings if each.rule in _SECRETS}
    if not held:
        yield from findings
        return
    from vivek.config.secrets import scrub

    for each in findings:
        near = any((each.path, line) in held for line in range(each.line, each.end_line + 1))
        yield replace(each, quote=scrub(each.quote), fix=None) if near else each
