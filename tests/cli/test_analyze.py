import csv
import json

import numpy as np
import onnx
from onnx import helper

from tests.cli.test_cli import run
from tests.networks import tiny


def test_table_fits_a_terminal_and_tells_the_totals(tmp_path, net):
    done = run("analyze", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 80
    analysis = net.analyze()
    assert f"1,235,496 learnables, {analysis.multiply_adds:,} multiply-adds" in done.stdout
    assert "68 layers, 75 connections at 227x227" in done.stdout


def test_json_and_csv(tmp_path, net):
    told = json.loads(run("analyze", "--size", "300", "--json", cwd=tmp_path).stdout)
    assert told["layers"][1]["size"] == [64, 149, 149]
    assert told["multiply_adds"] == net.analyze(size=300).multiply_adds
    assert run("analyze", "--csv", "layers.csv", cwd=tmp_path).returncode == 0
    with (tmp_path / "layers.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 68
    assert rows[1]["name"] == "conv1"
    assert rows[1]["size"] == "64x113x113"
    assert sum(int(row["learnables"]) for row in rows) == 1_235_496


def test_repeated_blocks_fold(tmp_path):
    nodes, last = [], "x"
    for number in range(6):
        for kind in ("Relu", "Sigmoid"):
            nodes.append(helper.make_node(kind, [last], [f"{kind}{number}"], f"{kind}{number}"))
            last = f"{kind}{number}"
    onnx.save(tiny.model(nodes, {}), tmp_path / "blocks.onnx")
    folded = run("analyze", "blocks.onnx", "--fold", cwd=tmp_path).stdout
    assert "... 5 more like these 2, to 12" in folded
    assert "Relu1" not in folded
    assert "Relu1" in run("analyze", "blocks.onnx", cwd=tmp_path).stdout


def test_issues_are_told(tmp_path):
    model = tiny.convolution()
    weights = np.zeros((4, 3, 3, 3), np.float32)
    weights[0] = np.nan
    model.graph.initializer[0].CopyFrom(onnx.numpy_helper.from_array(weights, "w"))
    onnx.save(model, tmp_path / "m.onnx")
    result = run("analyze", "m.onnx", "--html", "m.html", cwd=tmp_path)
    assert result.returncode == 1
    assert "27 of 108 weights are NaN" in (tmp_path / "m.html").read_text()
    assert "error: conv: 27 of 108 weights are NaN" in run("analyze", "m.onnx", cwd=tmp_path).stdout


def test_what_is_broken_is_on_the_page(tmp_path):
    model = tiny.convolution()
    model.graph.node[2].input[0] = "gone"
    onnx.save(model, tmp_path / "m.onnx")
    assert run("analyze", "m.onnx", "--html", "m.html", cwd=tmp_path).returncode == 1
    assert "reads &#39;gone&#39;, which is missing" in (tmp_path / "m.html").read_text()
