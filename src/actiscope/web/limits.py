"""How much the server takes on."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Budgets of the server.

    Parameters
    ----------
    body_bytes, bodies_bytes : int
        Of the body of a request, and of those of all that are not answered yet.
    picture_pixels : int
        Of a picture.
    input_pixels : int
        Of what the network is fed.
    library_bytes : int
        Pixels of the pictures that were added; those it was started with do not count.
    edits, edit_bytes : int
        Edits that are kept, and their pixels.
    cache_bytes : int
        Activations that are kept.
    covered_pixels : int
        Pixels of all the pictures that one occlusion map takes.
    frames, frame_bytes : int
        Camera frames that are kept, and their pixels.
    running, waiting : int
        Requests that the engine works on at a time, and that may wait for it; of occlusion maps one
        is made at a time, and as many may wait.
    """

    body_bytes: int = 32 * 2**20
    bodies_bytes: int = 256 * 2**20
    picture_pixels: int = 25_000_000
    input_pixels: int = 2_000_000
    library_bytes: int = 512 * 2**20
    edits: int = 64
    edit_bytes: int = 256 * 2**20
    cache_bytes: int = 256 * 2**20
    covered_pixels: int = 400_000_000
    frames: int = 8
    frame_bytes: int = 64 * 2**20
    running: int = 2
    waiting: int = 32
