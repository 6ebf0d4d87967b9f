"""Draws a reply on the terminal it is started on: `python drawing_child.py FILE PIECE [PAUSE-AT]`.

The reply comes in pieces of so many characters; at the given one it waits until a line is typed.
"""

import select
import sys
import time
from pathlib import Path

from rich.console import Console

from vivek.cli.quiet import quiet_terminal
from vivek.cli.render.console import LiveView
from vivek.edits.words import marked
from vivek.schema.events import NodeStarted, PhaseChanged, TextDelta, TurnDone, TurnStarted
from vivek.schema.report import TurnReport


def main(file: str, piece: int, pause_at: int = -1) -> None:
    """Draw the reply in a file."""
    text = Path(file).read_bytes().decode()
    view = LiveView(Console(), clock=time.monotonic, mark=marked)
    with quiet_terminal():
        view.show(TurnStarted("calm-otter-7", "scripted/one", 4_096, "given"))
        view.show(NodeStarted("executor"))
        view.show(PhaseChanged("executor", "decode"))
        for at in range(0, len(text), piece):
            view.show(TextDelta("executor", text[at : at + piece]))
            if 0 <= pause_at <= at:
                pause_at = -1
                while not select.select([sys.stdin], [], [], 0.03)[0]:
                    view.tick()
                sys.stdin.readline()
        view.show(TurnDone(TurnReport("calm-otter-7", "done", answer=text)))
        view.close()
    print("[the end]", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
