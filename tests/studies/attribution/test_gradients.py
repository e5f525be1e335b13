"""What a value owes to a picture, by gradients."""

import numpy as np
import pytest
import torch
from tests.missing import run_without
from tests.networks import tiny
from torch import nn

from actiscope import ArgumentError, ChannelError, NetworkError, open_network
from actiscope.studies import attribute, score_layer

RAW = {"mean": (100.0,), "std": (1.0,), "scale": 1.0, "size": (24, 30)}


@pytest.fixture(scope="module")
def picture():
    return np.random.default_rng(3).integers(0, 256, (24, 30, 3), dtype=np.uint8)


def small(*more):
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 6, 3, stride=2), nn.ReLU(True), nn.Conv2d(6, 5, 3, padding=1), nn.ReLU(True),
        *more,
    )  # fmt: skip


@pytest.fixture(scope="module")
def net():
    classifier = small(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(5, 4), nn.Softmax(dim=1))
    return open_network(classifier, **RAW)


def test_of_a_linear_unit_they_are_its_weights_times_the_pixels(picture):
    torch.manual_seed(0)
    convolution = nn.Conv2d(3, 4, 3, stride=2)
    network = open_network(nn.Sequential(convolution), **RAW)
    found = attribute(network, picture, "0", 2, unit=(4, 5), steps=3)
    wanted = np.zeros((24, 30))
    kernel = convolution.weight[2].detach().numpy()
    field = picture[8:11, 10:13].transpose(2, 0, 1) - 100.0
    wanted[8:11, 10:13] = (kernel * field).sum(0)
    np.testing.assert_allclose(found.values, wanted, atol=1e-3)
    assert found.baseline == pytest.approx(convolution.bias[2].item(), abs=1e-5)
    assert found.geometry.centre(4, 5) == (4.5, 5.5)


@pytest.mark.parametrize("unit", [None, (5, 6)])
def test_integrated_gradients_sum_to_the_value_less_that_of_nothing(net, picture, unit):
    found = attribute(net, picture, "2", 1, unit=unit, steps=300)
    maps = net.activations(picture, "2").values[1]
    assert found.value == (maps.max() if unit is None else maps[unit])
    difference = found.value - found.baseline
    assert abs(difference) > 10
    assert found.values.sum() == pytest.approx(difference, rel=0.002)


def test_what_a_unit_cannot_see_has_no_part_in_it(net, picture):
    values = attribute(net, picture, "2", 1, unit=(5, 6), steps=8).values
    top, left, bottom, right = map(int, net.layers["2"].geometry.field(5, 6, (24, 30)))
    assert np.count_nonzero(values[top:bottom, left:right]) > 20
    values[top:bottom, left:right] = 0
    assert not values.any()


def test_grad_cam_weighs_the_maps_by_their_mean_gradients(net, picture):
    found = attribute(net, picture, "6", 3, method="grad-cam")
    maps = net.activations(picture, "3").values.astype(np.float64)
    weights = net.weights_of(net.layers["6"])["weight"][3] / maps[0].size
    assert found.through == "3"
    np.testing.assert_allclose(found.values, np.maximum(weights @ maps.reshape(5, -1), 0)
                               .reshape(maps.shape[1:]), atol=1e-4)  # fmt: skip
    assert found.values.max() > 0
    assert found.geometry == net.layers["3"].geometry


def test_grad_cam_goes_through_the_layer_that_is_named(net, picture):
    before, after = (
        attribute(net, picture, "6", 3, method="grad-cam", through=name) for name in ("0", "1")
    )
    assert (before.through, after.through) == ("0", "1")
    assert not np.allclose(before.values, after.values)


def test_grad_cam_finds_the_cup_by_the_geometry_of_its_layer(coffee):
    squeezenet = open_network("squeezenet")
    layer = score_layer(squeezenet)
    found = attribute(squeezenet, coffee, layer, 967, method="grad-cam", size=227)
    assert (layer.name, found.through) == ("pool10", "drop9")
    assert found.values.shape == (14, 14)
    row, col = np.unravel_index(found.values.argmax(), found.values.shape)
    y, x = found.geometry.centre(int(row), int(col))
    assert 60 < y < 340
    assert 120 < x < 450


