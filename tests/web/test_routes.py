"""What the server answers is what the package computes."""

import io
import json
import re

import numpy as np
import pytest
from PIL import Image
from tests.unpacking import unpack

from actiscope import read_image
from actiscope.images import encode_png
from actiscope.images.edits import Stroke, edit
from actiscope.report.explorer.describing import describe_network
from actiscope.report.explorer.offline import render_report
from actiscope.report.explorer.sprites import pack_layer

EYE = {"tool": "inpaint", "radius": 7, "points": [[103.5, 125.5], [103.5, 149.5]]}


def test_the_network(client, net):
    assert client.get("/api/network").json() == describe_network(net)


def test_the_pictures(client, slides):
    listed = client.get("/api/pictures").json()[:3]
    assert [one["name"] for one in listed] == ["face", "closed", "coffee"]
    assert listed[2] == {
        "id": slides[2].id, "name": "coffee", "height": 400, "width": 600, "sample": True,
        "of": None,
    }  # fmt: skip


def test_a_picture_comes_back_as_it_is(client, face_id, a1):
    answer = client.get(f"/api/pictures/{face_id}")
    assert answer.headers["content-type"] == "image/png"
    assert "immutable" in answer.headers["cache-control"]
    assert np.array_equal(read_image(answer.content), a1)


def test_a_small_one_comes_for_the_strip(client, slides):
    answer = client.get(f"/api/pictures/{slides[2].id}?thumb=96")
    assert answer.headers["content-type"] == "image/png"
    assert "immutable" in answer.headers["cache-control"]
    assert read_image(answer.content).shape == (64, 96, 3)
    assert client.get(f"/api/pictures/{slides[2].id}?thumb=0").status_code == 422


@pytest.mark.parametrize("name", ["data", "conv1", "fire6-squeeze1x1", "prob"])
@pytest.mark.parametrize(("size", "fed"), [("own", 227), ("native", None), ("100x120", (100, 120))])
def test_a_layer_is_what_the_network_answers(client, net, slides, coffee, name, size, fed):
    index = net.layers[name].index
    answer = client.get(f"/api/pictures/{slides[2].id}/layers/{index}?size={size}")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.content == pack_layer(net.activations(coffee, name, size=fed))


def test_a_channel_is_exact(client, net, face_id, a1):
    answer = client.get(f"/api/pictures/{face_id}/layers/1/channels/21")
    shape = int(answer.headers["x-height"]), int(answer.headers["x-width"])
    values = np.frombuffer(answer.content, "<f4").reshape(shape)
    assert np.array_equal(values, net.activations(a1, "conv1").channel(21))


def test_values_are_what_the_command_writes(client, net, face_id, a1):
    layer = net.layers["fire6-relu_squeeze1x1"]
    answer = client.get(f"/api/pictures/{face_id}/layers/{layer.index}/values")
    assert f"filename*=UTF-8''{layer.name}.npz" in answer.headers["content-disposition"]
    arrays = np.load(io.BytesIO(answer.content))
    assert np.array_equal(arrays[layer.name], net.activations(a1, layer).values)
    meta = json.loads(str(arrays["meta"]))
    assert meta["network"] == net.name
    assert meta["image"] == {"path": "face", "size": [227, 227]}
    assert meta["layers"][layer.name]["shape"] == [48, 14, 14]


def test_classes_are_those_of_the_network(client, net, slides, coffee):
    told = client.get(f"/api/pictures/{slides[2].id}/classes").json()
    wanted = net.classify(coffee, size=227)
    assert [(one["index"], one["name"], one["probability"]) for one in told] == [
        (one.index, one.name, one.probability) for one in wanted
    ]


def test_thumbnails_show_every_layer(client, net, face_id, a1):
    sprite = unpack(client.get(f"/api/pictures/{face_id}/thumbnails").content)
    assert sprite.header["layer"] == -1
    assert sprite.drawn.shape == (68, 32, 32)
    conv1 = np.abs(net.activations(a1, "conv1").values).mean()
    assert sprite.mean[1] == pytest.approx(conv1, rel=0.01)


