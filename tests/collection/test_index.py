"""What an index says is what the network answers to the pictures, one by one."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from PIL import Image

from actiscope import open_network, read_image
from actiscope.collection.build import build
from actiscope.collection.cards import draw_card
from actiscope.collection.ids import hex_id, int_id
from actiscope.collection.index import Index
from actiscope.collection.sheets import draw_channels
from actiscope.collection.sources import content_id
from actiscope.errors import ArgumentError, ChannelError, LayerNotFoundError
from actiscope.pictures.gallery import CELL
from tests.collection.conftest import LAYERS, OPTIONS
from tests.networks.tiny import RAW, filters, model

SIZE = (22, 26)
BLANK = (236, 238, 240)


@pytest.fixture(scope="module")
def path(tiny, photos, tmp_path_factory):
    path = tmp_path_factory.mktemp("index") / "index.db"
    build(tiny, [photos], path, LAYERS, size=SIZE, top=9)
    return path


@pytest.fixture
def index(path):
    with Index(path) as opened:
        yield opened


@pytest.fixture(scope="module")
def answers(tiny, photos):
    """What each picture gives alone, by name."""
    return {str(photo): tiny.activations(photo, LAYERS, size=SIZE) for photo in photos.rglob("*.*")}


@pytest.mark.parametrize("layer", LAYERS)
def test_statistics_are_those_of_all_values(index, answers, layer):
    values = np.stack([answer[layer].values for answer in answers.values()]).astype(np.float64)
    assert index.images == 60
    for channel, said in enumerate(index.channels(layer)):
        mine = values[:, channel]
        assert said == index.channel(layer, channel)
        assert (said.channel, said.images, said.units) == (channel, 60, mine.size)
        assert said.active == (mine.max(axis=(1, 2)) > 0).mean()
        assert said.above == (mine > 0).mean()
        assert (said.low, said.high) == (mine.min(), mine.max())
        assert said.mean == pytest.approx(mine.mean(), rel=1e-12)
        assert said.deviation == pytest.approx(mine.std(), rel=1e-9)
        for share, value in said.quantiles.items():
            true = np.sort(mine, axis=None)[int(share * mine.size)]
            assert abs(value - true) <= max(abs(true) / 16, 2.0**-24)
        assert index.histogram(layer, channel).sum() == mine.size


@pytest.mark.parametrize("layer", LAYERS)
def test_the_strongest_units_are_the_strongest_where_they_are_said_to_be(index, answers, layer):
    for channel in range(4):
        peaks = sorted(
            (float(a[layer].values[channel].max()) for a in answers.values()), reverse=True
        )
        top = index.top(layer, channel)
        assert [unit.value for unit in top] == peaks[:9]
        for unit in top:
            answer = answers[unit.name][layer]
            assert answer.values[channel, unit.row, unit.col] == np.float32(unit.value)
            assert unit.field == answer.geometry.field(unit.row, unit.col, answer.image_size)


def test_pixels_outside_the_field_do_not_change_the_unit(tiny, index):
    unit = index.top("conv", 2)[0]
    image = read_image(unit.name)
    field = unit.field
    rows = slice(max(int(field.top) - 3, 0), int(field.bottom) + 4)
    cols = slice(max(int(field.left) - 3, 0), int(field.right) + 4)
    other = np.zeros_like(image)
    other[rows, cols] = image[rows, cols]
    values = tiny.activations(other, "conv", size=SIZE).values
    assert values[2, unit.row, unit.col] == np.float32(unit.value)


def test_the_nearest_picture_is_the_picture_itself_and_then_the_true_ones(index, answers):
    means = {name: answer["pool"].values.mean(axis=(1, 2)) for name, answer in answers.items()}
    name, mine = next(iter(means.items()))
    likeness = {
        other: float(mine @ mean / np.linalg.norm(mine) / np.linalg.norm(mean))
        for other, mean in means.items()
    }
    found = index.nearest("pool", answers[name]["pool"].values, top=5)
    assert (found[0].cosine, found[0].name) == (pytest.approx(1.0), name)
    assert found[0].image == hex_id(content_id(Path(name).read_bytes()))
    expected = sorted(likeness, key=lambda other: -likeness[other])[:5]
    assert [near.name for near in found] == expected


def test_dead_and_always_active_channels_are_named(photos, tmp_path):
    kernels = filters()
    kernels[1], kernels[2] = -np.abs(kernels[1]), np.abs(kernels[2])
    nodes = [onnx.helper.make_node("Conv", ["x", "w"], ["a"], "conv")]
    nodes.append(onnx.helper.make_node("Relu", ["a"], ["b"], "relu"))
    onnx.save(model(nodes, {"w": kernels}), tmp_path / "m.onnx")
    network = open_network(tmp_path / "m.onnx", **RAW)
    build(network, [photos], tmp_path / "i.db", ["relu"], size=SIZE)
    with Index(tmp_path / "i.db") as index:
        found = index.channels("relu")
        assert [one.channel for one in found if one.dead] == [1]
        assert found[2].active == 1
        assert len(index.top("relu", 1)) == 25
        assert index.answering("relu", 1) == []
        assert index.answering("relu", 2) == index.top("relu", 2)
        sheet = np.asarray(draw_channels(index, "relu", found[1:3]))
        assert (sheet == BLANK).all(axis=2).sum() == 96**2
        dead, other = (draw_card(index, network, "relu", channel) for channel in (1, 2))
    assert dead.shape[0] < other.shape[0] - 2 * CELL


def test_units_that_let_nothing_pass_are_no_answers(tmp_path):
    nodes = [onnx.helper.make_node("Relu", ["x"], ["a"], "relu")]
    onnx.save(model(nodes, {}), tmp_path / "m.onnx")
    network = open_network(tmp_path / "m.onnx", **RAW)
    for number in range(5):
        pixels = np.full((8, 8, 3), (40 * (number > 2), 40, 40 + number), np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"{number}.png")
    build(network, [tmp_path / "*.png"], tmp_path / "i.db", ["relu"], size=8)
    with Index(tmp_path / "i.db") as index:
        assert [unit.value for unit in index.top("relu", 0)] == [40, 40, 0, 0, 0]
        assert [unit.value for unit in index.answering("relu", 0)] == [40, 40]
        assert len(index.answering("relu", 1)) == 5  # of one value, but above zero
        assert len(index.answering("relu", 2)) == 5


def test_single_values_that_may_be_negative_are_answers(photos, tmp_path):
    nodes = [onnx.helper.make_node("Conv", ["x", "w"], ["a"], "conv")]
    nodes.append(onnx.helper.make_node("GlobalAveragePool", ["a"], ["b"], "mean"))
    onnx.save(model(nodes, {"w": filters()}), tmp_path / "m.onnx")
    network = open_network(tmp_path / "m.onnx", **RAW)
    for pictures in (1, 5):
        chosen = sorted(photos.rglob("*.png"))[:pictures]
        build(network, chosen, tmp_path / f"{pictures}.db", ["mean"], size=SIZE)
        with Index(tmp_path / f"{pictures}.db") as index:
            ranked = [index.answering("mean", channel) for channel in range(4)]
            assert [len(units) for units in ranked] == [pictures] * 4
            assert min(unit.value for units in ranked for unit in units) < 0


def test_a_card_shows_the_patches_and_needs_the_same_network(tiny, index, tmp_path):
    card = draw_card(index, tiny, "conv", 3, top=4)
    more = draw_card(index, tiny, "conv", 3, top=9)
    assert card.dtype == np.uint8
    assert more.shape[0] > card.shape[0]
    unit = index.top("conv", 3)[0]
    field = unit.field
    patch = read_image(unit.name)[
        int(field.top) : int(np.ceil(field.bottom)), int(field.left) : int(np.ceil(field.right))
    ].reshape(-1, 3)
    drawn = np.asarray(card)[100:240, :160].reshape(-1, 3).astype(int)
    nearest = np.abs(drawn[:, np.newaxis] - patch).sum(axis=2).min(axis=0)
    assert nearest.max() < 40
    with pytest.raises(ArgumentError, match="another network"):
        draw_card(index, open_network(index_model(tmp_path), **RAW), "conv", 3)


def index_model(folder):
    nodes = [onnx.helper.make_node("Conv", ["x", "w"], ["a"], "conv")]
    onnx.save(model(nodes, {"w": filters(seed=5)}), folder / "other.onnx")
    return folder / "other.onnx"


def test_a_picture_that_has_gone_or_changed_leaves_a_blank(tiny, tmp_path):
    rng = np.random.default_rng(3)
    for name in "abc":
        pixels = rng.integers(0, 256, (30, 30, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
    build(tiny, [tmp_path / f"{name}.png" for name in "abc"], tmp_path / "i.db", ["conv"])
    with Index(tmp_path / "i.db") as index:
        whole = draw_card(index, tiny, "conv", 0)
        (tmp_path / "a.png").unlink()
        (tmp_path / "b.png").write_bytes((tmp_path / "c.png").read_bytes())
        lost = {}
        less = draw_card(index, tiny, "conv", 0, on_lost=lost.__setitem__)
    gone = "its file has gone or changed"
    assert lost == {str(tmp_path / "a.png"): gone, str(tmp_path / "b.png"): gone}
    assert not (np.asarray(whole) == BLANK).all(axis=2).sum()
    assert 3.9 < (np.asarray(less) == BLANK).all(axis=2).sum() / 132**2 < 4


def test_what_is_not_there_is_refused(tiny, index, tmp_path):
    with pytest.raises(LayerNotFoundError, match="it has conv, pool"):
        index.channels("fire6")
    with pytest.raises(ChannelError, match="channels are 0-3"):
        index.top("conv", 4)
    (tmp_path / "notes.md").write_text("no picture")
    build(tiny, [tmp_path / "notes.md"], tmp_path / "i.db", ["conv"])
    with Index(tmp_path / "i.db") as nothing, pytest.raises(ArgumentError, match="no picture"):
        nothing.channels("conv")


def test_ids_are_written_and_read():
    for data in (b"a", b"b", b"c", b"d"):
        assert int_id(hex_id(content_id(data))) == content_id(data)


def test_what_is_said_fits_together_while_pictures_are_added(tiny, photos, tmp_path):
    path = tmp_path / "index.db"
    build(tiny, [photos / "0"], path, LAYERS, **OPTIONS)
    with Index(path) as index:
        before = index.channels("conv")
        build(tiny, [photos], path, LAYERS, **OPTIONS)
        assert index.channels("conv") == before
        assert before[0].images == 15
