"""An architecture as Markdown with diagrams, and one diagram alone; what others wrote cannot become markup."""

from collections.abc import Callable, Iterator, Sequence

from vivek.cli.render.architecture import counted, limit_lines, sections_of
from vivek.cli.render.architecture_facts import facts, head_line
from vivek.cli.render.architecture_parts import Part, parts_of
from vivek.cli.render.diagrams import layer_diagram, module_diagram, package_diagram
from vivek.cli.render.markup import code, fenced, plain
from vivek.cli.render.mermaid import Diagram, checked
from vivek.cli.render.safe_text import one_line
from vivek.schema.architecture import Architecture, Focus
from vivek.schema.narrative import Narrative

_DIAGRAMS: Sequence[tuple[str, str, Callable[[Architecture], Diagram]]] = (
    ("modules", "Modules and their imports", module_diagram),
    ("packages", "Packages and their imports", package_diagram),
    ("layers", "Layers, from the top down", layer_diagram),
)
_PICTURES: dict[Focus, Callable[[Architecture], Diagram]] = {
    "all": module_diagram,
    "dependencies": package_diagram,
    "structure": layer_diagram,
}
_CODED = frozenset("module from to where file one other command name test import".split())  # noqa: SIM905 - it is shorter
_LONGEST = 10_000  # columns of a limit: nothing of it is cut


def architecture_page(
    report: Architecture, focus: Focus, name: str, *, narrative: Narrative | None = None
) -> Iterator[str]:
    """Yield a report as the lines of a page.

    Args:
        report: What was measured.
        focus: What it tells of.
        name: What the project is called.
        narrative: What a model said of it, None where none was asked.
    """
    yield f"# How {plain(name)} is built"
    yield ""
    yield f"{plain(head_line(report))}."
    yield ""
    yield from (f"- **{name}**: {plain(told)}" for _, name, told in facts(report, focus))
    if narrative is not None:
        yield from _narrative(narrative)
    for title, diagram in _drawn(report, focus):
        yield from ("", f"## {title}", "")
        if diagram.told:
            yield from (" ".join(diagram.told), "")
        yield from _picture(diagram)
    for part in parts_of(report, focus):
        yield from ("", f"## {part.title}", "")
        yield from _table(part)
    yield from ("", "## What these figures do not cover", "")
    yield from (f"- {plain(line, _LONGEST)}" for line in limit_lines(report))


def picture_of(report: Architecture, focus: Focus) -> Diagram | None:
    """Return the one diagram that shows a focus: modules for all, packages for dependencies, layers for structure.

    None where nothing of it can be drawn.
    """
    draw = _PICTURES.get(focus)
    return None if draw is None else draw(report)


def _picture(diagram: Diagram) -> Iterator[str]:
    yield from fenced("\n".join(checked(diagram)), "mermaid")


def _drawn(report: Architecture, focus: Focus) -> Iterator[tuple[str, Diagram]]:
    chosen = sections_of(focus)
    for section, title, draw in _DIAGRAMS:
        diagram = draw(report) if section in chosen else Diagram((), ())
        if diagram.nodes:
            yield title, diagram


def _table(part: Part) -> Iterator[str]:
    yield f"| {' | '.join(part.heads)} |"
    yield f"|{'---|' * len(part.heads)}"
    for row in part.rows:
        yield f"| {' | '.join(_cell(head, cell) for head, cell in zip(part.heads, row, strict=True))} |"
    if part.left:
        yield from ("", f"And {part.left:,} more; `--format json` has them all.")


def _cell(head: str, text: str) -> str:
    """Return a cell: names and paths as code, in which a bar would still end the cell."""
    shown = one_line(text, 400)
    if head not in _CODED or not shown or "|" in shown:
        return plain(shown, 400)
    return code(shown)


def _narrative(narrative: Narrative) -> Iterator[str]:
    removed = sum(narrative.removed.values())
    model = plain(narrative.model) or "a model"
    yield from ("", f"## What {model} says", "")
    left = f" {counted(removed, 'sentence')} that could not be proved left out." if removed else ""
    yield f"Each sentence was checked against what it cites.{left}"
    for told in narrative.told:
        yield from ("", f"**{plain(told, 400)}**")
    for passage in (*narrative.whole, *narrative.parts):
        if passage.sentences:
            yield from ("", f"### {plain(passage.title)}", "")
        for sentence in passage.sentences:
            cites = ", ".join(code(one_line(each)) for each in sentence.cites)
            yield f"- {plain(sentence.text, 2_000)}{f' ({cites})' if cites else ''}"
    measured = [fact for fact in narrative.facts if ":" not in fact.id]  # a line of code is its own proof
    if measured:
        yield from ("", "### What was measured", "")
    yield from (f"- {code(one_line(fact.id))}: {plain(fact.told, 400)}" for fact in measured)
