import pytest

from actiscope import LayerNotFoundError


def test_found_by_name_and_by_index(net):
    assert net.layers["conv1"] is net.layers[1]
    assert net.layers.find(0).name == "data"
    assert "conv1" in net.layers
    assert "conv0" not in net.layers
    assert len({*net.layers}) == 68
    assert [layer.name for layer in net.layers[:2]] == ["data", "conv1"]


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("fire6-squeeze", "did you mean 'fire6-squeeze1x1'"),
        ("POOL", "did you mean 'pool1'"),
        ("zzz", "the first are 'data', 'conv1'"),
        (68, "layers are 0-67; MATLAB's 68 is 67 here"),
        (-1, "layers are 0-67"),
        (1.5, "by its name or its index"),
        (None, "by its name or its index"),
    ],
)
def test_what_is_not_there_is_told_with_the_nearest(net, key, message):
    with pytest.raises(LayerNotFoundError, match=message):
        net.layers.find(key)
    with pytest.raises(LookupError):
        net.layers[key]


def test_notebook_table_has_a_row_for_each(net):
    assert net.layers._repr_html_().count("<tr>") == 69
