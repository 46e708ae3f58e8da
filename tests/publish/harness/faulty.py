"""A server on a real socket that can commit and then misbehave; its state survives the runner's death.

A fake platform says which request is the publishing call and what each request answers; the faults,
the counting of requests under way and the cutting of connections are here.
"""

from __future__ import annotations

import json
import socket
import struct
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from requests.structures import CaseInsensitiveDict

FAULTS = (
    "drop", "reset", "hang", "cut", "garbage", "500", "503",  # after the commit
    "drop-first", "500-first", "429", "403",  # instead of the commit
)  # fmt: skip
HANG_S = 0.6
"""Longer than the client's time limit in the harness, which is 0.4 s."""
TIME_LIMIT_S = 0.4
PATIENT_S = 10.0
"""The time limit of a client whose time is not the question: a busy machine answers late."""


@dataclass(frozen=True)
class Asked:
    """A request, read to its end."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @cached_property
    def json(self) -> Any:
        """The body as JSON; an empty one is an empty object."""
        return json.loads(self.body or b"{}")

    @cached_property
    def form(self) -> Mapping[str, str]:
        """The body as a form."""
        return dict(parse_qsl(self.body.decode()))


@dataclass(frozen=True)
class Said:
    """An answer: bytes as they are, anything else as JSON."""

    body: Any = field(default_factory=dict)
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def data(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class Faulty(ABC, ThreadingHTTPServer):
    """What all fake platforms share. Subclasses write `begin`, `publishes`, `answer` and `count`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.lock = threading.RLock()
        self.busy = 0
        self.port = int(self.server_address[1])
        self.clear([])
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @abstractmethod
    def begin(self) -> None:
        """Forget all state."""

    @abstractmethod
    def publishes(self, asked: Asked) -> bool:
        """Whether this is the one publishing call: only such calls meet faults."""

    @abstractmethod
    def answer(self, asked: Asked) -> Said | None:
        """Commit, and answer; None for a path that this platform does not have. Called under the lock."""

    @abstractmethod
    def count(self, text: str) -> int:
        """How often readers see this text."""

    def refusal(self, fault: str) -> Said:
        """The platform's own answer for `500`, `503`, `429` and `403`."""
        headers = {"Retry-After": "60"} if fault == "429" else {}
        return Said({"error": fault}, int(fault[:3]), headers)

    @property
    def base(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self.shutdown()
        self.server_close()

    def clear(self, faults: list[str | None]) -> None:
        """Begin anew; `faults` are met by the publishing calls in this order, then none."""
        with self.lock:
            self.calls = 0
            self.asked: list[Asked] = []
            self.surprises: list[str] = []
            self.faults = list(faults)
            self.begin()

    def quiet(self) -> None:
        """Wait until no request is under way: the settle time of a server, without the clock."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with self.lock:
                if not self.busy:
                    return
            time.sleep(0.005)
        raise AssertionError("the server did not come to rest")

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A killed client is what this is for; a fake's own mistake is not."""
        if not isinstance(error := sys.exc_info()[1], OSError):
            self.surprises.append(repr(error))

    def _next_fault(self) -> str | None:
        self.calls += 1
        return self.faults.pop(0) if self.faults else None

    def respond(self, asked: Asked) -> tuple[Said, str | None]:
        """The answer to a request, and how its way back is to be broken."""
        with self.lock:
            self.asked.append(asked)
            fault = self._next_fault() if self.publishes(asked) else None
            if fault in ("500-first", "429", "403"):
                return self.refusal(fault), None
            if fault == "drop-first":
                return Said(), "drop"
            said = self.answer(asked)
            if said is None:
                self.surprises.append(f"{asked.method} {asked.path}")
                return Said({"error": "no such path"}, 404), None
            if fault in ("500", "503"):
                return self.refusal(fault), None
            return said, fault


class _Answer(BaseHTTPRequestHandler):
    server: Faulty
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Quiet."""

    def _any(self) -> None:
        with self.server.lock:
            self.server.busy += 1
        try:
            with suppress(OSError):
                self._one()
        finally:
            with self.server.lock:
                self.server.busy -= 1

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _any

    def _one(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:  # the client died while it was sending
            self.close_connection = True
            return
        url = urlsplit(self.path)
        asked = Asked(
            self.command,
            url.path,
            dict(parse_qsl(url.query, keep_blank_values=True)),
            CaseInsensitiveDict(self.headers.items()),
            body,
        )
        said, broken = self.server.respond(asked)
        if broken is None:
            self._send(said)
        elif broken == "hang":
            time.sleep(HANG_S)
            self._close()
        elif broken == "garbage":
            self._send(Said(b"<html>", said.status))
        elif broken == "cut":
            self._send(said, cut=True)
            self._close()
        else:
            self._close(reset=broken == "reset")

    def _send(self, said: Said, *, cut: bool = False) -> None:
        data = said.data[: len(said.data) // 2] if cut else said.data
        self.send_response(said.status)
        for name, value in ({"Content-Type": "application/json"} | dict(said.headers)).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(said.data) + 400 * cut))
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()

    def _close(self, reset: bool = False) -> None:
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
        self.connection.close()
        self.close_connection = True
