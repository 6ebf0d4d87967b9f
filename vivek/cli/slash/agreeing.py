"""A question of a slash command that is answered with yes or no."""

from vivek.cli.keys import SignalledError
from vivek.cli.slash.desk import Desk
from vivek.cli.turn.asking import choose


async def agrees(desk: Desk, question: str, *, default: bool) -> bool:
    """Return whether the user says yes; Ctrl-C is a no."""
    desk.asker.discard()
    try:
        while True:
            answer = await choose(desk.asker, question, ("y", "n"), "y" if default else "n")
            if answer != "?":
                return answer == "y"
    except SignalledError:
        raise
    except KeyboardInterrupt:
        return False
