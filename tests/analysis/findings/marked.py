"""Changes as tests write them: `-` goes, `+` comes, `!` comes and has to be found, `=` stays and has to be found."""

from collections.abc import Callable, Iterator

from vivek.analysis.validators.changed import Changed
from vivek.analysis.validators.facts import ProjectFacts
from vivek.schema.concerns import Concern

Check = Callable[[Changed, ProjectFacts], Iterator[Concern]]


def found_and_wanted(check: Check, path: str, written: str) -> tuple[list[int | None], list[int]]:
    """Return the lines that a check finds in a change, and those that are marked."""
    old = [line[1:] for line in written.splitlines() if line[:1] in "-= "]
    new = [line for line in written.splitlines() if line[:1] != "-"]
    texts = ["".join(f"{line}\n" for line in lines) for lines in (old, [line[1:] for line in new])]
    change = Changed(path, texts[0] or None, texts[1], created=not texts[0], deleted=False)
    wanted = [number for number, line in enumerate(new, 1) if line[:1] in "!="]
    return [concern.line for concern in check(change, ProjectFacts())], wanted
