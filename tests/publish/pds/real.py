"""A real Bluesky server for the time of a test run, and a proxy that loses its answers."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.publish.harness.fakes.bluesky import HANDLE, PASSWORD, refusal
from tests.publish.harness.faulty import Asked, Faulty, Said

HERE = Path(__file__).parent
POSTS = "app.bsky.feed.post"


class RealBluesky:
    """What a reader of the account `HANDLE` sees, asked without the kit's own client."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._http = httpx.Client(base_url=f"{base}/xrpc/", timeout=30)
        body = {"handle": HANDLE, "password": PASSWORD, "email": "une@mail.test"}
        made = self.call("com.atproto.server.createAccount", body)
        self.did: str = made["did"]

    def close(self) -> None:
        self._http.close()

    def call(self, name: str, body: Any = None, token: str | None = None) -> Any:
        """A procedure; raises for what is refused."""
        answer = self._http.post(name, json=body, headers=_bearer(token))
        answer.raise_for_status()
        return answer.json() if answer.content else {}

    def token(self, identifier: str = HANDLE, password: str = PASSWORD) -> str:
        body = {"identifier": identifier, "password": password}
        return str(self.call("com.atproto.server.createSession", body)["accessJwt"])

    def records(self) -> list[dict[str, Any]]:
        """Every post of the account, with `uri` and `value`."""
        found: list[dict[str, Any]] = []
        wanted = {"repo": self.did, "collection": POSTS, "limit": "100"}
        while True:
            page = self._http.get("com.atproto.repo.listRecords", params=wanted).raise_for_status().json()
            found += page["records"]
            if not page.get("cursor"):
                return found
            wanted["cursor"] = page["cursor"]

    def blob(self, cid: str) -> bytes:
        """A file as readers get it."""
        wanted = {"did": self.did, "cid": cid}
        return self._http.get("com.atproto.sync.getBlob", params=wanted).raise_for_status().content

    def empty(self, token: str) -> None:
        """Take every post back."""
        for record in self.records():
            rkey = record["uri"].rsplit("/", 1)[1]
            self.call(
                "com.atproto.repo.deleteRecord", {"repo": self.did, "collection": POSTS, "rkey": rkey}, token
            )

    def forward(self, asked: Asked) -> Said:
        """The real answer to a request, as it came."""
        kept = {
            name: asked.headers[name] for name in ("Authorization", "Content-Type") if name in asked.headers
        }
        answer = self._http.request(
            asked.method,
            asked.path.removeprefix("/xrpc/"),
            params=dict(asked.query),
            content=asked.body,
            headers=kept,
        )
        kind = {"Content-Type": answer.headers.get("Content-Type", "application/json")}
        return Said(answer.content, answer.status_code, kind)


class Proxy(Faulty):
    """Forwards to the real server, then loses, cuts or spoils the answer to a publishing call."""

    def __init__(self, real: RealBluesky) -> None:
        self.real = real
        self._token = real.token()
        super().__init__()

    def begin(self) -> None:
        self.real.empty(self._token)

    def publishes(self, asked: Asked) -> bool:
        return asked.path.endswith((".putRecord", ".createRecord"))

    def refusal(self, fault: str) -> Said:
        return refusal(fault)

    def count(self, text: str) -> int:
        return sum(record["value"]["text"] == text for record in self.real.records())

    def answer(self, asked: Asked) -> Said | None:
        said = self.real.forward(asked)
        if asked.path.endswith("Session") and said.status == 200:
            # the document names the real server's address, and the client would go there, past this proxy
            return Said({k: v for k, v in json.loads(said.data).items() if k != "didDoc"})
        return said


@contextmanager
def served(modules: Path, folder: Path) -> Iterator[RealBluesky]:
    """Directory and server, started in an empty folder and ended with the block."""
    with subprocess.Popen(
        ["node", str(HERE / "serve.js"), str(modules), str(folder)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdin is not None and process.stdout is not None
        try:
            line = process.stdout.readline()
            assert line, "the server did not start: its own words are above"
            said = json.loads(line)
            assert said["directory"] == "127.0.0.1" in said["base"], "both listen on loopback alone"
            real = RealBluesky(said["base"])
            try:
                yield real
            finally:
                real.close()
        finally:
            process.stdin.close()
            process.wait(20)


def _bearer(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}
