"""The layer whose channels are the classes of a network."""

from actiscope.errors import ArgumentError
from actiscope.layers import Layer
from actiscope.networks import Network

_AFTER_SCORES = {"softmax", "logsoftmax", "log_softmax", "classification output", "identity"}
"""Types of layers that follow the scores of classes."""


def score_layer(network: Network) -> Layer:
    """Return the layer of the scores of classes, before they become probabilities.

    A probability saturates, and rises when another class falls: it says less of its own class.

    Parameters
    ----------
    network : Network
        A classifier.

    Returns
    -------
    Layer
        Its output, or what a softmax at its end reads.

    Raises
    ------
    ArgumentError
        If it has several outputs.
    """
    if len(network.outputs) != 1:
        raise ArgumentError(f"{network.name} has several outputs: name the layer and the channel")
    layer = network.layers.find(network.outputs[0])
    while layer.type.lower() in _AFTER_SCORES and len(layer.inputs) == 1:
        layer = network.layers.find(layer.inputs[0])
    return layer
