"""What a picture loses when a part of it is covered."""

import numpy as np
import onnx
import pytest
from tests.networks import tiny

from actiscope import ArgumentError, ChannelError, open_network
from actiscope.images.samples import face
from actiscope.studies import occlude


@pytest.fixture(scope="module")
def net(tmp_path_factory):
    path = tmp_path_factory.mktemp("occlusion") / "tiny.onnx"
    onnx.save(tiny.convolution(), path)
    return open_network(path, size=(24, 30), mean=(128.0,), std=(1.0,), scale=1.0)


@pytest.fixture(scope="module")
def picture():
    return np.random.default_rng(3).integers(0, 256, (24, 30, 3), dtype=np.uint8)


@pytest.mark.parametrize("fill", ["grey", "blur", "inpaint"])
def test_what_a_unit_cannot_see_does_not_matter_at_all(net, picture, fill):
    found = occlude(net, picture, "conv", 1, unit=(4, 5), window=4, stride=2, fill=fill)
    field = net.layers["conv"].geometry.field(4, 5, (24, 30))
    seen = np.zeros(found.drops.shape, dtype=bool)
    for row, col in np.ndindex(found.drops.shape):
        box = found.geometry.field(row, col, (24, 30))
        seen[row, col] = (
            box.top < field.bottom and field.top < box.bottom
            and box.left < field.right and field.left < box.right
        )  # fmt: skip
    assert (found.drops[~seen] == 0).all()
    assert (found.drops[seen] != 0).any()
    assert found.runs == seen.sum()


def test_a_drop_is_what_a_run_on_the_covered_picture_gives(net, picture):
    found = occlude(net, picture, "conv", 2, unit=(3, 4), window=(6, 8), stride=(3, 4))
    row, col = np.unravel_index(found.drops.argmax(), found.drops.shape)
    box = found.geometry.field(row, col, (24, 30))
    covered = picture.copy()
    covered[int(box.top) : int(box.bottom), int(box.left) : int(box.right)] = 128
    after = net.activations(covered, "conv").values[2, 3, 4]
    before = net.activations(picture, "conv").values[2, 3, 4]
    assert found.value == before
    assert found.drops[row, col] == pytest.approx(float(before) - float(after))


@pytest.mark.parametrize(("window", "stride"), [(5, 3), ((7, 4), (4, 4)), (24, 1)])
def test_every_pixel_is_covered_by_a_window(net, picture, window, stride):
    found = occlude(net, picture, "conv", 0, window=window, stride=stride)
    covered = np.zeros((24, 30), dtype=bool)
    for row, col in np.ndindex(found.drops.shape):
        box = found.geometry.field(row, col, (24, 30))
        covered[int(box.top) : int(box.bottom), int(box.left) : int(box.right)] = True
    assert covered.all()


def test_the_eye_unit_needs_the_eye():
    found = occlude(
        open_network("squeezenet"), face(), "fire6-squeeze1x1", 13, unit=(5, 8), stride=16
    )
    row, col = np.unravel_index(found.drops.argmax(), found.drops.shape)
    y, x = found.geometry.centre(row, col)
    assert abs(y - 103) < 16
    assert abs(x - 137) < 16
    assert found.drops.max() > 0.8 * found.value


def test_windows_lie_on_the_picture_as_it_was_given(net, picture):
    large = np.kron(picture, np.ones((10, 10, 1), dtype=np.uint8))
    found = occlude(net, large, "conv", 0, window=6, stride=6)
    assert found.geometry.stride == (60, 60)


def test_bad_targets_are_told(net, picture):
    with pytest.raises(ChannelError, match="channels are 0-3"):
        occlude(net, picture, "conv", 4)
    with pytest.raises(ArgumentError, match="rows 0-10 and columns 0-13"):
        occlude(net, picture, "conv", 0, unit=(11, 0))
    with pytest.raises(ArgumentError, match="does not fit into 24x30"):
        occlude(net, picture, "conv", 0, window=25)
    with pytest.raises(ArgumentError, match="a fill is grey, blur, inpaint"):
        occlude(net, picture, "conv", 0, fill="pink")
