"""The real server, in process."""

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from actiscope.collection.build import build
from actiscope.web import Slide, create_app

ADDRESS = "http://127.0.0.1:8765"


@pytest.fixture(scope="session")
def slides(a1, closed, coffee):
    return [
        Slide("face", a1, sample=True),
        Slide("closed", closed, sample=True),
        Slide("coffee", coffee, sample=True),
    ]


@pytest.fixture(scope="session")
def face_id(slides):
    return slides[0].id


@pytest.fixture(scope="session")
def index_path(net, slides, tmp_path_factory):
    """An index of the three pictures, of one layer."""
    folder = tmp_path_factory.mktemp("index")
    (folder / "set").mkdir()
    for slide in slides:
        Image.fromarray(slide.pixels).save(folder / "set" / f"{slide.name}.png")
    build(net, [folder / "set"], folder / "set.index", ["fire6-squeeze1x1"])
    return folder / "set.index"


@pytest.fixture(scope="session")
def app(net, slides):
    return create_app(net, slides)


@pytest.fixture(scope="session")
def client(app):
    with TestClient(app, base_url=ADDRESS) as client:
        yield client


@pytest.fixture
def anyio_backend():
    return "asyncio"
