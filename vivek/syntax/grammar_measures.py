"""How involved the functions of a text are, by the tree-sitter grammar of its language.

Cyclomatic complexity is counted as lizard and others do for these languages: each `if`, loop, `catch`, `case` (not the
one that always fits), conditional expression and each `&&`, `||`, `??` is one way more. Cognitive complexity follows
the rules in `python_measures.py`; jumps to a label cost one as well. A function with a name stands for itself wherever
it is; one without belongs to the function around it, one level deeper.
"""

from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from vivek.schema.measures import FunctionMeasures
from vivek.syntax import grammar_shapes as shapes
from vivek.syntax import measure_kinds as kinds
from vivek.syntax.cases import UNNAMED
from vivek.syntax.cost import Cost

if TYPE_CHECKING:
    from tree_sitter import Language, Node, Query


_DEEPEST = 500  # levels of a tree


class Measured(NamedTuple):
    """A function of a tree: its node, its name and what it costs."""

    node: "Node"
    name: str
    cost: Cost


class _Level(NamedTuple):
    """What is around a node.

    Attributes:
        end: Where it ends.
        body: Where the part of it begins that lies a level deeper.
        depth: How deep that part is in its function.
        prefix: What stands before the names of functions in it.
        own: The function.
    """

    end: int
    body: int
    depth: int
    prefix: str
    own: Measured | None


_TOP = _Level(0, 0, 0, "", None)


class Walk:
    """Goes over the nodes of a tree that count, outer before inner; asks no node for what is around it, which is slow.

    Args:
        nodes: The nodes, by what they mean.
    """

    def __init__(self, nodes: "Sequence[tuple[str, Node]]") -> None:
        self._nodes = sorted(nodes, key=lambda each: (each[1].start_byte, -each[1].end_byte))
        self._around = [_TOP]
        self._found: list[Measured] = []
        self._names: dict[int, str] = {}
        self._goes_on: set[int] = set()
        self._selves: set[int] = set()

    def read(self) -> list[Measured]:
        """Return the functions, in the order of the text."""
        for role, node in self._nodes:
            while len(self._around) > 1 and self._around[-1].end <= node.start_byte:
                self._around.pop()
            if role in ("function", "lambda"):
                self._enter(role, node)
            elif role == "scope":
                name = shapes.scope_name(node)
                top = self._around[-1]
                prefix = f"{top.prefix}{name}." if name else top.prefix
                self._around.append(top._replace(end=node.end_byte, prefix=prefix))
            elif role == "given":
                number, name = shapes.given_name(node)
                self._names[number] = name
            elif self._around[-1].own is not None:
                self._count(role, node, self._around[-1].own)
        return self._found

    def _enter(self, role: str, node: "Node") -> None:
        """Begin a function; one without a name within another is a level of that one."""
        name = self._names.get(node.id, "") if role == "lambda" else shapes.function_name(node)
        top = self._around[-1]
        if not name and top.own is not None:
            self._around.append(_Level(node.end_byte, node.start_byte, self._depth(node) + 1, top.prefix, top.own))
        elif role == "lambda" or node.child_by_field_name("body") is not None:  # else it is only declared
            own = Measured(node, f"{top.prefix}{name or UNNAMED}", Cost())
            self._found.append(own)
            prefix = f"{own.name}." if name else top.prefix
            self._around.append(_Level(node.end_byte, node.start_byte, 0, prefix, own))

    def _count(self, role: str, node: "Node", own: Measured) -> None:
        cost = own.cost
        match role:
            case "branch":
                cost.ways += 1
                self._branch(node, cost)
            case "switch":
                self._deepen(node, cost)
            case "case":
                cost.ways += not shapes.is_certain(node)
            case "else":
                cost.effort += not any(child.type in kinds.IFS for child in node.named_children)
            case "logic":
                cost.ways += 1
                cost.effort += node.id not in self._goes_on
                self._goes_on.update(part.id for part in shapes.same_run(node))
            case "call" if own.node.id not in self._selves and shapes.called_own(node) == own.name.rpartition(".")[2]:
                self._selves.add(own.node.id)
                cost.effort += 1
            case "jump":
                cost.effort += node.type == "goto_statement" or shapes.has_label(node)

    def _branch(self, node: "Node", cost: Cost) -> None:
        cost.effort += shapes.has_plain_else(node)
        more = shapes.else_if_of(node)
        if more is not None:
            self._goes_on.add(more.id)
        if node.id in self._goes_on:
            cost.effort += 1
        else:
            self._deepen(node, cost)

    def _deepen(self, node: "Node", cost: Cost) -> None:
        """Count a break in the flow; what lies in its body lies a level deeper."""
        depth, top = self._depth(node), self._around[-1]
        cost.effort += 1 + depth
        cost.deepest = max(cost.deepest, depth + 1)
        self._around.append(top._replace(end=node.end_byte, body=shapes.body_of(node), depth=depth + 1))

    def _depth(self, node: "Node") -> int:
        """Return how deep a node lies in its function; the head of a loop is not within the loop."""
        own = self._around[-1].own
        levels = (level for level in reversed(self._around) if level.body <= node.start_byte)
        return next((level.depth for level in levels if level.own is own), 0)


def functions_in(path: str, found: Sequence[Measured], code: Sequence[str]) -> tuple[FunctionMeasures, ...]:
    """Return the measures of functions.

    Args:
        path: The file.
        found: What `Walk.read` found.
        code: The lines without comments and strings.
    """
    full = [0, *accumulate(1 if line and not line.isspace() else 0 for line in code)]
    told = []
    for node, name, cost in found:
        first, last = node.start_point.row + 1, node.end_point.row + 1
        told.append(
            FunctionMeasures(
                name=name,
                path=path,
                line=first,
                end_line=last,
                cyclomatic=cost.ways + 1,
                cognitive=cost.effort,
                nesting=cost.deepest,
                length=full[last] - full[first - 1],
                parameters=shapes.parameters_of(node),
            )
        )
    return tuple(told)


def nodes_in(language: "Language", root: "Node") -> "list[tuple[str, Node]]":
    """Return the nodes of a tree that count, with what they mean."""
    from tree_sitter import QueryCursor

    cursor = QueryCursor(_query(language))
    cursor.set_max_start_depth(_DEEPEST)
    return [(role, node) for role, nodes in cursor.captures(root).items() for node in nodes]


@cache
def _query(language: "Language") -> "Query":
    from tree_sitter import Query

    asked = [
        f"({kind}) @{role}" for kind, role in kinds.ROLE_OF.items() if language.id_for_node_kind(kind, True) is not None
    ]
    signs = [f'"{sign}"' for sign in kinds.RUNS if language.id_for_node_kind(sign, False) is not None]
    if signs:
        asked.append(f"(binary_expression operator: [{' '.join(signs)}]) @logic")
    return Query(language, "\n".join(asked))
