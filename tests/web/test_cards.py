"""What the server says of an index is what the index says."""

import json

import numpy as np
import pytest
from fastapi.testclient import TestClient
from tests.collection.indexed import DEAD, make_index
from tests.web.conftest import ADDRESS

from actiscope import read_image
from actiscope.collection.index import Index
from actiscope.errors import ArgumentError
from actiscope.report.cards.describing import describe_card
from actiscope.web import Limits, Slide, create_app

LAYER = "fire6-squeeze1x1"


@pytest.fixture(scope="module")
def index(index_path):
    with Index(index_path) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(net, slides, index):
    with TestClient(create_app(net, slides[:1], index=index), base_url=ADDRESS) as client:
        yield client


@pytest.fixture(scope="module")
def number(net):
    return net.layers.find(LAYER).index


def test_a_page_learns_which_layers_there_are(client, number):
    told = client.get("/api/network").json()
    known = {"images": 3, "finished": True, "layers": [number], "size": "own"}
    assert told["indexed"] == known


def test_without_an_index_there_are_no_such_addresses(net, slides, number):
    with TestClient(create_app(net, slides[:1]), base_url=ADDRESS) as client:
        assert client.get("/api/network").json()["indexed"] is None
        assert client.get(f"/api/index/layers/{number}").status_code == 404


def test_a_card_is_that_of_the_index(client, net, index, number):
    card = client.get(f"/api/index/layers/{number}/channels/13").json()
    expected = describe_card(index, net, LAYER, index.channel(LAYER, 13), 8)
    assert card == json.loads(json.dumps(expected))
    best = max(card["patches"], key=lambda patch: patch["value"])
    assert (best["name"], best["value"]) == ("face.png", card["high"])
    briefs = client.get(f"/api/index/layers/{number}").json()
    assert briefs[13]["active"] == card["active"]
    assert len(briefs) == 48


def test_pictures_are_shown_small_and_opened_whole(client, number, slides):
    card = client.get(f"/api/index/layers/{number}/channels/13").json()
    coffee = next(each for each in card["patches"] if each["name"] == "coffee.png")
    small = client.get(f"/api/index/pictures/{coffee['image']}")
    assert small.headers["content-type"] == "image/webp"
    assert max(read_image(small.content).shape) == 320
    added = client.post(f"/api/index/pictures/{coffee['image']}")
    assert added.status_code == 201
    assert added.json()["name"] == "coffee.png"
    assert added.json()["id"] == slides[2].id
    assert added.json()["id"] in [one["id"] for one in client.get("/api/pictures").json()]


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("layers/1", 404, "layer_not_found"),
        ("layers/999999", 404, "layer_not_found"),
        ("layers/{number}/channels/48", 404, "channel"),
        ("layers/{number}/channels/-1", 404, "channel"),
        ("pictures/0123456789abcdef", 404, "picture_not_found"),
        ("pictures/nothing", 422, "invalid_request"),
    ],
)
def test_what_is_not_there_is_told(client, number, path, status, kind):
    answer = client.get(f"/api/index/{path.format(number=number)}")
    assert (answer.status_code, answer.json()["error"]["type"]) == (status, kind)


def test_a_picture_that_has_gone_leaves_its_place_and_cannot_be_opened(tmp_path):
    made = make_index(tmp_path)
    slide = Slide("any", np.zeros((40, 40, 3), np.uint8))
    with Index(made.path) as index:
        first = index.top("conv", 0)[0]
        (made.folder / first.name.rpartition("/")[2]).unlink()
        app = create_app(made.network, [slide], index=index)
        number = made.network.layers.find("conv").index
        with TestClient(app, base_url=ADDRESS) as client:
            card = client.get(f"/api/index/layers/{number}/channels/0").json()
            opened = client.post(f"/api/index/pictures/{first.image}")
    assert card["patches"][0]["trouble"] == "its file has gone or changed"
    assert card["patches"][1]["trouble"] is None
    assert opened.status_code == 422
    assert "gone or changed" in opened.json()["error"]["message"]


def test_a_picture_that_is_too_large_is_not_opened(net, slides, index):
    app = create_app(net, slides[:1], index=index, limits=Limits(picture_pixels=100_000))
    coffee = next(unit.image for unit in index.top(LAYER, 13) if unit.name.endswith("coffee.png"))
    with TestClient(app, base_url=ADDRESS) as client:
        assert client.get(f"/api/index/pictures/{coffee}").status_code == 422
        assert client.post(f"/api/index/pictures/{coffee}").status_code == 413


def test_an_index_of_another_network_is_refused(net, slides, tmp_path):
    with Index(make_index(tmp_path).path) as index, pytest.raises(ArgumentError, match="another"):
        create_app(net, slides, index=index)


def test_a_channel_that_answers_to_nothing_has_no_patches(tmp_path):
    made = make_index(tmp_path)
    with Index(made.path) as index:
        card = describe_card(index, made.network, "relu", index.channel("relu", DEAD), 8)
    assert (card["patches"], card["dead"]) == ([], True)
