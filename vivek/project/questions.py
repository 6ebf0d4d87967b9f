"""Which messages may be questions that an index answers: a closed set of forms, each for a whole message.

Knows no index: whether the name exists, and how sure that makes it, is found out in `lookups`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from vivek.errors import ConfigError
from vivek.project.words import is_telling
from vivek.schema.answers import LookupKind

LONGEST = 200
"""Characters of the longest message that can be such a question."""

CERTAIN, LIKELY = 0.9, 0.75
"""How sure a form is by itself: one that speaks of code in so many words, and one that people also use otherwise."""

_SHAPED_GAIN, _CAPITAL_GAIN = 0.2, 0.1
_EVERYDAY_LIKELY, _EVERYDAY_CERTAIN = 0.6, 0.8

_KIND = "function|method|class|type|struct|interface|trait|enum|constant|variable|module|file|symbol"
_S = r"(\S+)"
_CODE = r"(?:the |this )?(?:code(?: ?base)?|project|repo(?:sitory)?|source)"
_CHANGE = "(?:change|edit|touch|rename|remove|delete|break)"
_SHOW = r"(?:(?:please )?(?:show|find|list|give)(?: me)?(?: the| all)? )?"


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a question.

    Attributes:
        kind: What is asked.
        pattern: What the whole message must be; its one group that matched is the name, which a `tour` has not.
        sure: How sure the form is by itself.
        bare: Whether it is nothing but a name, which then must look like code.
    """

    kind: LookupKind
    pattern: re.Pattern[str]
    sure: float
    bare: bool = False


def _form(kind: LookupKind, sure: float, pattern: str) -> Form:
    return Form(kind, re.compile(pattern, re.IGNORECASE), sure)


FORMS: tuple[Form, ...] = (
    _form("callers", CERTAIN, rf"where (?:is|are) {_S} (?:used|called|referenced)"),
    _form("importers", CERTAIN, rf"where is {_S} imported"),
    _form("where", CERTAIN, rf"where(?:'s| is) (?:the )?(?:{_KIND}) {_S}(?: (?:defined|declared|implemented))?"),
    _form("where", CERTAIN, rf"where(?:'s| is) (?:the )?{_S} (?:{_KIND})(?: (?:defined|declared|implemented))?"),
    _form("where", CERTAIN, rf"where(?:'s| is) {_S} (?:defined|declared|implemented)"),
    _form("where", CERTAIN, rf"{_SHOW}definition of {_S}"),
    _form("where", LIKELY, rf"where(?:'s| is) {_S}"),
    _form("callers", CERTAIN, rf"{_SHOW}(?:callers|usages|references) (?:of|to) {_S}"),
    _form("callers", LIKELY, rf"(?:who|what) (?:calls|uses) {_S}"),
    _form("importers", CERTAIN, rf"{_SHOW}importers of {_S}"),
    _form("importers", LIKELY, rf"(?:who|what|which (?:file|module)s?) imports? {_S}"),
    _form("contents", CERTAIN, rf"what does {_S} (?:define|contain)"),
    _form("contents", CERTAIN, rf"{_SHOW}(?:outline|contents|symbols) of {_S}"),
    _form("contents", LIKELY, rf"what(?:'s| is) in {_S}"),
    _form("impact", CERTAIN, rf"what (?:will break|breaks) (?:if|when) (?:I|we|you) {_CHANGE} {_S}"),
    _form("impact", CERTAIN, rf"what does (?:changing|renaming|removing|deleting) {_S} break"),
    _form("impact", LIKELY, rf"{_SHOW}impact of (?:changing |renaming |removing |deleting )?{_S}"),
    _form("impact", LIKELY, rf"what depends on {_S}"),
    _form("tour", CERTAIN, rf"where (?:do|should|can) (?:I|we|one) (?:start|begin) reading(?: (?:in |with )?{_CODE})?"),
    _form("tour", CERTAIN, rf"{_SHOW}(?:a )?tour (?:of|through) {_CODE}"),
    _form("tour", CERTAIN, rf"(?:in )?what order (?:do|should) (?:I|we|one) read {_CODE}(?: in)?"),
    Form("where", re.compile(_S), LIKELY, bare=True),
)
"""In order; the first that fits decides."""

_NAME = r"[^\W\d]\w*"
_SUBJECT = re.compile(rf"(?:[\w.+@-]+/)*[\w.+-]+::{_NAME}(?:\.{_NAME})*|{_NAME}(?:(?:\.|::|#){_NAME})*|[\w.+@/-]+")
_SHAPED = re.compile(r"[a-z0-9][A-Z]|[A-Z]{2,}[a-z]|\w_|_\w|\w[.:#/]\w")
_ENDS = re.compile(r"[?!.,;]+\Z")

