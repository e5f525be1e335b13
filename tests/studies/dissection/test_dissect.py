"""A planted detector is found, where it looks is measured, and what is not known is said."""

import json

import numpy as np
import pytest
from PIL import Image
from tests.networks import tiny
from tests.studies.dissection import planted

from actiscope import ArgumentError, LayerNotFoundError, NetworkError, open_network
from actiscope.studies import dissect, read_examples
from actiscope.studies.dissection import answer, caveats, describe, look, standing


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("planted")


@pytest.fixture(scope="module")
def net(place):
    return planted.network(place)


@pytest.fixture(scope="module", autouse=True)
def boxes(place):
    return planted.pictures(place / "set")


@pytest.fixture(scope="module")
def found(place, net):
    return dissect(net, read_examples(place / "set"), "conv", "pattern")


@pytest.fixture(scope="module")
def located(place, net, boxes):
    rows = [
        f"{name},pattern,{','.join(f'{edge:g}' for edge in box)}" for name, box in boxes.items()
    ]
    lines = "\n".join(["image,concept,top,left,bottom,right", *rows])
    (place / "boxes.csv").write_text(lines)
    return dissect(net, read_examples(place / "set", place / "boxes.csv"), "conv")


def test_the_planted_detector_is_ranked_first_with_q_below_a_hundredth(found):
    assert found.best.channel == planted.DETECTOR
    assert found.best.q < 0.01
    assert found.best.auc > 0.99
    assert found.best.auc - found.channels[1].auc > 0.2
    assert found.best.cliffs_delta == pytest.approx(2 * found.best.auc - 1)
    assert f"Channel {planted.DETECTOR} of conv answers to pattern" in answer(found)


def test_scores_are_the_largest_or_mean_values_of_the_channels(place, net, found):
    for number in (0, 20, 39):
        act = net.activations(found.examples[number].path, "conv", size=found.resized)
        assert found.scores[number] == pytest.approx(act.maps.max(axis=(1, 2)))
    means = dissect(net, read_examples(place / "set"), "conv", "pattern", by="mean")
    act = net.activations(means.examples[3].path, "conv", size=means.resized)
    assert means.scores[3] == pytest.approx(act.maps.mean(axis=(1, 2)), abs=1e-3)
    assert found.resized is None
    assert found.size == net.input_size == (planted.SIZE, planted.SIZE)


def test_a_pytorch_module_is_dissected_alike(place, net, found):
    import torch

    module = torch.nn.Sequential(torch.nn.Conv2d(3, planted.KERNELS, 5, bias=False))
    weights = net.weights_of(net.layers["conv"])["weights"]
    module[0].weight = torch.nn.Parameter(torch.from_numpy(weights.copy()))
    same = open_network(module, size=planted.SIZE, **tiny.RAW)
    again = dissect(same, read_examples(place / "set"), "0", "pattern")
    assert again.scores == pytest.approx(found.scores, rel=1e-5)
    assert again.best.channel == planted.DETECTOR
    assert again.control.auc < 0.9


def test_the_controls_have_learned_nothing(found):
    assert len(found.controls) == 5
    assert len({each.auc for each in found.controls}) > 1
    assert found.control.auc == max(each.auc for each in found.controls) < found.best.auc - 0.1
    assert found.held_out == pytest.approx(1, abs=0.05)
    assert max(each.held_out for each in found.controls) < 0.75
    low, high = (f"{each(one.auc for one in found.controls):.2f}" for each in (min, max))
    assert f"reach {low} to {high}: 5 of 5 stay below 1.00" in standing(found)
    assert describe(found)["controls_as_good"] == 0


def test_a_concept_that_random_networks_find_too_is_said_to_be_plain(net, tmp_path):
    for number in range(30):
        grey = 40 + 5 * number
        name = f"{'dark' if number < 15 else 'light'}-{number}.png"
        Image.new("RGB", (planted.SIZE, planted.SIZE), (grey,) * 3).save(tmp_path / name)
    found = dissect(net, read_examples(tmp_path), "conv", "dark", controls=3)
    told = " ".join(caveats(found))
    assert "3 of 3 networks with random weights do as well or nearly so (up to 1.00)" in told


