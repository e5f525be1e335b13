"""What is installed only where somebody wants it."""

import importlib.util

from actiscope.errors import MissingExtraError

_EXTRAS = {
    "torch": ("PyTorch", "torch"),
    "captum": ("captum", "torch"),
    "pyarrow": ("pyarrow", "parquet"),
    "imagecodecs": ("imagecodecs", "large"),
    "zarr": ("zarr", "zarr"),
    "sklearn": ("scikit-learn", "sklearn"),
    "fsspec": ("fsspec", "fsspec"),
    "ray": ("Ray", "ray"),
    "fastapi": ("FastAPI", "web"),
    "uvicorn": ("uvicorn", "web"),
}
"""What a module is called, and the extra that brings it."""


def require(module: str) -> None:
    """Make sure that what an extra brings is there.

    Parameters
    ----------
    module : str
        Which module is needed.

    Raises
    ------
    MissingExtraError
        If it is not installed.
    """
    if importlib.util.find_spec(module) is None:
        called, extra = _EXTRAS[module]
        raise MissingExtraError(
            f"{called} is needed for that and not installed: `pip install 'actiscope[{extra}]'`"
        )
