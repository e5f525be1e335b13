"""Which layers are read, directly or through values that are no layers."""

from collections.abc import Callable, Iterable


def follow_back(
    read: Iterable[str],
    layers_of: Callable[[str], Iterable[str]],
    read_by: Callable[[str], Iterable[str]],
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Follow what is read back to the nearest layers.

    Parameters
    ----------
    read : iterable of str
        Names of values.
    layers_of : callable
        From a value to the layers that it is; none for what is no layer: integers, say.
    read_by : callable
        From a value that is no layer to those that it is made of.

    Returns
    -------
    layers : tuple of str
        Names of the layers, each once.
    passed : tuple of str
        The values that lie between.
    """
    pending = list(dict.fromkeys(read))
    seen = set(pending)
    layers: dict[str, None] = {}
    passed = []
    for value in pending:
        found = tuple(layers_of(value))
        layers |= dict.fromkeys(found)
        if not found:
            passed.append(value)
            further = [each for each in dict.fromkeys(read_by(value)) if each not in seen]
            seen.update(further)
            pending += further
    return tuple(layers), tuple(passed)
