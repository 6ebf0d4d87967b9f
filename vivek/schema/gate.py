"""What a check of the architecture finds, held against what was there before."""

from dataclasses import dataclass, field
from typing import Literal

from vivek.schema.measures import Place

GateKind = Literal["cycle", "violation", "hotspot"]
GateStanding = Literal["new", "worse", "known", "fixed"]


@dataclass(frozen=True, slots=True)
class GateFinding:
    """A cycle, a broken rule or a hotspot.

    Attributes:
        kind: Which of them.
        standing: How it stands against the baseline; everything is new where there is none.
        subject: What it is about, the same as long as it is the same: `a.py, b.py`, `rule: a.py -> b.py`, `a.py::f`.
        told: What is wrong, in a sentence.
        places: Where it comes from, the most telling first; empty where it is gone.
    """

    kind: GateKind
    standing: GateStanding
    subject: str
    told: str
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class GateReport:
    """What a check found.

    Attributes:
        findings: What is new or worse; each fails the check.
        known: What was there before and is not worse.
        fixed: What the baseline has and is gone.
        baseline: The baseline's file, "" for none.
        judged: What was judged: `cycles`, `rules`, `hotspots`.
        told: What was not judged, and why.
        accepted: Whether all of this was written into the baseline: then it fails nothing.
    """

    findings: tuple[GateFinding, ...] = ()
    known: tuple[GateFinding, ...] = ()
    fixed: tuple[GateFinding, ...] = ()
    baseline: str = ""
    judged: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    accepted: bool = False

    @property
    def passed(self) -> bool:
        """Whether nothing is new or worse, or the user accepts it."""
        return self.accepted or not self.findings


@dataclass(frozen=True, slots=True)
class KeptViolation:
    """A broken rule that a baseline knows, by its rule and its two ends; no line, since lines move."""

    rule: str
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class KeptHotspot:
    """A hotspot that a baseline knows: how involved it was, and its score."""

    path: str
    name: str
    complexity: int
    score: float


@dataclass(frozen=True, slots=True)
class GateLimits:
    """How strictly hotspots are judged; the user may change it in the baseline.

    Attributes:
        hotspots: How many of the hottest files, and of the hottest functions, are kept; half as many are looked at
            for new ones.
        rise: By which share the complexity of a hotspot may grow.
    """

    hotspots: int = 20
    rise: float = 0.1


@dataclass(frozen=True, slots=True)
class GateBaseline:
    """What was there when the baseline was written.

    Attributes:
        cycles: The modules of each cycle.
        violations: Broken rules.
        hotspots: The worst hotspots, sorted by path.
        limits: How strictly hotspots are judged.
    """

    cycles: tuple[tuple[str, ...], ...] = ()
    violations: tuple[KeptViolation, ...] = ()
    hotspots: tuple[KeptHotspot, ...] = ()
    limits: GateLimits = field(default_factory=GateLimits)
