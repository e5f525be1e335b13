"""More requests than the server can do."""

import asyncio
import threading

import httpx
import pytest
from tests.web.conftest import ADDRESS

from actiscope.web import Limits, create_app
from actiscope.web.engine import Engine
from actiscope.web.errors import BusyError, CrowdedError, GoneError, TooLargeError
from actiscope.web.intake import Intake
from actiscope.web.service import Service

pytestmark = pytest.mark.anyio


async def here():
    return False


async def away():
    return True


async def test_the_engine_refuses_what_it_has_no_room_for():
    engine, go = Engine(running=1, waiting=2), threading.Event()
    asked = [asyncio.create_task(engine.run(go.wait, here)) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(BusyError, match="3 requests wait already"):
        await engine.run(go.wait, here)
    go.set()
    assert await asyncio.gather(*asked) == [True] * 3
    assert await engine.run(lambda: "at once", here) == "at once"


async def test_work_whose_client_has_gone_is_dropped():
    engine, go, done = Engine(running=1, waiting=2), threading.Event(), []
    first = asyncio.create_task(engine.run(go.wait, here))
    await asyncio.sleep(0)
    second = asyncio.create_task(engine.run(lambda: done.append(1), away))
    await asyncio.sleep(0)
    go.set()
    assert await first
    with pytest.raises(GoneError):
        await second
    assert not done


async def test_the_server_answers_or_says_that_it_is_busy(net, slides, face_id):
    limits = Limits(running=1, waiting=3)
    transport = httpx.ASGITransport(create_app(net, slides, limits=limits))
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        path = f"/api/pictures/{face_id}/layers"
        answers = await asyncio.gather(*(client.get(f"{path}/{i}") for i in range(30)))
        refused = [one for one in answers if one.status_code != 200]
        assert len(refused) == 26
        for one in refused:
            assert one.status_code == 503
            assert one.headers["retry-after"] == "1"
            assert one.json()["error"]["type"] == "busy"
        assert (await client.get(f"{path}/67")).status_code == 200


async def test_requests_for_the_same_need_room_for_one(net, slides, face_id):
    limits = Limits(running=1, waiting=0)
    transport = httpx.ASGITransport(create_app(net, slides, limits=limits))
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        path = f"/api/pictures/{face_id}/layers/1"
        answers = await asyncio.gather(*(client.get(path) for _ in range(20)))
        assert {one.status_code for one in answers} == {200}


async def test_a_browser_that_has_gone_is_not_worked_for(net, slides, face_id):
    app = create_app(net, slides)
    sent = []

    async def receive():
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http", "method": "GET", "path": f"/api/pictures/{face_id}/layers/1",
        "query_string": b"", "headers": [(b"host", b"localhost")], "http_version": "1.1",
        "scheme": "http", "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8765),
        "root_path": "", "raw_path": b"",
    }  # fmt: skip
    await app(scope, receive, send)
    assert sent[0]["status"] == 499
    assert b"gone" in sent[1]["body"]


async def test_answers_stay_within_the_budget(net, slides, face_id):
    service = Service(net, slides, Limits(cache_bytes=4_000_000))
    for index in range(0, 68, 4):
        await service.sprite(face_id, index, "own", here)
        assert service.cache.bytes <= 4_000_000
    await service.thumbnails(face_id, "own", here)
    assert 0 < service.cache.bytes <= 4_000_000


async def test_thumbnails_leave_the_answers_of_all_layers(net, slides, face_id):
    service = Service(net, slides, Limits())
    await service.thumbnails(face_id, "own", here)
    before = service.cache.bytes
    await service.activations(face_id, 40, "own", away)
    assert service.cache.bytes == before


def request(*parts, **headers):
    """Return a request whose body comes in parts."""
    coming = iter(parts)

    async def receive():
        return {"type": "http.request", "body": next(coming)}

    said = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "headers": said}, receive


async def test_bodies_are_bounded_together_for_as_long_as_they_are_there():
    intake = Intake(one=10, together=15)
    with intake.limit(*request(b"x" * 9, b"x")) as first:
        await first()
        with intake.limit(*request(b"x" * 6, b"x")) as second:
            await second()
            with pytest.raises(CrowdedError):
                await first()
            assert intake.bytes == 15
    assert intake.bytes == 0


async def test_what_a_body_says_of_its_length_counts_before_it_comes():
    intake = Intake(one=10, together=15)
    with pytest.raises(TooLargeError), intake.limit(*request(content_length="11")):
        pass
    with intake.limit(*request(b"x" * 9, content_length="8")) as first:
        assert intake.bytes == 8
        with pytest.raises(CrowdedError), intake.limit(*request(content_length="8")):
            pass
        await first()
        assert intake.bytes == 9
    assert intake.bytes == 0


async def test_a_crowd_that_sends_is_told_to_come_again(net, slides, face_id):
    app = create_app(net, slides, limits=Limits(bodies_bytes=1000))
    transport = httpx.ASGITransport(app)

    async def parts():
        for _ in range(11):
            yield b" " * 100

    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        headers = {"Content-Type": "application/json"}
        for path in ("/api/pictures", f"/api/pictures/{face_id}/edits"):
            for content in (b"x" * 1001, parts()):
                answer = await client.post(path, content=content, headers=headers)
                assert answer.status_code == 503
                assert answer.headers["retry-after"] == "1"
                assert answer.json()["error"]["type"] == "busy"
        assert (await client.post("/api/pictures", content=b"x" * 999)).status_code == 422
