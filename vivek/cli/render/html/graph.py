"""What the script draws the modules from: paths, lines, and imports by number."""

from vivek.cli.render.safe_text import visible
from vivek.schema.architecture import Architecture

MOST_MODULES = 8_000
"""Modules whose graph is embedded; of a larger repository it would weigh more than the rest of the page."""


def graph_object(value: Architecture) -> dict[str, object]:
    """Return the modules as `[path, lines, is test]` and the imports as `[from, to, weight, closes a cycle]`.

    Args:
        value: What was measured.
    """
    if len(value.modules) > MOST_MODULES:
        return {"modules": [], "imports": [], "left_out": len(value.modules)}
    numbers = {each.path: at for at, each in enumerate(value.modules)}
    around = {path: at for at, cycle in enumerate(value.cycles) for path in cycle.modules}
    imports = [
        [
            numbers[edge.source],
            numbers[edge.target],
            edge.weight,
            int(edge.source in around and around[edge.source] == around.get(edge.target)),
        ]
        for edge in value.imports
        if edge.source in numbers and edge.target in numbers
    ]
    modules = [[visible(each.path), each.lines, int(each.role == "test")] for each in value.modules]
    return {"modules": modules, "imports": imports, "left_out": 0}
