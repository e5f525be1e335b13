"""Words for people."""


def counted(number: int, noun: str, plural: str = "") -> str:
    """Write a number and what it counts.

    Parameters
    ----------
    number : int
        How many.
    noun : str
        What one of them is called.
    plural : str, optional
        What several are called; with an s at the end by default.

    Returns
    -------
    str
        Both.

    Examples
    --------
    >>> counted(1, "layer"), counted(1200, "layer"), counted(0, "copy", "copies")
    ('1 layer', '1,200 layers', '0 copies')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
