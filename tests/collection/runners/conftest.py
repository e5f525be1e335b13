"""Every kind of runner, and Ray, begun once."""

import subprocess
from functools import partial

import pytest

from actiscope.collection.runners.cluster import connected
from actiscope.collection.runners.local import LocalRunner
from actiscope.collection.runners.ray import RayRunner

RUNNERS = {
    "local": LocalRunner,
    "processes": partial(LocalRunner, processes=True),
    "ray": RayRunner,
}


@pytest.fixture(scope="session")
def ray_begun():
    with connected(None, 4):
        yield


@pytest.fixture(params=RUNNERS)
def kind(request):
    if request.param == "ray":
        request.getfixturevalue("ray_begun")
    return request.param


@pytest.fixture
def runner(kind):
    return RUNNERS[kind](2)


def processes_below(pid):
    """Return what a process began, directly or not: command lines by process id."""
    listing = subprocess.run(["ps", "-wweo", "pid,ppid,command"], capture_output=True, text=True)
    rows = [line.split(None, 2) for line in listing.stdout.splitlines()[1:]]
    below = {str(pid): ""}
    for _ in rows:  # ids begin again from below some time
        below |= {child: command for child, parent, command in rows if parent in below}
    return {int(each): command for each, command in below.items() if command}
