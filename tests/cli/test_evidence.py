"""compare, occlude, attribute, visualize and study, as processes."""

import json

import numpy as np
import pytest

from actiscope import read_image
from actiscope.images import write_png
from actiscope.images.samples import close_right_eye, face
from tests.cli.test_cli import run


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("evidence")
    write_png(folder / "open.png", face())
    write_png(folder / "closed.png", close_right_eye(face()))
    return folder


def test_two_pictures_are_compared_where_they_differ(folder):
    result = run("compare", "open.png", "closed.png", "--layer", "fire6-relu_squeeze1x1",
                 "-o", "eyes.png", cwd=folder)  # fmt: skip
    first = result.stdout.splitlines()[0]
    channels = [int(line.split()[1].rstrip(":")) for line in result.stdout.splitlines()]
    assert first.startswith("channel ")
    assert first.endswith("1st of 48 most selective")
    assert len(channels) == 5
    assert 6 * 227 < read_image(folder / "eyes.png").shape[1] < 7 * 227


def test_more_channels_than_there_is_room_for_are_told_and_said_not_to_be_drawn(folder):
    result = run("compare", "open.png", "closed.png", "--layer", "fire6-relu_squeeze1x1",
                 "--channels", "all", "-o", "all.png", cwd=folder)  # fmt: skip
    assert len(result.stdout.splitlines()) == 48
    assert result.stderr.rstrip().endswith("the first 12 of 48 channels")
    assert 13 * 227 < read_image(folder / "all.png").shape[1] < 14 * 227


def test_an_edit_is_compared_with_the_picture_region_by_region(folder):
    arguments = ("compare", "open.png", "--patch", "120,93,155,114", "--colour", "230,197,175",
                 "--region", "right eye=120,72,184,136", "--layer", "fire6-relu_squeeze1x1",
                 "--channels", "13,46", "--json")  # fmt: skip
    found = json.loads(run(*arguments, cwd=folder).stdout)
    thirteen, forty_six = found["channels"]["right eye"]
    assert thirteen["inside"]["after"] == pytest.approx(559.061447, rel=1e-5)
    assert forty_six["inside"]["after"] == pytest.approx(219.448045, rel=1e-5)
    assert thirteen["says"].startswith("channel 13: -62.8 % at 'right eye'")
    assert found["preparation"]["source"].startswith("built-in")


def test_a_unit_is_covered_and_drawn(folder):
    result = run("occlude", "open.png", "--layer", "fire6-squeeze1x1", "--channel", "13",
                 "--unit", "5,8", "--stride", "16", "-o", "why.png", cwd=folder)  # fmt: skip
    assert [line.split()[0] for line in result.stdout.splitlines()[2:]] == [
        "grey",
        "blur",
        "inpaint",
    ]
    assert read_image(folder / "why.png").shape[1] > 4 * 227


def test_a_share_of_a_value_below_zero_is_not_told(folder):
    arguments = ("occlude", "open.png", "--layer", "conv1", "--channel", "0", "--fill", "grey",
                 "--stride", "16", "--unit")  # fmt: skip
    run("activations", "open.png", "--layer", "conv1", "-o", "conv1.npz", cwd=folder)
    values = np.load(folder / "conv1.npz")["conv1"][0]
    row, col = np.unravel_index(values.argmin(), values.shape)
    assert values[row, col] < 0
    lines = run(*arguments, f"{row},{col}", cwd=folder).stdout.splitlines()
    assert "%" not in lines[-1]


def test_a_class_is_followed_by_name(folder):
    result = run("occlude", "open.png", "--class", "wig", "--fill", "blur", "--window", "60",
                 "--stride", "40", "--json", cwd=folder)  # fmt: skip
    found = json.loads(result.stdout)
    drops = np.array(found["fills"]["blur"]["drops"])
    assert drops.shape == (6, 6)
    assert drops.max() > 0
    told = json.loads(run("attribute", "open.png", "--class", "wig", "--method", "grad-cam",
                          "--json", cwd=folder).stdout)  # fmt: skip
    followed = "the score of class 'wig' before the softmax (pool10)"
    assert (found["follows"], told["follows"]) == (followed, followed)
    assert told["value"] == pytest.approx(found["fills"]["blur"]["value"], rel=1e-4)


def test_a_class_is_explained_by_grad_cam_and_a_unit_by_integrated_gradients(folder):
    result = run("attribute", "open.png", "--class", "wig", "--method", "grad-cam",
                 "-o", "cam.png", cwd=folder)  # fmt: skip
    assert result.stdout.splitlines()[1].startswith("grad-cam through drop9: strongest around")
    assert read_image(folder / "cam.png").shape[1] > 2 * 227
    result = run("attribute", "open.png", "--layer", "fire6-squeeze1x1", "--channel", "13",
                 "--unit", "5,8", "--steps", "20", "--json", cwd=folder)  # fmt: skip
    found = json.loads(result.stdout)
    assert found["value"] - found["baseline"] == pytest.approx(np.sum(found["values"]), rel=0.1)


