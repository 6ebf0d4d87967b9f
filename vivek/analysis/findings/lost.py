"""What a change takes away that was there for a reason: a wait, an error that was handed on, a lock.

Each check holds removed lines against those in their place: what stood there before is what makes it certain.
"""

import re
from collections.abc import Iterator
from typing import Final

from vivek.analysis.findings.bodies import body_of
from vivek.analysis.findings.mistakes import SWALLOWED
from vivek.analysis.findings.unawaited import UNAWAITED
from vivek.analysis.validators.changed import Changed
from vivek.analysis.validators.facts import ProjectFacts
from vivek.schema.concerns import Concern

RACE: Final = "race"
IDENTITY: Final = "compared-objects"

_AWAITED = re.compile(r"^\s*await\s+([\w.$]+)\(")
_CALLED = re.compile(r"^\s*([\w.$]+)\(.*\)\s*;?\s*$")
_GOES_ON = re.compile(r"(?:=>|[(\[,?:=]|&&|\|\||\b(?:return|await|yield))\s*$")

_RUST_PASSED = re.compile(r"([\w.:]+!?)\(([\w.&]*).*\?;\s*$")
_RUST_DROPPED = re.compile(r"^\s*let _ = ([\w.:]+!?)\(([\w.&]*)")
_SCRIPT_DROPPED = re.compile(
    r"\bawait\s+([\w.$]+)\(.*\)\.catch\(\s*(?:\(\w*\)|\w+)\s*=>\s*(?:undefined|null|void 0|\{\s*\})\s*\)"
)
_GO_ASKED = re.compile(r"\b(\w+)\.(?:Err|Error)\(\)")
_GO_KEEPING = r"\b{}(?:, \w+)? :?= (?:csv\.NewWriter|bufio\.NewScanner|[\w.]+\.Query(?:Context)?)\("
_C_ASKED = r"(?:[=<>!|&]=?\s*|\(\s*|\breturn\s+)fclose\({}\)"

_GROUP_WAIT = re.compile(r"^\s*(\w+)\.Wait\(\)\s*$")
_FUTURES = re.compile(r"^\s*CompletableFuture\.(?:allOf|anyOf)\(.*\);\s*$")

_READ_LOCKED = re.compile(r"^\s*(\w+)\.((?:\w+\.)*\w+)\.RLock\(\)")
_AT_ONCE = re.compile(
    r"\b([\w.]+)\.(?:fetch_(?:add|sub)|compare_exchange\w*|getAndIncrement|incrementAndGet|getAndAdd|addAndGet)\("
)
_EQUAL = re.compile(r"(?:\b(\w+))?\.equals\((\w+)?")
_SAME = re.compile(r"([\w.]+(?:\(\))?)\s*[!=]=\s*([\w.]+(?:\(\))?)(?![\w.(])")


def check_lost(change: Changed, _facts: ProjectFacts) -> Iterator[Concern]:
    """Say where a change takes away what waited, what handed an error on, or what kept others out."""
    if change.before is None or change.after is None:
        return
    match change.language:
        case "javascript" | "typescript":
            yield from _await_lost(change)
            yield from _error_dropped(change, _AWAITED, _SCRIPT_DROPPED)
        case "python":
            yield from _await_lost(change)
        case "rust":
            yield from _error_dropped(change, _RUST_PASSED, _RUST_DROPPED)
            yield from _step_lost(change)
        case "go":
            yield from _question_lost(change)
            yield from _wait_lost(change)
            yield from _written_while_read(change)
        case "java":
            yield from _futures_dropped(change)
            yield from _step_lost(change)
            yield from _equality_lost(change)
        case "c" | "cpp":
            yield from _closing_lost(change)
            yield from _exclusion_lost(change)
        case _:
            pass


def _await_lost(change: Changed) -> Iterator[Concern]:
    """A call that was awaited is not any more, while the same call is awaited elsewhere in the file."""
    lines = (change.after or "").split("\n")
    for removed, added in change.blocks:
        was = {found[1] for line in removed if (found := _AWAITED.match(line))}
        for number, line in added if was else ():
            found = _CALLED.match(line)
            if found is None or found[1] not in was or f"await {found[1]}(" not in (change.after or ""):
                continue
            before = next((each for each in reversed(lines[: number - 1]) if each.strip()), "")
            behind = next((each for each in lines[number:] if each.strip()), "").strip()
            if not _GOES_ON.search(before) and not behind.startswith((".", ")", "]")):
                yield change.doubt(UNAWAITED, "note", f"`{found[1]}` was awaited here and is not any more", number)


def _error_dropped(change: Changed, passed: re.Pattern[str], dropped: re.Pattern[str]) -> Iterator[Concern]:
    """The same call handed its error on before."""
    for removed, added in change.blocks:
        was = {found.groups() for line in removed if ".await" not in line and (found := passed.search(line))}
        for number, line in added if was else ():
            found = dropped.search(line)
            if found is not None and found.groups() in was:
                text = f"the error of `{found[1]}` was handed on before and is dropped now"
                yield change.doubt(SWALLOWED, "note", text, number)


def _question_lost(change: Changed) -> Iterator[Concern]:
    """What keeps its error until it is asked is not asked any more."""
    after = change.after or ""
    for removed, added in change.blocks:
        for name in {found[1] for line in removed for found in _GO_ASKED.finditer(line)} if added else ():
            kept = re.search(_GO_KEEPING.format(re.escape(name)), after)
            if kept is not None and not re.search(rf"\b{name}\.(?:Err|Error)\(\)", after):
                text = f"nobody asks `{name}` any more whether something went wrong"
                yield change.doubt(SWALLOWED, "note", text, added[-1][0])


