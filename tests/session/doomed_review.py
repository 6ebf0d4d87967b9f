"""Reviews that die: at every call of the model, as every step begins, and at calls of databases; and their next starts.

`python -m tests.session.doomed_review FOLDER [SLOTS]` imports all there is to import once; every life is a fork of it.
It reviews copies of the project in the folder and writes what came of each as one JSON line. With slots only the calls
that are made side by side kill, and what comes of it is held against a review that asks one question at a time.
"""

import asyncio
import json
import os
import shutil
import signal
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from tests.session.doomed import Count
from tests.session.reviewers import Slotted, resumed, reviewed
from vivek.providers.adapters.scripted import ScriptedReply
from vivek.schema.events import NodeStarted
from vivek.schema.findings import ReviewReport
from vivek.schema.request import Request
from vivek.schema.reviewing import ReviewEffort
from vivek.session.piecewise.review import warm
from vivek.session.threads.index import ThreadIndex

THREAD = "doomed-review-1"
STATEMENTS = 4
"""Kills at calls of databases and of the file system, spread over a review."""


@dataclass(frozen=True)
class Death:
    """When a life ends: before a call of the model, as a step begins, at a call of a database; each 0 for never."""

    call: int = 0
    step: int = 0
    statement: int = 0


class Doomed(Slotted):
    """Dies before its reply of this number, 0 for never; every call leaves a line beside the project."""

    def __init__(self, root: Path, at: int = 0, slots: int = 1) -> None:
        super().__init__(slots)
        self.lag = 0.01 if slots > 1 else 0.0
        self._log = root / "../calls"
        self._at = at

    def _next(self, request: Request) -> ScriptedReply:
        with self._log.open("a") as log:
            log.write("call\n")
        if len(self.requests) + 1 == self._at:
            os.kill(os.getpid(), signal.SIGKILL)
        return super()._next(request)


def told(report: ReviewReport) -> object:
    """Return what must be the same however often a review died: all but what it cost."""
    return json.loads(json.dumps(asdict(replace(report, calls=0, tokens=(0, 0), seconds=0.0))))


async def _review(root: Path, death: Death, slots: int, effort: ReviewEffort) -> dict[str, object]:
    count, steps = Count(death.statement), 0
    count.listen()

    def hear(event: object) -> None:
        nonlocal steps
        steps += isinstance(event, NodeStarted)
        if death.step and steps == death.step:
            os.kill(os.getpid(), signal.SIGKILL)

    with ThreadIndex.open() as index:
        begun = index.asked(THREAD, root) is not None
        ended = index.get(THREAD, root) is not None and not begun
    provider = Doomed(root, death.call, slots)
    if ended:
        from vivek.session.doors.review_kept import finished_review
        from vivek.session.place import open_place

        found = finished_review(open_place(root), THREAD)
        assert found is not None
        return {"told": told(found[1])}
    if begun:
        heard = await resumed(root, provider, THREAD)
    else:
        heard = await reviewed(root, provider, effort=effort, thread=THREAD, hear=hear)
    return {"told": told(heard.report), "steps": steps, "statements": count.calls, "most": provider.most}


def _live(folder: Path, death: Death, slots: int = 1, effort: ReviewEffort = "quick") -> dict[str, object] | None:
    """Review in a child; return what it came to, None where it was killed."""
    ready, said = os.pipe()
    child = os.fork()
    if child == 0:
        os.environ.update(VIVEK_STATE_DIR=str(folder / "state"), VIVEK_CACHE_DIR=str(folder / "cache"))
        try:
            with os.fdopen(said, "w") as stream:
                stream.write(json.dumps(asyncio.run(_review(folder / "project", death, slots, effort))))
        finally:
            os._exit(0)
    os.close(said)
    with os.fdopen(ready) as stream:
        answer = stream.read()
    os.waitpid(child, 0)
    return json.loads(answer) if answer else None


def _spread(most: int, number: int) -> list[int]:
    return sorted({1 + at * most // number for at in range(number)})


def main(folder: Path, slots: int = 1) -> None:
    """Let reviews die, and go on with each."""
    warm()

    def say(value: object) -> None:
        print(json.dumps(value), flush=True)

    template = folder / "project"
    whole_in = folder / "whole"
    shutil.copytree(template, whole_in / "project")
    effort: ReviewEffort = "normal" if slots > 1 else "quick"
    whole = _live(whole_in, Death(), 1, effort)
    assert whole is not None
    calls = len((whole_in / "calls").read_text().splitlines())
    deaths = [Death(call=at) for at in range(1, calls + 1)]
    if slots > 1:
        deaths = deaths[2::4]  # the first ones ask side by side, the last one looks a second time
    else:
        deaths += [Death(step=at) for at in range(1, int(str(whole["steps"])) + 1)]
        deaths += [Death(statement=at) for at in _spread(int(str(whole["statements"])), STATEMENTS)]
    say({"calls": calls, "steps": whole["steps"]})
    for number, death in enumerate(deaths):
        own = folder / str(number)
        shutil.copytree(template, own / "project")
        killed = _live(own, death, slots, effort) is None
        after = _live(own, Death(), slots, effort)
        made = (own / "calls").read_text().splitlines() if (own / "calls").exists() else []
        same = after is not None and after["told"] == whole["told"]
        most = None if after is None else after.get("most")
        say({"death": asdict(death), "killed": killed, "same": same, "again": len(made) - calls, "most": most})


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
