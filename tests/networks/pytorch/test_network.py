"""Modules of all kinds, run as they are, and left as they were."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - as everybody calls it

from actiscope import ArgumentError, NetworkError, open_network

RAW = {"mean": (0.0,), "std": (1.0,), "scale": 1.0, "size": (16, 20)}


@pytest.fixture
def picture():
    return np.random.default_rng(0).integers(0, 256, (16, 20, 3), dtype=np.uint8)


class InPlace(nn.Module):
    """A ReLU that overwrites what the convolution gave, as torchvision's SqueezeNet has it."""

    def __init__(self, inplace=True):
        super().__init__()
        torch.manual_seed(0)
        self.conv = nn.Conv2d(3, 4, 3, stride=2)
        self.relu = nn.ReLU(inplace=inplace)
        self.pool = nn.MaxPool2d(2)

    def forward(self, x):
        return self.pool(self.relu(self.conv(x)))


class Untraceable(InPlace):
    """What it does depends on the values: it cannot be traced symbolically."""

    def forward(self, x):
        return super().forward(x) if x.sum() > -1 else x


class Functional(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.conv = nn.Conv2d(3, 3, 3, padding=1)

    def forward(self, x):
        y = F.relu(self.conv(x), inplace=True)
        z = torch.cat([x + y, self.conv(y)], 1)
        return {"map": z, "pair": (z.mean((2, 3)), z.flatten(2))}


@pytest.mark.parametrize("kind", [InPlace, Untraceable])
@pytest.mark.parametrize(
    "asked", [["conv"], ["relu"], ["conv", "relu"], ["relu", "conv"], ["pool", "conv"]]
)
def test_values_before_an_in_place_relu_are_right(picture, kind, asked):
    right = open_network(kind(inplace=False), **RAW).activations(picture, asked)
    found = open_network(kind(inplace=True), **RAW).activations(picture, asked)
    for name in asked:
        assert np.array_equal(found[name].values, right[name].values)
    if "conv" in asked:
        assert found["conv"].values.min() < 0


def test_names_are_those_of_the_field():
    layers = open_network(Functional(), **RAW).layers
    assert [layer.name for layer in layers] == [
        "x", "conv", "relu", "add", "conv_1", "cat", "mean", "flatten",
    ]  # fmt: skip
    assert layers["add"].inputs == ("x", "relu")
    assert layers["conv_1"].learnables == 0, "counted at its first call"
    assert layers.learnables == sum(p.numel() for p in Functional().parameters())


def test_functional_operations_and_repeated_calls(picture):
    module = Functional()
    acts = open_network(module, **RAW).activations(picture, ["conv", "conv_1", "relu", "cat"])
    with torch.no_grad():
        x = torch.from_numpy(picture.transpose(2, 0, 1)[None].astype(np.float32))
        first = module.conv(x)
        second = module.conv(first.relu())
    np.testing.assert_allclose(acts["conv"].values, first[0], rtol=1e-4, atol=1e-3)
    np.testing.assert_allclose(acts["conv_1"].values, second[0], rtol=1e-4, atol=1e-3)
    assert acts["cat"].shape == (6, 16, 20)


def test_outputs_of_all_kinds_through_hooks(picture):
    class Outputs(Functional):
        def forward(self, x):
            return super().forward(x) if x.sum() > -1 else x

    net = open_network(Outputs(), **RAW)
    names = [layer.name for layer in net.layers]
    assert names == ["input", "conv", "conv_1", "output:map", "output:pair:0", "output:pair:1"]
    assert net.activations(picture, "output:pair:0").shape == (6,)


class Counting(nn.Module):
    def __init__(self, fails=False):
        super().__init__()
        self.first, self.second = nn.Conv2d(3, 2, 3), nn.Conv2d(2, 2, 3)
        self.calls, self.fails = 0, fails

    def forward(self, x):
        x = self.first(x)
        if x.shape[0] > 0:  # not traceable as a decision on a proxy
            self.calls += 1
        if self.fails:
            raise RuntimeError("out of luck")
        return self.second(x)


class CountingHooked(Counting):
    def forward(self, x):
        bool(x.sum() > 0)
        return super().forward(x)


def test_the_run_stops_after_the_last_wanted_layer(picture):
    module = CountingHooked()
    net = open_network(module, **RAW)
    before = module.calls
    net.activations(picture, "first")
    assert module.calls == before
    net.activations(picture, ["first", "second"])
    assert module.calls == before + 1


def hooks_of(module):
    return sum(len(each._forward_hooks) for each in module.modules())


@pytest.mark.parametrize("fails", [False, True])
def test_the_module_is_left_as_it_was(picture, fails):
    module = CountingHooked()
    module.train()
    module.second.eval()
    net = open_network(module, **RAW)
    module.fails = fails
    weights = module.first.weight
    layout = weights.is_contiguous(memory_format=torch.contiguous_format)
    if fails:
        with pytest.raises(NetworkError, match=r"cannot be run at 16x20: out of luck"):
            net.activations(picture, "second")
    else:
        net.activations(picture, ["second"])
    assert (module.training, module.first.training, module.second.training) == (True, True, False)
    assert hooks_of(module) == 0
    assert torch.is_grad_enabled()
    assert module.first.weight is weights
    assert weights.requires_grad
    assert weights.is_contiguous(memory_format=torch.contiguous_format) == layout


def test_evaluation_mode_is_used(picture):
    module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Dropout(0.5))
    module.train()
    net = open_network(module, **RAW)
    mean = module[1].running_mean.clone()
    first, second = (net.activations(picture, "2").values for _ in range(2))
    assert np.array_equal(first, second)
    assert torch.equal(module[1].running_mean, mean)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_compiled_modules_are_looked_into_and_scripted_ones_told(picture):
    compiled = torch.compile(InPlace())
    assert open_network(compiled, **RAW).activations(picture, "conv").shape == (4, 7, 9)
    with pytest.raises(NetworkError, match="scripted module"):
        open_network(torch.jit.script(InPlace()))
    with pytest.raises(NetworkError, match=r"expected a torch\.nn\.Module, not int"):
        open_network(3)


