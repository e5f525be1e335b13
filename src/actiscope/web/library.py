"""Pictures by what they show: the same pixels are the same picture."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator

from actiscope.report.explorer.slides import Slide
from actiscope.web.errors import PictureNotFoundError
from actiscope.web.limits import Limits


class Library:
    """Pictures that were added, edits and camera frames, none of which pushes out another kind.

    It belongs to one event loop.

    Parameters
    ----------
    slides : iterable of Slide
        Those that are always there.
    limits : Limits
        How many are kept of the others; the least recently used go first.
    """

    def __init__(self, slides: Iterable[Slide], limits: Limits) -> None:
        self._always = {slide.id: slide for slide in slides}
        self._added = _Shelf(limits.library_bytes)
        self._edits = _Shelf(limits.edit_bytes, limits.edits)
        self._frames = _Shelf(limits.frame_bytes, limits.frames)

    def __iter__(self) -> Iterator[Slide]:
        yield from self._always.values()
        yield from self._added.slides.values()
        yield from self._edits.slides.values()

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
        if identity in self._always:
            return self._always[identity]
        for shelf in (self._added, self._edits, self._frames):
            if identity in shelf.slides:
                shelf.slides.move_to_end(identity)
                return shelf.slides[identity]
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
        if self._is_kept(slide):
            return self.find(slide.id), []
        self._edits.drop(slide.id)
        return slide, self._added.put(slide)

    def add_edit(self, slide: Slide) -> tuple[Slide, list[str]]:
        """Add a picture that was painted over; as `add`."""
        if self._is_kept(slide):
            return self.find(slide.id), []
        return slide, self._edits.put(slide)

    def add_frame(self, slide: Slide) -> tuple[Slide, list[str]]:
        """Add a camera frame; as `add`."""
        if self._is_kept(slide) or slide.id in self._edits.slides:
            return self.find(slide.id), []
        return slide, self._frames.put(slide)

    def _is_kept(self, slide: Slide) -> bool:
        return slide.id in self._always or slide.id in self._added.slides


class _Shelf:
    """Slides of one kind; the last that was put there stays, whatever its size."""

    def __init__(self, most_bytes: int, most: int | None = None) -> None:
        self.slides: OrderedDict[str, Slide] = OrderedDict()
        self._most_bytes = most_bytes
        self._most = most
        self._bytes = 0

    def put(self, slide: Slide) -> list[str]:
        """Put a slide there, and return the ids of those that are dropped for it."""
        self.drop(slide.id)
        self.slides[slide.id] = slide
        self._bytes += slide.pixels.nbytes
        gone = []
        while len(self.slides) > 1 and self._is_full():
            identity = next(iter(self.slides))
            self.drop(identity)
            gone.append(identity)
        return gone

    def drop(self, identity: str) -> None:
        """Drop a slide, if it is there."""
        if identity in self.slides:
            self._bytes -= self.slides.pop(identity).pixels.nbytes

    def _is_full(self) -> bool:
        too_many = self._most is not None and len(self.slides) > self._most
        return too_many or self._bytes > self._most_bytes
