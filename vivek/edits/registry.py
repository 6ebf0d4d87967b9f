"""The edit dialects by name, and which to ask for; each is imported when it is asked for."""

from collections.abc import Collection, Mapping
from typing import Protocol

from vivek.edits.reply import ParsedReply
from vivek.errors import ConfigError

DIALECTS = ("whole", "region", "search_replace")
"""The dialects that a model can be told to use."""

READ = (*DIALECTS, "udiff", "begin_patch")
"""The dialects that are understood."""

AUTO = "auto"
"""Stands for whatever dialect a reply is written in."""

SHORT = 60
"""Lines up to which a file is asked for whole."""

QUICK = 20.0
"""Seconds up to which writing a whole file is no wait."""

_LADDER = ("region", "search_replace", "whole")


class Dialect(Protocol):
    """A way for a model to write edits."""

    @property
    def INSTRUCTION(self) -> str:  # noqa: N802 - a constant of a module
        """What the model is told."""
        ...

    def parse(self, reply: str, known: Collection[str]) -> ParsedReply:
        """Take a reply apart, given the files of the project; never raises."""
        ...


def load_dialect(name: str) -> Dialect:
    """Return the dialect of this name.

    Raises:
        ConfigError: If there is none.
    """
    match name:
        case "whole":
            from vivek.edits.dialects import whole

            return whole
        case "region":
            from vivek.edits.dialects import region

            return region
        case "search_replace":
            from vivek.edits.dialects import search_replace

            return search_replace
        case _:
            raise _unknown(name)


def ensure_readable(name: str) -> None:
    """Accept the name of a dialect that is understood, or `auto`.

    Raises:
        ConfigError: If it is none.
    """
    if name != AUTO and name not in READ:
        raise _unknown(name)


def choose(known_edits: Mapping[str, tuple[int, int]], *, lines: int, seconds: float | None) -> str:
    """Return the dialect in which an edit of one file is best asked for.

    Args:
        known_edits: For each dialect that was measured, how many edits the model solved, as (solved, tried).
        lines: Lines of the file, 0 when it is new.
        seconds: What the model will take to write it as a whole, None when that is not known.
    """
    if lines <= SHORT or (seconds is not None and seconds < QUICK):
        return "whole"
    solved = {
        name: known_edits[name][0] / known_edits[name][1] for name in DIALECTS if known_edits.get(name, (0, 0))[1]
    }
    if not solved:
        return "search_replace"
    best = max(solved.values())
    # Of equals the short one wins; regions must be better than all others.
    return next(name for name in ("search_replace", "whole", "region") if solved.get(name) == best)


def step_down(dialect: str) -> str | None:
    """Return the dialect to try after a failure in this one, None when there is no other."""
    rest = _LADDER[_LADDER.index(dialect) + 1 :] if dialect in _LADDER else ()
    return rest[0] if rest else None


def _unknown(name: str) -> ConfigError:
    return ConfigError(
        f"There is no edit dialect `{name}`.", hint=f"Use {', '.join(f'`{name}`' for name in DIALECTS)}."
    )