def test_as_many_threads_run_it_as_are_asked_for(picture):
    seen = []

    class Counting(Untraceable):
        def forward(self, x):
            seen.append(torch.get_num_threads())
            return super().forward(x)

    before = torch.get_num_threads()
    network = open_network(Counting(), **RAW)
    seen.clear()
    for threads in (1, 3, 0):
        network.activations(picture, "conv", threads=threads)
    assert seen == [1, 3, before]
    assert torch.get_num_threads() == before


def test_half_precision_modules(picture):
    half = open_network(InPlace().to(torch.bfloat16), **RAW).activations(picture, "conv")
    full = open_network(InPlace(), **RAW).activations(picture, "conv")
    assert half.values.dtype == np.float32
    np.testing.assert_allclose(half.values, full.values, rtol=0.1, atol=4)


def test_other_than_maps(picture):
    class Other(nn.Module):
        def __init__(self):
            super().__init__()
            self.patches = nn.Conv2d(3, 8, 4, stride=4)
            self.mix = nn.Linear(8, 8)
            self.line = nn.Conv1d(8, 2, 3)
            self.volume = nn.Conv3d(1, 2, 3)

        def forward(self, x):
            tokens = self.patches(x).flatten(2).transpose(1, 2)
            tokens = self.mix(torch.cat([tokens.mean(1, keepdim=True), tokens], 1))
            return self.line(tokens.transpose(1, 2)), self.volume(x[:, None]), tokens.mean((1, 2))

    net = open_network(Other(), **RAW)
    acts = net.activations(picture, [layer.name for layer in net.layers])
    assert acts["mix"].layer.axes == "TC"
    assert acts["mix"].layer.grid == (4, 5)
    assert acts["mix"].maps.shape == (8, 4, 5)
    assert np.array_equal(acts["mix"].maps[3, 1, 2], acts["mix"].values[1 + 1 * 5 + 2, 3])
    assert acts["line"].maps.shape == (2, 1, 19)
    assert acts["volume"].layer.axes == "CDHW"
    assert acts["volume"].maps.shape == (2, 14, 18)
    for act in acts.values():
        assert act.grid(labels=True, legend="").ndim == 3


