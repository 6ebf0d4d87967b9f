"""The graph of a chat turn, drawn."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, get_type_hints

from langgraph.graph import END, START, StateGraph

from vivek.flows.chat import routing
from vivek.flows.chat.nodes.act import act_on_requests
from vivek.flows.chat.nodes.apply import apply_change
from vivek.flows.chat.nodes.approve import approve_change
from vivek.flows.chat.nodes.check import check_change
from vivek.flows.chat.nodes.executor import execute_step
from vivek.flows.chat.nodes.formatter import format_turn
from vivek.flows.chat.nodes.planner import plan_turn
from vivek.flows.chat.nodes.reviewer import review_change
from vivek.flows.chat.nodes.stage import stage_change
from vivek.flows.chat.state import ChatState, Saved, fold, unfold
from vivek.flows.context import NodeContext
from vivek.flows.graph import Node, bind

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.graph.state import CompiledStateGraph


def _decide(route: Callable[[ChatState], str]) -> Callable[[Saved], str]:
    """Return a routing function that reads the saved state."""

    def decide(saved: Saved) -> str:
        return route(unfold(saved))

    decide.__name__ = route.__name__
    # LangGraph draws the edges from the type of what is returned.
    decide.__annotations__["return"] = get_type_hints(route)["return"]
    return decide


def _as_it_is(name: str, node: Node) -> Node:
    """Leave a node as it is."""
    return node


def build_chat(
    saver: "BaseCheckpointSaver[str] | None", around: Callable[[str, Node], Node] = _as_it_is
) -> "CompiledStateGraph[Any, NodeContext, Any, Any]":
    """Return the compiled graph.

    Args:
        saver: Keeps its threads; without one every run is forgotten.
        around: Returns what runs in a node's place, given its name and itself.
    """
    graph = StateGraph(Saved, context_schema=NodeContext)
    for name, node in {
        "planner": plan_turn,
        "executor": execute_step,
        "act": act_on_requests,
        "stage": stage_change,
        "check": check_change,
        "reviewer": review_change,
        "approve": approve_change,
        "apply": apply_change,
        "formatter": format_turn,
    }.items():
        graph.add_node(name, bind(name, around(name, node), unfold=unfold, fold=fold), input_schema=Saved)
    graph.add_edge(START, "planner")
    graph.add_conditional_edges("planner", _decide(routing.after_planner))
    graph.add_conditional_edges("executor", _decide(routing.after_executor))
    graph.add_conditional_edges("act", _decide(routing.after_act))
    graph.add_conditional_edges("stage", _decide(routing.after_stage))
    graph.add_conditional_edges("check", _decide(routing.after_check))
    graph.add_conditional_edges("reviewer", _decide(routing.after_reviewer))
    graph.add_conditional_edges("approve", _decide(routing.after_approve))
    graph.add_edge("apply", "formatter")
    graph.add_edge("formatter", END)
    return graph.compile(checkpointer=saver, name="chat")
