"""The explorer as a user starts it, and its page in one file."""

import json
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import onnx
import pytest
from PIL import Image

from actiscope.cli.explore import PORT
from tests.missing import run_without
from tests.networks.tiny import convolution

START = (sys.executable, "-c", "from actiscope.cli.main import run; run()")


@pytest.fixture
def start(tmp_path, a1):
    Image.fromarray(a1).save(tmp_path / "face.png")
    running = []

    def start(*arguments):
        process = subprocess.Popen(
            [*START, "explore", "--no-open", *arguments],
            cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        running.append(process)
        line = process.stdout.readline()
        address = re.search(r"http://\S+", line)
        assert address, process.stderr.read()
        return process, address[0]

    yield start
    for process in running:
        process.kill()
        process.communicate()


def end(process):
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    return process.returncode, said


def run(*arguments, cwd):
    return subprocess.run([*START, *arguments], cwd=cwd, capture_output=True, text=True)


def get(address):
    with urllib.request.urlopen(address, timeout=20) as answer:
        return answer.read()


def test_it_serves_until_it_is_interrupted(start):
    process, address = start("face.png", "--port", "0")
    assert b"<title>" in get(address)
    (picture,) = json.loads(get(f"{address}api/pictures"))
    assert (picture["name"], picture["sample"]) == ("face.png", False)
    assert len(get(f"{address}api/pictures/{picture['id']}/layers/1")) > 64 * 113 * 113
    code, said = end(process)
    assert code == 0
    assert "Traceback" not in said


def test_it_begins_with_samples(start):
    process, address = start("--port", "0")
    listed = json.loads(get(f"{address}api/pictures"))
    names = ["face", "face, one eye closed", "cat", "coffee", "rocket"]
    assert [one["name"] for one in listed] == names
    assert all(one["sample"] for one in listed)
    assert end(process)[0] == 0


def test_a_port_that_is_taken(start, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("explore", "face.png", "--no-open", "--port", str(port), cwd=tmp_path)
    assert done.returncode == 2
    assert f"port {port} is in use; give another --port" in done.stderr
    first, one = start("face.png")
    second, other = start("face.png")
    ports = [int(re.search(r":(\d+)/", address)[1]) for address in (one, other)]
    assert PORT <= ports[0] < ports[1]
    assert end(first)[0] == end(second)[0] == 0


def test_beyond_this_machine_it_needs_its_token(start):
    process, address = start("face.png", "--host", "0.0.0.0", "--port", "0")
    port = re.search(r":(\d+)/\?token=\S{16,}", address)[1]
    query = address.partition("?")[2]
    with pytest.raises(urllib.error.HTTPError) as refused:
        get(f"http://127.0.0.1:{port}/api/network")
    assert refused.value.code == 401
    refused.value.close()
    assert get(f"http://127.0.0.1:{port}/api/network?{query}")
    assert end(process)[0] == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("explore", "no.png"), 1, "there is no file no.png"),
        (("explore", "--host", "203.0.113.1", "--no-open"), 2, "cannot listen on 203.0.113.1"),
        (("explore", "--port", "99999"), 2, "99999"),
        (("explore", "--study", "no.yaml"), 2, "no.yaml"),
        (("explore", "--dissection", "face.png", "--no-open"), 2, "is nothing that"),
        (("report", "-o", "a.html"), 2, "give a picture, two to compare, or a --study"),
        (("report", "face.png", "--study", "eyes", "-o", "a.html"), 2, "give a picture, two to"),
        (("report", "--study", "eyes", "--size", "99", "-o", "a.html"), 2, "leave out --size"),
        (("report", "--study", "eyes", "--region", "a=0,0,9,9", "-o", "a.html"), 2,
         "leave out --region"),
        (("report", "face.png", "--region", "a=-9,0,0,9", "-o", "a.html"), 2,
         "'a' lies outside the picture"),
        (("report", "face.png", "-o", "a.pdf"), 2, "must end in .html"),
        (("report", "face.png", "face.png", "-o", "a.html"), 2, "show the same pixels"),
        (("report", "face.png", "--layers", "conx", "-o", "a.html"), 2, "did you mean 'conv1'"),
        (("report", "face.png", "-o", "no/a.html"), 1, "there is no folder no"),
        (("explore", "--index", "no.index", "--no-open"), 2, "there is no index no.index"),
        (("explore", "--index", "face.png", "--no-open"), 2, "face.png is no index"),
        (("report", "face.png", "--index", "no.index", "-o", "a.html"), 2, "there is no index"),
    ],
)  # fmt: skip
def test_mistakes_are_told_on_one_line(tmp_path, a1, arguments, code, said):
    Image.fromarray(a1).save(tmp_path / "face.png")
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert len([line for line in done.stderr.splitlines() if "actiscope:" in line]) == 1
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("*.html"))


