"""What kind of thing a layer is: types that do alike are drawn alike."""

_FAMILIES = {
    "norm": "norm",
    "conv": "weights",
    "connected": "weights",
    "linear": "weights",
    "matrix": "weights",
    "attention": "weights",
    "pool": "pool",
    "elu": "pointwise",
    "sigmoid": "pointwise",
    "silu": "pointwise",
    "swish": "pointwise",
    "concat": "join",
    "add": "join",
    "cat": "join",
}


def family(kind: str) -> str:
    """Return what a type of layer is drawn as.

    Parameters
    ----------
    kind : str
        The type: "Convolution", "ReLU", ...

    Returns
    -------
    str
        "weights", "norm", "pool", "pointwise", "join" or "other".

    Examples
    --------
    >>> family("Depth Concatenation")
    'join'
    """
    lower = kind.lower()
    return next((found for word, found in _FAMILIES.items() if word in lower), "other")
