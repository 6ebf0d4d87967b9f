"""Kills a turn, starts again, and says what was lost, done twice or left behind: for tests and for the benchmark."""

from dataclasses import dataclass
from pathlib import Path

from tests.session.doomed import CALLS, NEXT, PRICES, RAN, REPORT, REQUEST, USUAL_CALLS, Lives, Order, Told
from tests.session.doomed import NEW_PRICES as NEW
from tests.session.doomed import NEW_REPORT as NEW_TOO

NEXT_CALLS = 2
"""Calls of the model for the question afterwards: a plan and an answer."""


@dataclass(frozen=True)
class Aftermath:
    """What came of one kill.

    Attributes:
        killed: Whether the process was still at work when it should die.
        standing: Where the next start found the thread.
        again: Calls of the model beyond those of a turn that nothing interrupts.
        wrong: What is wrong, in words; none if all is well.
    """

    killed: bool
    standing: str
    again: int
    wrong: tuple[str, ...]


def fill(folder: Path, sources: dict[str, str]) -> Order:
    """Make a project and a folder outside it; return the order for an undisturbed life."""
    root, outside = folder / "project", folder / "outside"
    for name, text in sources.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (root / "vivek.md").write_text("# A till\n")
    outside.mkdir()
    return Order(str(root), str(outside))


def aftermath(lives: Lives, first: Order) -> Aftermath:
    """Live a life that ends by a kill, the next one, and one more that asks something new."""
    root, outside = Path(first.root), Path(first.outside)
    before = (root / PRICES).read_text(), (root / REPORT).read_text()
    killed = lives.live(first)
    resumed = lives.live(Order(first.root, first.outside))
    wrong = [f"the killed process failed: {killed.error}"] if killed.error else []
    wrong += _wrong_files(root, before, resumed)
    calls, ran = _lines(outside / CALLS), _lines(outside / RAN)
    again = len(calls) - USUAL_CALLS
    if again > 1:
        wrong.append(f"more than one step was repeated: {calls}")
    if len(ran) > 1:
        wrong.append(f"the command ran {len(ran)} times")
    if not ran and not any("was running" in told for told in resumed.first):
        wrong.append("the command never ran, and nobody said so")
    wrong += _wrong_thread(resumed, "1")
    if not wrong:
        wrong += _wrong_thread(lives.live(Order(first.root, first.outside, text=NEXT)), "2")
    leftovers = [path.name for path in root.rglob(".vivek-*")]
    return Aftermath(killed.killed, resumed.standing, again, (*wrong, *(f"left behind: {name}" for name in leftovers)))


def _wrong_files(root: Path, before: tuple[str, str], resumed: Told) -> list[str]:
    now = (root / PRICES).read_text(), (root / REPORT).read_text()
    if now == (NEW, NEW_TOO):
        return []
    return [f"the files are {'untouched' if now == before else 'mixed'}: {resumed.status} {resumed.error}"]


def _wrong_thread(told: Told, turns: str) -> list[str]:
    if told.error or told.status != "done":
        return [f"the turn ended {told.status or 'in an error'}: {told.error}"]
    wrong = [] if told.row == ["finished", turns] else [f"the list of threads says {told.row}"]
    asked = [text for role, text in told.said if role == "user"]
    if asked != [REQUEST, NEXT][: int(turns)]:
        wrong.append(f"the thread holds {asked}")
    return wrong


def _lines(path: Path) -> list[str]:
    return path.read_text().split() if path.exists() else []
