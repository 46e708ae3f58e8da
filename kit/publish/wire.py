"""Every call over HTTP, whichever client library makes it: one way out, with one set of limits.

A call goes once, on a connection of its own, follows no redirect, ends after a time for the whole of it, and
its answer is read as a stream up to a limit after decompression. httpx's and requests' own time limits are
for each read, so that a drip never ends; their answers are read whole, so that 4 MB of gzip fill any memory.

httpx takes the `Wire` as its transport (atproto too); requests (tweepy, Mastodon.py) takes it as an adapter.
"""

from __future__ import annotations

import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cache
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpcore
import httpx
import requests
from requests.adapters import BaseAdapter

from kit.text.foreign_json import read_json
from kit.text.web_address import is_safe

TIME_LIMIT_S = 30.0
"""For each call, from first to last byte, besides its files. Shorter than the engine's settle time, so that a
late answer is not looked for too early."""
LONGEST = 4_000_000
"""Bytes of an answer after decompression: 100 posts of a timeline have less than a tenth of it (2026-11-30)."""
SLOWEST = 50_000
"""Bytes a second that a file goes up or down at least: a call with a file has so much more time."""
_PIECE = 64 * 1024


class TooLong(httpx.ReadError):
    """An answer without an end. What it answered may have been done."""


class Wire(httpx.BaseTransport):
    """One call, one connection, one deadline. `longest`: bytes of an answer."""

    def __init__(self, time_limit_s: float = TIME_LIMIT_S, longest: int = LONGEST) -> None:
        self._time_limit_s, self._longest = time_limit_s, longest

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer's head; its body is read, and bounded, by whoever asked.

        Raises UnsupportedProtocol for http to another machine: the last door before a token would leave.
        """
        if not is_safe(str(request.url)):
            raise httpx.UnsupportedProtocol(
                f"no call goes to {request.url.host} without https", request=request
            )
        size = int(request.headers.get("Content-Length") or 0)
        answers = self._longest if self._longest > LONGEST else 0
        end = time.monotonic() + self._time_limit_s + (size + answers) / SLOWEST
        request.headers["Accept-Encoding"] = (
            "identity"  # what is packed all the same is unpacked in small pieces
        )
        request.headers["Connection"] = "close"
        times = dict.fromkeys(("connect", "read", "write", "pool"), self._time_limit_s)
        request.extensions = {**request.extensions, "timeout": times}
        inner = _transport(str(request.url), end)
        try:
            answer = inner.handle_request(request)
        except BaseException:
            inner.close()
            raise
        headers = [pair for pair in answer.headers.raw if pair[0].lower() != b"content-encoding"]
        return httpx.Response(
            answer.status_code, headers=headers, stream=_Bounded(answer, inner, self._longest),
            extensions=answer.extensions,
        )  # fmt: skip


def timed_client(base: str, time_limit_s: float = TIME_LIMIT_S, longest: int = LONGEST) -> httpx.Client:
    """An httpx client on the wire."""
    return httpx.Client(
        base_url=base, timeout=time_limit_s, follow_redirects=False, transport=Wire(time_limit_s, longest)
    )


class WireAdapter(BaseAdapter):
    """The wire for requests. `base` replaces scheme, host and port after the request was signed, so a
    signature over the public address stays valid.
    """

    def __init__(self, time_limit_s: float = TIME_LIMIT_S, base: str | None = None) -> None:
        super().__init__()
        self._time_limit_s, self._base = time_limit_s, base

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Send once. Raises what requests raises for such accidents, caused by what httpx has said."""
        url = request.url or ""
        if self._base is not None:
            scheme, host, *_rest = urlsplit(self._base)
            url = urlunsplit((scheme, host, *urlsplit(url)[2:]))
        headers = {name: _text(value) for name, value in request.headers.items()}
        content = request.body
        assert content is None or isinstance(content, (str, bytes)), "no client of ours streams a body"
        try:
            with timed_client("", self._time_limit_s) as client:
                built = client.build_request(request.method or "GET", url, headers=headers, content=content)
                answer = client.send(built, stream=True)
                data, broken = _read(answer)
        except httpx.InvalidURL as error:
            raise requests.exceptions.InvalidURL(str(error), request=request) from error
        except httpx.ConnectTimeout as error:
            raise requests.exceptions.ConnectTimeout(str(error), request=request) from error
        except httpx.TimeoutException as error:
            raise requests.exceptions.ReadTimeout(str(error), request=request) from error
        except httpx.HTTPError as error:
            raise requests.exceptions.ConnectionError(str(error), request=request) from error
        return _as_requests(request, answer, _Body(data, broken))

    def close(self) -> None:
        """Nothing is kept open."""


class Answer(requests.Response):
    """An answer whose JSON is read by the one reader, whoever asks for it."""

    def json(self, **how: Any) -> Any:
        """As in requests. Raises its JSONDecodeError, a ValueError, also for what is nested too deep."""
        try:
            read_json(self.content)
        except ValueError as error:
            raise requests.exceptions.JSONDecodeError(str(error), "", 0) from None
        return super().json(**how)


