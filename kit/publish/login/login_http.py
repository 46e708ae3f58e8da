"""Asking a platform's login server: one call, one answer, in words that a person can use.

Every call has a time limit for the whole of it, follows no redirect, and is made once. No error holds
an address with its query, a body or a header: tokens stand in all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import httpx
from oauthlib.oauth1 import Client  # type: ignore[import-untyped]

from kit.errors import WorkError
from kit.publish.logs import redactor
from kit.publish.wire import timed_client
from kit.text.foreign_json import read_json
from kit.text.printable import MOST_RAW, printable

SECONDS = 20.0
"""For one call from first to last byte."""
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
        why = printable(redactor(self._hidden)(_reason(text)), 200)
        kind = Refused if status < 500 else WorkError
        raise kind(f"{host} refused ({status}){': ' + why if why else ''}", _STORED)

    def json(self, method: str, url: str, **more: Any) -> dict[str, Any]:
        """The same, where the answer is a JSON object."""
        value = object_in(self.ask(method, url, **more).text)
        if not value:
            raise WorkError(f"{urlsplit(url).netloc} answered something that is no JSON object", _STORED)
        return value

    def pairs(self, method: str, url: str, **more: Any) -> dict[str, str]:
        """The same, where the answer is `a=1&b=2`, as in OAuth 1."""
        return dict(parse_qsl(self.ask(method, url, **more).text.strip()))

    def _once(
        self, method: str, url: str, query: Mapping[str, str] | None, form: Mapping[str, str] | None,
        body: Mapping[str, Any] | None, headers: Mapping[str, str] | None,
    ) -> tuple[int, str, Mapping[str, str]]:  # fmt: skip
        if self._base is not None:
            url = self._base + urlsplit(url).path
        call = {"params": query, "data": form, "json": body, "headers": headers}
        request: dict[str, Any] = {name: value for name, value in call.items() if value is not None}
        with timed_client("", self._seconds, LONGEST) as client:
            response = client.request(method, url, **request)
            text = response.content.decode("utf-8", "replace")
            return response.status_code, text, dict(response.headers)


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


def bearer(token: str) -> dict[str, str]:
    """The header that shows a token."""
    return {"Authorization": f"Bearer {token}"}


def needed(answer: Mapping[str, Any], name: str, host: str) -> str:
    """A value that the answer must hold."""
    value = answer.get(name)
    if not isinstance(value, (str, int)) or value == "":
        raise WorkError(f"{host} answered without {name}", _STORED)
    if printable(value, MOST_RAW) != str(value):
        raise WorkError(f"{host} answered with a {name} that cannot be one", _STORED)
    return str(value)


def object_in(text: str) -> dict[str, Any]:
    """The JSON object in an answer; an empty one where there is none."""
    try:
        value = read_json(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _reason(text: str) -> str:
    """The server's own words, where it has any."""
    body = object_in(text)
    found = body.get("error_description") or body.get("error_message") or body.get("message")
    if not found:
        error = body.get("error") or body.get("detail") or body.get("title")
        found = error.get("message") if isinstance(error, dict) else error
    return str(found or "")
