"""The graph of a chat turn, drawn."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

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
from vivek.flows.chat.state import Saved, fold, unfold
from vivek.flows.context import NodeContext
from vivek.flows.graph import Node, bind, deciding

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.graph.state import CompiledStateGraph


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
    graph.add_conditional_edges("planner", deciding(routing.after_planner, unfold))
    graph.add_conditional_edges("executor", deciding(routing.after_executor, unfold))
    graph.add_conditional_edges("act", deciding(routing.after_act, unfold))
    graph.add_conditional_edges("stage", deciding(routing.after_stage, unfold))
    graph.add_conditional_edges("check", deciding(routing.after_check, unfold))
    graph.add_conditional_edges("reviewer", deciding(routing.after_reviewer, unfold))
    graph.add_conditional_edges("approve", deciding(routing.after_approve, unfold))
    graph.add_edge("apply", "formatter")
    graph.add_edge("formatter", END)
    return graph.compile(checkpointer=saver, name="chat")
