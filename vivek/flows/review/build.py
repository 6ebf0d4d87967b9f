"""The graph of a review, drawn: one step asks all questions about a piece, the next one traces what was found."""

from typing import TYPE_CHECKING, Any

from langgraph.graph import END, START

from vivek.flows.context import NodeContext
from vivek.flows.graph import deciding, piecewise_graph
from vivek.flows.review import routing
from vivek.flows.review.desk import Desk
from vivek.flows.review.nodes.find import find_claims
from vivek.flows.review.nodes.plan import plan_reading
from vivek.flows.review.nodes.report import report_findings
from vivek.flows.review.nodes.verify import verify_findings

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.graph.state import CompiledStateGraph

_AROUND = 4
"""Steps beside those of the pieces."""


def build_review(
    saver: "BaseCheckpointSaver[str] | None", desk: Desk
) -> "CompiledStateGraph[Any, NodeContext, Any, Any]":  # Any: the flow's own state types
    """Return the compiled graph.

    Args:
        saver: Keeps its threads; without one every run is forgotten.
        desk: What its nodes share.
    """
    nodes = {"plan": plan_reading, "find": find_claims, "verify": verify_findings, "report": report_findings}
    graph = piecewise_graph(nodes, desk)
    graph.add_edge(START, "plan")
    graph.add_conditional_edges("plan", deciding(routing.after_plan))
    graph.add_edge("find", "verify")
    graph.add_conditional_edges("verify", deciding(routing.after_verify))
    graph.add_edge("report", END)
    return graph.compile(checkpointer=saver, name="review")


def steps(pieces: int) -> int:
    """Return how many super-steps a review of so many pieces takes at most."""
    return 2 * pieces + _AROUND
