"""Binds a node to LangGraph: its context, the stream writer and the interrupt."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Protocol, get_type_hints

from langgraph.graph import StateGraph
from langgraph.runtime import Runtime
from langgraph.types import interrupt

from vivek.flows.context import NodeContext
from vivek.flows.piecewise import Saved, fold, unfold
from vivek.schema.events import NodeStarted

# Any: each flow has its own state; LangGraph hands it over as a mapping of JSON values.
Node = Callable[[Any, NodeContext], Awaitable[Mapping[str, Any]]]
DeskNode = Callable[..., Awaitable[Mapping[str, Any]]]
"""A node that is also given what the nodes of its flow share, as `desk`."""

Unfold = Callable[[Mapping[str, Any]], Any]
Fold = Callable[[Mapping[str, Any], Mapping[str, Any]], Mapping[str, Any]]


class Bound(Protocol):
    """A node as LangGraph calls it."""

    def __call__(self, state: Any, *, runtime: Runtime[NodeContext]) -> Awaitable[dict[str, Any]]:
        """Run the node; Any: see `Node`."""
        ...


def bind(name: str, node: Node, *, unfold: Unfold, fold: Fold) -> Bound:
    """Return `node` as LangGraph wants it; its start is an event, what it emits goes to the custom stream.

    Args:
        name: The node's name in the graph.
        node: The function.
        unfold: Turns the saved state into the one that nodes know.
        fold: Turns a node's update into what is saved, given the saved state.
    """

    async def run(state: Any, *, runtime: Runtime[NodeContext]) -> dict[str, Any]:  # Any: see Node
        context = replace(runtime.context, emit=runtime.stream_writer, ask_user=interrupt)
        context.emit(NodeStarted(name))
        return dict(fold(await node(unfold(state), context), state))

    run.__name__ = name
    return run


def deciding(route: Callable[[Any], str], unfold: Unfold = unfold) -> Callable[[Any], str]:  # Any: see Node
    """Return a routing function that reads the saved state."""

    def decide(saved: Any) -> str:  # Any: see Node
        return route(unfold(saved))

    decide.__name__ = route.__name__
    # LangGraph draws the edges from the type of what is returned.
    decide.__annotations__["return"] = get_type_hints(route)["return"]
    return decide


def piecewise_graph(nodes: Mapping[str, DeskNode], desk: object) -> "StateGraph[Saved, NodeContext, Saved, Saved]":
    """Return the graph of a flow that asks piece by piece, with its nodes and no edges.

    Args:
        nodes: The nodes, by name.
        desk: What they share.
    """
    graph = StateGraph(Saved, context_schema=NodeContext)
    for name, node in nodes.items():
        graph.add_node(name, bind(name, partial(node, desk=desk), unfold=unfold, fold=fold), input_schema=Saved)
    return graph


def recursion_limit(step_limit: int, review_limit: int) -> int:
    """Return how many super-steps a turn can take at most, so that LangGraph's own limit is never what stops it.

    Args:
        step_limit: Executor calls a turn.
        review_limit: Verdicts a turn.
    """
    each_step = 6  # executor, act or stage, and check, each asked about once; reviewer
    before_and_after = 4  # planner, approve, apply, formatter
    return before_and_after + (step_limit + review_limit) * each_step + step_limit
