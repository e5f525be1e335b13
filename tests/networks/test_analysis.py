"""The table, the totals and what is wrong: against other software, by hand, and planted."""

from collections import defaultdict

import numpy as np
import onnx
import pytest
import torch
from onnx import helper

from actiscope import ImageSizeError, open_network
from tests.networks import tiny
from tests.networks.test_architectures import module_of

# Batch normalization is a multiplication, too, for torchinfo; tokens are not, for its Linear.
COMPARABLE = [
    "densenet121", "efficientnet_b0", "mnasnet0_5", "mobilenet_v3_small", "regnet_y_400mf",
    "resnet18", "shufflenet_v2_x0_5", "squeezenet1_1",
]  # fmt: skip
ONLY_LEARNABLES = ["convnext_tiny", "swin_t", "vit_b_16"]


@pytest.mark.parametrize("name", COMPARABLE + ONLY_LEARNABLES)
def test_learnables_and_multiply_adds_are_those_of_torchinfo(torchvision, name):
    import torchinfo

    module = module_of(torchvision, name)
    analysis = open_network(module, size=(224, 224)).analyze()
    truth = torchinfo.summary(module, (1, 3, 224, 224), verbose=0)
    assert analysis.layers.learnables == truth.total_params
    if name in COMPARABLE:
        assert analysis.multiply_adds == pytest.approx(truth.total_mult_adds, rel=0.01)
    assert [issue for issue in analysis.issues if issue.severity == "error"] == []


def test_squeezenet_by_hand(net):
    analysis = net.analyze()
    costs = {cost.layer.name: cost for cost in analysis.costs}
    assert costs["conv1"].multiply_adds == 64 * 113 * 113 * 3 * 3 * 3
    assert costs["fire2-expand3x3"].multiply_adds == 64 * 56 * 56 * 16 * 9
    assert costs["conv10"].multiply_adds == 1000 * 14 * 14 * 512
    assert costs["relu_conv1"].multiply_adds == 0
    assert costs["conv1"].memory == 4 * 64 * 113 * 113
    assert analysis.memory == sum(4 * np.prod(layer.size) for layer in net.layers)
    assert analysis.peak_memory == 2 * costs["conv1"].memory, "conv1 and its ReLU"
    told = analysis.describe()
    assert told["connections"] == 75
    assert told["layers"][1]["receptive_field"] == [3, 3]
    assert told["layers"][66]["receptive_field"] is None


def test_the_vision_transformer_costs_what_its_paper_says(torchvision):
    analysis = open_network(module_of(torchvision, "vit_b_16"), size=(224, 224)).analyze()
    assert analysis.multiply_adds == pytest.approx(16.9e9, rel=0.02), "attention products aside"


def test_peak_memory_counts_what_skips_keep_alive(tmp_path):
    nodes = [
        helper.make_node("Relu", ["x"], ["a"], "a"),
        helper.make_node("Relu", ["a"], ["b"], "b"),
        helper.make_node("Relu", ["b"], ["c"], "c"),
        helper.make_node("Add", ["a", "c"], ["d"], "d"),
    ]
    onnx.save(tiny.model(nodes, {}), tmp_path / "skip.onnx")
    analysis = open_network(tmp_path / "skip.onnx").analyze(size=10)
    assert analysis.peak_memory == 3 * 4 * 3 * 10 * 10, "a, b and c; or a, c and d"


def issues_of(module, **options):
    """All messages, by layer and severity."""
    network = open_network(module, size=(64, 64), mean=(0.0,), std=(1.0,))
    found = defaultdict(str)
    for issue in network.analyze(**options).issues:
        found[issue.layer, issue.severity] += f"{issue.message}. "
    return found


