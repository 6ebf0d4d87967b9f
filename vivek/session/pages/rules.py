"""The rules that reviews hold a change against: pages of Markdown of the user and of a trusted project."""

from collections.abc import Sequence
from dataclasses import dataclass

from vivek.config.front_matter import split_page
from vivek.config.validation import build_spec
from vivek.errors import ConfigError
from vivek.project.globbing import matching
from vivek.schema.events import Notice
from vivek.schema.findings import Severity
from vivek.schema.reviewing import Rule
from vivek.session.pages.modes import matter_of
from vivek.session.pages.page import Page, load_pages
from vivek.session.place import Place
from vivek.session.trust import Trust

LONGEST = 4_000
"""Characters of a rule: what is longer no small model keeps in mind."""


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """What the front matter of a rule's page may say.

    Attributes:
        paths: Globs of the files it is about; none for all.
        severity: How grave breaking it is.
    """

    paths: tuple[str, ...] = ()
    severity: Severity = "medium"


def load_rules(place: Place, trust: Trust) -> tuple[tuple[Rule, ...], tuple[Notice, ...]]:
    """Return the rules that count, and what to tell: pages that are not used, and why.

    Args:
        place: The project.
        trust: What the user trusts.

    Raises:
        ConfigError: If a page that counts cannot be understood; file and line are named. A review that leaves out a
            rule would call code clean that is not.
    """
    pages = load_pages("rule", place, trust)
    return tuple(parse_rule(page) for page in pages.used), pages.notices


def parse_rule(page: Page) -> Rule:
    """Return the rule that a page describes.

    Raises:
        ConfigError: If it says what cannot be; file and line are named.
    """
    settings = matter_of(page, RuleSpec)
    said = build_spec(RuleSpec, page.kind, settings)
    text = split_page(page.text).body.strip()
    if not text:
        msg = f"{page.origin}, line {page.text.rstrip().count(chr(10)) + 1}: the page ends without a rule."
        raise ConfigError(msg, hint="Write below the front matter what code must do, or must not do.")
    if len(text) > LONGEST:
        msg = f"{page.origin}: the rule has {len(text):,} characters; {LONGEST:,} are the most."
        raise ConfigError(msg, hint="Say one thing a page, and give each its `paths`.")
    return Rule(f"rules/{page.name}.md", text, said.paths, said.severity)


def rules_for(path: str, rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Return the rules that are about a file."""
    return tuple(rule for rule in rules if not rule.paths or any(matching(glob, [path]) for glob in rule.paths))
