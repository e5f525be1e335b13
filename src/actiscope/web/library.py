"""Pictures by what they show: the same pixels are the same picture."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator

from actiscope.report.explorer.slides import Slide
from actiscope.web.errors import PictureNotFoundError


class Library:
    """Slides under a budget of bytes, and a ring of camera frames. It belongs to one event loop.

    Parameters
    ----------
    slides : iterable of Slide
        Those that are always there.
    most_bytes : int
        What the pixels of the others may take; the least recently used goes first.
    frames : int
        How many camera frames are kept.
    """

    def __init__(self, slides: Iterable[Slide], most_bytes: int, frames: int) -> None:
        self._always = {slide.id: slide for slide in slides}
        self._added: OrderedDict[str, Slide] = OrderedDict()
        self._frames: OrderedDict[str, Slide] = OrderedDict()
        self._most_bytes = most_bytes
        self._most_frames = frames

    def __iter__(self) -> Iterator[Slide]:
        yield from self._always.values()
        yield from self._added.values()

    def find(self, identity: str) -> Slide:
        """Return a picture.

        Parameters
        ----------
        identity : str
            Its id.

        Returns
        -------
        Slide
            The picture.

        Raises
        ------
        PictureNotFoundError
            If it is not there.
        """
        for slides in (self._always, self._added, self._frames):
            if identity in slides:
                if slides is self._added:
                    self._added.move_to_end(identity)
                return slides[identity]
        raise PictureNotFoundError(
            f"no picture {identity[:64]!r}: it was never there, or made room for others; "
            "send it again"
        )

    def add(self, slide: Slide) -> tuple[Slide, list[str]]:
        """Add a picture.

        Parameters
        ----------
        slide : Slide
            The picture.

        Returns
        -------
        slide : Slide
            It, or the one with the same pixels that is there already.
        gone : list of str
            Ids of those that made room for it.
        """
        if slide.id in self._always or slide.id in self._added:
            return self.find(slide.id), []
        self._added[slide.id] = slide
        gone = []
        size = sum(each.pixels.nbytes for each in self._added.values())
        while size > self._most_bytes and len(self._added) > 1:
            identity, dropped = self._added.popitem(last=False)
            size -= dropped.pixels.nbytes
            gone.append(identity)
        return slide, gone

    def add_frame(self, slide: Slide) -> tuple[Slide, list[str]]:
        """Add a camera frame; as `add`, but only the newest are kept."""
        if slide.id in self._always or slide.id in self._added:
            return self.find(slide.id), []
        self._frames[slide.id] = slide
        self._frames.move_to_end(slide.id)
        gone = []
        while len(self._frames) > self._most_frames:
            gone.append(self._frames.popitem(last=False)[0])
        return slide, gone
