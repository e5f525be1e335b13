"""Whatever is sent, the server does not break: Schemathesis on its own description."""

import re

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error

from actiscope.collection.index import Index
from actiscope.errors import ArgumentError
from actiscope.report.explorer.looking import fed_size
from actiscope.web import Limits, create_app


def name_what_is_there(case, identity):
    """Ask for a picture, a layer and a channel that are there, most of the time."""
    asked = case.path_parameters
    if len(asked.get("identity", "")) % 4:
        asked["identity"] = identity
        for name, most in (("index", 70), ("channel", 5)):
            if isinstance(asked.get(name), int):
                asked[name] %= most
    if isinstance(case.body, dict) and case.body.get("pictures") == [""]:
        case.body["pictures"] = [identity]


def test_nothing_that_is_sent_breaks_the_server(net, slides, face_id, index_path):
    limits = Limits(input_pixels=90_000, covered_pixels=1_000_000)
    app = create_app(net, slides[:1], hosts=None, limits=limits, index=Index(index_path))
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app)
    statuses = set()
    for operation in schema.get_all_operations():
        operation = operation.ok()

        @settings(
            max_examples=25, deadline=None, database=None, derandomize=True,
            suppress_health_check=list(HealthCheck), phases=[Phase.generate],
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def send(case):
            name_what_is_there(case, face_id)
            answer = case.call()
            case.validate_response(answer, checks=[not_a_server_error])
            statuses.add(answer.status_code)

        send()
    assert {200, 201, 404, 422} <= statuses


@pytest.mark.parametrize(
    "size", ["own", "native", "1", "2000", "99999x1", "0", "100000", "9x", "x9", "9x9x9", "owner"]
)
def test_the_sizes_it_describes_are_those_it_takes(client, net, a1, size):
    told = client.get("/api/openapi.json").json()
    (asked,) = (
        one["schema"]
        for one in told["paths"]["/api/pictures/{identity}/classes"]["get"]["parameters"]
        if one["name"] == "size"
    )
    body = told["components"]["schemas"]["ReportBody"]["properties"]["size"]
    assert body["pattern"] == asked["pattern"]
    if re.search(asked["pattern"], size):
        fed_size(net, a1, size)
    else:
        with pytest.raises(ArgumentError):
            fed_size(net, a1, size)