class Transformer(nn.Module):
    """Patches, a class token before them, one head of attention, and what that token says."""

    def __init__(self):
        super().__init__()
        self.patch = nn.Conv2d(3, 6, 6, stride=6)
        self.token = nn.Parameter(torch.randn(1, 1, 6))
        self.norm = nn.LayerNorm(6)
        self.key, self.query, self.value = (nn.Linear(6, 6) for _ in range(3))
        self.head = nn.Linear(6, 4)

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2)
        x = self.norm(torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1))
        weights = (self.query(x) @ self.key(x).transpose(1, 2)).softmax(2)
        return self.head((x + weights @ self.value(x))[:, 0])


class Last(nn.Module):
    """Channels last between the stem and the head."""

    def __init__(self):
        super().__init__()
        self.stem, self.head = nn.Conv2d(3, 6, 4, stride=2), nn.Linear(6, 4)

    def forward(self, x):
        return self.head(torch.relu(self.stem(x).permute(0, 2, 3, 1)).mean((1, 2)))


def test_grad_cam_lays_tokens_on_their_grid(picture):
    torch.manual_seed(2)
    module = Transformer()
    network = open_network(module, **RAW)
    found = attribute(network, picture, "head", 1, method="grad-cam")
    assert found.values.shape == (4, 5)
    named = attribute(network, picture, "head", 1, method="grad-cam", through="norm")
    fed = torch.from_numpy(network.preparation.fed(picture))[None]
    kept = []
    hook = module.norm.register_forward_hook(lambda *given: kept.append(given[2]))
    with torch.enable_grad():
        score = module(fed)[0, 1]
        (gradient,) = torch.autograd.grad(score, kept[0])
    hook.remove()
    wanted = (kept[0] * gradient[:, 1:].mean(1, keepdim=True)).sum(2)[0, 1:].clip(0)
    np.testing.assert_allclose(named.values, wanted.detach().reshape(4, 5), rtol=1e-3, atol=1e-6)
    assert named.values.any()
    assert named.geometry == network.layers["norm"].geometry


def test_grad_cam_of_channels_last_is_that_of_channels_first(picture):
    torch.manual_seed(1)
    network = open_network(Last(), **RAW)
    assert network.layers["permute"].channels_last
    found = attribute(network, picture, "head", 2, method="grad-cam", through="permute")
    first = attribute(network, picture, "head", 2, method="grad-cam", through="stem")
    np.testing.assert_allclose(found.values, first.values, atol=1e-5)
    assert found.values.any()
    assert attribute(network, picture, "head", 2, method="grad-cam").through == "relu"


def test_the_score_of_a_class_is_what_the_softmax_reads(net):
    assert score_layer(net).name == "6"


def test_progress_is_told(net, picture):
    told = []
    attribute(net, picture, "2", 1, steps=5, on_run=lambda *how: told.append(how))
    assert told == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]


def test_wrong_use_is_told(net, picture, tmp_path):
    with pytest.raises(ArgumentError, match="a method is contributions, integrated-gradients"):
        attribute(net, picture, "2", 1, method="guess")
    with pytest.raises(ArgumentError, match="steps are at least 1"):
        attribute(net, picture, "2", 1, steps=0)
    with pytest.raises(ChannelError, match="channels are 0-4"):
        attribute(net, picture, "2", 5)
    with pytest.raises(ArgumentError, match="nothing leads from '2' to '1'"):
        attribute(net, picture, "1", 0, method="grad-cam", through="2")
    with pytest.raises(ArgumentError, match="Grad-CAM weighs maps"):
        attribute(net, picture, "6", 0, method="grad-cam", through="5")
    with pytest.raises(ArgumentError, match="'4' has none"):
        attribute(net, picture, "6", 0, method="grad-cam", through="4")
    for network, layer in ((net, "1"), (open_network("squeezenet"), "conv1")):
        with pytest.raises(ArgumentError, match="and none are known: choose a later layer"):
            attribute(network, picture, layer, 0, method="grad-cam")
    with pytest.raises(NetworkError, match="open the PyTorch module"):
        attribute(tiny.opened(tmp_path, tiny.convolution()), picture, "conv", 0)


@pytest.mark.parametrize(("missing", "called"), [("captum", "captum"), ("torch", "PyTorch")])
def test_without_the_extra_its_installation_is_told(missing, called, tmp_path):
    code = (
        "import actiscope, numpy as np\n"
        "from actiscope.studies import attribute\n"
        "try: attribute(actiscope.open_network(), np.zeros((99, 99)), 'conv1', 0)\n"
        "except actiscope.MissingExtraError as error: print(error)\n"
    )
    told = run_without(missing, tmp_path, code)
    assert told.stdout == (
        f"{called} is needed for that and not installed: `pip install 'actiscope[torch]'`\n"
    ), told.stderr
