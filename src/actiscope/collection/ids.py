"""Ids of pictures, as people read them."""


def hex_id(image: int) -> str:
    """Return an id as people read it.

    Examples
    --------
    >>> hex_id(-1), hex_id(255)
    ('ffffffffffffffff', '00000000000000ff')
    """
    return f"{image % (1 << 64):016x}"


def int_id(image: str) -> int:
    """Return the id that `hex_id` wrote."""
    number = int(image, 16)
    return number - (1 << 64) if number >> 63 else number
