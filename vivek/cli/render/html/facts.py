"""What git, files and patterns tell, and what the figures do not cover, as sections of a page."""

from collections.abc import Iterator
from datetime import UTC, datetime

from vivek.cli.render.architecture import coupled, limit_lines
from vivek.cli.render.html.elements import UNKNOWN, Column, Raw, code_of, list_of, place_of, section, table, text_of
from vivek.schema.architecture import Architecture
from vivek.schema.past import FileHistory

_AUTHORS = 3


def history(value: Architecture) -> Iterator[str]:
    """Yield who changed what, how often, and what changes together."""
    yield from section("history", "History", _about(value), _history(value))


def _about(value: Architecture) -> str:
    past = value.history
    if not past.commits:
        return "git tells nothing here."
    left = ", ".join(f"{number:,} {one_reason}" for one_reason, number in sorted(past.left_out.items()) if number)
    told = f"{past.commits:,} commits from {_day(past.since)} to {_day(past.until)}"
    return f"{told}; left out: {left}." if left else f"{told}."


def _history(value: Architecture) -> Iterator[str]:
    past = value.history
    columns = (
        Column("File"),
        Column("Commits", "number"),
        Column("Added", "number", "lines"),
        Column("Removed", "number", "lines"),
        Column("First"),
        Column("Last"),
        Column("Bus factor", "number", "the fewest people who wrote half of it"),
        Column("By"),
    )
    files = sorted((each for each in past.files if each.commits), key=lambda each: (-each.commits, each.path))
    yield from table("Files", columns, [_file(each) for each in files], "No file has a history.")
    together = (
        Column("One"),
        Column("Other"),
        Column("Together", "number", "commits"),
        Column("Share", "share", "of the commits of the rarer one"),
        Column("Import"),
    )
    rows = [
        (code_of(each.one), code_of(each.other), each.together, each.share, joined or None)
        for each, joined in coupled(value)
    ]
    yield from table("Files that change together", together, rows, "No two files change together often.")


def _file(file: FileHistory) -> tuple[Raw, int, int, int, str, str, int, Raw]:
    total = sum(lines for _, lines in file.authors) or 1
    by = [Raw(f"{text_of(name)} {lines / total:.0%}") for name, lines in file.authors]
    days = _day(file.first), _day(file.last)
    return code_of(file.path), file.commits, file.added, file.removed, *days, file.bus_factor, list_of(by, _AUTHORS)


def _day(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds, tz=UTC).date().isoformat()
    except (OverflowError, OSError, ValueError):  # a commit may claim any time
        return UNKNOWN


def known(value: Architecture) -> Iterator[str]:
    """Yield entry points, settings, stores, services, and the commands that files name."""
    yield from section("known", "Entry points, settings, tools", "", _known(value))


def _known(value: Architecture) -> Iterator[str]:
    rows = [(each.kind, code_of(each.name), place_of(each.place)) for each in value.known]
    yield from table("Found by patterns", (Column("Kind"), Column("Name"), Column("Where")), rows)
    commands = [(each.kind, code_of(each.command), place_of(each.place)) for each in value.tooling]
    columns = (Column("For"), Column("Command"), Column("Where"))
    yield from table("Commands that these files point to; none was run", columns, commands)


def limits(value: Architecture) -> Iterator[str]:
    """Yield what the figures do not cover."""
    lines = [Raw(f"<li>{text_of(line)}</li>") for line in limit_lines(value)]
    rows = [(code_of(path), why) for path, why in value.limits.faults]
    faults = table("Read in part", (Column("File"), Column("Why")), rows, "Every file that was read was read in whole.")
    yield from section("limits", "What the figures do not cover", "", ("<ul>", *lines, "</ul>", *faults))