# Words that are names in many a project and yet what people say: without a mark they mean what they say.
_EVERYDAY = frozenset(
    """
    account action answer api app application apps back backup bar base best body book boss box branch bug build
    button cache call caller card cat cause chat check client cloud code coffee color command comment commit common
    config content context cookie copy core count country current customer data database date day default delay design
    detail device difference directory display docker docs documentation dog door email end entry error event
    everybody everyone example exception exit feature field file filter fix flag folder foo foobar food form format
    frame friend front fun future game git glue goal god gold good group guard guide hand head health heart hello help
    hint home hook hope host house human idea image important index info input inside item java javascript job json
    key keyboard language layer leak left length level library life light limit line link linux list local log logic
    login love lunch magic mail main man manager map master math memory menu message middle mind mistake mode model
    moment money mouse name network news next nobody node nothing notice number object off office option order origin
    output outside owner page parent parser part party password path people person phone place plan plugin point
    poison power price problem process product production program progress project prompt proof python query question
    queue readme reason record release report request response rest result review right role room root rule run rust
    sample scope screen script search second secret section sense server service session setting settings setup shape
    shell shop shot shots side sign site size sleep slow somebody someone something song sound source space spec speed
    stack start state static status step stock stop store story string style success summary sun system table tabs
    tail target task team template terminal test tests text time title today token tomorrow tool top total trace
    traffic tree trick trouble trust truth turn type typescript user users value version view voice wait wall water
    way web wife window wood word work worker world write year yesterday
    """.split()  # noqa: SIM905 - a list of quoted words could not be read
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a message may ask.

    Attributes:
        kind: What is asked.
        name: The name or file it is about, without quotes and marks; "" for the project as a whole.
        sure: How sure that is before anybody looked whether the name exists; above 0 and at most 1.
        plain: Whether the name could be a word of a sentence.
    """

    kind: LookupKind
    name: str
    sure: float
    plain: bool


def read_question(text: str, forms: Sequence[Form] = FORMS) -> Candidate | None:
    """Return what a message asks if it has the form of such a question, else None.

    Args:
        text: The whole message.
        forms: The forms to try, in their order.
    """
    said = " ".join(text.split())
    if not said or len(said) > LONGEST or "\n" in text.strip():
        return None
    ended = _ENDS.sub("", said).rstrip() or said
    for form in forms:
        found = form.pattern.fullmatch(ended)
        if found is None:
            continue
        if form.kind == "tour":  # it is about the project as a whole
            return Candidate(form.kind, "", form.sure, plain=False)
        name = next((group for group in found.groups() if group), "")
        candidate = _candidate(form, name)
        if candidate is not None:
            return candidate
    return None


def own_forms(patterns: Sequence[str]) -> tuple[Form, ...]:
    """Return the forms that the user's patterns describe.

    Args:
        patterns: Regular expressions, each with one group whose name is a kind of question.

    Raises:
        ConfigError: If one cannot be read or names no kind.
    """
    return tuple(_own_form(pattern) for pattern in patterns)


def _own_form(pattern: str) -> Form:
    kinds = [kind for kind in get_args(LookupKind) if kind != "tour"]
    try:
        read = re.compile(pattern, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        msg = f"`answers.patterns`: {pattern!r} is no regular expression: {error}."
        raise ConfigError(msg, hint=r"Write it like 'locate (?P<where>\S+)'.") from error
    named = [kind for kind in kinds if kind in read.groupindex]
    if len(named) != 1 or read.groups != 1:
        msg = f"`answers.patterns`: {pattern!r} must have one group, named {', '.join(kinds[:-1])} or {kinds[-1]}."
        raise ConfigError(msg, hint=r"Write it like 'locate (?P<where>\S+)'.")
    return Form(named[0], read, CERTAIN)


def _candidate(form: Form, said: str) -> Candidate | None:
    name = said.strip("`'\"")
    marked = name != said and said[0] == said[-1] and len(said) > len(name) + 1
    if name.startswith("@"):
        name, marked = name[1:], True
    if name.endswith("()"):
        name, marked = name[:-2], True
    name = name.removeprefix("./")
    if not name or _SUBJECT.fullmatch(name) is None:
        return None
    shaped = marked or _SHAPED.search(name) is not None
    if not shaped and (form.bare or _says_nothing(name)):
        return None
    return Candidate(form.kind, name, _sure(form, name, shaped=shaped), plain=not shaped)


def _says_nothing(name: str) -> bool:
    """Tell whether a name is one of the words that point at something else, such as `it`, `this` and `everything`."""
    return name.islower() and not is_telling(name)


def _sure(form: Form, name: str, *, shaped: bool) -> float:
    """Return how sure a form and the look of a name are together."""
    if shaped:
        return min(1.0, form.sure + _SHAPED_GAIN)
    if name.lower() in _EVERYDAY:
        return form.sure * (_EVERYDAY_CERTAIN if form.sure >= CERTAIN else _EVERYDAY_LIKELY)
    return min(1.0, form.sure + _CAPITAL_GAIN) if name[0].isupper() else form.sure
