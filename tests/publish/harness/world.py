"""A platform on a real socket that can commit and then misbehave; its state survives the runner's death.

It offers the four primitives that real platforms have: a record under a client's key (as Bluesky),
a single-use container (as Instagram), an idempotency key (as Mastodon), and nothing (as X).
"""

from __future__ import annotations

import json
import random
import socket
import struct
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

FAULTS = (
    "drop", "reset", "hang", "cut", "garbage", "500", "503",  # after the commit
    "drop-first", "500-first", "429", "403",  # instead of the commit
)  # fmt: skip
HANG_S = 0.6
"""Longer than the client's time limit in the harness, which is 0.4 s."""


class World(ThreadingHTTPServer):
    """All that is out, and which fault comes at which publishing call."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.lock = threading.Lock()
        self.busy = 0
        self.port = int(self.server_address[1])
        self.clear([])
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self.shutdown()
        self.server_close()

    def clear(self, faults: list[str | None]) -> None:
        """Begin anew; `faults` are met by the publishing calls in this order, then none."""
        with self.lock:
            self.out: list[dict[str, str]] = []
            self.keys: dict[str, str] = {}
            self.containers: dict[str, str | None] = {}
            self.uploads = 0
            self.calls = 0
            self.faults = list(faults)

    def quiet(self) -> None:
        """Wait until no request is under way: the settle time of a server, without the clock."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with self.lock:
                if not self.busy:
                    return
            time.sleep(0.005)
        raise AssertionError("the server did not come to rest")

    def count(self, text: str) -> int:
        """How often readers see this text."""
        with self.lock:
            return sum(post["text"] == text for post in self.out)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A killed client is what this is for."""

    def next_fault(self) -> str | None:
        with self.lock:
            self.calls += 1
            return self.faults.pop(0) if self.faults else None

    def publish(self, kind: str, body: dict[str, str]) -> tuple[int, dict[str, str]]:
        """The commit of a publishing call; all in one, as a database does it."""
        with self.lock:
            if kind == "key":
                if body["key"] not in self.keys:
                    self.keys[body["key"]] = self._add(body["text"])
                return 200, {"id": self.keys[body["key"]]}
            if kind == "container":
                known = self.containers.get(body["container"], "")
                if known == "":
                    return 400, {"error": "no such container", "stale": "container"}
                if known is not None:
                    return 400, {"error": "published already", "duplicate": known}
                self.containers[body["container"]] = made = self._add(body["text"])
                return 200, {"id": made}
            if kind == "idempotency":
                if body["key"] in self.keys:
                    return 200, {"id": self.keys[body["key"]]}
                self.keys[body["key"]] = made = self._add(body["text"])
                return 200, {"id": made}
            return 200, {"id": self._add(body["text"])}

    def _add(self, text: str) -> str:
        made = str(1000 + len(self.out))
        self.out.append({"id": made, "text": text})
        return made

    def prepare(self, kind: str) -> dict[str, str]:
        with self.lock:
            self.uploads += 1
            name = f"{kind}-{self.uploads}"
            if kind == "container":
                self.containers[name] = None
            return {"id": name}

    def find(self, kind: str, body: dict[str, str]) -> dict[str, str | None]:
        with self.lock:
            if kind == "key":
                return {"id": self.keys.get(body["key"])}
            if kind == "container":
                return {"id": self.containers.get(body["container"])}
            return {"id": next((p["id"] for p in self.out if p["text"] == body["text"]), None)}


class _Answer(BaseHTTPRequestHandler):
    server: World
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Quiet."""

    def do_POST(self) -> None:
        with self.server.lock:
            self.server.busy += 1
        try:
            with suppress(OSError):
                self._post()
        finally:
            with self.server.lock:
                self.server.busy -= 1

    def _post(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        body = json.loads(raw) if raw else {}
        _, kind, action = self.path.split("/")
        if action == "upload":
            self._say(200, self.server.prepare(kind))
        elif action == "find":
            self._say(200, self.server.find(kind, body))
        elif len(raw) == int(self.headers["Content-Length"]):
            self._publish(kind, body)

    def _publish(self, kind: str, body: dict[str, str]) -> None:
        fault = self.server.next_fault()
        if fault == "drop-first":
            self._cut()
        elif fault in ("500-first", "429", "403"):
            self._say(int(fault[:3]), {"error": fault})
        else:
            status, answer = self.server.publish(kind, body)
            if fault is None:
                self._say(status, answer)
            elif fault == "hang":
                time.sleep(HANG_S)
                self._cut()
            elif fault in ("500", "503"):
                self._say(int(fault), {"error": fault})
            elif fault == "garbage":
                self._send(200, b"<html>")
            elif fault == "cut":
                self._send(200, b'{"id": ', says=400)
                self._cut()
            else:
                self._cut(reset=fault == "reset")

    def _say(self, status: int, answer: Any) -> None:
        self._send(status, json.dumps(answer).encode())

    def _send(self, status: int, data: bytes, says: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(says or len(data)))
        if status == 429:
            self.send_header("Retry-After", "60")
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()

    def _cut(self, reset: bool = False) -> None:
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
        self.connection.close()
        self.close_connection = True


def seeded_faults(chance: random.Random) -> list[str | None]:
    """The faults that a scenario's first publishing calls meet: half of the calls meet none."""
    return [chance.choice(FAULTS) if chance.random() < 0.5 else None for _ in range(3)]
