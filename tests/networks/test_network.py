"""What every network does, shown on the built-in one."""

import numpy as np
import pytest

from actiscope import (
    ArgumentError,
    ImageError,
    ImageSizeError,
    LayerNotFoundError,
    open_network,
)


def test_one_layer_or_several(net, a1):
    assert net.activations(a1, "conv1").layer.name == "conv1"
    assert net.activations(a1, 1).layer.name == "conv1"
    several = net.activations(a1, ["pool1", 1, "conv1", "data"])
    assert list(several) == ["pool1", "conv1", "data"]
    assert list(net.activations(a1, ("conv1",))) == ["conv1"]


def test_the_input_layer_is_the_prepared_picture(net, a1):
    fed = net.activations(a1, "data").values
    assert np.array_equal(fed, (a1 - np.float32([123, 117, 104])).transpose(2, 0, 1))


def test_sources_of_all_kinds(net, a1, tmp_path):
    from PIL import Image

    path = tmp_path / "face.png"
    Image.fromarray(a1).save(path)
    wanted = net.activations(a1, "conv1").values
    for source in (path, str(path), path.read_bytes(), Image.fromarray(a1), a1 / 255):
        assert np.array_equal(net.activations(source, "conv1").values, wanted)


def test_batches(net, a1, closed):
    for batch in ([a1, closed], (a1, closed), np.stack([a1, closed])):
        assert net.activations(batch, "conv1").shape == (2, 64, 113, 113)
    assert net.activations([a1], "conv1").shape == (1, 64, 113, 113)


def test_size(net, coffee):
    assert net.activations(coffee, "conv1").shape == (64, 199, 299)
    assert net.activations(coffee, "conv1", size=227).shape == (64, 113, 113)
    assert net.activations(coffee, "conv1", size=(101, 201)).shape == (64, 50, 100)


@pytest.mark.parametrize("size", [0, -1, (1, 2, 3), "227", 1.5, (10, None)])
def test_bad_sizes(net, a1, size):
    with pytest.raises(ArgumentError, match="a size is"):
        net.activations(a1, "conv1", size=size)


def test_bad_calls(net, a1, coffee):
    with pytest.raises(ArgumentError, match="no layer was asked for"):
        net.activations(a1, [])
    with pytest.raises(ArgumentError, match="no picture was given"):
        net.activations([], "conv1")
    with pytest.raises(ImageSizeError, match=r"several sizes .* size=227"):
        net.activations([a1, coffee], "conv1")
    with pytest.raises(LayerNotFoundError):
        net.activations(a1, ["conv1", "nope"])
    with pytest.raises(ImageError):
        net.activations(None, "conv1")
    with pytest.raises(ArgumentError, match="top is at least 1"):
        net.classify(a1, top=0)
    with pytest.raises(ArgumentError, match="one picture"):
        net.classify([a1, a1])


def test_sessions_are_reused_and_bounded(net):
    from actiscope.networks.onnx.sessions import Sessions

    opened = []
    sessions = Sessions(lambda names, _: opened.append(names) or net._graph.cut(names), capacity=2)
    first = sessions.get(("conv1",))
    assert sessions.get(("conv1",)) is first
    sessions.get(("pool1",))
    sessions.get(("conv1",))
    sessions.get(("relu_conv1",))
    assert sessions.get(("conv1",)) is first
    sessions.get(("pool1",))
    assert opened == [("conv1",), ("pool1",), ("relu_conv1",), ("pool1",)]


def keeps_memory(session):
    return session.get_session_options().enable_cpu_mem_arena


def test_sessions_keep_memory_for_pictures_of_a_size_while_there_are_some(net):
    from actiscope.networks.onnx.sessions import Sessions

    sessions = Sessions(lambda names, _: net._graph.cut(names))
    assert not keeps_memory(sessions.get(("conv1",), size=(8, 8)))
    with sessions.keeping_memory((8, 8)):
        with sessions.keeping_memory((8, 8)), sessions.keeping_memory((9, 9)):
            first = sessions.get(("conv1",), size=(8, 8))
            assert keeps_memory(first)
            assert sessions.get(("conv1",), size=(9, 9)) is not first
        for other in ((7, 8), (9, 9), None):
            assert not keeps_memory(sessions.get(("conv1",), size=other))
        assert sessions.get(("conv1",), size=(8, 8)) is first
    assert not keeps_memory(sessions.get(("conv1",), size=(8, 8)))


def test_at_work_a_network_keeps_memory_for_one_size(coffee):
    network = open_network("squeezenet")
    sessions = network._engine._sessions
    for kept, expected in ((None, False), ((227, 227), True), ((226, 227), False)):
        with network.at_work(kept):
            network.activations(coffee, "conv1", size=227)
            assert keeps_memory(sessions.get(("conv1",), unsure=False, size=(227, 227))) == expected


def test_a_cut_holds_only_what_is_needed(net):
    import onnx

    cut = onnx.load_from_string(net._graph.cut(["fire2-squeeze1x1"]))
    assert [node.name for node in cut.graph.node] == [
        "conv1", "relu_conv1", "pool1", "fire2-squeeze1x1",
    ]  # fmt: skip
    assert len(cut.graph.initializer) == 4


def test_shows_itself(net):
    assert repr(net) == (
        "<SqueezeNet 'squeezenet': 68 layers, 75 connections, 1,235,496 learnables, "
        "input 227x227, on cpu>"
    )
    assert "1,235,496" in net._repr_html_()


def test_a_network_is_freed_when_nobody_holds_it():
    import gc
    import weakref

    kept = weakref.ref(open_network()._graph)
    gc.collect()
    assert kept() is None
