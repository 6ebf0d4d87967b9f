"""The child that builds the index of a project behind a conversation: a process of its own, never imported by vivek.

One JSON line comes in (root, folder of the index, what is ignored), then `wait` and `go`; JSON lines come out: how far
it is, and how it ended. It stops when its parent does, computes only while nobody else needs the processor, and keeps
what it has done.
"""

import json
import os
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TextIO

from vivek.errors import VivekError
from vivek.session.doors.index import Home, open_lookup
from vivek.session.place import Place

NICE = 15


class Builder:
    """Builds an index, and stops between two files when it is told to wait or to leave.

    Args:
        out: Where lines go.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._may_work = threading.Event()
        self._may_work.set()
        self._left = threading.Event()

    def listen(self, lines: Iterable[str]) -> None:
        """Obey the lines of the parent until they end: then there is nobody left to build for."""
        for line in lines:
            if line.strip() == "wait":
                self._may_work.clear()
            elif line.strip() == "go":
                self._may_work.set()
        self._left.set()
        self._may_work.set()

    def build(self, place: Place, home: Home, ignored: Sequence[str] | None = None) -> None:
        """Bring the index up to date; a wait ends a refresh, so that no transaction is open meanwhile.

        Args:
            place: The project.
            home: Where its index lies.
            ignored: What is kept from the model, None for what the settings say.

        Raises:
            VivekError: If the index cannot be made.
        """
        with open_lookup(place, home, ignored) as lookup:
            while not self._left.is_set():
                status = lookup.refresh(on_progress=self._tell, stop=self._stops)
                if not self._stops():
                    found = {"files": status.files, "definitions": status.definitions}
                    self.say({"done": status.complete, "told": list(status.told), **found})
                    return
                self._may_work.wait()

    def say(self, line: Mapping[str, object]) -> None:
        """Write a line."""
        self._out.write(json.dumps(line) + "\n")
        self._out.flush()

    def _stops(self) -> bool:
        return self._left.is_set() or not self._may_work.is_set()

    def _tell(self, done: int, total: int) -> None:
        self.say({"at": done, "of": total})


def main() -> int:
    """Build what the first line asks for; return the exit status."""
    os.nice(NICE)
    asked = json.loads(sys.stdin.readline())
    builder = Builder(sys.stdout)
    threading.Thread(target=builder.listen, args=(sys.stdin,), daemon=True).start()
    folder = Path(asked["folder"])
    try:
        builder.build(Place(Path(asked["root"]), folder, restricted=False), Home(folder), asked["ignored"])
    except VivekError as error:
        builder.say({"error": error.message, "hint": error.hint})
        return error.exit_code
    except BrokenPipeError:  # the parent is gone
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
