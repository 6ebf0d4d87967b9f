"""A terminal that is left in peace: it is asked nothing, and does not echo what is typed while vivek draws."""

import os
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prompt_toolkit.output import Output


def quiet_output() -> "Output | None":
    """Return an output that sends no questions to the terminal; None leaves a dumb terminal to the library."""
    from prompt_toolkit.output import create_output
    from prompt_toolkit.output.vt100 import Vt100_Output
    from prompt_toolkit.utils import is_dumb_terminal

    if is_dumb_terminal():
        return None
    output = create_output()
    if isinstance(output, Vt100_Output):
        # A terminal behind a slow line answers late, and the answer would be read as typed text.
        output.enable_cpr = False
    return output


@contextmanager
def quiet_terminal() -> Iterator[None]:
    """Keep what is typed from showing while vivek draws; it is read by the next prompt."""
    if sys.stdin is None or not sys.stdin.isatty():
        yield
        return
    handle = sys.stdin.fileno()
    before = termios.tcgetattr(handle)
    quiet = list(before)
    # NOFLSH: Ctrl-C must not throw away text that is still on its way to the screen.
    quiet[3] = (before[3] & ~termios.ECHO) | termios.NOFLSH
    # Ctrl-D would be the end of a line that nobody reads; as a key like any other it waits for the prompt.
    quiet[6] = [*before[6]]
    quiet[6][termios.VEOF] = os.fpathconf(handle, "PC_VDISABLE").to_bytes()
    termios.tcsetattr(handle, termios.TCSANOW, quiet)
    try:
        yield
    finally:
        with suppress(termios.error):  # the terminal may be gone
            termios.tcsetattr(handle, termios.TCSANOW, before)
