"""A server that failed again and again is left alone, then tried with one call."""

import threading
from collections.abc import Callable

import pytest

from vivek.errors import ProviderUnavailableError
from vivek.providers.breaker import BREAKERS, Breaker, Breakers, Permit

DOWN = ProviderUnavailableError("S does not answer.", hint="Start S.")


class Clock:
    """Time that a test moves."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(clock=clock)


def fail(breaker: Breaker, times: int = 1) -> None:
    for _ in range(times):
        with breaker.enter() as permit:
            permit.bad(DOWN)


def test_three_failures_in_a_row_open_it(breaker: Breaker) -> None:
    fail(breaker, 2)
    assert breaker.state() == "closed"
    fail(breaker)
    assert breaker.state() == "open"
    with pytest.raises(ProviderUnavailableError):
        breaker.enter()


def test_a_success_in_between_begins_the_count_anew(breaker: Breaker) -> None:
    fail(breaker, 2)
    with breaker.enter() as permit:
        permit.good()
    fail(breaker, 2)
    assert breaker.state() == "closed"


def test_what_tells_nothing_does_not_count(breaker: Breaker) -> None:
    fail(breaker, 2)
    with breaker.enter():
        pass  # cancelled, or refused for a reason that says nothing of the server
    fail(breaker)
    assert breaker.state() == "open"


def test_it_says_until_when_and_what_to_do(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 12.5
    with pytest.raises(ProviderUnavailableError) as caught:
        breaker.enter()

    told = "S does not answer. It failed 3 times in a row and is left alone for another 18 s."
    assert caught.value.message == told
    assert caught.value.hint == "Start S. Ask again in 18 s, or choose another model with `--model`."
    assert caught.value.retry_after == 17.5


def test_after_thirty_seconds_exactly_one_call_tries_it(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 29.9
    with pytest.raises(ProviderUnavailableError):
        breaker.enter()
    clock.now += 0.1

    probe = breaker.enter()
    assert probe.probe
    with pytest.raises(ProviderUnavailableError, match="another call tries it at this moment") as caught:
        breaker.enter()
    assert "Ask again when that one has ended" in caught.value.hint

    probe.good()
    assert breaker.state() == "closed"
    fail(breaker, 2)
    assert breaker.state() == "closed", "the count began anew"


def test_a_call_that_tries_it_and_fails_opens_it_again(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 30
    fail(breaker)

    assert breaker.state() == "open"
    clock.now += 29
    with pytest.raises(ProviderUnavailableError, match="failed 4 times"):
        breaker.enter()
    clock.now += 1
    assert breaker.enter().probe


def test_a_call_that_tries_it_and_is_cancelled_lets_the_next_one_try(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 30
    with pytest.raises(KeyboardInterrupt), breaker.enter():
        raise KeyboardInterrupt

    assert breaker.state() == "open"
    assert breaker.enter().probe


def test_a_call_begun_before_it_opened_neither_counts_nor_ends_the_trial(breaker: Breaker, clock: Clock) -> None:
    late = [breaker.enter() for _ in range(3)]
    fail(breaker, 3)
    clock.now += 30
    late[0].bad(DOWN)
    probe = breaker.enter()
    late[1].bad(DOWN)
    assert (probe.probe, breaker.state()) == (True, "probing")

    late[2].good()  # it does answer
    assert breaker.state() == "closed"
    probe.bad(DOWN)
    assert breaker.state() == "closed"


def test_calls_side_by_side_that_all_fail_open_it_once(breaker: Breaker) -> None:
    permits = [breaker.enter() for _ in range(5)]
    for permit in permits:
        permit.bad(DOWN)
    with pytest.raises(ProviderUnavailableError, match="failed 3 times"):
        breaker.enter()


def test_a_permit_counts_once(breaker: Breaker) -> None:
    with breaker.enter() as permit:
        permit.bad(DOWN)
        permit.bad(DOWN)
        permit.bad(DOWN)
    assert breaker.state() == "closed"


def test_it_can_be_told_that_the_server_answers(breaker: Breaker) -> None:
    fail(breaker, 3)
    breaker.reset()
    with breaker.enter() as permit:
        assert not permit.probe


def in_threads(work: Callable[[], None], count: int = 16) -> None:
    start = threading.Barrier(count)

    def run() -> None:
        start.wait()
        work()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_of_many_threads_one_tries_it(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 30
    permits: list[Permit] = []
    refused: list[ProviderUnavailableError] = []

    def work() -> None:
        try:
            permits.append(breaker.enter())
        except ProviderUnavailableError as error:
            refused.append(error)

    in_threads(work)
    assert (len(permits), len(refused)) == (1, 15)


def test_everybody_who_asks_gets_the_same_one_for_an_endpoint() -> None:
    known = Breakers()
    seen: list[Breaker] = []
    in_threads(lambda: seen.append(known.of("http://a")))

    assert len({id(each) for each in seen}) == 1
    assert known.of("http://b") is not seen[0]
    known.forget()
    assert known.of("http://a") is not seen[0]
    assert BREAKERS.of("http://a") is not known.of("http://a")