def test_where_the_pattern_is_the_detector_is_high(located):
    assert located.best.channel == planted.DETECTOR
    assert located.localization.pictures == 12
    assert located.best.hit_rate > 0.9
    assert located.localization.chance < 0.1
    others = [each for each in located.channels if each.channel != planted.DETECTOR]
    assert located.best.iou > 2 * max(each.iou for each in others)
    assert located.best.hit_rate > 2 * max(each.hit_rate for each in others)
    assert located.best.iou > located.control.iou


def test_a_layer_without_places_has_no_overlap(place, net, located):
    found = dissect(net, read_examples(place / "set", place / "boxes.csv"), "pool")
    assert found.localization is None
    assert found.best.iou is None
    assert found.best.auc == pytest.approx(located.best.auc, abs=0.01)


def test_what_the_numbers_do_not_show_is_said(found, located):
    told = " ".join(caveats(found))
    assert "Only 12 pictures show pattern" in told
    assert "not where" in told
    assert "random weights do as well" not in told
    assert "not where" not in " ".join(caveats(located))


def test_noise_is_not_called_an_answer(place, net):
    (place / "labels.csv").write_text(
        "image,concept\n" + "\n".join(f"noise-{n}.png,luck" for n in range(12, 22))
    )
    found = dissect(net, read_examples(place / "set", place / "labels.csv"), "conv", "luck")
    assert found.best.q > 0.05
    assert answer(found).startswith("No channel of conv was shown to answer to luck")
    assert "networks with random weights do as well" in " ".join(caveats(found))


def test_where_only_unreadable_pictures_say_where_nothing_is_compared(tmp_path, net):
    planted.pictures(tmp_path / "set", having=4, rest=6)
    (tmp_path / "set" / "pattern-1.png").write_bytes(b"nothing")
    (tmp_path / "boxes.csv").write_text(
        "image,concept,top,left,bottom,right\npattern-1.png,a,0,0,1,1\npattern-2.png,a,,,,\n"
    )
    found = dissect(net, read_examples(tmp_path / "set", tmp_path / "boxes.csv"), "conv")
    assert found.localization is None
    assert found.best.iou is None


def test_boxes_outside_their_pictures_are_counted_and_count_for_nothing(place, net, boxes, located):
    lines = ["image,concept,top,left,bottom,right"]
    for number, (name, box) in enumerate(boxes.items()):
        down = planted.SIZE if number < 2 else 0
        moved = (box.top + down, box.left, box.bottom + down, box.right)
        lines.append(f"{name},pattern,{','.join(map(str, moved))}")
    (place / "moved.csv").write_text("\n".join(lines))
    found = dissect(net, read_examples(place / "set", place / "moved.csv"), "conv", controls=0)
    told = " ".join(caveats(found))
    assert "2 boxes or polygons of pattern lie outside their pictures and count for nothing" in told
    assert found.localization.pictures == 10
    assert found.best.hit_rate > 0.9
    assert describe(found)["marks_outside"] == {"pattern": 2}
    assert "lie outside" not in " ".join(caveats(located))


def test_too_few_pictures_for_any_channel_to_be_significant_are_told(place, net):
    (place / "few.csv").write_text("image,concept\npattern-0.png,few\n")
    found = dissect(net, read_examples(place / "set", place / "few.csv"), "conv")
    assert found.smallest_p == pytest.approx(1 / 40)
    assert "no single channel of 12 can become significant" in " ".join(caveats(found))
    assert not found.significant


def test_pictures_that_cannot_be_read_are_left_out_and_named(tmp_path, net):
    planted.pictures(tmp_path / "set", having=4, rest=6)
    (tmp_path / "set" / "pattern-1.png").write_bytes(b"nothing")
    steps = []
    found = dissect(
        net,
        read_examples(tmp_path / "set"),
        "conv",
        "pattern",
        tell=lambda *step: steps.append(step),
    )
    ((name, reason),) = found.failed
    assert name == "pattern-1.png"
    assert "no picture that can be read" in reason
    assert (found.having, found.rest) == (3, 6)
    assert "1 picture was left out" in " ".join(caveats(found))
    assert steps[0] == (1, 60)
    assert [done for done, _ in steps] == list(range(1, len(steps) + 1))


