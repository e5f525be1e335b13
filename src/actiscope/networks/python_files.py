"""Python files that a user names, to be run."""

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from actiscope.errors import NetworkError
from actiscope.networks.foreign import foreign, with_kind


@contextmanager
def run_file(path: Path) -> Iterator[ModuleType]:
    """Run a Python file, which may import what lies beside it, and lend its names.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Yields
    ------
    module
        What it defines.

    Raises
    ------
    NetworkError
        If there is no such file, or it fails.
    """
    folder = str(path.parent.absolute())
    sys.path.insert(0, folder)
    try:
        yield _run(path)
    finally:
        sys.path.remove(folder)


def _run(path: Path) -> ModuleType:
    name = f"actiscope_opened_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise NetworkError(f"there is no file {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    with foreign(f"{path} fails", says=with_kind):
        spec.loader.exec_module(module)
    return module
