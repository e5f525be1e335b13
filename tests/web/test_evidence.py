"""What the server says of evidence is what the studies find."""

import asyncio
import json
import re

import httpx
import numpy as np
import pytest
from tests.web.conftest import ADDRESS

from actiscope.geometry import Box
from actiscope.images.masks import box_of_mask, mask_of_change
from actiscope.images.samples import EYES
from actiscope.studies import attribute, occlude, selectivity
from actiscope.studies.occlusion import FILLS
from actiscope.web import Limits, create_app
from actiscope.web.engine import Engine
from actiscope.web.errors import GoneError
from actiscope.web.following import Following

LAYER = "fire2-squeeze1x1"


@pytest.fixture
def drives(net, face_id):
    return f"/api/pictures/{face_id}/layers/{net.layers[LAYER].index}/channels/3/drives"


def lines(answer):
    return [json.loads(line) for line in answer.text.splitlines()]


@pytest.mark.parametrize("fill", FILLS)
def test_a_unit_is_driven_by_what_the_study_finds(client, net, a1, drives, fill):
    answer = client.get(f"{drives}?unit=20,31&fill={fill}")
    *steps, found = lines(answer)
    own = occlude(net, a1, LAYER, 3, unit=(20, 31), fill=fill)
    assert found == {"fill": fill, **own.describe()}
    assert steps == [{"done": done, "total": own.runs} for done in range(1, own.runs + 1)]
    assert lines(client.get(f"{drives}?unit=20,31&fill={fill}")) == [found]


def test_coarse_steps_are_those_of_a_whole_window(client, net, a1, drives):
    *steps, found = lines(client.get(f"{drives}?unit=20,31&step=coarse"))
    own = occlude(net, a1, LAYER, 3, unit=(20, 31), window=28, stride=28)
    assert found == {"fill": "grey", **own.describe()}
    assert own.drops.size == 81
    assert len(steps) == own.runs


@pytest.mark.parametrize(
    ("query", "status", "kind"),
    [
        ("unit=99,0", 422, "argument"),
        ("unit=1", 422, "invalid_request"),
        ("fill=none", 422, "invalid_request"),
        ("step=none", 422, "invalid_request"),
        ("unit=1,1&size=1", 422, "image_size"),
    ],
)
def test_what_cannot_be_covered_is_an_error_before_anything_is_said(
    client, drives, query, status, kind
):
    answer = client.get(f"{drives}?{query}")
    assert answer.status_code == status
    assert answer.json()["error"]["type"] == kind


def test_no_channel_and_too_much(client, net, slides, drives):
    assert client.get(drives.replace("/3/", "/999/")).status_code == 404
    app = create_app(net, slides, limits=Limits(covered_pixels=1_000_000))
    assert asyncio.run(status_of(app, drives)) == 413


async def status_of(app, path):
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        return (await client.get(path)).status_code


@pytest.mark.anyio
async def test_one_map_is_made_at_a_time(net, slides, drives):
    transport = httpx.ASGITransport(create_app(net, slides))
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        paths = [f"{drives}?unit=20,{col}" for col in (20, 30)]
        first, second = await asyncio.gather(*map(client.get, paths))
        waited = [lines(answer)[0] == {"waiting": True} for answer in (first, second)]
        assert sorted(waited) == [False, True]
        assert all("drops" in lines(answer)[-1] for answer in (first, second))


@pytest.mark.anyio
async def test_a_map_that_was_made_meanwhile_is_not_made_again(net, slides, drives):
    transport = httpx.ASGITransport(create_app(net, slides))
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        path = f"{drives}?unit=20,20"
        answers = [lines(each) for each in await asyncio.gather(*map(client.get, [path] * 3))]
    first, *others = sorted(answers, key=len, reverse=True)
    assert all(each[-1] == first[-1] for each in others)
    assert all(len(each) < len(first) / 2 for each in others)


@pytest.mark.anyio
async def test_more_maps_than_may_wait_are_refused(net, slides, drives):
    transport = httpx.ASGITransport(create_app(net, slides, limits=Limits(waiting=1)))
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        paths = [f"{drives}?unit=20,{col}&step=coarse" for col in (10, 20, 30)]
        answers = await asyncio.gather(*map(client.get, paths))
    told = [answer for answer in answers if "requests wait already" in answer.text]
    assert len(told) == 1