def test_it_is_repeated_by_its_seed_and_is_plain_data(place, net, found):
    again = dissect(net, read_examples(place / "set"), "conv", "pattern")
    told = json.dumps(describe(found), allow_nan=False)
    assert told == json.dumps(describe(again), allow_nan=False)
    other = dissect(net, read_examples(place / "set"), "conv", "pattern", seed=1)
    assert other.controls[0].auc == found.controls[1].auc
    assert [each.seed for each in other.controls] == [1, 2, 3, 4, 5]
    assert [each.auc for each in other.channels] == [each.auc for each in found.channels]
    data = json.loads(told)
    assert len(data["channels"]) == planted.KERNELS
    assert len(data["pictures"]) == 40
    assert data["permutations"] == 10_000


def test_a_network_without_weights_has_no_control(place, boxes, tmp_path):
    from onnx import helper

    assert boxes
    net = tiny.opened(tmp_path, tiny.model([helper.make_node("Relu", ["x"], ["a"], "relu")], {}))
    found = dissect(net, read_examples(place / "set"), "relu", "pattern")
    assert found.control is None
    assert "There is no control" in " ".join(caveats(found))


def test_channels_are_looked_at_again_where_they_are_strongest(net, found, boxes):
    shown = [int(number) for number in found.strongest(planted.DETECTOR)[:5]]
    looks = look(net, found, {planted.DETECTOR: shown, 0: shown[:1]})
    assert [each.number for each in looks[planted.DETECTOR]] == shown
    assert len(looks[0]) == 1
    for each in looks[planted.DETECTOR]:
        box = boxes[found.examples[each.number].name]
        assert each.values.max() == pytest.approx(found.scores[each.number, planted.DETECTOR])
        assert box.grown(1, 1).contains(*each.centre)
        assert each.image.shape == (planted.SIZE, planted.SIZE, 3)


def test_wrong_calls(tmp_path, place, net, boxes):
    assert boxes
    examples = read_examples(place / "set")
    with pytest.raises(ArgumentError, match=r"which concept\? .* noise \(28\), pattern \(12\)"):
        dissect(net, examples, "conv")
    with pytest.raises(ArgumentError, match="no picture shows 'shoes'; there are noise"):
        dissect(net, examples, "conv", "shoes")
    with pytest.raises(LayerNotFoundError):
        dissect(net, examples, "nothing", "pattern")
    with pytest.raises(ArgumentError, match="max or mean"):
        dissect(net, examples, "conv", "pattern", by="median")
    (tmp_path / "all").mkdir()
    Image.fromarray(np.zeros((9, 9, 3), np.uint8)).save(tmp_path / "all" / "a-1.png")
    with pytest.raises(ArgumentError, match="all 1 pictures show 'a'"):
        dissect(net, read_examples(tmp_path / "all"), "conv", "a")
    for name in ("a-1.png", "b-1.png"):
        (tmp_path / "all" / name).write_bytes(b"nothing")
    with pytest.raises(NetworkError, match="no picture of the set could be used"):
        dissect(net, read_examples(tmp_path / "all"), "conv", "a")


def test_channels_that_are_classes_are_named(net, tmp_path):
    planted.pictures(tmp_path / "set", having=3, rest=4)
    squeezenet = open_network("squeezenet")
    named = dissect(squeezenet, read_examples(tmp_path / "set"), "pool10", "pattern", size=64)
    assert named.label(502) == "502 (clog)"
    assert describe(named)["channels"][0]["class"] in squeezenet.classes
    assert dissect(net, read_examples(tmp_path / "set"), "conv", "pattern").label(5) == "5"


def test_where_a_channel_is_silent_no_unit_is_the_strongest(net, tmp_path):
    planted.pictures(tmp_path / "set", having=3, rest=4)
    for name in ("pattern-0.png", "noise-6.png"):
        Image.new("RGB", (planted.SIZE, planted.SIZE)).save(tmp_path / "set" / name)
    found = dissect(net, read_examples(tmp_path / "set"), "relu", "pattern")
    (flat,) = (n for n, each in enumerate(found.examples) if each.name == "pattern-0.png")
    (silent, other) = look(net, found, {planted.DETECTOR: [flat, flat + 1]})[planted.DETECTOR]
    assert silent.centre is None
    assert other.centre is not None
