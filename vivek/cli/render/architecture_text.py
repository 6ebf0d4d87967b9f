"""An architecture for the terminal: a screen that tells the whole, then the details; styled lines, drawn elsewhere."""

from collections.abc import Iterator

from vivek.cli.render.architecture import counted, limit_lines, sections_of, weights_of
from vivek.cli.render.architecture_facts import facts, head_line
from vivek.cli.render.architecture_parts import Part, Row, parts_of
from vivek.cli.render.safe_text import fit, one_line, width_of, wrapped
from vivek.schema.architecture import Architecture, Focus
from vivek.schema.narrative import Narrative, Passage

Line = tuple[str, str]
"""A style and the text in it, without a line end."""

SCREEN = 80
"""Columns that the first lines fit into."""

_DEBTS = 5
_STYLES = {"high": "red", "medium": "yellow", "low": "cyan"}
_WIDE = 15
_COLUMN = 60  # columns of a column; what is wider pushes the others to the right
_LONGEST = 400


def report_lines(
    report: Architecture, focus: Focus, *, narrative: Narrative | None = None, columns: int = SCREEN
) -> Iterator[Line]:
    """Yield a report line by line: the screen, what a model said, the details, the limits.

    Args:
        report: What was measured.
        focus: What it tells of.
        narrative: What a model said of it, None where none was asked.
        columns: How wide the screen is.
    """
    yield from screen_lines(report, focus, columns=columns)
    if narrative is not None:
        yield from _narrative(narrative, columns)
    for part in parts_of(report, focus):
        yield "", ""
        yield "bold", part.title
        yield from _table(part)
    yield "", ""
    yield "bold", "What these figures do not cover"
    yield from (("", f"  {line}") for line in limit_lines(report))


def screen_lines(report: Architecture, focus: Focus, *, columns: int = SCREEN) -> Iterator[Line]:
    """Yield what fits a screen of 24 lines: how large it is, how it is built, and what hurts most.

    Args:
        report: What was measured.
        focus: What it tells of.
        columns: How wide the screen is.
    """
    yield "bold", fit(head_line(report), columns)
    if not report.modules and not report.languages:
        yield "", "There is no code here that is read."
    for section, name, told in facts(report, focus):
        yield _style_of(section, report), fit(f"{name:<{_WIDE}}{told}", columns)
    if "antipatterns" in sections_of(focus):
        yield from _debts(report, columns)
    limits = len(list(limit_lines(report)))
    yield "dim", fit(f"{'limits':<{_WIDE}}{counted(limits, 'thing')} to know, at the end", columns)


def _style_of(section: str, report: Architecture) -> str:
    return "yellow" if section in ("cycles", "violations") and getattr(report, section) else ""


def _debts(report: Architecture, columns: int) -> Iterator[Line]:
    if not report.antipatterns:
        return
    yield "", fit(f"{'mend first':<{_WIDE}}{counted(len(report.antipatterns), 'debt')}: {weights_of(report)}", columns)
    for each in report.antipatterns[:_DEBTS]:
        yield _STYLES[each.weight], fit(f"  {each.order or '-'}. {one_line(each.told, 300)} [{each.effort}]", columns)


def _table(part: Part) -> Iterator[Line]:
    """Yield a table whose columns stand below each other; the last one is as wide as it is."""
    rows: list[Row] = [tuple(one_line(cell, _LONGEST) for cell in row) for row in part.rows]
    every = [part.heads, *rows] if len(part.heads) > 1 else rows
    widths = [min(_COLUMN, max(width_of(row[at]) for row in every)) for at in range(len(part.heads) - 1)]
    for number, row in enumerate(every):
        cells = [f"{cell}{' ' * (wide - width_of(cell))}" for cell, wide in zip(row, widths, strict=False)]
        yield "dim" if number == 0 and every is not rows else "", f"  {'  '.join([*cells, row[-1]])}".rstrip()
    if part.left:
        yield "dim", f"  and {part.left:,} more; `--format json` has them all"


def _narrative(narrative: Narrative, columns: int) -> Iterator[Line]:
    """Yield what a model said, each sentence with what it stands on."""
    yield "", ""
    removed = sum(narrative.removed.values())
    model = one_line(narrative.model) or "a model"
    left = f"; {counted(removed, 'sentence')} that could not be proved left out" if removed else ""
    yield "bold", f"What {model} says, each sentence checked against what it cites{left}"
    for told in narrative.told:
        yield "yellow", f"  {one_line(told, _LONGEST)}"
    for passage in (*narrative.whole, *narrative.parts):
        yield from _passage(passage, columns)
    for fact in narrative.facts:
        if ":" not in fact.id:  # a line of code is its own proof
            yield "dim", f"    [{one_line(fact.id)}] {one_line(fact.told, _LONGEST)}"


def _passage(passage: Passage, columns: int) -> Iterator[Line]:
    if passage.sentences:
        yield "bold", f"  {one_line(passage.title)}"
    for sentence in passage.sentences:
        cites = f" [{', '.join(map(one_line, sentence.cites))}]" if sentence.cites else ""
        text = wrapped(f"{one_line(sentence.text, 2_000)}{cites}", columns - 4)
        yield from (("", f"    {line}") for line in text.split("\n"))
