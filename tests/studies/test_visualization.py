"""Pictures that a channel answers to."""

import numpy as np
import pytest
import torch
from tests.networks import tiny
from torch import nn

from actiscope import ArgumentError, ChannelError, NetworkError, open_network
from actiscope.pictures.visualization import visualization_grid
from actiscope.studies import visualize
from actiscope.studies.visualization.canvas import Canvas, random_view

RAW = {"mean": (0.5,), "std": (0.25,), "scale": 1 / 255, "size": (32, 32)}


def module():
    torch.manual_seed(1)
    return nn.Sequential(
        nn.Conv2d(3, 6, 3), nn.ReLU(True), nn.Conv2d(6, 5, 3), nn.ReLU(True), nn.MaxPool2d(2)
    )


@pytest.fixture(scope="module")
def small():
    return open_network(module(), **RAW)


def test_a_picture_beats_noise_and_photographs(net, a1, coffee):
    noise = np.random.default_rng(0).integers(0, 256, (20, 64, 64, 3), dtype=np.uint8)
    shown = [*noise, a1, a1[::-1], coffee, coffee[::2, ::2]]
    best = np.max([net.activations(each, "conv1").maps.max((1, 2)) for each in shown], axis=0)
    for found in visualize(net, "conv1", [2, 21], steps=80, size=40):
        assert found.value > best[found.channel]


def test_what_is_reported_is_what_the_network_answers_to_the_finished_picture(small):
    (found,) = visualize(small, "2", [3], steps=20, size=(40, 32))
    assert found.picture.dtype == np.uint8
    assert found.picture.shape == (40, 32, 3)
    maps = small.activations(found.picture, "2", size=(40, 32)).values[3]
    assert (found.value, found.mean) == (maps.max(), maps.mean())
    assert maps[found.unit] == maps.max()


def test_more_steps_reach_more(small):
    values = [visualize(small, "2", [3], steps=steps)[0].mean for steps in (1, 15, 100)]
    assert values == sorted(values)
    assert values[2] > 1.5 * values[0]


def test_the_same_seed_gives_the_same_picture_whatever_else_is_painted(small):
    (alone,) = visualize(small, "2", [3], steps=10, seed=4)
    _, beside = visualize(small, "2", [0, 3], steps=10, seed=4)
    (other,) = visualize(small, "2", [3], steps=10, seed=5)
    assert np.array_equal(alone.picture, beside.picture)
    assert (alone.picture != other.picture).mean() > 0.5


def test_a_unit_is_shown_what_it_sees(small):
    (found,) = visualize(small, "2", [3], objective="unit", steps=60, size=33)
    maps = small.activations(found.picture, "2", size=33).values[3]
    (full,) = visualize(small, "2", [3], steps=60, size=33)
    middle = small.activations(full.picture, "2", size=33).values[3][14, 14]
    assert maps[14, 14] > 0.8 * middle
    assert found.mean < full.mean


def test_a_channel_that_a_relu_silences_is_still_found():
    class Fire(nn.Module):
        def __init__(self):
            super().__init__()
            torch.manual_seed(0)
            self.one, self.other = nn.Conv2d(3, 2, 1), nn.Conv2d(3, 3, 3, padding=1)
            nn.init.constant_(self.other.bias, -1.5)

        def forward(self, x):
            return torch.cat([self.one(x).relu(), self.other(x).relu()], 1)

    network = open_network(Fire(), **RAW)
    grey = np.full((32, 32, 3), 128, dtype=np.uint8)
    assert not network.activations(grey, "cat").values[4].any()
    joined = visualize(network, "cat", [4], steps=60)[0]
    alone = visualize(network, "other", [2], steps=60)[0]
    assert np.array_equal(joined.picture, alone.picture)
    assert joined.value == alone.value > 0


