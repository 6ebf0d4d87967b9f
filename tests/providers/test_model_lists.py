"""Lists of models are asked for once, and known from then on, for a while."""

import asyncio
import threading
import time
from collections.abc import Sequence

import pytest

from tests.providers.patience import Clock, FakeProvider
from vivek.errors import ProviderUnavailableError
from vivek.providers.catalog import MODEL_LISTS, Figures, ModelLists
from vivek.schema.models import ModelInfo
from vivek.schema.secret import Secret


class Listing(FakeProvider):
    """Tells a list that names how often it was asked, when it is let."""

    def __init__(self, base_url: str = "http://a", name: str = "fake") -> None:
        super().__init__([], name=name, base_url=base_url)
        self.go = threading.Event()
        self.go.set()
        self.fails: Exception | None = None

    async def models(self) -> Sequence[ModelInfo]:
        self.asked += 1
        number = self.asked
        while not self.go.is_set():
            await asyncio.sleep(0.001)
        if self.fails:
            raise self.fails
        return [ModelInfo(f"m{number}")]


@pytest.fixture
def clock() -> Clock:
    return Clock(now=50.0)


@pytest.fixture
def lists(clock: Clock) -> ModelLists:
    return ModelLists(clock=lambda: clock.now)


async def names(lists: ModelLists, provider: Listing, key: Secret | str | None = None) -> list[str]:
    return [info.name for info in await lists.get(provider, key)]


async def test_a_server_is_asked_again_after_five_minutes(lists: ModelLists, clock: Clock) -> None:
    provider = Listing()
    assert await names(lists, provider) == ["m1"]
    clock.now += 299.9
    assert await names(lists, provider) == ["m1"]
    clock.now += 0.1
    assert await names(lists, provider) == ["m2"]
    assert lists.figures() == Figures(hits=1, misses=2)


async def test_each_server_and_each_key_has_its_own_list(lists: ModelLists) -> None:
    one, other = Listing("http://a"), Listing("http://b")
    await names(lists, one)
    await names(lists, other)
    await names(lists, one, "key-1")
    await names(lists, one, "key-2")
    assert (one.asked, other.asked) == (3, 1)

    await names(lists, one, Secret("key-1"))
    await names(lists, Listing("http://a"))
    assert (one.asked, other.asked) == (3, 1), "what counts is the address and the key"
    await names(lists, Listing("http://a", name="other"))
    assert lists.figures() == Figures(hits=2, misses=5)


async def test_a_fuller_list_is_kept_apart_from_the_plain_one(lists: ModelLists) -> None:
    provider = Listing()

    async def fuller() -> Sequence[ModelInfo]:
        return [ModelInfo("m1", parameters=7)]

    assert await names(lists, provider) == ["m1"]
    assert (await lists.get(provider, None, fuller))[0].parameters == 7
    assert (await lists.get(provider))[0].parameters is None
    assert lists.figures() == Figures(hits=1, misses=2)
    lists.invalidate("http://a")
    await lists.get(provider, None, fuller)
    assert lists.figures() == Figures(hits=1, misses=3)


async def test_what_has_no_server_is_asked_each_time(lists: ModelLists) -> None:
    provider = Listing("")
    assert [await names(lists, provider) for _ in range(2)] == [["m1"], ["m2"]]
    assert lists.figures() == Figures(0, 0)


async def test_many_who_ask_at_once_ask_once(lists: ModelLists) -> None:
    provider = Listing()
    provider.go.clear()
    waiting = [asyncio.create_task(names(lists, provider)) for _ in range(20)]
    await asyncio.sleep(0.01)
    provider.go.set()

    assert await asyncio.gather(*waiting) == [["m1"]] * 20
    assert (provider.asked, lists.figures()) == (1, Figures(hits=19, misses=1))


def test_many_threads_with_loops_of_their_own_ask_once(lists: ModelLists) -> None:
    provider = Listing()
    provider.go.clear()
    answers: list[list[str]] = []
    threads = [threading.Thread(target=lambda: answers.append(asyncio.run(names(lists, provider)))) for _ in range(12)]
    for thread in threads:
        thread.start()
    while lists.figures().misses == 0:
        time.sleep(0.001)
    time.sleep(0.02)
    provider.go.set()
    for thread in threads:
        thread.join(30)

    assert answers == [["m1"]] * 12
    assert provider.asked == 1


async def test_a_failure_reaches_all_who_wait_and_is_not_kept(lists: ModelLists) -> None:
    provider = Listing()
    provider.go.clear()
    provider.fails = ProviderUnavailableError("S does not answer.")
    waiting = [asyncio.create_task(names(lists, provider)) for _ in range(3)]
    await asyncio.sleep(0.01)
    provider.go.set()
    told = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(each) for each in told] == [ProviderUnavailableError] * 3
    assert provider.asked == 1

    provider.fails = None
    assert await names(lists, provider) == ["m2"]


async def test_when_the_one_who_asks_is_stopped_the_next_one_asks(lists: ModelLists) -> None:
    provider = Listing()
    provider.go.clear()
    first, second = (asyncio.create_task(names(lists, provider)) for _ in range(2))
    await asyncio.sleep(0.01)
    first.cancel()
    await asyncio.sleep(0.01)
    provider.go.set()

    assert await second == ["m2"]
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_one_who_waits_can_be_stopped_alone(lists: ModelLists) -> None:
    provider = Listing()
    provider.go.clear()
    first, second, third = (asyncio.create_task(names(lists, provider)) for _ in range(3))
    await asyncio.sleep(0.01)
    second.cancel()
    await asyncio.sleep(0.01)
    provider.go.set()

    assert [await first, await third] == [["m1"], ["m1"]]
    assert second.cancelled()


async def test_what_is_forgotten_is_asked_for_again(lists: ModelLists) -> None:
    one, other = Listing("http://a"), Listing("http://b")
    await names(lists, one)
    await names(lists, other)

    lists.invalidate("http://a")
    assert (await names(lists, one), await names(lists, other)) == (["m2"], ["m1"])
    lists.invalidate()
    assert (await names(lists, one), await names(lists, other)) == (["m3"], ["m2"])


async def test_a_list_that_was_on_its_way_when_it_was_forgotten_is_not_kept(lists: ModelLists) -> None:
    provider = Listing()
    provider.go.clear()
    old = asyncio.create_task(names(lists, provider))
    await asyncio.sleep(0.01)
    lists.invalidate()
    provider.go.set()

    assert await old == ["m1"]
    assert await names(lists, provider) == ["m2"]


async def test_who_asks_after_it_was_forgotten_does_not_wait_for_the_old_list(lists: ModelLists) -> None:
    provider = Listing()
    provider.go.clear()
    old = asyncio.create_task(names(lists, provider))
    await asyncio.sleep(0.01)
    lists.invalidate()
    new = asyncio.create_task(names(lists, provider))
    await asyncio.sleep(0.01)
    provider.go.set()

    assert (await old, await new) == (["m1"], ["m2"])
    assert await names(lists, provider) == ["m2"]


async def test_a_known_list_is_there_in_less_than_a_millisecond(lists: ModelLists) -> None:
    class Long(Listing):
        async def models(self) -> Sequence[ModelInfo]:
            return [ModelInfo(f"model-{number}") for number in range(1000)]

    provider = Long()
    await lists.get(provider, "some-key")
    took = []
    for _ in range(50):
        begun = time.perf_counter()
        await lists.get(provider, "some-key")
        took.append(time.perf_counter() - begun)
    assert sorted(took)[25] < 0.001


def test_a_process_has_one() -> None:
    assert isinstance(MODEL_LISTS, ModelLists)
