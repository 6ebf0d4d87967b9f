"""Short ways to put change sets to the validators."""

from vivek.analysis.validators.facts import ProjectFacts
from vivek.analysis.validators.validate import validate
from vivek.schema.concerns import Concern

NO_FACTS = ProjectFacts()


def doubts(
    check: str, path: str, before: str | None, after: str | None, facts: ProjectFacts = NO_FACTS
) -> list[Concern]:
    """Return what one check has to say of one changed file."""
    changes = {path: (_bytes(before), _bytes(after))}
    return [concern for concern in validate(changes, facts) if concern.check == check]


def set_doubts(
    check: str, changes: dict[str, tuple[str | None, str | None]], facts: ProjectFacts = NO_FACTS
) -> list[Concern]:
    """Return what one check has to say of a change set."""
    given = {path: (_bytes(before), _bytes(after)) for path, (before, after) in changes.items()}
    return [concern for concern in validate(given, facts) if concern.check == check]


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else text.encode()
