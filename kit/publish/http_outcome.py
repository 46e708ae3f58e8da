"""What a failed call says of the post: certainly not out, or perhaps. One reading for all client libraries.

Client libraries wrap the same accident in different classes (measured with tweepy 4.17.0, Mastodon.py
2.3.3, atproto 0.0.73, 2026-11-23), so an accident is read from the chain of causes, never from the
outermost class. What is not known to have failed before the request left is `Unknown`.
"""

from __future__ import annotations

import math
import socket
import ssl
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import requests
import urllib3

from kit.publish.protocol import Duplicate, NotPrepared, NotSent, Unknown
from kit.publish.wire import TIME_LIMIT_S, WireAdapter
from kit.text.foreign_json import read_json

CLOCKS_APART = timedelta(minutes=5)
"""How far ours and a platform's clock may differ when a post is looked for since its attempt."""
_UNSAID = timedelta(minutes=15)
"""How long to wait where a rate limit says nothing: X's own window (docs.x.com, 2026-11-23)."""
_LONGEST = timedelta(hours=25)

_NOT_CONNECTED = (
    ConnectionRefusedError,
    socket.gaierror,
    ssl.SSLCertVerificationError,
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    requests.exceptions.ConnectTimeout,
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)
_UNDER_WAY = (
    ConnectionResetError,
    BrokenPipeError,
    urllib3.exceptions.ProtocolError,
    requests.exceptions.ReadTimeout,
    requests.exceptions.ChunkedEncodingError,
    httpx.ReadError,
    httpx.ReadTimeout,
    httpx.WriteError,
    httpx.WriteTimeout,
    httpx.RemoteProtocolError,
)
_REFUSED = frozenset({400, 401, 402, 403, 404, 405, 406, 410, 411, 413, 414, 415, 421, 422, 431, 451})
"""The request was read and turned down. 408, 409, 5xx and redirects are not here: the post may be out."""


