import subprocess
import sys

import actiscope


def modules_after(code: str) -> set[str]:
    listing = f"{code}; import sys; print(*sorted(sys.modules))"
    found = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
    return set(found.stdout.split())


def test_import_is_light():
    loaded = modules_after("import actiscope")
    heavy = {"onnx", "onnxruntime", "torch", "skimage", "scipy", "typer", "jinja2", "cmap", "ndf"}
    heavy |= {"fastapi", "uvicorn", "pydantic", "sklearn", "fsspec", "pyarrow", "zarr"}
    assert not loaded & heavy


def test_running_the_network_does_not_import_what_only_carries_its_weights():
    code = (
        "import actiscope, numpy as np; net = actiscope.open_network(); "
        "net.activations(np.zeros((99, 99)), 'pool1')"
    )
    assert not modules_after(code) & {"ndf", "skimage", "scipy", "torch"}


def test_every_public_name_exists_and_is_listed_once_in_order():
    assert sorted(set(actiscope.__all__)) == actiscope.__all__
    for name in actiscope.__all__:
        assert getattr(actiscope, name).__doc__, name


def test_public_names_are_all_listed():
    found = {name for name, value in vars(actiscope).items() if not name.startswith("_")}
    rooms = {
        "activations",
        "checks",
        "errors",
        "extras",
        "files",
        "geometry",
        "images",
        "layers",
        "networks",
    }
    rooms |= {
        "pictures",
        "report",
        "studies",
        "collection",
        "sklearn",
        "web",
        "cli",
        "wording",
        "deflate",
    }
    assert found - rooms == set(actiscope.__all__)