def test_any_picture_file_can_be_added(client, net, coffee):
    small = coffee[:60, :80]
    for kind in ("PNG", "BMP", "TIFF"):
        file = io.BytesIO()
        Image.fromarray(small).save(file, kind)
        answer = client.post("/api/pictures?name=a b.png", content=file.getvalue())
        assert answer.status_code == 201
        told = answer.json()
        assert (told["name"], told["height"], told["width"]) == ("a b.png", 60, 80)
    assert [one["id"] for one in client.get("/api/pictures").json()].count(told["id"]) == 1
    sprite = client.get(f"/api/pictures/{told['id']}/layers/1?size=native").content
    assert sprite == pack_layer(net.activations(small, "conv1"))


def test_camera_frames_are_soon_forgotten(client):
    rng = np.random.default_rng(2)
    frames = [rng.integers(0, 256, (20, 20, 3), dtype=np.uint8) for _ in range(12)]
    told = [
        client.post("/api/pictures?name=camera&frame=1", content=encode_png(frame)).json()
        for frame in frames
    ]
    known = [client.get(f"/api/pictures/{one['id']}").status_code for one in told]
    assert known == [404] * 4 + [200] * 8
    listed = {one["id"] for one in client.get("/api/pictures").json()}
    assert not listed & {one["id"] for one in told}


def test_a_stroke_over_the_eye(client, net, face_id, a1):
    answer = client.post(f"/api/pictures/{face_id}/edits", json={"strokes": [EYE]})
    assert answer.status_code == 201
    told = answer.json()
    assert told["of"] == face_id
    edited = edit(a1, [Stroke("inpaint", 7, [(103.5, 125.5), (103.5, 149.5)])])
    assert np.array_equal(read_image(client.get(f"/api/pictures/{told['id']}").content), edited)
    again = client.post(f"/api/pictures/{face_id}/edits", json={"strokes": [EYE]}).json()
    assert again["id"] == told["id"]
    index = net.layers["fire6-relu_squeeze1x1"].index
    before, after = (
        unpack(client.get(f"/api/pictures/{identity}/layers/{index}").content).values[13]
        for identity in (face_id, told["id"])
    )
    assert after[4:8, 8:11].max() < 0.5 * before[4:8, 8:11].max()
    assert after[4:8, 4:7].max() == pytest.approx(before[4:8, 4:7].max(), rel=0.02)


def test_no_stroke_is_the_picture_itself(client, face_id):
    answer = client.post(f"/api/pictures/{face_id}/edits", json={"strokes": []})
    assert answer.json()["id"] == face_id
    assert answer.json()["sample"] is True


def test_the_api_describes_itself(client):
    told = client.get("/api/openapi.json").json()
    layer = told["paths"]["/api/pictures/{identity}/layers/{index}"]["get"]["responses"]
    assert layer["200"]["content"] == {
        "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
    }
    for methods in told["paths"].values():
        for method in methods.values():
            error = method["responses"]["4XX"]["content"]["application/json"]["schema"]
            assert error["required"] == ["error"]
            assert "422" not in method["responses"]


def test_a_report_is_the_page_with_everything_in_it(client, net, slides, face_id):
    body = {"pictures": [face_id], "size": "64"}
    answer = client.post("/api/report", json=body)
    assert answer.headers["content-type"].startswith("text/html")
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.text == render_report(net, slides[:1], size="64")


def test_a_report_begins_with_what_the_page_shows(client, face_id):
    pins = [{"layer": 1, "channel": 21}, [1, 2], None]
    view = {"layer": 1, "colormap": "signed", "opacity": 0.5, "both": True, "pins": pins}
    answer = client.post("/api/report", json={"pictures": [face_id], "size": "64", "view": view})
    data = json.loads(re.search(r'id="data">(.*?)</script>', answer.text)[1])
    assert data["view"] == view
    assert list(data["view"]) == list(view)


@pytest.mark.parametrize(
    "view",
    [
        '"main"',
        json.dumps({f"a{i}": 1 for i in range(31)}),
        json.dumps({"a": {"b": 1}}),
        json.dumps({"a": "x" * 2001}),
        json.dumps({"a": [0] * 101}),
        '{"a": NaN}',
        '{"a": 1e999}',
    ],
)
def test_a_view_is_small_and_plain(client, face_id, view):
    body = f'{{"pictures": ["{face_id}"], "size": "64", "view": {view}}}'
    headers = {"Content-Type": "application/json"}
    answer = client.post("/api/report", content=body, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["error"]["type"] == "invalid_request"
