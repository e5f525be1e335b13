"""The explorer: pictures that are brought, compared, painted on and filmed."""

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from actiscope.images import encode_png, read_image
from actiscope.images.samples import EYES
from tests.browser.explorer import digits

LAYER = "fire6-squeeze1x1"
VIEW = f"?layer={LAYER}&channel=13"
EYE_CENTRE, EYE_REACH = (103, 137), 14
LEFT, RIGHT = EYES


@pytest.fixture(scope="module")
def rocket():
    """A picture that the server has not."""
    import skimage

    path = Path(skimage.__file__).parent / "data" / "rocket.jpg"
    return path, path.read_bytes()


def shown(explorer, name, data, net):
    """Check that picture A is one that was brought, and that its values are true."""
    expect(explorer.page.locator(".picture[data-role=A] button").first).to_have_attribute(
        "aria-label", name
    )
    explorer.wait()
    assert np.array_equal(explorer.pixels("a"), read_image(data))
    answers = net.activations(read_image(data), LAYER, size=net.input_size)
    assert explorer.value == answers.values[13].max()


def test_a_picture_is_dropped(explorer, rocket, net):
    explorer.open(VIEW)
    transfer = explorer.transfer("rocket.jpg", rocket[1], "image/jpeg")
    explorer.page.dispatch_event("#grid", "drop", {"dataTransfer": transfer})
    shown(explorer, "rocket.jpg", rocket[1], net)


def test_a_picture_is_pasted(explorer, net, coffee):
    data = encode_png(coffee[::2, ::2].copy())
    explorer.open(VIEW)
    explorer.page.evaluate(
        "data => document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data }))",
        explorer.transfer("image.png", data),
    )
    shown(explorer, "image.png", data, net)


def test_a_picture_is_chosen_in_the_file_dialog(explorer, rocket, net):
    explorer.open(VIEW)
    with explorer.page.expect_file_chooser() as chooser:
        explorer.page.get_by_label("Add a picture").click()
    chooser.value.set_files(rocket[0])
    shown(explorer, "rocket.jpg", rocket[1], net)


def test_two_pictures_have_one_scale(explorer, net, a1, closed):
    explorer.open(VIEW)
    explorer.page.get_by_label("closed: Compare with this picture").click()
    explorer.wait()
    before, after = (net.activations(picture, LAYER).values for picture in (a1, closed))
    both = np.stack([before, after])
    for choice in ("A", "B"):
        explorer.page.locator("#tools").get_by_role("button", name=choice, exact=True).click()
        assert explorer.limits == (digits(both.min()), digits(both.max()))
    explorer.page.select_option("#scale", "channel")
    low, high = digits(both[:, 13].min()), digits(both[:, 13].max())
    assert explorer.limits == (f"channel 13: {low}", high)
    assert explorer.value == after[13].max()


def test_the_channel_of_the_eye_changes_most_when_it_is_closed(explorer, net, a1, closed):
    explorer.open(f"?layer={LAYER}")
    page = explorer.page
    page.get_by_label("closed: Compare with this picture").click()
    explorer.wait()
    page.get_by_role("button", name="B − A").click()
    page.select_option("#sort", "change")
    explorer.choose_first()
    assert explorer.heading == "channel 13"
    before, after = (net.activations(picture, LAYER).values[13] for picture in (a1, closed))
    change = after - before
    assert explorer.value == change.flat[np.abs(change).argmax()]
    expect(page.locator("#numbers")).to_contain_text("1 of 48 by change")


def test_a_stroke_over_an_eye_drops_its_value_and_not_the_others_until_undone(explorer, net, a1):
    explorer.open(VIEW)
    page = explorer.page
    page.get_by_role("button", name="Edit").click()
    paint(explorer)
    explorer.wait()
    painted = explorer.pixels("b")
    differs = np.argwhere((painted != a1).any(axis=2))
    assert len(differs)
    assert (np.abs(differs + 0.5 - EYE_CENTRE) < (13, 13 + EYE_REACH)).all()
    before, after = (net.activations(picture, LAYER) for picture in (a1, painted))
    answers = {eye: strongest(before, EYES[eye]) for eye in EYES}
    for eye, (unit, value) in answers.items():
        explorer.hover(*before.geometry.centre(*unit), picture="b")
        expect(page.locator("#readout span").first).to_have_text(f"row {unit[0]}, column {unit[1]}")
        assert explorer.value == after.values[13][unit]
        left = after.values[13][unit] / value
        assert left < 0.5 if eye == RIGHT else left > 0.9
    page.keyboard.press("Control+z")
    expect(page.locator("[data-picture=b]")).not_to_be_visible()
    explorer.wait()
    unit, value = answers[RIGHT]
    explorer.hover(*before.geometry.centre(*unit))
    assert explorer.value == value
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()