def test_a_report_is_one_file(tmp_path, a1, closed):
    Image.fromarray(a1).save(tmp_path / "face.png")
    Image.fromarray(closed).save(tmp_path / "closed.png")
    arguments = ("face.png", "closed.png", "--layers", "conv1,67", "-o", "report.html")
    done = run("report", *arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "report.html: 2 layers" in done.stderr
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    data = json.loads(re.search(r'id="data">(.*?)</script>', page)[1])
    assert [one["name"] for one in data["pictures"]] == ["face.png", "closed.png"]
    assert len(data["sprites"]) == 4
    assert {file.name for file in Path(tmp_path).iterdir()} == {
        "face.png", "closed.png", "report.html",
    }  # fmt: skip


def test_a_report_marks_regions_and_says_what_changed_there(tmp_path, a1, closed):
    Image.fromarray(a1).save(tmp_path / "face.png")
    Image.fromarray(closed).save(tmp_path / "closed.png")
    arguments = ("--layers", "conv1", "--region", "right eye=120,72,184,136", "-o", "report.html")
    done = run("report", "face.png", "closed.png", *arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    data = json.loads(re.search(r'id="data">(.*?)</script>', page)[1])
    assert data["view"]["address"].startswith("?regions=right%20eye")
    ((changed,),) = (each["found"] for each in data["evidence"]["seen"]["changes"])
    assert (changed["name"], changed["box"]) == ("right eye", [120, 72, 184, 136])
    assert len(changed["channels"]) == 64


def test_a_report_of_a_study_has_its_claims(tmp_path):
    done = run("report", "--study", "eyes", "-o", "eyes.html", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "eyes.html").read_text(encoding="utf-8")
    data = json.loads(re.search(r'id="data">(.*?)</script>', page)[1])
    assert len(data["pictures"]) == 4
    assert [claim["as_expected"] for claim in data["evidence"]["study"]["claims"]] == [True] * 8


def test_a_study_is_explored(start):
    process, address = start("--study", "eyes", "--port", "0")
    with urllib.request.urlopen(f"{address}api/evidence") as answer:
        study = json.load(answer)["study"]
    with urllib.request.urlopen(f"{address}api/pictures") as answer:
        names = [one["name"] for one in json.load(answer)]
    assert study["as_expected"] is True
    assert names[0] == "face"
    assert len(names) == 4
    assert end(process)[0] == 0


def test_without_the_extra_it_says_what_to_install(tmp_path):
    code = (
        "import sys; sys.modules['fastapi'] = None; "
        "from actiscope.cli.main import run; run(['explore', '--no-open'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "pip install 'actiscope[web]'" in done.stderr


def test_an_index_is_shown_and_that_of_another_network_is_refused(start, tmp_path):
    arguments = ("face.png", "--layers", "fire6-squeeze1x1", "-o", "faces.index")
    assert run("index", "build", *arguments, cwd=tmp_path).returncode == 0
    process, address = start("face.png", "--index", "faces.index", "--port", "0")
    layer = json.loads(get(f"{address}api/network"))["indexed"]["layers"][0]
    card = json.loads(get(f"{address}api/index/layers/{layer}/channels/13"))
    assert card["patches"][0]["name"] == "face.png"
    assert end(process)[0] == 0
    report = ("report", "face.png", "--index", "faces.index", "--layers", "fire6-squeeze1x1")
    assert run(*report, "-o", "report.html", cwd=tmp_path).returncode == 0
    assert '"indexed":{"images":1,' in (tmp_path / "report.html").read_text(encoding="utf-8")
    onnx.save(convolution(), tmp_path / "other.onnx")
    other = ("explore", "--network", "other.onnx", "--index", "faces.index", "--no-open")
    done = run(*other, cwd=tmp_path)
    assert done.returncode == 2
    assert "faces.index was built with another network" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_the_web_extra_its_installation_is_told(tmp_path):
    told = run_without("uvicorn", tmp_path, "from actiscope.cli.main import run; run()", "explore")
    assert told.returncode == 1
    assert told.stderr == (
        "actiscope: uvicorn is needed for that and not installed: `pip install 'actiscope[web]'`\n"
    )
