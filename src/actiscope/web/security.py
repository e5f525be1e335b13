"""What every request has to pass, and what every response says.

The server holds private pictures and obeys whoever reaches it, so a page of somebody else must not:
a name that was rebound to this machine is no Host of ours, a form of another site has another
Origin, and beyond this machine a token is needed.
"""

import base64
import hashlib
import secrets
from collections.abc import Collection, Iterable
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from fastapi import HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from actiscope.web.errors import error_response, http_error, unexpected
from actiscope.web.intake import Intake

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
"""Names of this machine, for itself."""

_READING = ("GET", "HEAD", "OPTIONS")
_POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; script-src {scripts}; style-src 'self'; "
    "connect-src 'self'; media-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'; object-src 'none'"
)


def content_policy(scripts: Iterable[str] = ()) -> str:
    """Return a Content-Security-Policy.

    Parameters
    ----------
    scripts : iterable of str
        Texts of inline scripts that are allowed; no others are.

    Returns
    -------
    str
        The value of the header.
    """
    hashes = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts)
    return _POLICY.format(scripts=" ".join(["'self'", *(f"'sha256-{each}'" for each in hashes)]))


_HEADERS = {
    "Content-Security-Policy": content_policy(),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class Guard:
    """ASGI middleware that lets pass what may pass.

    Parameters
    ----------
    app : ASGI application
        What is guarded.
    hosts : collection of str, optional
        Names that this server is reached by, whatever the port; None for any.
    token : str, optional
        What has to be given once as ``?token=``, and is then a cookie; the page's address loses it.
    intake : Intake
        How much is received.
    """

    def __init__(
        self, app: ASGIApp, *, hosts: Collection[str] | None, token: str | None, intake: Intake
    ) -> None:
        self._app = app
        self._hosts = hosts
        self._token = token
        self._intake = intake

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def say(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                self._add_headers(scope, message)
            await send(message)

        refusal = self._refuse(scope)
        if refusal is not None:
            await refusal(scope, receive, say)
            return
        if scope["path"] == "/" and self._asks_with_token(scope):
            await _without_token(scope)(scope, receive, say)
            return
        try:
            with self._intake.limit(scope, receive) as limited:
                await self._app(scope, limited, say)
        except Exception as error:
            if isinstance(error, HTTPException):
                response = http_error(Request(scope), error)
            else:
                response = unexpected(error)
            if started:
                raise
            await response(scope, receive, say)

    def _refuse(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "").lower()
        if self._hosts is not None and _without_port(host) not in self._hosts:
            known = ", ".join(self._hosts)
            return error_response("wrong_host", f"this server is {known}, not {host!r:.99}", 403)
        origin = headers.get("origin")
        if scope["method"] not in _READING and origin is not None and _netloc(origin) != host:
            return error_response("wrong_origin", f"{origin!r:.99} may not send anything here", 403)
        if self._token is not None and not (
            self._is_token(Request(scope).cookies.get(_cookie(scope)))
            or self._asks_with_token(scope)
        ):
            return error_response(
                "token_needed", "open the address that the server printed, with its token", 401
            )
        return None

    def _is_token(self, given: str | None) -> bool:
        return (
            self._token is not None
            and given is not None
            and secrets.compare_digest(given.encode(), self._token.encode())
        )

    def _asks_with_token(self, scope: Scope) -> bool:
        return self._is_token(Request(scope).query_params.get("token"))

    def _add_headers(self, scope: Scope, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
        if self._asks_with_token(scope):
            headers.append(
                # Not Strict: whoever comes by a link in a mail would lose it on the way to "/".
                "Set-Cookie",
                f"{_cookie(scope)}={self._token}; HttpOnly; SameSite=Lax; Path=/",
            )


def _cookie(scope: Scope) -> str:
    """Return the name of the cookie: browsers keep one jar for all ports of a host."""
    _, port = scope.get("server") or ("", None)
    return f"actiscope-{port}"


def _without_token(scope: Scope) -> Response:
    """Send a browser to the same page under an address that it may show and keep."""
    given = Request(scope).query_params.multi_items()
    rest = urlencode([(name, value) for name, value in given if name != "token"])
    return RedirectResponse("/" + (f"?{rest}" if rest else ""), HTTPStatus.SEE_OTHER)


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdecimal() else host


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""