def test_too_small_pictures_are_told(picture):
    net = open_network(InPlace(), **RAW)
    with pytest.raises(NetworkError, match=r"cannot be run at 2x2.*try a size of 32x32"):
        net.activations(picture, "conv", size=2)


class Keeping(nn.Module):
    """Keeps what passes through it, counts, and reads a picture with `view`."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 2, 3)
        self.head = nn.Linear(2 * 14 * 18, 5)
        self.register_buffer("total", torch.zeros(()))
        self.seen, self.last, self.count = [], None, 0

    def forward(self, x, mask=None, scale=None):
        x = self.conv(x)
        self.seen.append(x)
        self.last = x
        self.total = self.total + 0 * x.mean()
        self.count += 1
        if scale is not None:
            x = x * scale
        if mask is not None:
            x = x * mask
        return self.head(x.view(1, -1))


def test_tracing_leaves_nothing_behind_in_the_module(picture):
    module = Keeping()
    net = open_network(module, **RAW)
    assert net.activations(picture, "head").shape == (5,)
    assert all(isinstance(each, torch.Tensor) for each in module.seen)
    assert isinstance(module.last, torch.Tensor)
    assert isinstance(module.state_dict()["total"], torch.Tensor)


def test_arguments_with_defaults_keep_them(picture):
    module = Keeping().eval()
    act = open_network(module, **RAW).activations(picture, "head")
    with torch.no_grad():
        fed = torch.from_numpy(picture.transpose(2, 0, 1)[None].astype(np.float32))
        np.testing.assert_allclose(act.values, module(fed)[0], rtol=1e-4, atol=1e-2)


def test_what_a_trace_would_freeze_is_hooked():
    class Alternating(InPlace):
        def __init__(self):
            super().__init__()
            self.times = 0

        def forward(self, x):
            self.times += 1
            return super().forward(x) * self.times

    net = open_network(Alternating(), **RAW)
    assert "pool" in net.layers
    assert type(net._capture).__name__ == "HookCapture"


def test_names_that_clash(picture):
    class Clashing(nn.Module):
        def __init__(self):
            super().__init__()
            torch.manual_seed(0)
            self.a, self.a_1, self.input = nn.Conv2d(3, 3, 3, padding=1), nn.ReLU(), nn.ReLU()

        def forward(self, x):
            bool(x.sum() > 0)
            return self.input(self.a_1(self.a(self.a(x))))

    net = open_network(Clashing(), **RAW)
    assert [layer.name for layer in net.layers] == [
        "input_", "a", "a_1_", "a_1", "input", "output",
    ]  # fmt: skip
    acts = net.activations(picture, ["a_1_", "a_1"])
    assert acts["a_1_"].values.min() < 0
    assert np.array_equal(acts["a_1"].values, np.maximum(acts["a_1_"].values, 0))


def test_options_are_checked_and_none_is_ignored():
    for wrong in (
        {"layout": "NHWC"},
        {"input": "x"},
        {"order": "rgb"},
        {"device": "gpu"},
        {"mean": "x"},
    ):
        with pytest.raises(ArgumentError):
            open_network(InPlace(), **wrong)
    with pytest.raises(ArgumentError, match="weights means nothing to the built-in squeezenet"):
        open_network("squeezenet", weights="w.pt")
    assert open_network(InPlace(), size=32, mean=0.5).preparation.size == (32, 32)


def test_layers_before_one_that_fails_at_a_size_are_given_at_it():
    module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 30 * 30, 2))
    net = open_network(module, size=32)
    picture = np.zeros((64, 48, 3), dtype=np.uint8)
    assert net.activations(picture, "1", size=(64, 48)).layer.size == (4, 62, 46)
    with pytest.raises(NetworkError, match="cannot be run at 64x48"):
        net.activations(picture, "3", size=(64, 48))
