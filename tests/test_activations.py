import io

import numpy as np
import pytest
from PIL import Image

from actiscope import ArgumentError, ChannelError
from actiscope.activations import write_npz


def test_is_an_array_that_nobody_can_change(net, a1):
    act = net.activations(a1, "fire6-squeeze1x1")
    assert np.asarray(act) is act.values or np.shares_memory(np.asarray(act), act.values)
    assert np.asarray(act, dtype=np.float64).dtype == np.float64
    assert act.shape == (48, 14, 14)
    assert act.values.dtype == np.float32
    with pytest.raises(ValueError, match="read-only"):
        act.values[0] = 0


def test_channels_are_checked(net, a1):
    act = net.activations(a1, "conv1")
    assert np.array_equal(act.channel(21), act.values[21])
    with pytest.raises(ChannelError, match="channels are 0-63; MATLAB's 64 is 63 here"):
        act.channel(64)
    with pytest.raises(IndexError, match="channels are 0-63"):
        act.channel(-1)


def test_several_pictures_give_one_each(net, a1, closed):
    both = net.activations([a1, closed], "fire6-squeeze1x1")
    assert both.shape == (2, 48, 14, 14)
    one = net.activations(closed, "fire6-squeeze1x1")
    assert np.array_equal(both[1].values, one.values)
    with pytest.raises(ArgumentError, match="pictures are 0-1"):
        both[2]
    with pytest.raises(ArgumentError, match="one picture"):
        one[0]
    with pytest.raises(ArgumentError, match="choose one"):
        both.grid()


def test_geometry_is_that_of_the_picture_as_given(net, astronaut):
    native = net.activations(astronaut, "fire6-squeeze1x1")
    resized = net.activations(astronaut, "fire6-squeeze1x1", size=256)
    assert native.geometry.stride == (16, 16)
    assert resized.geometry.stride == (32, 32)
    assert resized.geometry.receptive_field == (158, 158)


def test_pictures_of_several_sizes_have_no_common_geometry(net, a1, coffee):
    both = net.activations([a1, coffee], "conv1", size=227)
    with pytest.raises(ArgumentError, match="differ in size"):
        both.geometry  # noqa: B018
    assert both[1].geometry.stride == pytest.approx((2 * 400 / 227, 2 * 600 / 227))


def test_shows_itself_in_a_notebook(net, a1):
    act = net.activations(a1, "fire6-squeeze1x1")
    picture = Image.open(io.BytesIO(act._repr_png_()))
    assert picture.format == "PNG"
    assert min(picture.size) > 400
    assert repr(act).startswith("<Activations of 'fire6-squeeze1x1' in squeezenet: 48 × 14 × 14")


def test_describe_is_plain_data(net, a1):
    told = net.activations(a1, "fire6-squeeze1x1").describe()
    assert told["shape"] == [48, 14, 14]
    assert told["geometry"]["receptive_field"] == [79, 79]
    assert net.activations(a1, "prob").describe()["geometry"] is None


def test_a_layer_can_be_named_by_itself(net, a1):
    assert net.activations(a1, net.layers[1]).layer is net.layers[1]
    assert "conv1" in str(net.layers)


def test_a_layer_stays_the_same_whatever_sizes_are_seen(net, a1):
    for size in range(40, 110):
        net.layers_at((size, size))
    assert net.activations(a1, "conv1").layer is net.layers["conv1"]


def test_npz_takes_any_name(tmp_path):
    arrays = {"file": np.arange(3), "a/b:c": np.eye(2), "meta": np.array("text")}
    write_npz(tmp_path / "x.npz", arrays)
    with np.load(tmp_path / "x.npz") as loaded:
        assert set(loaded) == set(arrays)
        for name, array in arrays.items():
            assert np.array_equal(loaded[name], array)
