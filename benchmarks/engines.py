"""Measure activations against what PyTorch users have: `python benchmarks/engines.py`.

The same weights (torchvision's SqueezeNet v1.1, random) and the same picture of 227 x 227, through
actiscope's two kinds of network and through plain hooks, torchvision's extractor, captum and
TorchLens, each in its default setting and in turn. Ratios are against the fastest of the others.
Ours are given the picture and prepare it; the others are given it prepared, as is the bare engine:
ONNX Runtime alone, on the file cut at the same layers.
"""

import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
import torch
from timing import SPINNING, in_turn

from actiscope import open_network

MIDDLE = "features.9.squeeze"
SIZE = 227


def import_torchvision() -> Any:
    """Import torchvision; beside a CPU build of PyTorch it may lack its operators."""
    signature = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
    for name in ("nms", "qnms"):
        if not hasattr(torch.ops.torchvision, name):
            torch.library.define(f"torchvision::{name}", signature)
    import torchvision

    return torchvision


def hooks(module: torch.nn.Module, names: list[str], picture: torch.Tensor) -> dict[str, Any]:
    """What a person writes first."""
    kept: dict[str, Any] = {}

    def hook_for(name: str) -> Callable[..., None]:
        def hook(_module: Any, _inputs: Any, output: torch.Tensor) -> None:
            kept[name] = output.detach().numpy()

        return hook

    modules = dict(module.named_modules())
    handles = [modules[name].register_forward_hook(hook_for(name)) for name in names]
    with torch.no_grad():
        module(picture)
    for handle in handles:
        handle.remove()
    return kept


def peers(module: torch.nn.Module, names: list[str], picture: torch.Tensor) -> dict[str, Any]:
    """The others, each ready to be timed."""
    from captum.attr import LayerActivation
    from torchvision.models.feature_extraction import create_feature_extractor

    modules = dict(module.named_modules())
    extractor = create_feature_extractor(module, return_nodes=names)
    captum = LayerActivation(module, [modules[name] for name in names])

    def run_extractor() -> Any:
        with torch.no_grad():
            return {name: value.numpy() for name, value in extractor(picture).items()}

    def run_captum() -> Any:
        with torch.no_grad():
            return captum.attribute(picture)

    return {
        "plain hooks": lambda: hooks(module, names, picture),
        "torchvision's extractor": run_extractor,
        "captum": run_captum,
    }


def bare_engine(network: Any, names: list[str], fed: np.ndarray) -> Callable[[], Any]:
    """What there is to gain: a session of the cut model, on the prepared picture."""
    tensors = [network.layers[name].tensor for name in names if name != network.layers[0].name]
    session = ort.InferenceSession(network._graph.cut(tensors), providers=["CPUExecutionProvider"])
    return lambda: session.run(tensors, {network.layers[0].tensor: fed})


def torchlens(module: torch.nn.Module, picture: torch.Tensor) -> Callable[[], Any] | None:
    try:
        import torchlens as tl

        run = getattr(tl, "log_forward_pass", None) or tl.trace
        run(module, picture)
    except Exception as error:
        print(f"TorchLens cannot be timed here: {type(error).__name__}")
        return None
    return lambda: run(module, picture)


def main() -> None:
    warnings.simplefilter("ignore")
    torch.manual_seed(0)
    module = import_torchvision().models.squeezenet1_1(weights=None).eval()
    image = np.random.default_rng(0).integers(0, 256, (SIZE, SIZE, 3), dtype=np.uint8)
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "net.onnx"
        torch.onnx.export(module, (torch.zeros(1, 3, SIZE, SIZE),), path, dynamo=False)
        as_onnx, as_module = open_network(path), open_network(module, size=SIZE)
        picture = torch.from_numpy(as_module.preparation.fed(image)[np.newaxis])
        leaves = [key for key, each in module.named_modules() if not list(each.children())]
        for what, names in (("one layer in the middle", [MIDDLE]), ("all layers", leaves)):
            whole = len(names) > 1
            onnx_names = list(as_onnx.layers) if whole else [_same_as(as_module, as_onnx, image)]
            ours = {
                "actiscope, ONNX": lambda n=onnx_names: as_onnx.activations(image, n),
                "actiscope, PyTorch": lambda n=names: as_module.activations(image, n),
            }
            if whole:
                ours["actiscope, ONNX, looked at"] = lambda n=onnx_names: [
                    act.values for act in as_onnx.activations(image, n).values()
                ]
            theirs = peers(module, names, picture)
            bare = {"the bare engine": bare_engine(as_onnx, onnx_names, picture.numpy())}
            lens = torchlens(module, picture)
            slow = {} if lens is None else in_turn({"TorchLens": lens}, runs=3)
            times = in_turn({**bare, **ours, **theirs}, runs=25, pause=SPINNING) | slow
            best = min(times[key] for key in theirs)
            engine = times["the bare engine"]
            print(
                f"\n{what}\n{'':28}{'ms':>9}{'speed, by the best':>20}{'time, by the engine':>21}"
            )
            for key, seconds in times.items():
                ratios = f"{best / seconds:19.2f}x{seconds / engine:20.2f}x"
                print(f"{key:28}{1e3 * seconds:9.2f}{ratios}")


def _same_as(module: Any, file: Any, image: np.ndarray) -> str:
    """Return the layer of the file that gives what the module's middle layer gives."""
    wanted = module.activations(image, MIDDLE).values
    for name, act in file.activations(image, list(file.layers)).items():
        if act.shape == wanted.shape and np.allclose(act.values, wanted, atol=1e-3):
            return str(name)
    raise LookupError(MIDDLE)


if __name__ == "__main__":
    main()
