"""How late the loop of a conversation wakes while the index of its project is made behind it.

    python -m benchmarks.loop_pause CORPUS

A task sleeps five milliseconds again and again; what it oversleeps is a pause that somebody who types would feel. Where
the system tells how long a thread that could run was not let to, that is taken off: other programs are not ours.
"""

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measure import Result, report
from vivek.session.knowledge.knowing import Knowing
from vivek.session.place import Place

NAP = 0.005
FELT = 50.0
QUIET = 2.0
MILLI = 1_000
_NOT_TAKEN = shutil.ignore_patterns(".vivek")
_WAITS = Path("/proc/thread-self/schedstat")


def main() -> int:
    """Measure, write and show."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("corpus", type=Path)
    given = arguments.parse_args()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="vivek-bench-") as folder:
        root = Path(shutil.copytree(given.corpus, f"{folder}/project", symlinks=True, ignore=_NOT_TAKEN))
        (root / ".vivek").mkdir(mode=0o700)
        results = asyncio.run(measured(root))
    return report("loop_pause", f"Pauses of a conversation while its index is made, load {load:.1f}", results)


async def measured(root: Path) -> list[Result]:
    """Return the pauses with nothing else to do, while the files are looked at here, and while a child reads them."""
    naps: list[float] = []
    napping = asyncio.create_task(_nap(naps))
    try:
        await asyncio.sleep(QUIET)
        quiet = _taken(naps)
        async with Knowing(Place(root, root / ".vivek", restricted=False), resident=True, ignored=()) as knowing:
            began = time.perf_counter()
            knowing.begin()
            await asyncio.sleep(knowing.wanted.wait)
            first = _taken(naps)
            built = await knowing.built()
            seconds = time.perf_counter() - began
            behind = _taken(naps)
    finally:
        napping.cancel()
        await asyncio.wait({napping})
    if built is None:
        msg = "no index was made"
        raise RuntimeError(msg)
    return [
        *_rows("with nothing else to do", quiet, None),
        *_rows("while it looks at the files itself", first, FELT),
        *_rows("while a child makes the index", behind, FELT, f"the index was made in {seconds:.0f} s"),
    ]


async def _nap(naps: list[float]) -> None:
    """Sleep and note the milliseconds overslept."""
    while True:
        began, waited = time.perf_counter(), _waited()
        await asyncio.sleep(NAP)
        late = time.perf_counter() - began - NAP - (_waited() - waited)
        naps.append(max(0.0, late) * MILLI)


def _waited() -> float:
    """Return the seconds that this thread could have run and was not let to; 0.0 where nobody tells."""
    try:
        return int(_WAITS.read_text(encoding="ascii").split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0


def _taken(naps: list[float]) -> Sequence[float]:
    taken = sorted(naps)
    naps.clear()
    return taken


def _rows(when: str, naps: Sequence[float], limit: float | None, note: str = "") -> list[Result]:
    return [
        Result(f"{when}, 99 of 100", naps[len(naps) * 99 // 100], "ms", limit, f"{len(naps):,} naps"),
        Result(f"{when}, the longest", naps[-1], "ms", limit, note),
    ]


if __name__ == "__main__":
    sys.exit(main())
