"""Parts in a Zarr array."""

import numpy as np
import pytest
import zarr

from actiscope import ChannelError, OutputError
from actiscope.networks.parts.writing import write_zarr

LAYER = "fire6-squeeze1x1"
SMALL = 24 * 2**20


@pytest.fixture(scope="module")
def picture(coffee):
    return np.concatenate([coffee, coffee[::-1]])[:700, :500]


def test_the_array_is_the_layer(net, picture, tmp_path):
    told = []
    parts = net.in_parts(picture, LAYER, memory=SMALL)
    shape = write_zarr(
        parts, tmp_path / "a.zarr", image="cup.png", on_progress=lambda *how: told.append(how)
    )
    array = zarr.open_array(tmp_path / "a.zarr", mode="r")
    whole = net.activations(picture, LAYER)
    assert array.shape == shape == whole.shape
    np.testing.assert_array_equal(array[:], whole.values)
    about = dict(array.attrs)
    assert about["layer"] == LAYER
    assert about["network"] == "squeezenet"
    assert about["image"] == {"path": "cup.png", "size": [700, 500]}
    assert about["geometry"] == whole.geometry.describe()
    assert (about["min"], about["max"]) == (whole.values.min(), whole.values.max())
    assert told == [(done, len(parts)) for done in range(len(parts) + 1)]
    assert len([*tmp_path.glob("a.zarr/c/**/*[0-9]")]) >= len(parts)


def test_some_channels(net, picture, tmp_path):
    write_zarr(net.in_parts(picture, LAYER, memory=SMALL), tmp_path / "a.zarr", channels=[46, 13])
    array = zarr.open_array(tmp_path / "a.zarr", mode="r")
    np.testing.assert_array_equal(array[:], net.activations(picture, LAYER).values[[46, 13]])
    assert array.attrs["channels"] == [46, 13]
    with pytest.raises(ChannelError):
        write_zarr(net.in_parts(picture, LAYER), tmp_path / "b.zarr", channels=[48])


def test_nothing_is_left_of_a_run_that_ends_early(net, picture, tmp_path):
    def full(done, _):
        if done:
            raise OSError(28, "No space left on device")

    write_zarr(net.in_parts(picture, "conv1"), tmp_path / "a.zarr")
    with pytest.raises(OutputError, match="No space left on device"):
        write_zarr(net.in_parts(picture, LAYER), tmp_path / "a.zarr", on_progress=full)
    assert [path.name for path in tmp_path.iterdir()] == ["a.zarr"]
    assert zarr.open_array(tmp_path / "a.zarr", mode="r").attrs["layer"] == "conv1"
