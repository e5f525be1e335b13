"""All layers of a network at once."""

import numpy as np
import pytest
from tests.unpacking import unpack

from actiscope import ArgumentError
from actiscope.report.explorer import looking
from actiscope.report.explorer.looking import fed_size, look, pack_thumbnails, thumbnail


def test_sizes_have_names(net, astronaut):
    assert fed_size(net, astronaut, "own") == (227, 227)
    assert fed_size(net, astronaut, "native") == (512, 512)
    assert fed_size(net, astronaut, "300") == (300, 300)
    assert fed_size(net, astronaut, "227x300") == (227, 300)


@pytest.mark.parametrize("size", ["", "x", "0", "227x", "x227", "1x2x3", "-3", "large"])
def test_what_is_no_size_is_refused(net, a1, size):
    with pytest.raises(ArgumentError, match="a size is own, native"):
        fed_size(net, a1, size)


def test_passes_give_what_one_would(net, a1, monkeypatch):
    layers = list(net.layers)[:20]
    monkeypatch.setattr(looking, "_MOST_BYTES", 4_000_000)
    found = list(look(net, a1, layers, None))
    whole = net.activations(a1, layers)
    assert [each.layer.name for each in found] == [layer.name for layer in layers]
    for each in found:
        assert np.array_equal(each.values, whole[each.layer.name].values)


def test_a_thumbnail_is_the_mean_of_the_magnitudes(net, a1):
    activations = net.activations(a1, "conv1")
    small = thumbnail(activations)
    assert small.shape == (32, 32)
    assert small.mean() == pytest.approx(np.abs(activations.values).mean(), rel=0.01)
    one = net.activations(a1, "prob")
    assert np.allclose(thumbnail(one), one.values.mean())


def test_thumbnails_are_a_sprite_with_a_map_for_each_layer(net, a1):
    found = net.activations(a1, ["data", "conv1"])
    small = [thumbnail(each) for each in found.values()]
    sprite = unpack(pack_thumbnails(small, found["data"]))
    assert sprite.header["layer"] == -1
    assert sprite.drawn.shape == (2, 32, 32)
    assert np.allclose(sprite.high, [each.max() for each in small])