def causes(error: BaseException) -> Iterator[BaseException]:
    """The error and everything that led to it, outermost first."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def fault_of(error: BaseException) -> NotSent | Unknown:
    """What a transport error means for the post that was being sent."""
    chain = list(causes(error))
    told = next((each for each in chain if str(each)), error)  # atproto's own classes say nothing in words
    why = f"{type(told).__name__}: {told}"
    if any(isinstance(each, _UNDER_WAY) for each in chain):
        return Unknown(why)
    if any(isinstance(each, _NOT_CONNECTED) for each in chain):
        return NotSent(why)
    return Unknown(why)


def answer_fault(status: int, why: str, headers: Mapping[str, str], now: datetime) -> NotSent | Unknown:
    """What an HTTP answer other than success means, where the platform does not say more itself."""
    why = f"{status}: {why}"
    if status == 429:
        return NotSent(why, not_before=wait_until(headers, now), status=status)
    if status in _REFUSED:
        return NotSent(why, permanent=True, status=status)
    return Unknown(why, status)


def wait_until(headers: Mapping[str, str], now: datetime) -> datetime:
    """The latest moment that the rate-limit headers of an answer name, at most a day ahead.

    Why the latest: X sends the window of 15 minutes beside those of 24 hours, and tweepy reads the
    first only. A limit that says it has something left is not the one that was hit.
    """
    told = {name.lower(): value for name, value in headers.items()}
    moments = {name: moment for name, value in told.items() if (moment := _reset(name, value, now))}
    hit = [
        moment
        for name, moment in moments.items()
        if told.get(name.removesuffix("reset") + "remaining", "0").strip() == "0"
    ]
    latest = max(hit or moments.values(), default=now + _UNSAID)
    return min(max(latest, now), now + _LONGEST)


def _reset(name: str, value: str, now: datetime) -> datetime | None:
    """A header as a moment: seconds from now, a Unix time, an HTTP date or an ISO date."""
    if name != "retry-after" and not (name.endswith("reset") and "limit" in name):
        return None
    try:
        number = float(value)
    except ValueError:
        return _date(value)
    if not math.isfinite(number):
        return None
    # RFC 9331 counts seconds from now; X and Bluesky give a Unix time under nearly the same names
    if name == "retry-after" or number < 1_000_000_000:
        return now + timedelta(seconds=max(min(number, _LONGEST.total_seconds()), 0.0))
    try:
        return datetime.fromtimestamp(number, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _date(value: str) -> datetime | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(value)
        except ValueError:
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None


class TimedSession(requests.Session):
    """A time limit for each call, no retry, no redirect; and the answer as it came.

    Why `last`: Mastodon.py drops the headers of a 429 and raises for some answers of 200, tweepy stumbles
    over headers that it cannot read. It is None when the newest call had no answer.
    """

    def __init__(self, time_limit_s: float = TIME_LIMIT_S, base: str | None = None) -> None:
        super().__init__()
        # a redirected publishing call was sent 31 times by requests (measured 2026-11-23)
        self.max_redirects = 0
        self.last: requests.Response | None = None
        self.hooks["response"].append(self._keep)
        for scheme in ("https://", "http://"):
            self.mount(scheme, WireAdapter(time_limit_s, base))

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        """As in requests, with `last` set as soon as there is a status line."""
        self.last = None
        return super().request(*args, **kwargs)

    @property
    def status(self) -> int | None:
        """Of the newest answer; None where there was none."""
        return self.last.status_code if self.last is not None else None

    @property
    def ok(self) -> bool:
        """Whether the newest call was answered with a success, whatever the client library made of it."""
        return self.last is not None and self.last.ok

    @property
    def body(self) -> Mapping[str, Any]:
        """Of the newest answer, when it is a JSON object that came whole; else nothing."""
        return answered(self.last)

    def fault(self, error: BaseException, now: datetime) -> NotSent | Unknown:
        """What a failed call means for the post."""
        return session_fault(self, error, now)

    def _keep(self, answer: requests.Response, *_: Any, **__: Any) -> None:
        self.last = answer


def timed_session(time_limit_s: float = TIME_LIMIT_S, base: str | None = None) -> TimedSession:
    """A session for tweepy and Mastodon.py, which take one from outside."""
    return TimedSession(time_limit_s, base)


def session_fault(session: TimedSession, error: BaseException, now: datetime) -> NotSent | Unknown:
    """What a failed call means: by the status where there was an answer, else by the accident."""
    if session.last is None:
        return fault_of(error)
    return answer_fault(session.last.status_code, said(session.last), session.last.headers, now)


def said(answer: requests.Response) -> str:
    """The server's own words for a refusal, as far as they can be read; else the status in words."""
    found = answered(answer)
    words = [found.get("detail"), found.get("error_description"), found.get("error"), found.get("title")]
    many = found.get("errors")
    for each in many if isinstance(many, list) else ():
        words.append(each.get("message") if isinstance(each, Mapping) else each)
    told = dict.fromkeys(word for word in words if isinstance(word, str) and word)
    return "; ".join(told) or str(answer.reason)


def answered(answer: requests.Response | None) -> Mapping[str, Any]:
    """The body of an answer, when it is a JSON object that came whole; else nothing."""
    try:
        found = read_json(answer.content) if answer is not None else None
    except (ValueError, RuntimeError, requests.RequestException):  # RuntimeError: it was cut while being read
        return {}
    return found if isinstance(found, Mapping) else {}


def not_sent(fault: NotSent | Unknown | Duplicate) -> NotSent:
    """What became of a post in a call that publishes nothing: certainly not out, whatever happened."""
    return fault if isinstance(fault, NotSent) else NotSent(fault.why, status=fault.status)


def unprepared(fault: NotSent | Unknown, *, stale: Iterable[str] = ()) -> NotPrepared:
    """A failed preparing call. What is `stale` can be made anew, so then the refusal is not for good."""
    result = not_sent(fault)
    return NotPrepared(replace(result, permanent=result.permanent and not stale, stale=tuple(stale)))
