"""The words in which a sentence may speak of a fact: what is neutral, what claims a relation, what compares.

A closed list: what is not in it, nor in the fact itself, is taken for a claim that nobody can check.
"""

from dataclasses import dataclass
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NEUTRAL: Final = _words(
    """a an the this that these those it its which where who there here and or but while as so then thus therefore
    because since also too of in into on at by to for from with within inside across under through about
    is are was were be been being has have had does do module file package code repository
    project codebase base other itself them they their there's it's one's namely"""
)
"""Words that claim nothing, beside any fact; what would be a unit of another fact is not among them."""

ADVICE: Final = _words(
    """start begin look read review consider see note please keep mind change changing changes before after when if you
    we work working carefully first step steps small smaller simple simpler simplify simplifying split splitting
    break breaking cut cutting reduce reducing move moving extract extracting test tests testing add adding write
    writing cover covering refactor refactoring rename plan measure again should could would may might worth it's
    useful helpful good idea sensible place places attention care effort part parts piece pieces let go next later
    remove removing delete"""
)
"""What a recommendation may say besides; none of it tells how things are."""

CONNECTING: Final = NEUTRAL | _words(
    """following follows below facts fact figures figure shown show shows measured measure section summary passage
    description described describe describes short overview point points picture say says said tell tells told
    built structure parts part look together turn next come comes matters matter"""
)
"""What a sentence may say that states no fact and cites none."""

MARKS: Final = ("recommendation:", "advice:", "suggestion:")
"""How a recommendation begins."""

NEGATIONS: Final = _words(
    """not no never none nothing nobody nor neither without cannot can't isn't aren't doesn't don't wasn't weren't
    hasn't haven't didn't won't hardly barely scarcely lacks lack lacking fails fail free absent missing zero unlike"""
)

SWEEPING: Final = _words(
    """all every each always only solely exclusively entirely completely any anything everything everyone both never
    whole fully purely mainly mostly largely generally usually often rarely many few several numerous countless"""
)
"""Words that claim something of a whole, which no single figure proves."""

MOST: Final = _words("most largest biggest highest greatest longest busiest top hottest deepest strongest")
LEAST: Final = _words("least smallest lowest shortest fewest lightest weakest coldest")
MORE: Final = _words("more larger bigger higher greater longer")
LESS: Final = _words("fewer less smaller lower shorter")
ORDINALS: Final = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}

NUMBER_WORDS: Final = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "once": 1, "twice": 2, "thrice": 3,
}  # fmt: skip

ACTIVE: Final = _words(
    "imports import importing uses use using needs need needing reaches reach reaching covers cover covering requires"
)
"""Verbs whose subject is the module that imports."""

ACTIVE_PAIRS: Final = frozenset(
    {("depends", "on"), ("depend", "on"), ("depending", "on"), ("relies", "on"), ("rely", "on")}
)

PASSIVE: Final = _words("imported used needed reached covered tested required")
"""With `by` behind them, verbs whose subject is the module that is imported."""

INCOMING: Final = _words("fan-in dependants dependents importers")
OUTGOING: Final = _words("fan-out dependencies")


@dataclass(frozen=True, slots=True)
class Wording:
    """How a sentence may speak of facts of one kind.

    Attributes:
        cues: Words, or pairs of words joined by a space, one of which it must say.
        units: What may stand behind its figure.
        words: What else it may say.
        relation: What a verb of importing in it means: `in` (the subject is imported), `out` (it imports), `edge` (it
            imports the other); "" where such a verb says something else.
        denies: Whether the fact itself denies something, so that a negation belongs into the sentence.
    """

    cues: frozenset[str]
    units: frozenset[str]
    words: frozenset[str]
    relation: str = ""
    denies: bool = False


def _kind(cues: str, units: str = "", words: str = "", *, relation: str = "", denies: bool = False) -> Wording:
    said = _words(f"{cues.replace(',', ' ')} {units} {words}")
    return Wording(frozenset(cues.split(",")), _words(units), said, relation, denies)


_IN = "imported by,imports,import,uses,use,used by,needed by,depends on,depend on,relies on,rely on,needs,need"
_REACH = "untested,test,tests,tested,covered,covers,cover,reach,reaches,reached"
_TOGETHER = "changed change changes commits commit coupled times"

WORDINGS: Final = {
    "fan-in": _kind(
        f"{_IN},fan-in,dependants,dependents,importers,is the most imported module,the most imported module is",
        "module modules file files importers dependants dependents",
        relation="in",
    ),
    "fan-out": _kind(f"{_IN},fan-out,dependencies", "module modules file files dependencies", relation="out"),
    "import": _kind(_IN, words="directly", relation="edge"),
    "cut": _kind(_IN, words="cheapest cut break breaks cycle cutting removing remove", relation="edge"),
    "violation": _kind(_IN, words="against breaks violates breaking violating rule rules", relation="edge"),
    "layer": _kind("above,below", words="layer layers stands lies sits"),
    "cycle": _kind(
        "cycle,circular,each other", "module modules file files", "import imports part belongs belong form forms"
    ),
    "cycles": _kind("cycle,cycles", "cycle cycles", "import imports circular"),
    "no-cycles": _kind("cycle,cycles,acyclic", words="import imports circular any", denies=True),
    "lines": _kind("lines,line", "lines line", "long counts holds contains"),
    "module-count": _kind("modules,files", "modules files", "consists holds contains counts made up"),
    "package-count": _kind("packages", "packages", "consists holds contains counts split divided made up"),
    "language-files": _kind("files,file", "files file", "consists holds contains counts written"),
    "share": _kind("%,percent", "% percent", "share lines makes make up written accounts account"),
    "changes": _kind(
        "commits,commit,changed,changes,touched", "commits commit changes times", "frequently hotspot hot spot"
    ),
    "complexity": _kind("complexity", words="cognitive function method scores"),
    "coupling": _kind("together", "commits commit times", _TOGETHER),
    "bus-factor": _kind("people,person,author,authors", "people person author authors", "wrote written half lines"),
    "duplicate": _kind(
        "duplicate,duplicates,duplicated,same,copy,copied,share,shares", "tokens", "stand stands places each other"
    ),
    "tests": _kind(_REACH, "test tests file files", relation="in"),
    "untested": _kind(_REACH, words="any", relation="in", denies=True),
    "untested-count": _kind(_REACH, "module modules file files", "any", denies=True),
    "dead": _kind(f"unused,dead,imported,used,{_IN}", words="seems any anything", relation="in", denies=True),
    "entry point": _kind("entry,starts,start,begins,begin", words="point points program named called"),
    "environment variable": _kind("environment,reads,read,variable", words="variables named called"),
    "data store": _kind("store,stores,database", words="data kept keeps uses used named called"),
    "service": _kind("service,services,calls,talks,talk", words="external named called"),
    "setting": _kind("setting,settings,configuration,configured", words="reads read named called"),
    "tool": _kind(
        "command,runs,run,test,tests,build,builds,lint,lints", words="started checked format formats types check checks"
    ),
}
"""By kind of fact."""

UNITS: Final = frozenset().union(*(wording.units for wording in WORDINGS.values())) | _words(
    "package packages repository repositories project projects class classes method methods function functions"
)
"""What a figure may be counted in."""

QUOTED: Final = frozenset({"code", "debt", "hidden-coupling", "rule"})
"""Kinds that are in words already: a sentence repeats them in their order, and adds nothing."""