def _closing_lost(change: Changed) -> Iterator[Concern]:
    """What closing a written file says is dropped: a full disk shows only there."""
    after = change.after or ""
    lines = after.split("\n")
    asked = {found[1] for line in change.removed for found in re.finditer(_C_ASKED.format(r"(\w+)"), line)}
    for name in asked:
        if re.search(_C_ASKED.format(name), after):
            continue
        written = re.search(rf"\b{name}\s*=\s*fopen\([^;]*,\s*\"[wa]", after)
        closing = [at for at, line in enumerate(lines, 1) if re.match(rf"\s*fclose\({name}\);", line)]
        if written is not None and closing:
            text = f"what closing `{name}` says was looked at before and is dropped now"
            yield change.doubt(SWALLOWED, "note", text, closing[-1])


def _wait_lost(change: Changed) -> Iterator[Concern]:
    """A group is counted up and nobody waits for it."""
    after = change.after or ""
    lines = after.split("\n")
    for name in {found[1] for line in change.removed if (found := _GROUP_WAIT.match(line))}:
        uses = [at for at, line in enumerate(lines, 1) if re.search(rf"\b{name}\.(?:Add|Go)\(", line)]
        passed = re.search(rf"\b{name}\.Wait\b|&{name}\b|, {name}\b|\({name}\b", after)
        if uses and passed is None and re.search(rf"\bvar {name} sync\.WaitGroup\b", after):
            body = body_of(lines, uses[-1])
            ends = [at for at in body if at > uses[-1] and re.match(r"\s*return\b", lines[at - 1])]
            yield change.doubt(UNAWAITED, "note", f"nobody waits for `{name}` any more", ends[-1] if ends else uses[-1])


def _futures_dropped(change: Changed) -> Iterator[Concern]:
    for number, line in change.added:
        if _FUTURES.match(line):
            text = "what is made of the futures is dropped, so nobody waits for them"
            yield change.doubt(UNAWAITED, "note", text, number)


def _written_while_read(change: Changed) -> Iterator[Concern]:
    """A field is written under a lock that lets several readers in at a time."""
    lines = (change.after or "").split("\n")
    for number, line in change.added:
        found = _READ_LOCKED.match(line)
        if found is None:
            continue
        owner = re.escape(found[1])
        body = [(at, lines[at - 1]) for at in body_of(lines, number) if at > number]
        if any(re.search(r"\.Lock\(\)|\.TryLock\(\)|^\s*[\w.]+\.RUnlock\(\)", text) for _, text in body):
            continue
        writes = re.compile(rf"^\s*(?:{owner}\.\w+(?:\[[^\]]*\])?\s*(?:[-+*/|&]?=(?!=)|\+\+|--)|delete\({owner}\.)")
        for _, text in body:
            if writes.match(text):
                what = text.strip().split(" ")[0]
                yield change.doubt(RACE, "note", f"`{what}` is written under a lock for readers", number)
                break


def _step_lost(change: Changed) -> Iterator[Concern]:
    """What was one step on a shared value is reading and writing now."""
    for removed, added in change.blocks:
        stepped = {found[1] for line in removed for found in _AT_ONCE.finditer(line)}
        mapped = {found[1] for line in removed if (found := re.search(r"\b(\w+)\.(?:computeIfAbsent|merge)\(", line))}
        for name, read, written in (
            *((name, r"\.(?:load|get)\(", r"\.(?:store|set)\(") for name in stepped),
            *((name, r"\.(?:get|containsKey)\(", r"\.put\(") for name in mapped),
        ):
            reads = [at for at, line in added if re.search(rf"\b{re.escape(name)}{read}", line)]
            writes = any(re.search(rf"\b{re.escape(name)}{written}", line) for _, line in added)
            concurrent = rf"Concurrent\w*Map<.*>\s+{name}\b|\b{name}\s*=\s*new Concurrent"
            shared = name in stepped or re.search(concurrent, change.after or "")
            if reads and writes and shared:
                text = f"`{name}` is read and written in two steps, between which others can write"
                yield change.doubt(RACE, "note", text, reads[0])


def _exclusion_lost(change: Changed) -> Iterator[Concern]:
    """A file that only one can make is made by whoever comes."""
    for removed, added in change.blocks:
        if any("O_CREAT" in line and "O_EXCL" in line for line in removed):
            lines = [number for number, line in added if "O_CREAT" in line]
            if lines and not any("O_EXCL" in line for _, line in added):
                yield change.doubt(RACE, "note", "two can make the same file at once: `O_EXCL` is gone", lines[0])


def _equality_lost(change: Changed) -> Iterator[Concern]:
    """Texts that were compared by what they say are compared as objects."""
    for removed, added in change.blocks:
        was = {name for line in removed for found in _EQUAL.finditer(line) for name in found.groups() if name}
        for number, line in added if was else ():
            for found in _SAME.finditer(line):
                names = {side.rpartition(".")[2].removesuffix("()") for side in found.groups()} & was
                text_of = any(re.search(rf"\bString {name}\b", change.after or "") for name in names)
                if text_of and "null" not in found.groups() and not any(side.isupper() for side in found.groups()):
                    text = f"`{found[0]}` asks whether two texts are the same object, not whether they are alike"
                    yield change.doubt(IDENTITY, "note", text, number)
