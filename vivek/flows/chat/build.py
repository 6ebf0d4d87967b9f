"""The graph of a chat turn, drawn."""

from typing import TYPE_CHECKING, Any

from langgraph.graph import END, START, StateGraph

from vivek.flows.chat import routing
from vivek.flows.chat.nodes.apply import apply_change
from vivek.flows.chat.nodes.approve import approve_change
from vivek.flows.chat.nodes.check import check_change
from vivek.flows.chat.nodes.executor import execute_step
from vivek.flows.chat.nodes.formatter import format_turn
from vivek.flows.chat.nodes.planner import plan_turn
from vivek.flows.chat.nodes.reviewer import review_change
from vivek.flows.chat.nodes.stage import stage_change
from vivek.flows.chat.state import ChatState
from vivek.flows.context import NodeContext
from vivek.flows.graph import bind

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.graph.state import CompiledStateGraph


def build_chat(saver: "BaseCheckpointSaver[str]") -> "CompiledStateGraph[Any, NodeContext, Any, Any]":
    """Return the compiled graph; its threads are kept by `saver`."""
    graph = StateGraph(ChatState, context_schema=NodeContext)
    for name, node in {
        "planner": plan_turn,
        "executor": execute_step,
        "stage": stage_change,
        "check": check_change,
        "reviewer": review_change,
        "approve": approve_change,
        "apply": apply_change,
        "formatter": format_turn,
    }.items():
        graph.add_node(name, bind(name, node), input_schema=ChatState)
    graph.add_edge(START, "planner")
    graph.add_conditional_edges("planner", routing.after_planner)
    graph.add_conditional_edges("executor", routing.after_executor)
    graph.add_edge("stage", "check")
    graph.add_conditional_edges("check", routing.after_check)
    graph.add_conditional_edges("reviewer", routing.after_reviewer)
    graph.add_conditional_edges("approve", routing.after_approve)
    graph.add_edge("apply", "formatter")
    graph.add_edge("formatter", END)
    return graph.compile(checkpointer=saver, name="chat")
