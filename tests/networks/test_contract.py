"""What every network does, whatever runs it."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnx
import pytest

from actiscope import (
    ArgumentError,
    ImageError,
    ImageSizeError,
    LayerNotFoundError,
    Network,
    open_network,
    strongest,
)
from tests.networks import tiny


def built_in(_):
    return open_network("squeezenet")


def onnx_file(folder):
    onnx.save(tiny.convolution(), folder / "tiny.onnx")
    return open_network(folder / "tiny.onnx")


def traced_module(_):
    from torch import nn

    return open_network(nn.Sequential(nn.Conv2d(3, 4, 3, 2), nn.ReLU(True), nn.MaxPool2d(2)))


def hooked_module(_):
    from torch import nn

    class Decides(nn.Sequential):
        def forward(self, x):
            return super().forward(x) if x.sum() > -1e9 else x

    return open_network(Decides(nn.Conv2d(3, 4, 3, 2), nn.ReLU(True), nn.MaxPool2d(2)))


@pytest.fixture(scope="module", params=[built_in, onnx_file, traced_module, hooked_module])
def network(request, tmp_path_factory) -> Network:
    return request.param(tmp_path_factory.mktemp("networks"))


@pytest.fixture(scope="module")
def image(coffee):
    return coffee[100:180, 200:290]


def test_layers_are_in_order_and_named_once(network):
    names = [layer.name for layer in network.layers]
    assert len(names) == len(set(names)) > 2
    for index, layer in enumerate(network.layers):
        assert layer.index == index
        assert network.layers[layer.name] is network.layers[index] is layer
        assert all(names.index(each) < index for each in layer.inputs)


def test_it_says_where_it_runs_and_that_all_of_it_does(network):
    assert network.device in {"cpu", "cuda", "mps", "directml"}
    assert f"on {network.device}" in repr(network)
    assert network.describe()["device"] == network.device
    assert network.faults((80, 90)) == []


def test_sizes_are_those_of_a_real_run(network, image):
    acts = network.activations(image, [layer.name for layer in network.layers])
    layers = network.layers_at(image.shape[:2])
    assert list(acts) == [layer.name for layer in layers]
    for layer in layers:
        values = acts[layer.name].values
        assert values.shape == layer.size
        assert values.dtype == np.float32
        assert not values.flags.writeable
        assert acts[layer.name].maps.ndim == 3
        assert acts[layer.name].describe()["layer"] == layer.name


def test_one_is_as_all(network, image):
    together = network.activations(image, [layer.name for layer in network.layers])
    for layer in network.layers:
        alone = network.activations(image, layer)
        scale = np.abs(alone.values).max() or 1
        np.testing.assert_allclose(
            together[layer.name].values, alone.values, rtol=0, atol=1e-5 * scale
        )


def test_the_input_is_the_prepared_picture(network, image):
    first = network.activations(image, 0).values
    np.testing.assert_allclose(first, network.preparation.fed(image), atol=1e-6)


def test_several_pictures(network, image):
    both = network.activations([image, image[:, ::-1]], 1)
    assert both.several
    assert np.array_equal(both[0].values, network.activations(image, 1).values)
    with pytest.raises(ImageSizeError, match="several sizes"):
        network.activations([image, image[1:]], 1)


def test_sizes_are_taken(network, image):
    act = network.activations(image, 1, size=(40, 50))
    assert act.input_size == (40, 50)
    assert act.image_size == image.shape[:2]


def test_at_work_it_answers_the_same(network, image):
    names = [layer.name for layer in network.layers]
    before = network.activations(image, names, threads=1)
    for kept in (None, (40, 50), image.shape[:2]):
        with network.at_work(kept):
            for size in (None, (40, 50), (40, 50), None):
                at_work = network.activations(image, names, size=size, threads=1)
            assert all(np.array_equal(at_work[n].values, before[n].values) for n in names)


def test_wrong_calls(network, image):
    with pytest.raises(LayerNotFoundError):
        network.activations(image, "no such layer")
    with pytest.raises(ArgumentError):
        network.activations(image, [])
    with pytest.raises(ImageError):
        network.activations("none.png", 1)
    with pytest.raises(ArgumentError):
        network.activations(image, 1, size=0)


def test_threads(network, image):
    alone = network.activations(image, 2).values
    with ThreadPoolExecutor(4) as pool:
        for act in pool.map(lambda _: network.activations(image, 2), range(12)):
            assert np.array_equal(act.values, alone)


def test_questions_and_pictures(network, image):
    for layer in list(network.layers)[:4]:
        act = network.activations(image, layer)
        assert strongest(act, top=2)[0].peak == act.maps.max()
        assert act.grid(labels=True, legend="").size
        assert act._repr_png_().startswith(b"\x89PNG")
    assert "layers" in repr(network)


def test_what_it_was_prepared_with_is_said(network):
    told = network.preparation.describe()
    assert told["source"]
    assert told["guessed"] is (network.name != "squeezenet")


def test_with_random_weights_it_is_the_same_but_for_its_values(network, image):
    before = network.activations(image, 1).values.copy()
    control = network.randomized(seed=3)
    assert [(each.name, each.size) for each in control.layers] == [
        (each.name, each.size) for each in network.layers
    ]
    assert control.preparation == network.preparation
    assert "random weights" in control.name
    found = control.activations(image, 1).values
    assert np.abs(found - before).max() > 0.1 * np.abs(before).max()
    assert np.array_equal(network.randomized(seed=3).activations(image, 1).values, found)
    assert not np.array_equal(network.randomized(seed=4).activations(image, 1).values, found)
    assert np.array_equal(network.activations(image, 1).values, before)


def test_random_weights_have_the_mean_and_deviation_of_those_learned(network):
    control = network.randomized()
    layer = next(each for each in network.layers if each.weights)
    role = next(iter(layer.weights))
    learned, drawn = (each.weights_of(layer)[role] for each in (network, control))
    assert learned.shape == drawn.shape
    error = 5 * learned.std() / np.sqrt(learned.size)
    assert drawn.mean() == pytest.approx(learned.mean(), abs=error)
    assert drawn.std() == pytest.approx(learned.std(), abs=error)


def test_an_earlier_layer_is_given_other_values(network, image):
    fed = network.preparation.fed(image)
    start, at, layer = (network.layers[index] for index in (0, 1, 3))
    own = network.activations(image, at).values
    before = network.activations(image, layer).values
    other = np.random.default_rng(0).normal(size=own.shape).astype(np.float32)
    given = np.stack([own, np.zeros_like(own), other])
    together = network.run_patched(fed, at, given, layer)
    alone = np.concatenate([network.run_patched(fed, at, each[None], layer) for each in given])
    close = {"rtol": 0, "atol": 1e-4 * np.abs(before).max()}
    assert together.shape == (3, *before.shape)
    np.testing.assert_allclose(together, alone, **close)
    np.testing.assert_allclose(together[0], before, **close)
    assert np.abs(together[2] - before).max() > 1e3 * close["atol"]
    mirrored = network.run_patched(fed, start, fed[None, :, :, ::-1].copy(), layer)[0]
    wanted = network.activations(image[:, ::-1].copy(), layer).values
    np.testing.assert_allclose(mirrored, wanted, **close)
