"""What a review by a model asks in a project: questions, rules, texts; and what tells a review from every other."""

import hashlib
import json
from dataclasses import dataclass

from vivek import __version__
from vivek.prompts.finders import finders
from vivek.prompts.review import SUMMARY_SCHEMA, VERDICT_SCHEMA, form_section, review_system
from vivek.prompts.templates import Templates
from vivek.schema.changes import Changes
from vivek.schema.events import Notice
from vivek.schema.findings import ReviewReport
from vivek.schema.plain import as_plain
from vivek.schema.reviewing import Finder, ReviewEffort, Rule
from vivek.session.pages.rules import load_rules
from vivek.session.pages.templates import LoadedTemplates, load_templates
from vivek.session.place import Place
from vivek.session.reviewing.cache import key_of
from vivek.session.trust import Trust

_FORMAT = "1"
"""Raised when the same answers come to another report than before."""


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked.

    Attributes:
        effort: How much is to be spent.
        finders: The questions.
        rules: The rules of the project.
        loaded: The templates they are made of.
        version: What tells the texts beside the questions from every other, in hex.
        notices: What to tell: pages that are not used, and why.
    """

    effort: ReviewEffort
    finders: tuple[Finder, ...]
    rules: tuple[Rule, ...]
    loaded: LoadedTemplates
    version: str
    notices: tuple[Notice, ...]

    @property
    def templates(self) -> Templates:
        """Return the templates they are made of."""
        return self.loaded.templates

    def key(self, changes: Changes, static: ReviewReport) -> str:
        """Return what tells a review of a change with these questions from every other, whoever answers them."""
        asked = [f"{finder.id} {finder.version}" for finder in self.finders]
        rules = [json.dumps(as_plain(rule)) for rule in self.rules]
        found = [json.dumps(as_plain(finding)) for finding in static.findings]
        known = (_FORMAT, __version__, self.effort, self.version, *asked, "", *rules, "", *found)
        return key_of(changes, (*known, changes.scope.message, json.dumps(static.tools)))


def load_questions(place: Place, effort: ReviewEffort) -> Questions:
    """Return what a review asks in a project.

    Raises:
        ConfigError: If a template or a rule that counts cannot be used.
    """
    trust = Trust.open()
    loaded = load_templates(place, trust)
    rules, told = load_rules(place, trust)
    templates = loaded.templates
    form = form_section(count=len, templates=templates).text
    texts = (review_system(templates), form, templates.render("review/verify"), templates.render("review/summary"))
    said = json.dumps([*texts, VERDICT_SCHEMA, SUMMARY_SCHEMA])
    version = hashlib.blake2b(said.encode(), digest_size=8).hexdigest()
    return Questions(effort, finders(effort, templates), rules, loaded, version, (*loaded.notices, *told))
