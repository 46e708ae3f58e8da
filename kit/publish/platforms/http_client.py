"""HTTP calls for platforms without an SDK of their own, and what a failed one means for a post.

Each call is made once, on a connection of its own, without redirects, with a time limit. The token
travels in a header: addresses are logged by the client library, headers are not (httpx 0.28).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from kit.errors import InputError
from kit.publish.http_outcome import answer_fault, fault_of, not_sent
from kit.publish.protocol import Duplicate, NotPrepared, NotSent, Unknown
from kit.publish.wire import TIME_LIMIT_S, timed_client
from kit.text.foreign_json import read_json

POLLS_S = (1, 2, 4, 8, 15, 30)
"""Between looks at a file that is being processed: a minute in all. Then the runner is given back, so that
one slow clip holds up no other account; the next pass looks again."""


class Failed(Exception):
    """A call did not succeed; `result` is what that means for a post, had this been its publishing call."""

    def __init__(self, result: NotSent | Unknown | Duplicate, body: Any = None) -> None:
        super().__init__(result.why)
        self.result = result
        self.body = body


class Calls:
    """Calls to one API with one token."""

    def __init__(
        self,
        base: str,
        token: str,
        headers: Mapping[str, str] | None = None,
        time_limit_s: float = TIME_LIMIT_S,
    ) -> None:
        if not token.isascii() or not token.isprintable() or " " in token:
            # the client library would refuse it with words that quote it
            raise InputError(
                f"the token for {urlsplit(base).hostname} holds a space, a line break or a strange character",
                "copy it again, alone and whole",
            )
        self._base, self._token, self._time_limit_s = base.rstrip("/"), token, time_limit_s
        self._headers = dict(headers or {})
        self._client: httpx.Client | None = None

    def ask(self, method: str, address: str, *, bare: bool = False, **how: Any) -> httpx.Response:
        """One request and its whole answer, whatever the status. Raises Failed for what the wire does.

        `address` is a path of the API, or a whole address that the platform has named for an upload.
        `bare`: without the token and the API's headers, for what is not the API's own.
        """
        headers = dict(how.pop("headers", {}))
        if not bare:
            headers = {"Authorization": f"Bearer {self._token}", **self._headers, **headers}
        url = address if urlsplit(address).scheme else self._base + address
        try:
            return self._http().request(method, url, headers=headers, **how)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.CookieConflict) as error:
            raise Failed(fault_of(error)) from error

    def _http(self) -> httpx.Client:
        if self._client is None:
            self._client = timed_client(self._base, self._time_limit_s)
        return self._client


def parsed(answer: httpx.Response) -> Any:
    """The body as JSON, or None: a proxy's HTML page is an answer too."""
    try:
        return read_json(answer.content)
    except ValueError:
        return None


def object_of(answer: httpx.Response, now: datetime, why: str = "") -> dict[str, Any]:
    """The JSON object of a successful answer.

    Raises Failed: as the status means, and as Unknown for a success that cannot be read, since the
    server has done what it was asked to.
    """
    body = parsed(answer)
    if not answer.is_success:
        raise Failed(answer_fault(answer.status_code, why or answer.reason_phrase, answer.headers, now), body)
    if not isinstance(body, dict):
        raise Failed(Unknown(f"{answer.status_code}: the answer cannot be read", answer.status_code))
    return body


def deleted(call: Callable[[], object], is_gone: Callable[[Failed], bool]) -> NotSent | Unknown | None:
    """What a deleting call has done; None also for what was gone before."""
    try:
        call()
    except Failed as fault:
        if is_gone(fault):
            return None
        return fault.result if isinstance(fault.result, NotSent) else Unknown(str(fault))
    return None


@contextmanager
def preparing() -> Iterator[None]:
    """In here a failed call has published nothing, whatever happened to it: it becomes NotPrepared."""
    try:
        yield
    except Failed as fault:
        raise NotPrepared(not_sent(fault.result)) from fault


def looks(sleep: Callable[[float], None]) -> Iterator[None]:
    """Once now, and once after each wait."""
    yield
    for seconds in POLLS_S:
        sleep(seconds)
        yield


def poll_ended(name: str) -> NotPrepared:
    """What is said after the last look."""
    return NotPrepared(NotSent(f"{name} is still processing the file"))