@pytest.mark.parametrize("order", ["BGR", "GRAY"])
def test_it_is_painted_for_what_the_network_is_fed(order):
    class Blue(nn.Module):
        def forward(self, x):
            return torch.cat([x, -x], 1)

    said = {**RAW, "order": order}
    found = visualize(open_network(Blue(), **said), "cat", [0], steps=60, size=16)[0]
    red, _, blue = found.picture.reshape(-1, 3).mean(0)
    assert found.mean > 0.3
    assert (blue > red + 15) == (order == "BGR")


def test_the_module_is_left_as_it_was():
    network = module().train()
    before = {name: each.clone() for name, each in network.state_dict().items()}
    visualize(open_network(network, **RAW), "3", [1], steps=3)
    assert all(each.training for each in network.modules())
    assert all(each.requires_grad and each.grad is None for each in network.parameters())
    for name, each in network.state_dict().items():
        assert torch.equal(each, before[name])


def test_a_network_of_one_size_is_painted_for_at_that_size():
    torch.manual_seed(0)
    network = open_network(
        nn.Sequential(nn.Conv2d(3, 2, 3), nn.Flatten(), nn.Linear(2 * 98 * 98, 4)),
        **{**RAW, "size": (100, 100)},
    )
    assert visualize(network, "0", [0], steps=1)[0].picture.shape == (100, 100, 3)
    assert visualize(network, "2", [3], steps=1)[0].unit == (0, 0)


def test_progress_is_told(small):
    told = []
    visualize(small, "2", [0, 1], steps=2, on_step=lambda *how: told.append(how))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.mark.parametrize("size", [(16, 24), (15, 23), (8, 12)])
def test_a_coarse_picture_is_the_fine_one_without_what_is_too_fine(size):
    canvas = Canvas((32, 48), torch.Generator().manual_seed(0), torch.device("cpu"))
    rows = torch.fft.fftfreq(32)[:, None].abs() * 32
    cols = torch.fft.rfftfreq(48)[None] * 48
    canvas.spectrum.data *= ((rows < 3) & (cols < 3))[None, :, :, None]
    fine, coarse = canvas.picture((32, 48)), canvas.picture(size)
    corners = fine[..., 0, 0], coarse[..., 0, 0]
    torch.testing.assert_close(*corners)
    torch.testing.assert_close(fine.mean((2, 3)), coarse.mean((2, 3)), atol=1e-3, rtol=0)


def test_views_are_shifted_by_whole_pixels_and_turned():
    generator = torch.Generator().manual_seed(3)
    picture = torch.rand(1, 3, 12, 20, generator=generator)
    view = random_view(picture, generator, shift=4, zoom=0, turn=0)
    shifts = [(down, across) for down in range(-4, 5) for across in range(-4, 5)]
    assert any(torch.allclose(view, picture.roll(by, (2, 3)), atol=1e-5) for by in shifts)
    bar = torch.zeros(1, 1, 41, 81)
    bar[..., 20, :] = 1
    turned = random_view(bar, torch.Generator().manual_seed(0), shift=0, zoom=0, turn=45)
    heights = turned[0, 0].argmax(0)
    slope = (heights[50] - heights[30]).item() / 20
    assert abs(slope) > 0.05
    assert heights[40] == 20
    assert np.allclose(heights[30:51], 20 + slope * np.arange(-10, 11), atol=1)


def test_a_grid_has_a_tile_for_each_channel():
    pictures = [np.full((40, 40, 3), 10 * number, np.uint8) for number in range(5)]
    grid = np.asarray(visualization_grid(pictures, range(5), [1.0, 20.5, 300.0, -4.0, 5.0]))
    for number in range(5):
        assert (grid == 10 * number).all(2).sum() >= 160 * 160


def test_wrong_use_is_told(small, tmp_path):
    with pytest.raises(ArgumentError, match="an objective is channel, unit"):
        visualize(small, "2", [0], objective="all")
    with pytest.raises(ArgumentError, match="steps are at least 1"):
        visualize(small, "2", [0], steps=0)
    with pytest.raises(ChannelError, match="channels are 0-4"):
        visualize(small, "2", [5])
    with pytest.raises(NetworkError, match="open the PyTorch module"):
        visualize(tiny.opened(tmp_path, tiny.convolution()), "conv", [0])
