"""What the server sent in how many pieces, however it was read; long replies without a store."""

from collections.abc import AsyncIterator

import pytest

from tests.flows.doubles import ask, asker_of, question
from vivek.errors import StreamInterruptedError
from vivek.prompts.transcript import Transcript
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.schema.chunk import Chunk
from vivek.schema.events import TextDelta, ThinkingDelta
from vivek.schema.held import HELD_CHARACTERS
from vivek.schema.request import Request


class Pieces(ScriptedProvider):
    """Gives prepared chunks."""

    def __init__(self, *chunks: Chunk) -> None:
        super().__init__([""])
        self._chunks = chunks

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        for chunk in self._chunks:
            yield chunk


async def test_how_many_pieces_the_server_sent_is_handed_on(transcript: Transcript, head: str) -> None:
    provider = Pieces(
        Chunk(thinking="hm, well", pieces=2),
        Chunk(text="one two three ", pieces=3),
        Chunk(text="four"),
        Chunk(finish="stop"),
    )

    _, events = await ask(asker_of(provider, transcript), question(head))

    told = [event for event in events if isinstance(event, TextDelta | ThinkingDelta)]
    assert [(event.text, event.pieces) for event in told] == [("hm, well", 2), ("one two three ", 3), ("four", 1)]


async def test_without_a_store_to_spool_to_a_reply_has_a_cap(transcript: Transcript, head: str) -> None:
    text = "".join(f"{number:07} " for number in range(HELD_CHARACTERS // 8))
    kept: list[tuple[str, ...]] = []
    whole = Pieces(Chunk(text=text), Chunk(finish="stop"))
    longer = Pieces(Chunk(text=text[:-3]), Chunk(text="more than that"), Chunk(finish="stop"))

    answer, _ = await ask(asker_of(whole, transcript), question(head))
    assert answer.text == text
    with pytest.raises(StreamInterruptedError, match="more than 1,000,000 characters"):
        await ask(asker_of(longer, transcript, keep_partial=lambda *said: kept.append(said)), question(head))

    assert [(len(partial), partial[-6:], spooled) for _, _, partial, spooled in kept] == [(1_000_000, "249mor", "")]