class Planted(torch.nn.Module):
    """A fault of each kind."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.first = torch.nn.Conv2d(3, 6, 3, padding=1)
        self.norm = torch.nn.BatchNorm2d(6)
        self.relu = torch.nn.ReLU()
        self.second = torch.nn.Conv2d(6, 4, 3)
        self.unused = torch.nn.Conv2d(6, 2, 3)
        self.squash = torch.nn.Sigmoid()
        with torch.no_grad():
            self.first.weight[1] = 0
            self.first.bias[1] = -1
            self.first.weight[4] = self.first.weight[2]
            self.norm.running_var[3] = 0
            self.second.weight[0, 0, 0, 0] = torch.nan
            self.unused.weight[:] = 1

    def forward(self, x):
        x = self.relu(self.norm(self.first(x)))
        self.unused(x)
        return self.squash(self.second(x))


def test_planted_faults_are_found():
    image = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    found = issues_of(Planted(), image=image)
    assert "filter 4 is the same as an earlier one" in found["first", "warning"]
    assert "filter 1 is all zero" in found["first", "warning"]
    assert "1 of 6 variances are nearly zero" in found["norm", "warning"]
    assert "1 of 216 weight are NaN or infinite" in found["second", "error"]
    assert "nobody uses what it gives" in found["unused", "warning"]
    assert "channel 1 is dead in this picture" in found["relu", "warning"]
    assert "values are NaN or infinite" in found["squash", "error"]


def test_a_sound_network_has_no_issues_but_that_it_does_not_see_all(net):
    (issue,) = net.analyze().issues
    assert issue.severity == "warning"
    assert "sees 207x207 of 227x227" in issue.message


def test_what_sees_too_little_is_told():
    module = torch.nn.Sequential(torch.nn.Conv2d(3, 2, 3), torch.nn.Conv2d(2, 2, 3))
    assert "the last map sees 5x5 of 64x64" in issues_of(module)["1", "warning"]


def of_flat(answer):
    """A network whose answer combines all places of its only map."""
    return torch.nn.Sequential(torch.nn.Conv2d(3, 2, 3), torch.nn.Flatten(), answer)


class Split(torch.nn.Module):
    """Maps that grow, then one that sees less."""

    def __init__(self):
        super().__init__()
        self.first, self.second = torch.nn.Conv2d(3, 2, 3), torch.nn.Conv2d(2, 2, 3)

    def forward(self, x):
        maps = self.first(x)
        return self.second(maps), maps + 1


@pytest.mark.parametrize(
    ("module", "where"),
    [
        (torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(3 * 64 * 64, 2)), None),
        (of_flat(torch.nn.Linear(2 * 62 * 62, 2)), None),
        (torch.nn.Sequential(torch.nn.Conv2d(3, 2, 3), torch.nn.AdaptiveAvgPool2d(1)), "0"),
        (torch.nn.Sequential(torch.nn.Conv2d(3, 2, 3), torch.nn.AdaptiveAvgPool2d(2)), None),
        (Split(), "second"),
    ],
)
def test_only_what_no_later_layer_sees_is_told_to_be_unseen(module, where):
    told = [layer for (layer, _), message in issues_of(module).items() if "not seen" in message]
    assert told == ([where] if where else [])


class Clamped(torch.nn.Module):
    def forward(self, x):
        return x.clamp(0, 6)


@pytest.mark.parametrize(
    "limit", [torch.nn.ReLU6(), torch.nn.Hardtanh(0, 6), Clamped()], ids=lambda m: type(m).__name__
)
def test_dead_and_saturated_channels_of_whatever_limits(limit):
    conv = torch.nn.Conv2d(3, 3, 1)
    with torch.no_grad():
        conv.weight[:] = 0
        conv.bias[:] = torch.tensor([-1.0, 9.0, 3.0])
    image = np.zeros((64, 64, 3), np.uint8)
    messages = " ".join(issues_of(torch.nn.Sequential(conv, limit), image=image).values())
    assert "channel 0 is dead in this picture" in messages
    assert "channels (1, 2) are saturated" in messages


def test_dead_channels_of_a_clip(tmp_path):
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["a"], "conv"),
        helper.make_node("Clip", ["a", "low", "high"], ["b"], "clip"),
    ]
    weights = {"w": -np.abs(tiny.filters()), "low": np.float32(0), "high": np.float32(6)}
    net = tiny.opened(tmp_path, tiny.model(nodes, weights))
    image = np.random.default_rng(0).integers(1, 256, (9, 9, 3), dtype=np.uint8)
    messages = [issue.message for issue in net.analyze(image=image).issues]
    assert "4 channels (0, 1, 2, 3) are dead in this picture: all zero" in messages


class Detecting(torch.nn.Module):
    """Finds nothing in whatever it is tried with."""

    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(3, 5, 3)

    def forward(self, x):
        rows = self.conv(x).flatten(2)[0].T
        kept = rows[rows[:, 4] > 1e9]
        return {"boxes": kept[:, :4], "scores": kept[:, 4]}


def test_that_nothing_is_found_is_no_error():
    assert not [key for key in issues_of(Detecting()) if "error" in key]


def test_sizes_that_depend_on_the_picture_are_told(tmp_path):
    nodes = [
        helper.make_node("NonZero", ["x"], ["n"], "places"),
        helper.make_node("Cast", ["n"], ["f"], "real", to=onnx.TensorProto.FLOAT),
        helper.make_node("Relu", ["f"], ["y"], "relu"),
    ]
    analysis = tiny.opened(tmp_path, tiny.model(nodes, {})).analyze(size=9)
    assert [layer.size for layer in analysis.layers] == [(3, 9, 9), (), ()]
    (issue,) = analysis.issues
    assert issue.layer == "real"
    assert "its size and 1 more do not follow from that of the picture" in issue.message


def test_what_cannot_be_run_is_an_error_in_the_table(tmp_path):
    model = tiny.convolution()
    model.graph.node[1].op_type = "Rely"
    onnx.save(model, tmp_path / "m.onnx")
    image = np.zeros((20, 20, 3), np.uint8)
    issues = open_network(tmp_path / "m.onnx").analyze(image=image).issues
    assert any("cannot be run" in issue.message for issue in issues)


def test_sizes(net):
    assert net.analyze(size=(282, 334)).layers["pool1"].size == (64, 69, 82)
    with pytest.raises(ImageSizeError, match="too small"):
        net.analyze(size=2)


def test_shows_itself(net):
    analysis = net.analyze()
    assert f"{analysis.multiply_adds:,} multiply-adds, 0 errors, 1 warning>" in repr(analysis)
    assert repr(analysis).startswith("<Analysis of 'squeezenet' at 227x227: 68 layers, 1,235,496")
    assert analysis._repr_html_().count("<tr>") == 69
