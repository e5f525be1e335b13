"""Words and numbers on pictures."""

import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from actiscope.images.pixels import Pixels

PAPER = (255, 255, 255)
INK = (32, 33, 36)
FAINT = (110, 113, 118)
_TEXT_SIZE = 12
_LEAST_SHARE = 0.0005
"""What is written as a tenth of a percent."""

Colour = tuple[int, int, int]
Text = tuple[float, str, str, Colour]
"""Position from the left, text, horizontal anchor ("l", "m" or "r"), colour."""


_SYSTEM_FONTS = (
    "DejaVuSans.ttf", "NotoSans-Regular.ttf", "NotoSansCJK-Regular.ttc", "segoeui.ttf",
    "meiryo.ttc", "Arial Unicode.ttf", "Hiragino Sans GB.ttc",
)  # fmt: skip
"""What may have the letters that Pillow's own font lacks: that has those of English."""
_NO_LETTER = "\U0010fffd"

_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def _fonts() -> Iterator[_Font]:
    """Give the font that Pillow carries, then those of the system that are there."""
    for name in ("", *_SYSTEM_FONTS):
        font = _font(name)
        if font is not None:
            yield font


@cache
def _font(name: str) -> _Font | None:
    """Return a font of the system, if it is there; without a name Pillow's own."""
    try:
        return ImageFont.truetype(name, _TEXT_SIZE) if name else ImageFont.load_default(_TEXT_SIZE)
    except (OSError, ImportError):
        return None


@lru_cache(maxsize=4096)
def _has(font: _Font, letter: str) -> bool:
    if letter == "\n":
        return True
    return letter.isprintable() and bytes(font.getmask(letter)) != bytes(font.getmask(_NO_LETTER))


@lru_cache(maxsize=4096)
def _lettered(text: str) -> tuple[_Font, str]:
    """Return a font that has the letters of a text; where none has, the text without accents."""
    for font in _fonts():
        if all(_has(font, letter) for letter in text):
            return font, text
    font = next(iter(_fonts()))
    plain = "".join(
        letter if _has(font, letter) else unicodedata.normalize("NFKD", letter)[0]
        for letter in text
    )
    return font, "".join(letter if _has(font, letter) else "?" for letter in plain)


def draw_text(
    draw: ImageDraw.ImageDraw, place: tuple[float, float], text: str, anchor: str, colour: Colour
) -> None:
    """Write a text at a place, by Pillow's anchors ("lm", "mm", "rm", ...)."""
    font, letters = _lettered(text)
    draw.text(place, letters, fill=colour, font=font, anchor=anchor)


def text_width(text: str) -> int:
    """Return how many pixels wide a text is."""
    font, letters = _lettered(text)
    return int(np.ceil(font.getlength(letters)))


def shorten(text: str, width: int) -> str:
    """Cut the middle out of a text that is wider than that: names differ at their ends.

    Examples
    --------
    >>> shorten("shoes-bf78527f-55ab-4a9d-a5f8-0f0b14e3b1a5.jpg", 132)
    'shoes-bf78…e3b1a5.jpg'
    """
    kept, shown = len(text), text
    while kept > 1 and text_width(shown) > width:
        kept -= 1
        shown = f"{text[: (kept + 1) // 2]}…{text[len(text) - kept // 2 :]}"
    return shown


def strip(
    width: int,
    height: int,
    texts: list[Text],
) -> Pixels:
    """Return a line of texts on paper.

    Parameters
    ----------
    width, height : int
        Size of the strip, in pixels.
    texts : list of Text
        What is written.

    Returns
    -------
    ndarray of uint8, (height, width, 3)
        RGB.
    """
    image = Image.new("RGB", (width, height), PAPER)
    draw = ImageDraw.Draw(image)
    for x, text, anchor, colour in texts:
        draw_text(draw, (x, height / 2), text, f"{anchor}m", colour)
    return np.asarray(image)


def paper(height: int, width: int) -> Pixels:
    """Return blank paper, (height, width, 3)."""
    return np.full((height, width, 3), PAPER, dtype=np.uint8)


def stack(pictures: list[Pixels], gap: int = 0) -> Pixels:
    """Put pictures below each other, at the left, on paper.

    Parameters
    ----------
    pictures : list of ndarray of uint8, (H, W, 3)
        From the top.
    gap : int
        Pixels of paper between them.

    Returns
    -------
    ndarray of uint8, (H, W, 3)
        As wide as the widest.
    """
    width = max(picture.shape[1] for picture in pictures)
    rows: list[Pixels] = []
    for picture in pictures:
        if rows and gap:
            rows.append(paper(gap, width))
        missing = paper(picture.shape[0], width - picture.shape[1])
        rows.append(np.concatenate([picture, missing], axis=1))
    return np.concatenate(rows)


def format_value(value: float) -> str:
    """Write a value with four significant digits.

    Examples
    --------
    >>> format_value(1821.6565), format_value(-0.5), format_value(1.5e-7)
    ('1822', '-0.5', '1.5e-07')
    """
    return f"{value:.0f}" if 1000 <= abs(value) < 1e6 else f"{value:.4g}"


def format_share(share: float) -> str:
    """Write a share, 0-1, in percent: as none or all only what is that.

    Examples
    --------
    >>> format_share(0.9967), format_share(1.0), format_share(1e-5), format_share(0.99999)
    ('99.7 %', '100.0 %', '< 0.1 %', '> 99.9 %')
    """
    if 0 < share < _LEAST_SHARE:
        return "< 0.1 %"
    return "> 99.9 %" if 1 - _LEAST_SHARE < share < 1 else f"{100 * share:.1f} %"


def format_percent(value: float | None) -> str:
    """Write a change in percent, "-" where there is none to tell.

    Examples
    --------
    >>> format_percent(-48.09), format_percent(0.32), format_percent(-0.01), format_percent(None)
    ('-48.1 %', '+0.3 %', '0.0 %', '-')
    """
    if value is None:
        return "-"
    return "0.0 %" if abs(value) < 0.05 else f"{value:+.1f} %"
