"""An address where no cluster is, is told soon and in one line."""

import socket

import pytest

from actiscope.collection.runners import cluster
from actiscope.errors import ArgumentError


def test_an_address_that_is_none_is_told():
    with (
        pytest.raises(ArgumentError, match=r"^no Ray cluster can be joined at nonsense: Invalid"),
        cluster.connected("nonsense", 1),
    ):
        pass


def test_an_address_where_nobody_answers_is_told(monkeypatch):
    monkeypatch.setattr(cluster, "_PATIENCE", 3.0)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{nobody.getsockname()[1]}"
        with (
            pytest.raises(ArgumentError, match=f"^no Ray cluster answers at {address}; `ray start"),
            cluster.connected(address, 1),
        ):
            pass
