"""Which fields of the nodes of Python's parser hold nodes, and how to get at them. Data of `python_facts.py`."""

import ast
from collections.abc import Callable, Collection
from operator import attrgetter
from typing import Any

Parts = dict[type, Callable[[Any], Any]]  # Any: from a node to what is within it, a node or lists of them

# Fields that hold no nodes, or operators, or the names of parameters of types.
_PLAIN = "arg asname attr conversion ctx id is_async kind kwd_attrs level names op ops type_comment"


def parts_of_nodes(*, leave_out: Collection[type]) -> tuple[Parts, Parts]:
    """Return the getters for nodes with one field that holds nodes, and those for nodes with several."""
    plain = set(_PLAIN.split())
    one: Parts = {}
    many: Parts = {}
    bases = (ast.stmt, ast.expr, ast.pattern)
    kinds = (ast.comprehension, ast.keyword, ast.withitem, ast.match_case)
    for kind in (*kinds, *(kind for base in bases for kind in base.__subclasses__())):
        fields = [name for name in kind._fields if name not in plain]
        if fields and kind not in leave_out:
            (one if len(fields) == 1 else many)[kind] = attrgetter(*fields)
    return one, many