def test_a_value_is_divided_into_what_it_is_the_sum_of(folder):
    arguments = ("attribute", "open.png", "--layer", "fire6-squeeze1x1", "--channel", "13",
                 "--method", "contributions")  # fmt: skip
    found = json.loads(run(*arguments, "-o", "sum.png", "--json", cwd=folder).stdout)
    total = found["value"] - found["baseline"]
    assert found["through"] == "pool5"
    assert np.sum(found["channels"]) == pytest.approx(total, rel=1e-5)
    assert np.sum(found["values"]) == pytest.approx(total, rel=1e-5)
    assert read_image(folder / "sum.png").shape[0] > 2 * 227
    lines = run(*arguments, cwd=folder).stdout.splitlines()
    terms = [float(line.replace("= ", "").split()[0]) for line in lines[1:]]
    assert sum(terms) == pytest.approx(found["value"], rel=1e-4)
    assert f"channel {np.argmax(found['channels'])} of pool5" in lines[2]


def test_channels_are_painted_in_a_grid(folder):
    arguments = ("visualize", "--layer", "conv1", "--channels", "2,21", "--steps", "5")
    found = json.loads(run(*arguments, "-o", "grid.png", "--json", cwd=folder).stdout)
    assert [one["channel"] for one in found["channels"]] == [2, 21]
    lines = run(*arguments, cwd=folder).stdout.splitlines()
    assert [float(line.split()[1]) for line in lines[1:]] == pytest.approx(
        [one["value"] for one in found["channels"]], rel=1e-3
    )
    assert read_image(folder / "grid.png").shape[1] > 2 * 128


def test_the_eye_study_passes_and_a_wrong_one_fails(folder):
    result = run("study", "eyes", "-o", "eyes.html", cwd=folder)
    assert result.returncode == 0
    assert result.stdout.count("passed  ") == 8
    assert "        a control: must not hold, and does not: " in result.stdout
    assert result.stdout.endswith("All 8 came out as expected.\n")
    assert "All 8 came out as expected" in (folder / "eyes.html").read_text()
    text = run("study", "--show", cwd=folder).stdout.replace("more than 40 %", "more than 99 %")
    (folder / "wrong.yaml").write_text(text)
    result = run("study", "wrong.yaml", cwd=folder)
    assert result.returncode == 1
    assert result.stdout.count("FAILED  ") == 4
    assert result.stdout.endswith("4 of 8 did not come out as expected.\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("compare", "open.png", "--layer", "conv1"),
         "give a second picture, or edit the first: --erase, --blur, --patch, --noise"),
        (("compare", "open.png", "closed.png", "--noise", "0,0,9,9", "--layer", "conv1"),
         "not both: --erase, --blur, --patch, --noise edit the first"),
        (("compare", "open.png", "open.png", "--layer", "conv1"), "both pictures are the same"),
        (("compare", "open.png", "--erase", "9,9,1,1", "--layer", "conv1"), "is no box"),
        (("compare", "open.png", "--inpaint", "9,9,1,1", "--layer", "conv1"), "is no box"),
        (("compare", "open.png", "--erase", "400,9,500,20", "--layer", "conv1"), "covers nothing"),
        (("compare", "open.png", "--blur", "0,0,9,9", "--layer", "conv1", "--region", "eye"),
         "'eye' is not a name and a box"),
        (("compare", "open.png", "--blur", "0,0,9,9", "--layer", "conv1", "--channels", "64"),
         "no channel 64: channels are 0-63; MATLAB's 64 is 63 here"),
        (("report", "open.png", "closed.png", "--region", "elsewhere=9,9,20,20", "-o", "a.html"),
         "'elsewhere' is what lies in no region"),
        (("compare", "open.png", "closed.png", "--layer", "conv1", "--region", "a=0,300,9,309"),
         "'a' lies outside the picture: columns 0 to 9 and rows 300 to 309"),
        (("compare", "open.png", "closed.png", "--layer", "conv1", "--region", "a=0,0,9,9",
          "--region", "a=9,9,20,20"), "there are two regions 'a'"),
        (("compare", "open.png", "closed.png", "--layer", "conv1", "--region", "a=0,0,inf,inf"),
         "is not a name and a box"),
        (("occlude", "open.png", "--layer", "conv1"), "--layer and --channel, or --class"),
        (("occlude", "open.png", "--class", "wigg"), "did you mean 'wig'"),
        (("attribute", "open.png", "--channel", "1"), "--layer and --channel, or --class"),
        (("attribute", "open.png", "--class", "wigg"), "did you mean 'wig'"),
        (("attribute", "open.png", "--layer", "conv1", "--channel", "1", "--method", "grad-cam"),
         "Grad-CAM weighs maps between the picture and 'conv1', and none are known"),
        (("attribute", "open.png", "--layer", "conv1", "--channel", "1", "--method", "magic"),
         "'magic' is not one of 'contributions'"),
        (("visualize", "--layer", "conv1", "--channels", "64"), "channels are 0-63"),
        (("visualize", "--layer", "conv1"), "Missing option '--channels'"),
        (("study", "gone.yaml"), "cannot read gone.yaml"),
    ],
)  # fmt: skip
def test_wrong_use_is_told_in_one_line(folder, arguments, message):
    result = run(*arguments, cwd=folder)
    assert result.returncode == 2
    assert message in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
