"""Asking a platform's login server: one call, one answer, in words that a person can use.

Every call has a time limit for the whole of it, follows no redirect, and is made once. No error holds
an address with its query, a body or a header: tokens stand in all of them.
"""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import httpx
from oauthlib.oauth1 import Client  # type: ignore[import-untyped]

from kit.errors import InputError, WorkError
from kit.publish.logs import redactor

SECONDS = 20.0
"""For one call from first to last byte; httpx's own limits are for each read, so that a drip never ends."""
LONGEST = 1_000_000
_STORED = "nothing was stored"


class Refused(WorkError):
    """The server has said no: a wrong password, an expired token, a person who declined."""


class Answer(NamedTuple):
    """What came back with a 2xx."""

    text: str
    headers: Mapping[str, str]


class LoginHttp:
    """Calls to login servers. `hide` names values that no message may repeat, whatever a server quotes.

    `base` stands in for the host of every call: a rehearsal asks a server of this machine.
    """

    def __init__(self, seconds: float = SECONDS, base: str | None = None) -> None:
        self._seconds, self._base = seconds, base
        self._hidden: set[str] = set()

    def hide(self, value: str) -> str:
        """The value, from now on blacked out in every message."""
        self._hidden.add(value)
        return value

    def ask(
        self, method: str, url: str, *, query: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None, body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:  # fmt: skip
        """One call. Raises Refused for a 4xx, WorkError for everything else that is no answer."""
        host = urlsplit(url).netloc
        try:
            status, text, got = self._once(method, url, query, form, body, headers)
        except httpx.InvalidURL:
            raise WorkError(f"{host or url!r} is no address of a server", _STORED) from None
        except httpx.HTTPError as error:  # its request knows the whole address: it must not be chained
            raise WorkError(
                f"{host} did not answer: {type(error).__name__}",
                f"{_STORED}; look at the network and try again",
            ) from None
        if 200 <= status < 300:
            return Answer(text, got)
        if 300 <= status < 400:
            raise WorkError(f"{host} sent us elsewhere ({status}), and redirects are not followed", _STORED)
        why = redactor(self._hidden)(_reason(text))
        kind = Refused if status < 500 else WorkError
        raise kind(f"{host} refused ({status}){': ' + why if why else ''}", _STORED)

    def json(self, method: str, url: str, **more: Any) -> dict[str, Any]:
        """The same, where the answer is a JSON object."""
        text = self.ask(method, url, **more).text
        try:
            value = json.loads(text)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise WorkError(f"{urlsplit(url).netloc} answered something that is no JSON object", _STORED)
        return value

    def pairs(self, method: str, url: str, **more: Any) -> dict[str, str]:
        """The same, where the answer is `a=1&b=2`, as in OAuth 1."""
        return dict(parse_qsl(self.ask(method, url, **more).text.strip()))

    def _once(
        self, method: str, url: str, query: Mapping[str, str] | None, form: Mapping[str, str] | None,
        body: Mapping[str, Any] | None, headers: Mapping[str, str] | None,
    ) -> tuple[int, str, Mapping[str, str]]:  # fmt: skip
        end = time.monotonic() + self._seconds
        if self._base is not None:
            url = self._base + urlsplit(url).path
        call = {"params": query, "data": form, "json": body, "headers": headers}
        request: dict[str, Any] = {name: value for name, value in call.items() if value is not None}
        with (
            httpx.Client(verify=_tls(), timeout=self._seconds, follow_redirects=False) as client,
            client.stream(method, url, **request) as response,
        ):
            data = b""
            for chunk in response.iter_bytes():
                data += chunk
                if len(data) > LONGEST or time.monotonic() > end:
                    raise httpx.ReadTimeout("too long")
            return response.status_code, data.decode("utf-8", "replace"), dict(response.headers)


@cache
def _tls() -> ssl.SSLContext:
    """One for all calls: reading the certificates takes longer than most answers."""
    return httpx.create_ssl_context()


def signed(
    method: str, url: str, key: str, secret: str, *, token: str = "", token_secret: str = "",
    callback: str = "", verifier: str = "",
) -> dict[str, str]:  # fmt: skip
    """The header of an OAuth 1 call: signed by oauthlib, as tweepy does, for this very address."""
    client = Client(
        key, client_secret=secret, resource_owner_key=token or None,
        resource_owner_secret=token_secret or None, callback_uri=callback or None, verifier=verifier or None,
    )  # fmt: skip
    return dict(client.sign(url, http_method=method)[1])


def server_address(address: str) -> str:
    """A server's address without what follows the host. Plain http only on this very machine.

    Why: a token that has once gone over http has to be taken for known to everyone on the way.
    """
    parts = urlsplit(address.strip() if "://" in address else f"https://{address.strip()}")
    here = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if not parts.hostname or parts.username or parts.scheme not in ("https", *(("http",) if here else ())):
        raise InputError(
            f"{parts.hostname or 'this'} is no address of a server", "write https://social.example"
        )
    return f"{parts.scheme}://{parts.netloc}"


def bearer(token: str) -> dict[str, str]:
    """The header that shows a token."""
    return {"Authorization": f"Bearer {token}"}


def needed(answer: Mapping[str, Any], name: str, host: str) -> str:
    """A value that the answer must hold."""
    value = answer.get(name)
    if not isinstance(value, (str, int)) or value == "":
        raise WorkError(f"{host} answered without {name}", _STORED)
    return str(value)


def _reason(text: str) -> str:
    """The server's own words, where it has any, on one line."""
    try:
        body = json.loads(text)
    except ValueError:
        return ""
    found = (
        body.get("error_description") or body.get("error_message") or body.get("message")
        if isinstance(body, dict)
        else ""
    )
    if not found and isinstance(body, dict):
        error = body.get("error") or body.get("detail") or body.get("title")
        found = error.get("message") if isinstance(error, dict) else error
    return "".join(c if c.isprintable() else " " for c in str(found or ""))[:200]
