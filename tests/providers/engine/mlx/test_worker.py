import asyncio
import threading
import time
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from vivek.providers.engine.mlx.worker import QUEUE_LIMIT, Job, Worker


@pytest.fixture
async def worker() -> AsyncIterator[Worker]:
    worker = Worker()
    yield worker
    await worker.close(lambda: None)


async def collect(worker: Worker, count: int) -> list[int]:
    def work(job: Job[int]) -> None:
        for number in range(count):
            job.emit(number)

    async with aclosing(worker.stream(work)) as batches:
        return [number async for batch in batches for number in batch]


async def test_results_arrive_in_order_and_all_of_them(worker: Worker) -> None:
    assert await collect(worker, 10_000) == list(range(10_000))
    assert await collect(worker, 0) == []


async def test_what_is_ready_comes_at_once(worker: Worker) -> None:
    emitted = threading.Event()

    def work(job: Job[int]) -> None:
        for number in range(5):
            job.emit(number)
        emitted.set()

    stream = worker.stream(work)
    first = await anext(stream)
    await asyncio.to_thread(emitted.wait)
    rest = [batch async for batch in stream]

    assert [*first, *(number for batch in rest for number in batch)] == [0, 1, 2, 3, 4]
    assert len(rest) <= 1


async def test_a_reader_that_is_slow_holds_the_work_back(worker: Worker) -> None:
    done: list[int] = []

    def work(job: Job[int]) -> None:
        for number in range(10 * QUEUE_LIMIT):
            job.emit(number)
            done.append(number)

    async with aclosing(worker.stream(work)) as batches:
        first = await anext(batches)
        await asyncio.sleep(0.1)
        assert len(done) <= len(first) + QUEUE_LIMIT


async def test_an_error_follows_what_came_before_it(worker: Worker) -> None:
    def work(job: Job[int]) -> None:
        job.emit(1)
        msg = "it broke"
        raise ValueError(msg)

    seen: list[int] = []
    with pytest.raises(ValueError, match="it broke"):
        async for batch in worker.stream(work):
            seen += batch
    assert seen == [1]


async def test_the_end_is_seen_by_a_reader_that_comes_late() -> None:
    job = Job[int](asyncio.get_running_loop())
    await asyncio.to_thread(job.run, lambda each: each.emit(1))
    await asyncio.sleep(0)

    async with asyncio.timeout(10):
        assert await job.take() == [1]
        assert await job.take() == []


async def test_closing_the_iterator_stops_the_work_at_its_next_result(worker: Worker) -> None:
    stopped = threading.Event()

    def work(job: Job[int]) -> None:
        try:
            for number in range(10**9):
                job.emit(number)
        finally:
            stopped.set()

    stream = worker.stream(work)
    await anext(stream)
    await stream.aclose()

    assert await asyncio.to_thread(stopped.wait, 5)
    assert await collect(worker, 3) == [0, 1, 2], "the thread is free again"


async def test_cancelling_stops_work_that_only_looks_whether_it_is_wanted(worker: Worker) -> None:
    began, stopped = threading.Event(), threading.Event()

    def work(job: Job[int]) -> None:
        began.set()
        try:
            while True:
                job.check()
                time.sleep(0.001)
        finally:
            stopped.set()

    async def read() -> None:
        async with aclosing(worker.stream(work)) as batches:
            async for _ in batches:
                pass

    task = asyncio.create_task(read())
    await asyncio.to_thread(began.wait)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert await asyncio.to_thread(stopped.wait, 5)


async def test_work_that_waits_for_its_turn_is_not_begun_when_nobody_waits_for_it(worker: Worker) -> None:
    go_on = threading.Event()
    begun: list[str] = []

    def first(job: Job[str]) -> None:
        job.emit("first")
        go_on.wait(10)

    def second(job: Job[str]) -> None:
        begun.append("second")

    holding = worker.stream(first)
    await anext(holding)
    waiting = asyncio.create_task(anext(worker.stream(second)))
    await asyncio.sleep(0.02)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    go_on.set()

    assert [batch async for batch in holding] == []
    assert await collect(worker, 1) == [0]
    assert begun == []


async def test_one_piece_of_work_at_a_time(worker: Worker) -> None:
    running: list[int] = []

    def work(job: Job[int]) -> None:
        running.append(1)
        time.sleep(0.01)
        job.emit(sum(running))
        running.pop()

    async def ask() -> int | None:
        return await worker.run(work)

    assert await asyncio.gather(*(ask() for _ in range(4))) == [1, 1, 1, 1]


async def test_closing_stops_the_work_and_does_one_thing_last() -> None:
    worker = Worker()
    order: list[str] = []

    def work(job: Job[int]) -> None:
        try:
            while True:
                job.emit(1)
        finally:
            order.append(threading.current_thread().name)

    stream = worker.stream(work)
    await anext(stream)
    await worker.close(lambda: order.append("last in " + threading.current_thread().name))

    name = order[0]
    assert order == [name, f"last in {name}"]
    async for _ in stream:
        pass  # what was waiting may still come, then it ends
    assert await collect(worker, 2) == [0, 1], "it starts anew"
    await worker.close(lambda: None)


def test_a_loop_that_is_gone_stops_the_work() -> None:
    stopped = threading.Event()
    began = threading.Event()

    def work(job: Job[int]) -> None:
        began.set()
        try:
            for number in range(10**9):
                job.emit(number)
        finally:
            stopped.set()

    loop = asyncio.new_event_loop()
    job = Job[int](loop)
    thread = threading.Thread(target=job.run, args=(work,))
    thread.start()
    began.wait(5)
    loop.close()

    assert stopped.wait(10)
    thread.join(5)