def _text(value: str | bytes) -> str:
    """A header's value; oauthlib signs with bytes."""
    return value if isinstance(value, str) else value.decode("latin-1")


def _read(answer: httpx.Response) -> tuple[bytes, httpx.HTTPError | None]:
    """The body, or as much of it as came and why no more."""
    data = bytearray()
    try:
        for chunk in answer.iter_raw():
            data += chunk
    except httpx.HTTPError as error:
        return bytes(data), error
    return bytes(data), None


class _Body:
    """What requests reads the body from. A body that broke off breaks off again, after the head was seen."""

    def __init__(self, data: bytes, broken: httpx.HTTPError | None) -> None:
        self._data, self._broken = data, broken

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        if self._broken is not None:
            raise requests.exceptions.ChunkedEncodingError(str(self._broken)) from self._broken
        yield self._data

    def close(self) -> None:
        """The connection is closed already."""


def _as_requests(request: requests.PreparedRequest, answer: httpx.Response, body: _Body) -> requests.Response:
    made = Answer()
    made.status_code, made.reason = answer.status_code, answer.reason_phrase
    made.headers = requests.structures.CaseInsensitiveDict(answer.headers)
    made.encoding = requests.utils.get_encoding_from_headers(made.headers)
    made.url, made.request, made.raw = request.url or "", request, body
    return made


class _Bounded(httpx.SyncByteStream):
    """A body, unpacked and counted while it is read."""

    def __init__(self, answer: httpx.Response, inner: httpx.HTTPTransport, longest: int) -> None:
        self._answer, self._inner, self._longest = answer, inner, longest

    def __iter__(self) -> Iterator[bytes]:
        assert isinstance(self._answer.stream, httpx.SyncByteStream)
        coding, count = self._answer.headers.get("Content-Encoding", "").strip().lower(), 0
        for piece in _unpacked(coding, self._answer.stream):
            count += len(piece)
            if count > self._longest:
                raise TooLong(f"the answer is longer than {self._longest:,} bytes")
            yield piece

    def close(self) -> None:
        self._answer.close()
        self._inner.close()


def _unpacked(coding: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Nothing was to be packed; gzip and deflate are unpacked in small pieces, and nothing else is.

    Raises DecodingError.
    """
    if coding in ("", "identity"):
        yield from pieces
        return
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise httpx.DecodingError("the answer is packed in a way that was not asked for")
    unpack = zlib.decompressobj(32 + zlib.MAX_WBITS)  # gzip or zlib, as its head says
    try:
        for piece in pieces:
            while piece and not unpack.eof:
                yield unpack.decompress(piece, _PIECE)
                piece = unpack.unconsumed_tail
    except zlib.error as error:
        raise httpx.DecodingError(str(error)) from error
    if not unpack.eof:
        raise httpx.DecodingError("the packed answer ends in the middle")


def _transport(url: str, end: float) -> httpx.HTTPTransport:
    """httpx's own transport, with our deadline under it; through a proxy where the environment names one."""
    proxy = requests.utils.select_proxy(url, requests.utils.get_environ_proxies(url))
    made = httpx.HTTPTransport(verify=_tls(), retries=0, proxy=proxy, limits=_NOTHING_KEPT)
    made._pool._network_backend = _Until(end)  # httpx passes no backend on (0.28)
    return made


_NOTHING_KEPT = httpx.Limits(max_keepalive_connections=0)
"""A connection that idled since an upload may be dead, and a call into it would be unknown."""


@cache
def _tls() -> ssl.SSLContext:
    """One for all calls: reading the certificates takes longer than most answers."""
    return httpx.create_ssl_context()


class _Until(httpcore.NetworkBackend):
    """Connections of which every wait ends at one moment, whatever the other side drips."""

    def __init__(self, end: float) -> None:
        self._end, self._real = end, httpcore.SyncBackend()

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        left = _left(self._end, timeout, httpcore.ConnectTimeout)
        return _Stream(self._real.connect_tcp(host, port, left, local_address, socket_options), self._end)


class _Stream(httpcore.NetworkStream):
    def __init__(self, real: httpcore.NetworkStream, end: float) -> None:
        self._real, self._end = real, end

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._real.read(max_bytes, _left(self._end, timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _PIECE):
            left = _left(self._end, timeout, httpcore.WriteTimeout)
            self._real.write(buffer[start : start + _PIECE], left)

    def close(self) -> None:
        with suppress(OSError):
            self._real.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(self._end, timeout, httpcore.ConnectTimeout)
        return _Stream(self._real.start_tls(ssl_context, server_hostname, left), self._end)

    def get_extra_info(self, info: str) -> Any:
        return self._real.get_extra_info(info)


def _left(end: float, timeout: float | None, late: Callable[[str], Exception]) -> float:
    """Seconds that a wait may take now."""
    left = end - time.monotonic()
    if left <= 0:
        raise late("the call took too long")
    return left if timeout is None else min(left, timeout)
