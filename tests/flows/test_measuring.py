"""The server's count of a prompt is held against ours: what was cut is found out in the same turn (P1)."""

import pytest

from tests.flows.doubles import Said, Server, ask, asker_of, four_bytes, notices, question, section, size_of
from vivek.errors import ContextWindowExceededError, ModelAPIError
from vivek.flows.asking import Asker
from vivek.flows.measuring import Gauge
from vivek.prompts.estimate import bound
from vivek.prompts.transcript import Transcript
from vivek.schema.chunk import Chunk, Usage
from vivek.schema.known import Known
from vivek.schema.messages import Message
from vivek.schema.models import ModelInfo

WORDS = "some words of a request that are told one after another " * 300  # 4,200 tokens of the double's


async def read_by(server: Server, transcript: Transcript, head: str, text: str = WORDS, window: int = 32_768) -> str:
    """Ask with a text and return the error's message, "" when the reply was used."""
    try:
        answer, _ = await ask(asker_of(server, transcript, window), question(head, section("request", text)))
    except ContextWindowExceededError as error:
        assert transcript.messages(head) == (Message("system", "Rules."),), "a reply to a cut prompt is not kept"
        assert "`--window" in error.hint
        return error.message
    assert answer.value
    return ""


@pytest.mark.parametrize("read", [None, 4_213, 5_000, 9_000, 3_900])
async def test_a_server_that_read_it_all_is_believed(read: int | None, transcript: Transcript, head: str) -> None:
    assert await read_by(Server([Said("Yes.", read=read)]), transcript, head) == ""


@pytest.mark.parametrize(
    ("read", "told"),
    [
        (900, "read 900 of about 4,202 prompt tokens: it cut the prompt; its reply is not used"),
        (2_100, "about half, so it cut a message in the middle"),
        (2_048, "it stopped at 2,048 and cut the prompt"),
        (1_990, "it stopped at 1,990 and cut the prompt"),
    ],
)
async def test_a_server_that_read_less_is_found_out(read: int, told: str, transcript: Transcript, head: str) -> None:
    message = await read_by(Server([Said("Made up.", read=read)]), transcript, head)

    assert told in message
    assert f"{read:,}" in message


@pytest.mark.parametrize("read", [4_096, 3_700])
async def test_a_count_that_ends_at_a_limit_is_looked_at_more_closely(
    read: int, transcript: Transcript, head: str
) -> None:
    text = WORDS + WORDS[:2_400]  # 4,800 tokens: the first count is 85 % of it, which elsewhere would be believed

    assert "it stopped at" in await read_by(Server([Said("Made up.", read=read)]), transcript, head, text)
    assert await read_by(Server([Said("Yes.", read=4_400)]), transcript, head, text) == ""


async def test_a_limit_that_is_our_own_window_is_no_suspicion(transcript: Transcript, head: str) -> None:
    assert await read_by(Server([Said("Yes.", read=3_900)]), transcript, head, WORDS[:15_900], window=8_192) == ""


