"""Who may ask, and what a browser may do with the answer."""

import base64
import hashlib
import re

import pytest
from fastapi.testclient import TestClient
from tests.web.conftest import ADDRESS

from actiscope.web import create_app


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:1", "[::1]:8765", "LOCALHOST"])
def test_this_machine_is_known_by_its_names(client, host):
    assert client.get("/api/network", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.com", "evil.com:8765", "127.0.0.1.evil.com", "localhost.evil.com:8765", "", "["]
)
@pytest.mark.parametrize("path", ["/", "/api/network", "/static/main.js"])
def test_a_name_that_was_rebound_is_refused(client, host, path):
    answer = client.get(path, headers={"Host": host})
    assert answer.status_code == 403
    assert answer.json()["error"]["type"] == "wrong_host"


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.com",
        "null",
        "http://127.0.0.1:9999",
        "http://127.0.0.1:8765.evil.com",
        "http://[",
    ],
)
def test_other_sites_may_not_send(client, face_id, origin):
    headers = {"Origin": origin, "Content-Type": "text/plain"}
    for path in ("/api/pictures", f"/api/pictures/{face_id}/edits"):
        answer = client.post(path, content=b"{}", headers=headers)
        assert answer.status_code == 403
        assert answer.json()["error"]["type"] == "wrong_origin"


def test_our_own_page_may_send(client, face_id):
    headers = {"Origin": ADDRESS}
    path = f"/api/pictures/{face_id}/edits"
    assert client.post(path, json={"strokes": []}, headers=headers).status_code == 201


@pytest.mark.parametrize("path", ["/api/network", "/api/nothing", "/static/nothing.js"])
def test_every_response_says_what_a_browser_may_do(client, path):
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "script-src 'self';" in policy
    for none in ("frame-ancestors", "base-uri", "form-action", "object-src"):
        assert f"{none} 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_refusals_say_so_too(client):
    answer = client.get("/", headers={"Host": "evil.com"})
    assert "content-security-policy" in answer.headers


def test_the_page_may_run_its_own_scripts_and_no_others(client):
    answer = client.get("/")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    inline = re.findall(r"<script(?![^>]* src=)[^>]*>(.*?)</script>", answer.text, re.DOTALL)
    hashes = {
        "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"
        for text in inline
    }
    policy = answer.headers["content-security-policy"]
    allowed = re.search("script-src ([^;]*)", policy)[1].split()
    assert set(allowed) == {"'self'", *hashes}
    assert "unsafe" not in policy


@pytest.fixture
def remote(net, slides):
    app = create_app(net, slides, hosts=None, token="let-me-in")
    with TestClient(app, base_url="http://box.example:8765") as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/api/network", "/api/network?token=guess", "/?token="])
def test_without_the_token_there_is_nothing(remote, path):
    answer = remote.get(path, headers={"Cookie": "actiscope-8765=guess"})
    assert answer.status_code == 401
    assert answer.json()["error"]["type"] == "token_needed"
    assert "set-cookie" not in answer.headers


def test_the_token_is_needed_once(remote):
    first = remote.get("/api/network?token=let-me-in")
    assert first.status_code == 200
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert remote.get("/api/network").status_code == 200


def test_tokens_of_any_letters_are_compared(remote):
    assert remote.get("/?token=%C3%A9%00").status_code == 401


def test_the_token_does_not_stay_in_the_address(remote):
    first = remote.get("/?size=64&token=let-me-in&name=a%26b", follow_redirects=False)
    assert first.status_code == 303
    assert first.headers["location"] == "/?size=64&name=a%26b"
    assert first.headers["cache-control"] == "no-store"
    assert "set-cookie" in first.headers
    page = remote.get("/?token=let-me-in")
    assert page.status_code == 200
    assert str(page.url) == "http://box.example:8765/"


def test_two_servers_on_one_host_have_cookies_of_their_own(net, slides, remote):
    other = create_app(net, slides, hosts=None, token="other")
    with TestClient(other, base_url="http://box.example:8766", cookies=remote.cookies) as second:
        assert second.get("/?token=other").status_code == 200
        remote.cookies = second.cookies
        assert remote.get("/?token=let-me-in").status_code == 200
        second.cookies = remote.cookies
        assert remote.get("/api/network").status_code == 200
        assert second.get("/api/network").status_code == 200
