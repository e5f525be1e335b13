"""A picture that an optimizer can paint well, and random views of it.

C. Olah et al., "Feature Visualization", Distill, 2017, https://distill.pub/2017/feature-visualization:
steps of one size in the Fourier basis, whitened as pictures are, and in decorrelated colours paint
at all scales and in all colours; what only one exact position answers to does not survive random
views.
"""

import math

import torch
from torch.nn import functional as F  # noqa: N812 - as everybody calls it

_COLOURS = (
    (0.91, -0.49, 0.05),
    (1.00, 0.16, -0.20),
    (0.92, 0.31, 0.17),
)
"""RGB along the principal axes of the colours of 300 photographs, by how far they spread."""

_FIRST = 0.1
"""Standard deviation of the picture that is begun with."""


class Canvas:
    """A picture in the Fourier basis with decorrelated colours.

    Parameters
    ----------
    size : (int, int)
        Height and width.
    generator : torch.Generator
        Where the picture that is begun with comes from.
    device : torch.device
        Where it lies.
    """

    def __init__(
        self, size: tuple[int, int], generator: torch.Generator, device: torch.device
    ) -> None:
        height, width = size
        rows = torch.fft.fftfreq(height)[:, None]
        cols = torch.fft.rfftfreq(width)[None]
        frequencies = torch.hypot(rows, cols).clamp_min(1 / max(size))
        weights = 1 / frequencies
        spread = (2 * 2 * weights.square().sum()).sqrt()
        self._weights = (weights / spread)[None, :, :, None].to(device)
        self._colours = torch.tensor(_COLOURS, device=device)
        first = _FIRST * torch.randn(3, *frequencies.shape, 2, generator=generator)
        self.spectrum = first.to(device).requires_grad_()
        self.size = size

    def picture(self, size: tuple[int, int]) -> torch.Tensor:
        """Return the picture.

        Parameters
        ----------
        size : (int, int)
            Its size, or a smaller one: then without what is too fine for that.

        Returns
        -------
        torch.Tensor, (1, 3, H, W)
            RGB, 0-1.
        """
        height, width = size
        below, above = math.ceil(height / 2), height // 2
        spectrum = self.spectrum * self._weights
        coarse = torch.cat([spectrum[:, :below], spectrum[:, self.size[0] - above :]], 1)
        coarse = torch.view_as_complex(coarse[:, :, : width // 2 + 1].contiguous())
        planes = torch.fft.irfft2(coarse, s=size, norm="forward")
        colours = torch.einsum("ck,khw->chw", self._colours, planes)
        return torch.sigmoid(colours)[None]


def random_view(
    picture: torch.Tensor, generator: torch.Generator, *, shift: int, zoom: float, turn: float
) -> torch.Tensor:
    """Return a picture as it looks shifted, enlarged and turned a little.

    Parameters
    ----------
    picture : torch.Tensor, (1, C, H, W)
        The picture.
    generator : torch.Generator
        Where the view comes from.
    shift : int
        Pixels by which it is shifted at most; what leaves at one side comes in at the other.
    zoom : float
        Share by which it is enlarged or reduced at most.
    turn : float
        Degrees by which it is turned at most.

    Returns
    -------
    torch.Tensor, (1, C, H, W)
        The view.
    """
    down, across = torch.randint(-shift, shift + 1, (2,), generator=generator).tolist()
    scale, angle = (torch.rand(2, generator=generator) * 2 - 1).tolist()
    scale, angle = 1 + zoom * scale, math.radians(turn * angle)
    shifted = picture.roll((down, across), (2, 3))
    height, width = picture.shape[2:]
    cos, sin = math.cos(angle) * scale, math.sin(angle) * scale
    turned = [[cos, -sin * height / width, 0.0], [sin * width / height, cos, 0.0]]
    grid = F.affine_grid(
        torch.tensor([turned], device=picture.device), list(picture.shape), align_corners=False
    )
    return F.grid_sample(shifted, grid, padding_mode="reflection", align_corners=False)
