"""The transformer keeps scikit-learn's conventions, and its rows are the network's answers."""

import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import skimage
from PIL import Image
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_checks as checks

from actiscope import open_network
from actiscope.errors import ArgumentError, ImageError, LayerNotFoundError
from actiscope.sklearn import ActivationFeatures
from tests.missing import run_without

CONVENTIONS = [
    "check_no_attributes_set_in_init",
    "check_get_params_invariance",
    "check_set_params",
    "check_do_not_raise_errors_in_init_or_set_params",
    "check_estimator_cloneable",
    "check_estimator_repr",
    "check_estimator_tags_renamed",
    "check_valid_tag_types",
    "check_mixin_order",
]


@pytest.fixture(scope="module")
def pictures():
    data = Path(skimage.__file__).parent / "data"
    return [
        np.asarray(Image.open(data / name).convert("RGB"))
        for name in ("chelsea.png", "coffee.png", "rocket.jpg", "astronaut.png")
    ]


@pytest.fixture(scope="module")
def net():
    return open_network()


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_conventions_are_kept(convention):
    getattr(checks, convention)("ActivationFeatures", ActivationFeatures("squeezenet", "pool10"))


def test_rows_are_what_the_network_answers(net, pictures, tmp_path):
    found = ActivationFeatures("squeezenet", "pool10").fit_transform(pictures)
    assert (found.dtype, found.shape) == (np.float32, (4, 1000))
    for row, picture in zip(found, pictures, strict=True):
        np.testing.assert_array_equal(
            row, net.activations(picture, "pool10", size=227).values.ravel()
        )
    files = []
    for number, picture in enumerate(pictures):
        files.append(tmp_path / f"{number}.png")
        Image.fromarray(picture).save(files[-1])
    same = ActivationFeatures("squeezenet", "pool10", workers=1)
    np.testing.assert_array_equal(same.transform(files), found)
    for names in (np.array(list(map(str, files))), pd.Series(list(map(str, files)))):
        np.testing.assert_array_equal(same.transform(names), found)
    stack = np.stack([picture[:300, :300] for picture in pictures])
    np.testing.assert_array_equal(same.transform(stack), same.transform(list(stack)))


def test_columns_are_named(net, pictures):
    answer = net.activations(pictures[1], "conv1", size=35).values
    for pool, column, value in (
        ("mean", "conv1_7", answer[7].mean()),
        ("max", "conv1_7", answer[7].max()),
        ("none", "conv1_7_2_3", answer[7, 2, 3]),
    ):
        features = ActivationFeatures(net, "conv1", pool=pool, size=35)
        table = features.set_output(transform="pandas").fit_transform(pictures[:2])
        assert table.shape == (2, answer.size if pool == "none" else 64)
        assert table[column][1] == pytest.approx(value, rel=1e-6)


def test_it_is_cloned_set_and_pickled(net, pictures):
    features = ActivationFeatures("squeezenet", "pool10", options={"mean": (100.0,)})
    first = features.transform(pictures[:1])
    copies = (clone(features), pickle.loads(pickle.dumps(features)))
    for copy in copies:
        np.testing.assert_array_equal(copy.transform(pictures[:1]), first)
    assert (features.set_params(options=None).transform(pictures[:1]) != first).any()
    opened = ActivationFeatures(net, "pool10")
    assert clone(opened).network is net
    with pytest.raises(ArgumentError, match="name it by its source"):
        pickle.dumps(opened)


def test_it_works_in_a_pipeline_and_a_search(net, pictures):
    views = [picture[i * 9 :, i * 13 :] for picture in pictures[:2] for i in range(6)]
    labels = np.repeat(["cat", "coffee"], 6)
    pipeline = make_pipeline(ActivationFeatures(net, "conv1"), LogisticRegression())
    search = GridSearchCV(
        pipeline, {"activationfeatures__layer": ["conv1", "pool10"]}, cv=3, error_score="raise"
    )
    search.fit(views, labels)
    assert search.predict(views).tolist() == labels.tolist()
    assert search.score(views, labels) == 1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("photo.jpg", "for one picture give"),
        (Path("photo.jpg"), "for one picture give"),
        (np.zeros((9, 9, 3)), "not one of 3 dimensions"),
        (pd.DataFrame({"file": ["photo.jpg"]}), "not one of 2 dimensions"),
        ((each for each in "ab"), "X is a list of pictures"),
        ([], "X is empty"),
    ],
)
def test_what_is_no_list_of_pictures_is_refused(net, given, message):
    features = ActivationFeatures(net, "pool1")
    for call in (features.fit, features.transform):
        with pytest.raises(ArgumentError, match=message):
            call(given)


def test_what_is_wrong_is_told(net, pictures):
    with pytest.raises(ImageError, match=r"X\[1\]: there is no file gone.jpg"):
        ActivationFeatures(net, "pool1").transform([pictures[0], "gone.jpg"])
    with pytest.raises(LayerNotFoundError, match="no layer 'pool99'"):
        ActivationFeatures(net, "pool99").fit(pictures)
    with pytest.raises(ArgumentError, match="mean, max, none, not 'sum'"):
        ActivationFeatures(net, "pool1", pool="sum").fit(pictures)


def test_without_scikit_learn_its_installation_is_told(tmp_path):
    told = run_without("sklearn", tmp_path, "import actiscope.sklearn")
    assert told.stderr.splitlines()[-1] == (
        "actiscope.errors.MissingExtraError: scikit-learn is needed for that and not installed: "
        "`pip install 'actiscope[sklearn]'`"
    )
