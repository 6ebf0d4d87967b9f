"""Runs every validator over a change set. Pure: bytes and facts in, concerns out."""

from collections.abc import Iterable, Mapping
from itertools import chain

from vivek.analysis.validators.changed import Changed
from vivek.analysis.validators.contents import (
    check_addresses,
    check_constructs,
    check_elision,
    check_hidden,
    check_markers,
    check_secrets,
    check_syntax,
)
from vivek.analysis.validators.dependencies import check_dependencies
from vivek.analysis.validators.facts import ProjectFacts
from vivek.analysis.validators.imports import check_imports
from vivek.analysis.validators.names import check_members, check_names
from vivek.analysis.validators.places import check_deletions, check_later, check_loss, check_place, check_prose
from vivek.analysis.validators.sql import check_sql
from vivek.analysis.validators.weakening import check_weakening
from vivek.schema.concerns import Concern, Level

PER_FILE = 5
"""Concerns of one kind that are told of one file; what is beyond is counted."""

_ORDER: dict[Level, int] = {"block": 0, "ask": 1, "note": 2}
_OF_A_FILE = (
    *(check_place, check_names, check_dependencies, check_syntax, check_elision, check_secrets, check_loss),
    *(check_later, check_hidden, check_constructs, check_sql, check_addresses, check_markers),
)
_OF_THE_SET = (check_members, check_imports, check_deletions, check_weakening, check_prose)


def validate(changes: Mapping[str, tuple[bytes | None, bytes | None]], facts: ProjectFacts) -> tuple[Concern, ...]:
    """Return what is doubtful about a change set, what blocks it first.

    Args:
        changes: For each path the bytes before and after; None before for a new file, None after for one that goes.
        facts: The project around it.
    """
    files = [Changed.of(path, before, after) for path, (before, after) in sorted(changes.items()) if before != after]
    found = chain(
        chain.from_iterable(check(change, facts) for change in files for check in _OF_A_FILE),
        chain.from_iterable(check(files, facts) for check in _OF_THE_SET),
    )
    ordered = sorted(found, key=lambda concern: (_ORDER[concern.level], concern.path, concern.check, concern.line or 0))
    return tuple(_bounded(dict.fromkeys(ordered)))


def _bounded(concerns: Iterable[Concern]) -> Iterable[Concern]:
    kept: dict[tuple[str, str, Level], list[Concern]] = {}
    for concern in concerns:
        kept.setdefault((concern.check, concern.path, concern.level), []).append(concern)
    for (check, path, level), group in kept.items():
        yield from group[:PER_FILE]
        if len(group) > PER_FILE:
            yield Concern(check, level, path, f"and {len(group) - PER_FILE} more of this kind")
