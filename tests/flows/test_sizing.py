"""How large a prompt is: the server asked when it matters, never about what it read before; what fits is accepted."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest

from tests.flows.doubles import Said, Server, ask, asker_of, caller_of, four_bytes, question, section, size_of
from vivek.errors import ContextWindowExceededError
from vivek.flows.asking import Asker
from vivek.flows.calling import Caller
from vivek.prompts.estimate import bound
from vivek.prompts.transcript import Transcript
from vivek.schema.chunk import Chunk, Usage
from vivek.schema.events import BudgetSpent
from vivek.schema.known import Known
from vivek.schema.request import Request
from vivek.schema.tools import ToolCard

PROSE = "some words of a request that are told one after another "


@dataclass
class Counting(Server):
    """A server that keeps what it is asked to count."""

    counts: bool = True
    counted: list[Request] = field(default_factory=list)

    async def count_tokens(self, request: Request) -> int | None:
        """Return the size of a prompt."""
        self.counted.append(request)
        return await super().count_tokens(request)


class Twice(Counting):
    """Takes a token for every two bytes, twice what the tables say."""

    async def count_tokens(self, request: Request) -> int | None:
        """Return the size of a prompt."""
        return 2 * (await super().count_tokens(request) or 0)


def tables_are_not_asked(text: str) -> int:
    """Stand for the token tables where they are not to be loaded."""
    raise AssertionError("the tables were asked")


def asker_with(tables: Callable[[str], int], server: Server, transcript: Transcript, window: int) -> Asker:
    """Return an asker with token tables of its own."""
    return Asker(Caller(server, "default", window, bound, tables), transcript)


async def turns(asker: Asker, head: str, *texts: str) -> str:
    """Ask one question after another and return the last head."""
    for text in texts:
        head = (await ask(asker, question(head, section("request", text), room=64)))[0].head
    return head


async def test_a_thread_is_counted_by_its_server_once_while_it_is_far_from_full(
    transcript: Transcript, head: str
) -> None:
    server = Counting(["Yes."] * 6)
    asker = asker_with(tables_are_not_asked, server, transcript, 32_768)
    await turns(asker, head, *(f"{number} {PROSE * 12}" for number in range(6)))

    assert len(server.counted) == 1
    assert server.counted[0].messages == server.requests[0].messages


async def test_near_the_window_each_prompt_is_counted_once_before_it_is_sent(transcript: Transcript, head: str) -> None:
    server = Counting(["Yes."] * 3)
    asker = asker_of(server, transcript, 8_192)
    await turns(asker, head, PROSE * 170, PROSE * 170, PROSE * 60)

    assert [request.messages for request in server.counted] == [request.messages for request in server.requests]


async def test_a_count_is_asked_for_with_all_that_the_call_will_hold(transcript: Transcript, head: str) -> None:
    card = ToolCard("look", "Shows a file.", {"type": "object"})
    schema = {"type": "object"}
    server = Counting(['{"a": 1}'])
    asker = asker_of(server, transcript, tools=(card,), think=False)
    await ask(asker, question(head, schema=schema))

    [counted], [sent] = server.counted, server.requests
    assert (counted.messages, counted.tools, counted.schema) == (sent.messages, sent.tools, sent.schema)
    assert (counted.think, counted.model, counted.window) == (False, sent.model, sent.window)


async def test_a_server_that_cannot_count_is_asked_once(transcript: Transcript, head: str) -> None:
    server = Counting(["Yes."] * 4, counts=False)
    await turns(asker_of(server, transcript, 4_096), head, PROSE * 150, PROSE * 20, PROSE * 20)

    assert len(server.counted) == 1


async def test_no_text_of_a_thread_is_counted_by_the_tables_twice(transcript: Transcript, head: str) -> None:
    asked: list[str] = []

    def tables(text: str) -> int:
        asked.append(text)
        return four_bytes(text)

    server = Server(["Yes."] * 5)
    await turns(asker_with(tables, server, transcript, 4_096), head, *(f"{PROSE * 45}{at}" for at in range(5)))

    assert len(asked) > 5
    assert len(asked) == len(set(asked))


async def test_a_prompt_that_came_out_larger_than_its_parts_loses_what_it_can(
    transcript: Transcript, head: str
) -> None:
    server = Twice([Said("Yes.", usage=Usage())])
    files = [section(f"file:{number}.py", PROSE * 30, priority=number, required=False) for number in range(8)]
    answer, heard = await ask(asker_of(server, transcript, 4_096), question(head, *files, section("request", "Why?")))

    assert 0 < len(answer.kept) < 9
    assert 2 * size_of(server.requests[0].messages) + server.requests[0].max_tokens <= 4_096
    [spent] = [event for event in heard if isinstance(event, BudgetSpent)]
    assert [name for name, _ in spent.dropped] == list(answer.dropped), "what is told is what was sent"


async def test_parts_give_way_although_the_ones_chosen_seemed_to_leave_much_room(
    transcript: Transcript, head: str
) -> None:
    # More than a thousand tokens seem free beside what is chosen: that it is a few too many in the end must make the
    # choice smaller, not what is free.
    sizes = (2_000, 810, 809)
    files = [section(f"{at}.py", "word " * size, priority=at, required=False) for at, size in enumerate(sizes)]
    server = Twice([Said("Yes.", usage=Usage())])
    asked = question(head, *files, section("request", "Why?"), room=64)
    answer, _ = await ask(asker_of(server, transcript, 4_096), asked)

    assert answer.kept == ("2.py", "request")


async def test_only_what_has_to_be_said_is_left_when_no_choice_comes_out_as_large_as_it_was_taken_for(
    transcript: Transcript, head: str
) -> None:
    class Odd(Counting):
        """Finds every prompt a little too large that tells more than the request."""

        async def count_tokens(self, request: Request) -> int | None:
            return 200 if len(request.messages[-1].content) < 100 else 2_040

    server = Odd(["Yes."])
    files = [section(f"file:{at}.py", "word " * 100, priority=at, required=False) for at in range(60)]
    answer, _ = await ask(
        asker_of(server, transcript, 2_048), question(head, *files, section("request", "Why?"), room=64)
    )

    assert answer.kept == ("request",)
    assert len(server.counted) <= 6


@pytest.mark.parametrize("resizable", [True, False])
async def test_a_window_that_holds_nothing_is_refused_before_anything_is_sent(
    transcript: Transcript, *, resizable: bool
) -> None:
    server = Counting(["Yes."])
    more = {"look": lambda: server.describe("default")} if resizable else {}
    head = transcript.begin_generation(PROSE * 60)

    with pytest.raises(ContextWindowExceededError) as caught:
        await ask(asker_of(server, transcript, 512, **more), question(head))

    needed = caught.value.needed or 0
    assert server.requests == []
    assert (caught.value.window, needed > 512) == (512, True)
    assert f"needs {needed:,} tokens, the window of default holds 512; nothing was sent" in caught.value.message
    assert ("`--window 2k`" if resizable else f"a window of {needed:,} in its server") in caught.value.hint


async def test_a_prompt_that_only_the_cheap_count_finds_too_large_is_sent(transcript: Transcript) -> None:
    head = transcript.begin_generation(PROSE * 40)  # 560 tokens, three times that by the cheap count
    server = Counting(["Yes."])
    await ask(asker_of(server, transcript, 1_024), question(head, room=200))

    assert len(server.requests) == 1


async def test_the_window_that_a_server_tells_when_it_refuses_is_kept_to(transcript: Transcript, head: str) -> None:
    class Small(Server):
        """Holds fewer tokens than anybody knew."""

        async def stream(self, request: Request) -> AsyncIterator[Chunk]:
            if size_of(request.messages) + request.max_tokens > 2_048:
                raise ContextWindowExceededError("Too long.", needed=3_000, window=2_048)
            async for chunk in super().stream(request):
                yield chunk

    asker = asker_of(Small(["Yes."]), transcript, 8_192)
    files = [section(f"file:{number}.py", PROSE * 20, priority=number, required=False) for number in range(8)]
    with pytest.raises(ContextWindowExceededError, match="Too long"):
        await ask(asker, question(head, *files, section("request", "Why?")))
    answer, _ = await ask(asker, question(head, *files, section("request", "Why?")))

    assert asker.caller.window == 2_048
    assert answer.dropped


async def test_tools_count_once_in_what_was_said_before(transcript: Transcript, head: str) -> None:
    cards = (ToolCard("look", PROSE * 40, {}),)
    server = Server([Said("Yes.", read=1_000), Said("Yes.", read=1_100)])
    asker = asker_of(server, transcript, tools=cards)
    first, _ = await ask(asker, question(head))
    _, heard = await ask(asker, question(first.head))

    [spent] = [event for event in heard if isinstance(event, BudgetSpent)]
    assert dict(spent.kept)["history"] == 1_000 + four_bytes("Yes.")


async def test_what_servers_report_is_kept_with_what_is_known_of_the_model(transcript: Transcript, head: str) -> None:
    server = Server(["Yes."] * 4)
    asker = asker_of(server, transcript, 4_096)
    head = await turns(asker, head, PROSE * 100, PROSE * 50, PROSE * 60)
    learned = asker.caller.learned

    assert [report.read for report in learned.tokens.reports][:2] == [
        size_of(request.messages) for request in server.requests[:2]
    ]
    again = caller_of(server, known=Known("x", tokens=learned.tokens))
    assert again.estimator.calibration == learned.tokens


async def test_the_figures_of_the_newest_prompt_say_who_counted(transcript: Transcript, head: str) -> None:
    told = Usage(prompt_tokens=700, cached_tokens=650, completion_tokens=4)
    server = Server([Said("One.", usage=told), Said("Two.", usage=Usage())])
    asker = asker_of(server, transcript)
    assert (asker.caller.prompt.prompt, asker.caller.prompt.by) == (None, "estimate")

    head = await turns(asker, head, "What is this?")
    first = asker.caller.prompt
    await turns(asker, head, "And this?")
    second = asker.caller.prompt

    assert (first.prompt, first.cached, first.new, first.by) == (700, 650, 50, "server")
    assert (second.cached, second.new, second.by) == (None, None, "estimate")
    assert second.prompt is not None
    assert second.prompt > 700
