"""Which layers lead to which, and which are not used."""

import onnx
import torch
from onnx import helper
from torch import nn

from actiscope import open_network
from tests.networks import tiny

CONV = helper.make_node("Conv", ["x", "w"], ["a"], "conv")
UNUSED = "nobody uses what it gives"


def unused(network, **options):
    issues = network.analyze(**options).issues
    return [issue.layer for issue in issues if UNUSED in issue.message]


def test_what_only_an_index_is_made_of_is_used(tmp_path):
    nodes = [
        CONV,
        helper.make_node("Softmax", ["a"], ["s"], "soft", axis=1),
        helper.make_node("ArgMax", ["s"], ["i"], "index", axis=1),
    ]
    assert unused(tiny.opened(tmp_path, tiny.model(nodes, {"w": tiny.filters()}))) == []


def test_what_is_read_for_its_shape_alone_is_not_what_another_is_made_of():
    class Shaped(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second = nn.Conv2d(3, 4, 3), nn.Conv2d(3, 4, 3)

        def forward(self, x):
            count, _, height, _ = self.first(x).shape
            return self.second(x)[:, :, :height].reshape(count, 4, -1)

    layers = open_network(Shaped(), size=16).layers
    assert layers["reshape"].inputs == ("getitem_4",)
    assert [layer.name for layer in layers if not layer.used] == ["first"]


def test_a_module_that_gives_an_index_uses_what_leads_to_it():
    class Index(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 4, 3)

        def forward(self, x):
            return self.conv(x).softmax(1).argmax(1)

    assert unused(open_network(Index(), size=16)) == []


class Chosen(nn.Module):
    """Keeps what is large, through a comparison and the place of its channel."""

    def __init__(self):
        super().__init__()
        self.conv, self.score, self.idle = (nn.Conv2d(3, 3, 1) for _ in range(3))

    def forward(self, x):
        maps, score = self.conv(x), self.score(x)
        self.idle(x)
        large = (score > 0) & (score < 1)
        place = score.argmax(1, keepdim=True)
        return torch.where(large, maps, maps.gather(1, place))


def test_a_module_is_connected_through_what_is_no_layer():
    net = open_network(Chosen(), size=16)
    assert set(net.layers["where"].inputs) == {"conv", "gather", "score"}
    assert set(net.layers["gather"].inputs) == {"conv", "score"}
    assert unused(net) == ["idle"]


def test_what_a_node_reads_that_was_left_out_is_used(tmp_path):
    nodes = [
        CONV,
        helper.make_node("Conv", ["a", "gone"], ["b"], "lost"),
        helper.make_node("Relu", ["x"], ["r"], "idle"),
    ]
    onnx.save(tiny.model(nodes, {"w": tiny.filters()}, outputs=["b"]), tmp_path / "m.onnx")
    assert unused(open_network(tmp_path / "m.onnx", strict=False), size=16) == ["idle"]


def test_one_of_two_outputs_of_a_node_is_enough(tmp_path):
    nodes = [
        CONV,
        helper.make_node("Split", ["a"], ["b", "c"], "halves", axis=1),
        helper.make_node("Relu", ["c"], ["d"], "relu"),
    ]
    net = tiny.opened(tmp_path, tiny.model(nodes, {"w": tiny.filters()}))
    assert net.layers["relu"].inputs == ("halves:1",)
    assert unused(net) == []


def test_a_module_that_fails_at_a_size_uses_what_comes_before():
    module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(4 * 14 * 14, 5))
    net = open_network(module, size=16, strict=False)
    assert unused(net, size=20) == []