def strongest(activations, box):
    """Return the unit of channel 13 that answers most in a box, and its value."""
    rows, cols = activations.geometry.units_in(box, activations.maps.shape[1:])
    part = activations.values[13, rows, cols]
    row, col = np.unravel_index(part.argmax(), part.shape)
    return (rows.start + int(row), cols.start + int(col)), part.max()


def paint(explorer, tool="erase"):
    """Paint over the eye at the right of the picture."""
    page = explorer.page
    page.get_by_role("button", name=tool).click()
    row, col = EYE_CENTRE
    page.mouse.move(*explorer.point(row, col - EYE_REACH / 2))
    page.mouse.down()
    page.mouse.move(*explorer.point(row, col + EYE_REACH / 2), steps=4)
    page.mouse.up()
    expect(page.locator("[data-picture=b]")).to_be_visible()


def test_every_tool_paints_and_starting_over_removes_all(explorer, a1):
    explorer.open(VIEW)
    page = explorer.page
    page.get_by_role("button", name="Edit").click()
    for tool in ("erase", "blur", "flat", "noise"):
        paint(explorer, tool)
        explorer.wait()
        assert not np.array_equal(explorer.pixels("b"), a1)
        page.get_by_role("button", name="Start over").click()
        expect(page.locator("[data-picture=b]")).not_to_be_visible()


def test_another_size_can_be_fed(explorer, net, coffee):
    explorer.open(VIEW)
    page = explorer.page
    page.get_by_label("coffee", exact=True).click()
    page.select_option("#size", "native")
    native = net.activations(coffee, LAYER, size=coffee.shape[:2])
    rows, cols = native.values.shape[1:]
    expect(page.locator("#title")).to_contain_text(f"48 channels of {rows} × {cols}")
    assert explorer.value == native.values[13].max()


def test_the_camera_drives_the_view_until_it_is_stopped(explorer):
    explorer.open(VIEW)
    page = explorer.page
    page.get_by_role("button", name="Camera", exact=True).click()
    page.wait_for_function(
        """() => {
            const { painted } = document.querySelector("#grid canvas").dataset;
            (window.seen ??= new Set()).add(painted);
            return window.seen.size > 4;
        }"""
    )
    expect(page.get_by_role("button", name="frames a second")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Camera", exact=True)).to_be_visible()
    explorer.wait()
    last = explorer.id("a")
    assert last in page.locator("#grid canvas").get_attribute("data-painted")
    assert last in explorer.fetch("api/pictures").decode()


def test_the_stroke_is_seen_while_it_is_made(explorer):
    explorer.open(VIEW)
    page = explorer.page
    page.get_by_role("button", name="Edit").click()
    look = "canvas => canvas.toDataURL()"
    canvas = page.locator("[data-picture=a] canvas")
    row, col = EYE_CENTRE
    page.mouse.move(*explorer.point(row, col))
    page.mouse.down()
    before = canvas.evaluate(look)
    page.mouse.move(*explorer.point(row, col + EYE_REACH), steps=3)
    page.wait_for_function(
        "before => document.querySelector('[data-picture=a] canvas').toDataURL() !== before",
        arg=before,
    )
    page.mouse.up()
    explorer.wait()


def test_taking_the_second_picture_as_the_first_ends_the_comparison(explorer, closed):
    explorer.open(VIEW)
    page = explorer.page
    page.get_by_label("closed: Compare with this picture").click()
    explorer.wait()
    page.locator("#tools").get_by_role("button", name="B − A").click()
    page.select_option("#sort", "change")
    page.locator(".picture[data-role=B] > button").first.click()
    explorer.wait()
    assert "show=" not in page.url
    assert "sort=" not in page.url
    np.testing.assert_array_equal(explorer.pixels("a"), closed)


def test_going_back_in_an_edit_keeps_its_strokes(explorer):
    explorer.open(VIEW)
    page = explorer.page
    page.get_by_role("button", name="Edit").click()
    paint(explorer)
    explorer.wait()
    first = explorer.pixels("b")
    page.mouse.move(*explorer.point(180, 60))
    page.mouse.down()
    page.mouse.up()
    page.wait_for_function("address => location.href !== address", arg=page.url)
    explorer.wait()
    page.go_back()
    explorer.wait()
    np.testing.assert_array_equal(explorer.pixels("b"), first)
    expect(page.locator("#undo")).to_be_enabled()
