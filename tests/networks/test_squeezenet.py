"""The built-in network against independently computed truth."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from actiscope import ImageSizeError, NetworkError, open_network


def test_layers_connections_and_learnables(net, oracle):
    truth = oracle("network")
    assert len(net.layers) == len(truth["layers"]) == 68
    assert len(net.edges) == len(truth["connections"]) == 75
    assert net.layers.learnables == truth["total_learnables"] == 1_235_496
    assert set(net.edges) == {
        (source, target.partition("/")[0]) for source, target in truth["connections"]
    }
    for layer, wanted in zip(net.layers, truth["layers"], strict=True):
        height, width, channels = wanted["activation_227"]
        assert layer.index == wanted["index"] - 1
        assert layer.name == wanted["name"]
        assert layer.type == wanted["type"]
        assert list(layer.inputs) == wanted["inputs"]
        assert layer.size == (channels, height, width)
        assert layer.learnables == wanted["learnables"]
    assert list(net.preparation.mean) == truth["mean_rgb"]


@pytest.mark.parametrize("case", ["A1_227", "A3_282x334"])
def test_every_layer(net, astronaut, oracle, case):
    truth = oracle(f"layers_{case}")["layers"]
    image = astronaut[:227, 110:337] if case == "A1_227" else astronaut[:282, 80:414]
    sizes = net.layers_at(image.shape[:2])
    found = net.activations(image, [layer["name"] for layer in truth])
    for wanted in truth:
        height, width, channels = wanted["shape"]
        values = found[wanted["name"]].values
        assert values.shape == sizes[wanted["name"]].size == (channels, height, width)
        largest = max(abs(wanted["min"]), abs(wanted["max"]))
        atol = 1e-5 * largest
        assert values.min() == pytest.approx(wanted["min"], abs=atol)
        assert values.max() == pytest.approx(wanted["max"], abs=atol)
        assert values.mean(dtype=np.float64) == pytest.approx(wanted["mean"], abs=atol)
        for row, col, channel, value in wanted["samples_1based_row_col_channel_value"]:
            assert values[channel - 1, row - 1, col - 1] == pytest.approx(value, abs=atol)


def test_values_before_relu_are_untouched_when_both_are_asked_for(net, a1):
    both = net.activations(a1, ["fire6-relu_squeeze1x1", "fire6-squeeze1x1"])
    before, after = both["fire6-squeeze1x1"].values, both["fire6-relu_squeeze1x1"].values
    assert np.array_equal(before, net.activations(a1, "fire6-squeeze1x1").values)
    assert before.min() < -800
    assert np.array_equal(after, np.maximum(before, 0))


def test_coffee_is_espresso(net, coffee):
    for size in (224, 227):
        best = net.classify(coffee, size=size)[0]
        assert best.name == "espresso"
        assert best.probability > 0.99


def test_threads_get_right_values(net, a1, closed):
    jobs = [(image, name) for image in (a1, closed) for name in ("conv1", "fire6-concat", "prob")]
    alone = [net.activations(image, name).values for image, name in jobs]
    fresh = open_network("squeezenet")
    with ThreadPoolExecutor(8) as pool:
        results = list(
            pool.map(
                lambda job: fresh.activations(*job).values, [j for j in jobs for _ in range(6)]
            )
        )
    for index, values in enumerate(results):
        assert np.array_equal(values, alone[index // 6])


@pytest.mark.parametrize("name", ["conv1", "pool1", "fire3-concat", "pool5", "prob"])
def test_the_smallest_size_is_told_and_works(net, name):
    with pytest.raises(ImageSizeError, match=f"too small for layer '{name}'") as told:
        net.activations(np.zeros((2, 2, 3), np.uint8), name)
    height, width = map(int, str(told.value).rsplit(" ", 1)[1].split("x"))
    smallest = np.zeros((height, width, 3), np.uint8)
    assert net.activations(smallest, name).values.size > 0
    for smaller in (smallest[1:], smallest[:, 1:]):
        with pytest.raises(ImageSizeError, match="too small"):
            net.activations(smaller, name)


@pytest.mark.parametrize(
    ("name", "unit"),
    [("conv1", (40, 50)), ("pool1", (20, 30)), ("fire2-concat", (20, 30)), ("pool3", (9, 12)),
     ("fire6-squeeze1x1", (5, 6)), ("fire6-expand3x3", (6, 7)), ("fire9-concat", (6, 7))],
)  # fmt: skip
def test_receptive_fields_by_perturbation(net, name, unit):
    """Pixels outside a unit's field never change it; each edge of the field can."""
    row, col = unit
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (227, 227, 3), dtype=np.uint8)
    act = net.activations(noise, name)
    box = act.geometry.field(row, col, act.image_size)
    top, left, bottom, right = map(int, box)
    value = act.values[:, row, col]

    outside = rng.integers(0, 256, noise.shape, dtype=np.uint8)
    outside[top:bottom, left:right] = noise[top:bottom, left:right]
    assert np.array_equal(net.activations(outside, name).values[:, row, col], value)

    thick = max(1, int(act.geometry.stride[0]) // 2)
    edges = [
        (slice(top, top + thick), slice(left, right)),
        (slice(bottom - thick, bottom), slice(left, right)),
        (slice(top, bottom), slice(left, left + thick)),
        (slice(top, bottom), slice(right - thick, right)),
    ]
    for edge in edges:
        pictures = []
        for _ in range(12):
            changed = noise.copy()
            changed[edge] = rng.choice([0, 255], changed[edge].shape)
            pictures.append(changed)
        moved = net.activations(pictures, name).values[:, :, row, col]
        assert (moved != value).any(), f"no change at {edge}"


def test_a_field_that_reaches_over_the_border_sees_the_whole_of_a_small_picture(net, a1):
    act = net.activations(a1[:40, :40], "fire9-concat")
    assert act.geometry.field(0, 0, (40, 40)) == (0, 0, 40, 40)


def test_unknown_networks():
    with pytest.raises(NetworkError, match="did you mean 'squeezenet'"):
        open_network("squeeznet")
    with pytest.raises(NetworkError, match="there is: squeezenet"):
        open_network("resnet50")


def test_a_device_that_is_not_there_is_told(a1):
    import onnxruntime

    if "CUDAExecutionProvider" not in onnxruntime.get_available_providers():
        with pytest.raises(NetworkError, match="has no cuda here"):
            open_network("squeezenet", device="cuda").activations(a1, "conv1")
    assert open_network("squeezenet", device="cpu").activations(a1, "conv1").values.max() > 586
