"""Every error is one line in one shape."""

import pytest
from fastapi.testclient import TestClient
from tests.web.conftest import ADDRESS

from actiscope.images import encode_png
from actiscope.web import Limits, create_app


def check(answer, status, kind, said):
    assert answer.status_code == status, answer.text
    assert list(answer.json()) == ["error"]
    error = answer.json()["error"]
    assert error["type"] == kind
    assert said in error["message"]
    assert "\n" not in error["message"]
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("path", "status", "kind", "said"),
    [
        ("/api/nothing", 404, "not_found", "Not Found"),
        ("/api/pictures/0123456789abcdef", 404, "picture_not_found", "send it again"),
        ("/api/pictures/{face}/layers/68", 404, "layer_not_found", "layers are 0-67; MATLAB's 68"),
        ("/api/pictures/{face}/layers/-1", 404, "layer_not_found", "layers are 0-67"),
        ("/api/pictures/{face}/layers/conv1", 422, "invalid_request", "index: "),
        ("/api/pictures/{face}/layers/1/channels/64", 404, "channel", "MATLAB's 64 is 63 here"),
        ("/api/pictures/{face}/layers/1?size=big", 422, "argument", "own, native, 227 or 227x300"),
        ("/api/pictures/{face}/layers/40?size=4", 422, "image_size", "is too small for layer"),
        ("/api/pictures/{face}/layers/1?size=9999", 413, "too_large", "choose a smaller size"),
        ("/api/pictures/{face}/thumbnails?size=4", 422, "image_size", "is too small for layer"),
        ("/static/nothing.js", 404, "not_found", "no file 'nothing.js'"),
        ("/static/..%2Fapp.py", 404, "not_found", ""),
    ],
)
def test_what_cannot_be_answered(client, face_id, path, status, kind, said):
    check(client.get(path.format(face=face_id)), status, kind, said)


def test_methods_that_are_not_allowed(client):
    check(client.delete("/api/network"), 405, "method_not_allowed", "Method Not Allowed")


@pytest.mark.parametrize(
    ("body", "status", "kind", "said"),
    [
        ({"strokes": [{"tool": "eraser", "radius": 1, "points": [[0, 0]]}]}, 422,
         "invalid_request", "strokes.0.tool"),
        ({"strokes": [{"tool": "blur", "radius": -1, "points": [[0, 0]]}]}, 422,
         "argument", "a radius is greater than 0"),
        ({"strokes": [{"tool": "blur", "radius": 1e308, "points": [[0, 0]]}]}, 422,
         "argument", "at most 1,000,000 pixels"),
        ({"strokes": [{"tool": "blur", "radius": 1, "points": [[0, 1e7]]}]}, 422,
         "argument", "at most 1,000,000 pixels from 0"),
        ({"strokes": [{"tool": "blur", "radius": 1, "points": []}]}, 422,
         "argument", "at least one point"),
        ({"strokes": [{"tool": "inpaint", "radius": 999, "points": [[9, 9]]}]}, 422,
         "argument", "nothing of the picture is left"),
        ({"strokes": [{"tool": "blur", "radius": 1, "points": [[0, 0]] * 5001}]}, 422,
         "invalid_request", "strokes.0.points: List should have at most 5000 items"),
        ({"strokes": [{"tool": "blur", "radius": 1, "points": [[0, 0]]}] * 201}, 422,
         "invalid_request", "strokes: List should have at most 200 items"),
        ({"strokes": [{"tool": "blur", "radius": 1, "points": [[0, 0]] * 2501}] * 2}, 413,
         "too_large", "at most 5,000 points"),
        ({}, 422, "invalid_request", "strokes: Field required"),
    ],
)  # fmt: skip
def test_edits_that_cannot_be_made(client, face_id, body, status, kind, said):
    check(client.post(f"/api/pictures/{face_id}/edits", json=body), status, kind, said)


def test_edits_that_are_no_json(client, face_id):
    headers = {"Content-Type": "application/json"}
    answer = client.post(f"/api/pictures/{face_id}/edits", content=b"{", headers=headers)
    check(answer, 422, "invalid_request", "")


@pytest.mark.parametrize(
    ("data", "said"), [(b"", "empty"), (b"%PDF-1.7", "a PDF"), (b"hello", "is no picture")]
)
def test_what_is_no_picture(client, data, said):
    check(client.post("/api/pictures", content=data), 422, "image", said)


@pytest.fixture
def strict(net, slides):
    limits = Limits(body_bytes=20_000, picture_pixels=10_000)
    with TestClient(create_app(net, slides, limits=limits), base_url=ADDRESS) as client:
        yield client


def test_pictures_of_too_many_pixels(strict, a1):
    wide = encode_png(a1[:100, :101] * 0)
    check(strict.post("/api/pictures", content=wide), 413, "too_large", "more than 10,000 pixels")
    assert strict.post("/api/pictures", content=encode_png(a1[:9, :9])).status_code == 201


def test_bodies_of_too_many_bytes(strict):
    check(strict.post("/api/pictures", content=b"x" * 20_001), 413, "too_large", "20,000 bytes")


def test_bodies_that_do_not_say_how_long_they_are(strict, face_id):
    def body():
        for _ in range(30):
            yield b" " * 1000

    for path in ("/api/pictures", f"/api/pictures/{face_id}/edits"):
        answer = strict.post(path, content=body(), headers={"Content-Type": "application/json"})
        assert "content-length" not in answer.request.headers
        check(answer, 413, "too_large", "20,000 bytes")


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [(ZeroDivisionError("secret"), 500, "internal"), (MemoryError(), 503, "out_of_memory")],
)
def test_what_nobody_foresaw_is_told_to_the_log_only(net, slides, caplog, error, status, kind):
    app = create_app(net, slides)

    @app.get("/api/broken")
    async def broken():
        raise error

    with TestClient(app, base_url=ADDRESS) as client:
        answer = client.get("/api/broken")
    check(answer, status, kind, "")
    assert "secret" not in answer.text
    assert "content-security-policy" in answer.headers
    assert type(error).__name__ in caplog.text
