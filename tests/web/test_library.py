"""Pictures by what they show."""

import numpy as np
import pytest

from actiscope.report.explorer.slides import Slide
from actiscope.web.errors import PictureNotFoundError
from actiscope.web.library import Library
from actiscope.web.limits import Limits


def slide(value, **options):
    return Slide(str(value), np.full((10, 10, 3), value, np.uint8), **options)


def test_the_same_pixels_are_the_same_picture():
    assert slide(1).id == slide(1).id
    assert slide(1).id != slide(2).id
    assert slide(1).id != Slide("1", np.full((5, 20, 3), 1, np.uint8)).id
    assert len(slide(1).id) == 16
    library = Library([slide(1, sample=True)], Limits())
    kept, gone = library.add(slide(1))
    assert kept.sample
    assert not gone
    assert len(list(library)) == 1


def test_the_least_recently_used_makes_room():
    library = Library([slide(0)], Limits(library_bytes=900))
    for value in (1, 2, 3):
        library.add(slide(value))
    library.find(slide(1).id)
    _, gone = library.add(slide(4))
    assert gone == [slide(2).id]
    with pytest.raises(PictureNotFoundError, match="send it again"):
        library.find(slide(2).id)
    assert [one.name for one in library] == ["0", "3", "1", "4"]


def test_one_picture_is_kept_whatever_its_size():
    library = Library([], Limits(library_bytes=10))
    library.add(slide(1))
    _, gone = library.add(slide(2))
    assert gone == [slide(1).id]
    assert library.find(slide(2).id).name == "2"


def test_frames_are_a_ring():
    library = Library([slide(0)], Limits(frames=2))
    gone = [library.add_frame(slide(value))[1] for value in (1, 2, 1, 3)]
    assert gone == [[], [], [], [slide(2).id]]
    assert library.find(slide(1).id).name == "1"
    assert [one.name for one in library] == ["0"]
    assert library.add_frame(slide(0))[0].name == "0"


def test_frames_are_under_a_budget_of_bytes():
    library = Library([], Limits(frame_bytes=600))
    gone = [library.add_frame(slide(value))[1] for value in (1, 2, 3)]
    assert gone == [[], [], [slide(1).id]]


@pytest.mark.parametrize("limits", [{"edits": 2}, {"edit_bytes": 600}])
def test_edits_push_out_edits_only(limits):
    library = Library([], Limits(library_bytes=300, **limits))
    library.add(slide(0))
    gone = [library.add_edit(slide(value, of=slide(0).id))[1] for value in (1, 2, 3)]
    assert gone == [[], [], [slide(1).id]]
    assert [one.name for one in library] == ["0", "2", "3"]
    assert library.add_edit(slide(0, of=slide(3).id))[0].of is None


def test_an_edit_that_is_added_as_a_picture_is_one():
    library = Library([], Limits())
    library.add_edit(slide(1, of="0"))
    assert library.add(slide(1))[0].of is None
    assert len(list(library)) == 1
