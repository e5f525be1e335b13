"""Results that are kept, under a budget."""

import asyncio

import pytest

from actiscope.web.cache import Cache
from actiscope.web.errors import BusyError, GoneError

pytestmark = pytest.mark.anyio


async def put(cache, key, size):
    async def work():
        return b"x" * size

    return await cache.once((key,), work, len)


async def test_the_least_recently_used_goes_first():
    cache = Cache(100)
    for key in "abc":
        await put(cache, key, 30)
    await put(cache, "a", 30)
    await put(cache, "d", 30)
    assert [key for key in "abcd" if cache.get((key,)) is not None] == ["a", "c", "d"]
    assert cache.bytes == 90


async def test_what_is_larger_than_the_budget_is_given_and_not_kept():
    cache = Cache(100)
    await put(cache, "a", 60)
    assert len(await put(cache, "b", 101)) == 101
    assert cache.get(("b",)) is None
    assert cache.bytes == 60


async def test_a_picture_is_forgotten_with_all_of_it():
    cache = Cache(100)
    cache.keep(("a", "1"), b"1", 10)
    cache.keep(("a", "2"), b"2", 10)
    cache.keep(("b", "1"), b"3", 10)
    cache.forget("a")
    assert cache.get(("a", "1")) is cache.get(("a", "2")) is None
    assert cache.get(("b", "1")) == b"3"
    assert cache.bytes == 10


async def test_who_asks_at_once_waits_for_one_computation():
    cache, runs, go = Cache(100), [], asyncio.Event()

    async def work():
        runs.append(1)
        await go.wait()
        return b"done"

    asking = [asyncio.create_task(cache.once(("a",), work, len)) for _ in range(5)]
    await asyncio.sleep(0)
    asking[3].cancel()
    await asyncio.sleep(0)
    go.set()
    found = await asyncio.gather(*asking, return_exceptions=True)
    assert [one for one in found if one == b"done"] == [b"done"] * 4
    assert len(runs) == 1


async def test_if_the_first_has_gone_the_next_computes():
    cache, runs, go = Cache(100), [], asyncio.Event()

    async def work():
        runs.append(1)
        await go.wait()
        if len(runs) == 1:
            raise GoneError("the client has gone")
        return b"done"

    asking = [asyncio.create_task(cache.once(("a",), work, len)) for _ in range(3)]
    await asyncio.sleep(0)
    go.set()
    first, *others = await asyncio.gather(*asking, return_exceptions=True)
    assert isinstance(first, GoneError)
    assert others == [b"done"] * 2
    assert len(runs) == 2


async def test_an_error_is_told_to_all_and_not_kept():
    cache, go = Cache(100), asyncio.Event()

    async def fail():
        await go.wait()
        raise BusyError("busy")

    asking = [asyncio.create_task(cache.once(("a",), fail, len)) for _ in range(2)]
    await asyncio.sleep(0)
    go.set()
    found = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(one) for one in found] == [BusyError] * 2
    assert await put(cache, "a", 3) == b"xxx"
