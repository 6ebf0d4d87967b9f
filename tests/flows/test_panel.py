"""Each node asks its own model; the messages are shared, the counts are not."""

from dataclasses import replace

from tests.flows.doubles import Said, Server, ask, asker_of, notices, question, section
from vivek.flows.panel import Panel, swapping
from vivek.prompts.transcript import Transcript
from vivek.schema.chunk import Usage
from vivek.schema.events import CallDone
from vivek.schema.messages import Message
from vivek.schema.report import TurnUsage


def loading(text: str, seconds: float) -> Said:
    return Said(text, usage=Usage(100, 0, 5, seconds, 1.0, 1.0))


async def test_a_node_asks_its_own_model_and_all_see_the_same_messages(transcript: Transcript, head: str) -> None:
    big, small = Server(["Done."]), Server(["Plan."])
    panel = Panel(
        asker_of(big, transcript, label="ollama/big", shared=True),
        {"planner": asker_of(small, transcript, label="ollama/small", shared=True)},
    )
    planned, first = await ask(panel, replace(question(head), node="planner"))
    done, _ = await ask(panel, question(planned.head))

    assert (planned.value, done.value) == ("Plan.", "Done.")
    assert [event.model for event in first if isinstance(event, CallDone)] == ["ollama/small"]
    [request] = big.requests
    assert request.messages[:-1] == (
        Message("system", "Rules."),
        Message("user", "What is this?"),
        Message("assistant", "Plan."),
    )


async def test_who_did_what_is_counted_by_node_and_model(transcript: Transcript, head: str) -> None:
    asking = asker_of(Server(["One.", "Two."]), transcript, label="ollama/big")
    usage = TurnUsage()
    for _ in range(2):
        usage = (await asking(question(head), lambda text, finish: text, usage, lambda event: None)).usage

    [done] = usage.models
    assert (done.node, done.model, done.calls) == ("executor", "ollama/big", 2)
    assert done.completion_tokens == usage.completion_tokens
    assert done.instead_of == done.why == ""


async def test_a_swap_on_one_server_is_told_once_with_its_seconds(transcript: Transcript, head: str) -> None:
    server = Server([loading(text, 8.2) for text in "abcdef"])
    big = asker_of(server, transcript, label="ollama/big", server="ollama here")
    small = asker_of(server, transcript, label="ollama/small", server="ollama here")
    panel = Panel(big, {"planner": small})
    heard: list[str] = []
    for node in ("planner", "executor", "planner", "executor"):
        _, events = await ask(panel, replace(question(head), node=node))
        heard += notices(events)

    [told] = [text for text in heard if "Swapping" in text]
    assert told.startswith("Swapping ollama/big and ollama/small costs about 8 s each step")


async def test_models_that_stay_loaded_or_live_apart_are_no_swap(transcript: Transcript, head: str) -> None:
    for places, seconds in ((("here", "here"), 0.1), (("here", "there"), 8.0)):
        server = Server([loading(text, seconds) for text in "abcd"])
        big, small = (asker_of(server, transcript, label=place, server=place) for place in places)
        panel = Panel(big, {"planner": small})
        for node in ("planner", "executor", "planner", "executor"):
            _, events = await ask(panel, replace(question(head), node=node))
            assert not any("Swapping" in text for text in notices(events))


def test_seconds_that_nobody_measured_are_not_made_up() -> None:
    assert "time that was not measured yet" in swapping("a", "b", None).text


async def test_each_model_counts_the_conversation_for_itself(transcript: Transcript, head: str) -> None:
    text = section("request", "some words " * 400)  # 1,100 tokens of the double's
    dense = Server([Said("One.", usage=Usage(3_300, 0, 3)), Said("Two.", usage=Usage(3_340, 0, 3)), "Three."])
    plain = Server(["One."])
    one = asker_of(dense, transcript, 4_096, shared=True)
    other = asker_of(plain, transcript, 4_096, shared=True)
    first, _ = await ask(one, question(head, text, room=64))
    second, _ = await ask(other, question(first.head, room=64))

    assert 1_100 < transcript.tokens(second.head) < 1_200, "as the last speaker counted it"
    third, events = await ask(
        one, question(second.head, section("more", "words " * 900, required=False), section("i", "Go."))
    )
    assert third.dropped == ("more",), "the model with the larger count knows how full its window is"
    assert one.caller.gauge.ratio is not None
    assert other.caller.gauge.ratio is not None
    assert one.caller.gauge.ratio > 2 * other.caller.gauge.ratio
    assert [event.node for event in events if isinstance(event, CallDone)] == ["executor"]


def test_every_model_is_listed_once(transcript: Transcript) -> None:
    big, small = asker_of(Server([]), transcript), asker_of(Server([]), transcript)

    assert Panel(big, {"planner": small, "reviewer": small}).askers == (big, small)
