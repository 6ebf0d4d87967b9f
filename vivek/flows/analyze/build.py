"""The graph of a narrative, drawn: a step a question, so that a kill costs one answer at most."""

from typing import TYPE_CHECKING, Any

from langgraph.graph import END, START

from vivek.flows.analyze.desk import Desk
from vivek.flows.analyze.nodes.part import tell_part
from vivek.flows.analyze.nodes.plan import plan_telling
from vivek.flows.analyze.nodes.report import report_narrative
from vivek.flows.analyze.nodes.whole import tell_whole
from vivek.flows.analyze.routing import after_question
from vivek.flows.context import NodeContext
from vivek.flows.graph import deciding, piecewise_graph
from vivek.schema.narrative import PASSAGES

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.graph.state import CompiledStateGraph

_AROUND = 4
"""Steps beside those of the questions."""


def build_analyze(
    saver: "BaseCheckpointSaver[str] | None", desk: Desk
) -> "CompiledStateGraph[Any, NodeContext, Any, Any]":  # Any: the flow's own state types
    """Return the compiled graph.

    Args:
        saver: Keeps its threads; without one every run is forgotten.
        desk: What its nodes share.
    """
    nodes = {"plan": plan_telling, "part": tell_part, "whole": tell_whole, "report": report_narrative}
    graph = piecewise_graph(nodes, desk)
    graph.add_edge(START, "plan")
    for name in ("plan", "part", "whole"):
        graph.add_conditional_edges(name, deciding(after_question))
    graph.add_edge("report", END)
    return graph.compile(checkpointer=saver, name="analyze")


def steps(parts: int) -> int:
    """Return how many super-steps a narrative of so many parts takes at most."""
    return parts + len(PASSAGES) + _AROUND