async def test_a_server_that_counts_beforehand_is_held_to_its_own_count(transcript: Transcript, head: str) -> None:
    messages = transcript.request(head, WORDS)
    exact = size_of(messages)

    assert await read_by(Server([Said("Yes.", read=exact)], counts=True), transcript, head) == ""
    less = Server([Said("No.", read=exact * 97 // 100)], counts=True)
    assert "cut the prompt" in await read_by(less, transcript, head)


async def test_a_script_that_other_models_write_with_fewer_tokens_is_no_proof(
    transcript: Transcript, head: str
) -> None:
    text = "我们需要在计算折扣时向上取整并且保持接口不变。" * 200

    # The tables count three times as many tokens as a model with a large vocabulary needs.
    assert await read_by(Server([Said("是。", read=four_bytes(text) // 2)]), transcript, head, text) == ""


def gauge() -> Gauge:
    return Gauge("ollama/x", 32_768, bound, four_bytes)


def prompt(*texts: str) -> tuple[Message, ...]:
    return tuple(Message("user" if number % 2 == 0 else "assistant", text) for number, text in enumerate(texts))


def check(measured: Gauge, messages: tuple[Message, ...], read: int, written: int = 5) -> None:
    size = sum(bound(message.content) for message in messages)
    measured.check(messages, Usage(prompt_tokens=read, completion_tokens=written), size, "bound")


@pytest.mark.parametrize("read", [1_010, 1_004])
def test_a_prompt_that_grew_cannot_count_the_same(read: int) -> None:
    measured = gauge()
    first = prompt("one " * 1_000)
    check(measured, first, 1_010)

    with pytest.raises(ContextWindowExceededError, match=f"it stopped at {read:,}"):
        check(measured, (*first, *prompt("", "Yes.", "two " * 300)[1:]), read)


def test_a_prompt_that_grew_a_little_may_be_counted_as_before() -> None:
    measured = gauge()
    first = prompt("one " * 1_000)
    check(measured, first, 1_010)
    check(measured, (*first, *prompt("", "Yes.", "two")[1:]), 1_010)


def test_two_prompts_of_different_size_that_count_the_same_are_doubted() -> None:
    measured = gauge()
    check(measured, prompt("one " * 3_000), 3_010)

    with pytest.raises(ContextWindowExceededError, match="it stopped at 3,010 and cut the prompt"):
        check(measured, prompt("else " * 3_000), 3_010)


def test_what_is_new_of_a_prompt_is_what_was_added() -> None:
    measured = gauge()
    first = prompt("one " * 1_000)
    assert measured.new_tokens(first, 1_010, "server") == 1_010
    check(measured, first, 1_010, written=200)
    longer = (*first, *prompt("", "Yes. " * 200, "two " * 100)[1:])
    assert measured.new_tokens(longer, 1_300, "server") < 250
    check(measured, longer, 1_310)

    assert measured.fresh == 100


def test_a_prompt_goes_on_from_the_newest_one_that_it_begins_with() -> None:
    measured = gauge()
    first, beside = prompt("one " * 400), prompt("name this thread")
    longer = (*first, *prompt("", "Yes.", "two " * 100)[1:])
    for messages, read in ((first, 410), (longer, 530), (beside, 12)):
        check(measured, messages, read)

    for messages, read in (((*longer, *prompt("", "No.", "Why?")[1:]), 530), (longer, 410)):
        found = measured.read_of(messages)
        assert found is not None
        assert found.read == read
    assert measured.read_of(first) is None
    assert measured.read_of(prompt("else", "Yes.", "two")) is None


def test_token_tables_are_not_loaded_where_nothing_is_doubtful() -> None:
    def load(text: str) -> int:
        raise AssertionError("the tables were asked")

    measured = Gauge("ollama/x", 4_096, bound, load)
    check(measured, prompt("one " * 3_800), 3_810)  # just below a limit, which is the window itself


def test_a_small_prompt_is_never_doubted() -> None:
    measured = gauge()
    check(measured, prompt("one " * 30), 3)


async def test_missing_figures_are_told_once(transcript: Transcript, head: str) -> None:
    server = Server([Said("One.", usage=Usage()), Said("Two.", usage=Usage())])
    asking = asker_of(server, transcript)
    first, heard = await ask(asking, question(head))
    _, again = await ask(asking, question(first.head))

    assert [text for text in notices(heard) if "does not say how much it read" in text]
    assert notices(again) == []


async def test_the_figures_of_one_who_stood_in_prove_nothing(transcript: Transcript, head: str) -> None:
    note = Chunk(note="ollama does not answer; asking openai/x.", answered_by="openai/x")
    server = Server([Said("Yes.", read=700, chunks=(note,), answered_by="openai/x")])
    answer, _ = await ask(asker_of(server, transcript, label="ollama/a"), question(head, section("request", WORDS)))

    [done] = answer.usage.models
    assert (done.node, done.model, done.instead_of) == ("executor", "openai/x", "ollama/a")
    assert done.why == "ollama does not answer; asking openai/x."


class Lowering(Server):
    """A server that loads its model with less than was asked for."""

    loaded = 4_096

    async def describe(self, model: str) -> ModelInfo:
        """Return the model as it is loaded."""
        return ModelInfo(model, window_loaded=self.loaded, loaded=True)


def looking(server: Lowering, transcript: Transcript) -> Asker:
    return asker_of(server, transcript, look=lambda: server.describe("default"))


async def test_a_window_that_came_out_smaller_is_told_and_kept_to(transcript: Transcript, head: str) -> None:
    asking = looking(Lowering(["Yes.", "Yes."]), transcript)
    first, heard = await ask(asking, question(head))
    _, again = await ask(asking, question(first.head))

    [told] = notices(heard)
    assert "4,096 tokens instead of 32,768" in told
    assert "goes on with 4,096" in told
    assert notices(again) == []
    assert asking.caller.window == 4_096


async def test_a_reply_that_cannot_have_fitted_is_not_used(transcript: Transcript, head: str) -> None:
    server = Lowering([Said("Yes.")])

    with pytest.raises(ContextWindowExceededError, match=r"4,096 tokens instead of 32,768, .* do not fit \(4,2"):
        await ask(looking(server, transcript), question(head, section("request", WORDS)))

    assert transcript.messages(head) == (Message("system", "Rules."),)


async def test_a_model_that_is_loaded_again_is_looked_at_again(transcript: Transcript, head: str) -> None:
    server = Lowering(["Yes.", "Yes.", Said("Yes.", chunks=(Chunk(phase="load"),))])
    server.loaded = 32_768
    asking = looking(server, transcript)
    first, _ = await ask(asking, question(head))
    server.loaded = 8_192
    second, quiet = await ask(asking, question(first.head))
    _, told = await ask(asking, question(second.head))

    assert notices(quiet) == []
    assert "8,192 tokens instead of 32,768" in notices(told)[0]


async def test_other_weights_of_the_same_name_are_told(transcript: Transcript, head: str) -> None:
    digests = iter(["sha256:1", "sha256:2", "sha256:2"])

    async def look() -> ModelInfo:
        return ModelInfo("x", digest=next(digests))

    load = (Chunk(phase="load"),)
    server = Server([Said("Yes.", chunks=load) for _ in range(3)])
    asking = asker_of(server, transcript, look=look, known=Known("x", digest="sha256:1"))
    heard = [notices((await ask(asking, question(head)))[1]) for _ in range(3)]

    assert [len(texts) for texts in heard] == [0, 1, 0]
    assert "other weights" in heard[1][0]


async def test_a_look_that_fails_is_no_matter(transcript: Transcript, head: str) -> None:
    async def refuse() -> ModelInfo:
        raise ModelAPIError("It does not say.")

    answer, heard = await ask(asker_of(Server(["Yes."]), transcript, look=refuse), question(head))

    assert (answer.value, notices(heard)) == ("Yes.", [])


async def test_a_request_carries_model_window_and_thread(transcript: Transcript, head: str) -> None:
    server = Server(["Yes."])
    await ask(asker_of(server, transcript, 8_192, thread_id="calm-otter-7"), question(head))

    [request] = server.requests
    assert (request.model, request.window, request.thread_id) == ("default", 8_192, "calm-otter-7")