@pytest.mark.anyio
async def test_work_ends_when_nobody_follows_it():
    engine, steps = Engine(running=1, waiting=0), []

    def work(tell):
        for step in range(10**9):
            tell(step, 10**9)
            steps.append(step)

    async def here():
        return False

    following = Following(engine, work, here)
    told = following.__aiter__()
    assert await anext(told) == (0, 10**9)
    await told.aclose()
    with pytest.raises(GoneError):
        await following.result()
    assert await engine.run(lambda: "free", here) == "free"


def test_changes_are_ranked_as_the_study_ranks_them(client, net, slides, a1, closed):
    layer = "fire6-relu_squeeze1x1"
    asked = {
        "a": slides[0].id,
        "b": slides[1].id,
        "layer": net.layers[layer].index,
        "regions": [
            {"name": name, "box": [box.left, box.top, box.right, box.bottom]}
            for name, box in EYES.items()
        ],
    }
    before, after = (net.activations(each, layer) for each in (a1, closed))
    own = selectivity(before, after, EYES)
    found = client.post("/api/changes", json=asked).json()
    assert {each["name"]: each["channels"] for each in found} == {
        name: [one.describe() for one in ranked] for name, ranked in own.items()
    }
    changed = box_of_mask(mask_of_change(a1, closed))
    (one,) = client.post("/api/changes", json={**asked, "regions": []}).json()
    assert one["name"] == "the change"
    assert Box(one["box"][1], one["box"][0], one["box"][3], one["box"][2]) == changed
    (ranked,) = selectivity(before, after, {"the change": changed}).values()
    assert one["channels"] == [each.describe() for each in ranked]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"layer": "prob"}, "sees the whole picture"),
        ({"b": 0}, "both pictures are the same"),
        ({"b": 2}, "both pictures must have one size"),
        ({"regions": [{"name": "x", "box": [5, 5, 5, 9]}]}, "x0 < x1"),
        ({"regions": [{"name": "far", "box": [900, 900, 950, 950]}]}, "lies outside the picture"),
    ],
)
def test_what_cannot_be_compared_is_said(client, net, slides, changed, told):
    asked = {"a": slides[0].id, "b": slides[1].id, "layer": 1, "regions": []} | changed
    if isinstance(asked["b"], int):
        asked["b"] = slides[asked["b"]].id
    if isinstance(asked["layer"], str):
        asked["layer"] = net.layers[asked["layer"]].index
    answer = client.post("/api/changes", json=asked)
    assert answer.status_code == 422
    assert told in answer.json()["error"]["message"]


def test_a_page_is_kept_with_maps_that_were_made_and_changes_that_can_be_told(
    client, net, slides, drives
):
    *_, made = lines(client.get(f"{drives}?unit=20,31"))
    seen = {
        "layer": net.layers[LAYER].index,
        "channel": 3,
        "unit": "20,31",
        "fills": ["grey", "inpaint"],
    }
    for other, told in ((1, 1), (2, 0)):  # coffee has another size
        pictures = [slides[0].id, slides[other].id]
        page = client.post("/api/report", json={"pictures": pictures, "seen": seen}).text
        data = json.loads(re.search(r'id="data">(.*?)</script>', page)[1])["evidence"]["seen"]
        assert [each["drops"] for each in data["drives"] if each["fill"] == "grey"] == [
            made["drops"]
        ]
        assert len(data["changes"]) == told


def test_a_value_is_divided_as_the_study_divides_it(client, net, slides, a1):
    layer = net.layers["fire6-expand3x3"].index
    address = f"/api/pictures/{slides[0].id}/layers/{layer}/channels/13/sum"
    told = client.get(address).json()
    found = attribute(net, a1, layer, 13, method="contributions")
    order = np.argsort(-abs(found.channels))
    assert [each["channel"] for each in told["shares"]] == order[:8].tolist()
    assert told["through"] == net.layers["fire6-squeeze1x1"].index
    total = told["nothing"] + told["rest"] + sum(each["share"] for each in told["shares"])
    assert total == pytest.approx(told["value"], rel=1e-5)
    assert client.get(f"{address}?unit=3,4").json()["unit"] == [3, 4]
    assert client.get(f"{address}?unit=99,4").status_code == 422
    pool = net.layers["pool1"].index
    assert client.get(address.replace(f"layers/{layer}", f"layers/{pool}")).json() is None
