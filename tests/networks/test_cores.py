"""Cores: those that there are, or a share of them."""

import os

import pytest

from actiscope.networks import cores as module
from actiscope.networks.cores import cores


@pytest.fixture
def groups(tmp_path, monkeypatch):
    """Groups that a container has, with this process in /pod/task."""
    own = tmp_path / "own"
    own.write_text("4:memory:/\n0::/pod/task\n")
    (tmp_path / "groups" / "pod" / "task").mkdir(parents=True)
    monkeypatch.setattr(module, "_OWN_GROUP", own)
    monkeypatch.setattr(module, "_GROUPS", tmp_path / "groups")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    return tmp_path / "groups"


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({}, 8),
        ({"pod/task": "max 100000"}, 8),
        ({"pod/task": "200000 100000"}, 2),
        ({"pod/task": "150000 100000"}, 2),
        ({"pod/task": "10000 100000"}, 1),
        ({"pod/task": "1600000 100000"}, 8),
        ({"pod": "300000 100000", "pod/task": "max 100000"}, 3),
        ({"": "400000 100000", "pod": "300000 100000", "pod/task": "600000 100000"}, 3),
        ({"pod/task": "nonsense"}, 8),
    ],
)
def test_a_share_of_the_cores(groups, limits, expected):
    for group, limit in limits.items():
        (groups / group / "cpu.max").write_text(limit + "\n")
    assert cores() == expected


@pytest.mark.usefixtures("groups")
def test_without_groups_all_that_the_process_may_use(tmp_path):
    (tmp_path / "own").write_text("4:memory:/\n")
    assert cores() == 8
    (tmp_path / "own").unlink()
    assert cores() == 8


def test_here():
    assert 1 <= cores() <= os.cpu_count()
