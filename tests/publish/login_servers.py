"""Every platform's login on one real socket of this machine, and a browser that follows what it is told."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from kit.publish.login.login_http import LoginHttp
from tests.publish.harness.fakes import from_each

TOKEN = "long-and-secret-token"
SECRET = "hush-hush-app-secret"
SHORT = "short-and-secret-token"


@dataclass
class Platforms:
    """State and behaviour of the servers. `answers` replaces the answer of a path: (status, body, headers)."""

    base: str = ""
    calls: list[tuple[str, str, dict[str, str], dict[str, str]]] = field(default_factory=list)
    answers: dict[str, tuple[int, str, dict[str, str]]] = field(default_factory=dict)
    challenge: str = ""
    expires_in: int = 5_184_000
    pages: list[dict[str, str]] = field(
        default_factory=lambda: [{"id": "77", "name": "Ville d'Exemple", "access_token": TOKEN}]
    )

    def http(self, seconds: float = 5) -> LoginHttp:
        """Calls that all come here, whatever host they are for."""
        return LoginHttp(seconds, self.base)

    def asked(self, path: str) -> dict[str, str]:
        """What a path was asked for last."""
        return next(given for _, where, given, _ in reversed(self.calls) if where == path)

    def answer(self, method: str, path: str, given: dict[str, str], headers: dict[str, str]) -> Any:
        """The good answer of a path; text, JSON, or a status."""
        graph = "/v26.0"
        exact: dict[str, Callable[[], Any]] = {
            "/oauth/request_token": lambda: urlencode(
                {
                    "oauth_token": "half",
                    "oauth_token_secret": "half-secret",
                    "oauth_callback_confirmed": "true",
                }
            ),
            "/oauth/access_token": lambda: (
                {"access_token": SHORT, "user_id": 4711, "permissions": []}
                if given
                else urlencode(
                    {
                        "oauth_token": TOKEN,
                        "oauth_token_secret": TOKEN,
                        "user_id": "1",
                        "screen_name": "Exemple",
                    }
                )
            ),
            "/2/users/me": lambda: {"data": {"id": "1", "username": "Exemple"}},
            "/api/v1/apps": lambda: {"client_id": "app", "client_secret": SECRET},
            "/oauth/token": lambda: self._code_of_mastodon(given),
            "/api/v1/accounts/verify_credentials": lambda: self._bearer(headers, {"acct": "exemple"}),
            "/xrpc/com.atproto.server.createSession": lambda: (
                {"handle": "exemple.bsky.social", "did": "did:plc:x", "accessJwt": "a", "refreshJwt": "b"}
                if given["password"] == TOKEN
                else (401, {"error": "AuthenticationRequired", "message": "Invalid identifier or password"})
            ),
            "/oauth/v2/accessToken": lambda: {"access_token": TOKEN, "expires_in": self.expires_in},
            "/v2/userinfo": lambda: self._bearer(headers, {"sub": "abc"}),
            "/access_token": lambda: self._exchanged(given),
            f"{graph}/me": lambda: self._me(given),
            "/v1.0/me": lambda: {"id": "4711", "username": "exemple"},
            f"{graph}/oauth/access_token": lambda: {
                "access_token": SHORT if "code" in given else "user-token-hush"
            },
            f"{graph}/me/accounts": lambda: {"data": self.pages},
            f"{graph}/debug_token": lambda: {
                "data": {"expires_at": 0, "data_access_expires_at": 1_800_000_000}
            },
        }
        if path in (login := from_each("LOGIN")):
            return login[path](given, headers)
        return exact[path]() if path in exact else (404, {"error": "no such path"})

    def _code_of_mastodon(self, given: dict[str, str]) -> Any:
        digest = hashlib.sha256(given["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != self.challenge:
            return 400, {"error": "invalid_grant", "error_description": "the verifier is not the challenge's"}
        if (given["code"], given["client_secret"]) != ("the-code", SECRET):
            return 400, {"error": "invalid_grant", "error_description": f"unknown code {given['code']}"}
        return {"access_token": TOKEN, "token_type": "Bearer", "scope": given["scope"]}

    def _bearer(self, headers: dict[str, str], body: dict[str, str]) -> Any:
        return (
            body if headers.get("authorization") == f"Bearer {TOKEN}" else (401, {"error": "invalid token"})
        )

    def _exchanged(self, given: dict[str, str]) -> Any:
        if given["access_token"] != SHORT or given["client_secret"] != SECRET:
            return 400, {"error": {"message": f"cannot use {given['access_token']}"}}
        return {"access_token": TOKEN, "token_type": "bearer", "expires_in": self.expires_in}

    def _me(self, given: dict[str, str]) -> Any:
        return {"id": "77"} if given["fields"] == "id" else {"user_id": "4711", "username": "exemple"}


@contextmanager
def running() -> Iterator[Platforms]:
    platforms = Platforms()

    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            given = dict(parse_qsl(parts.query))
            if data:
                is_json = "json" in self.headers.get("Content-Type", "")
                given |= json.loads(data) if is_json else dict(parse_qsl(data.decode()))
            headers = {name.lower(): value for name, value in self.headers.items()}
            platforms.calls.append((self.command, parts.path, given, headers))
            status, body = 200, ""
            extra: dict[str, str] = {}
            if parts.path in platforms.answers:
                status, body, extra = platforms.answers[parts.path]
            else:
                answer = platforms.answer(self.command, parts.path, given, headers)
                if isinstance(answer, tuple):
                    status, answer = answer
                body = answer if isinstance(answer, str) else json.dumps(answer)
            self.send_response(status)
            for name, value in extra.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        do_GET = do_POST = _serve

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    platforms.base = f"http://127.0.0.1:{server.server_port}"
    try:
        yield platforms
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Person:
    """Answers what is asked, by the first words of the question; opens an address like a browser.

    `come_back` makes the query that the platform's page sends the browser back with.
    """

    replies: dict[str, str]
    come_back: Callable[[dict[str, str]], dict[str, str]] = lambda asked: {
        "code": "the-code",
        "state": asked["state"],
    }
    platforms: Platforms | None = None
    said: list[str] = field(default_factory=list)
    opened: dict[str, str] = field(default_factory=dict)
    pages: list[int] = field(default_factory=list)

    def say(self, text: str) -> None:
        self.said.append(text)
        if found := re.search(r"\n\n(http\S+)\n", text):
            self._open(found[1])

    def ask(self, what: str, default: str = "") -> str:
        return next((reply for start, reply in self.replies.items() if what.startswith(start)), default)

    def ask_hidden(self, what: str) -> str:
        return self.ask(what)

    def _open(self, address: str) -> None:
        self.opened = dict(parse_qsl(urlsplit(address).query))
        if self.platforms is not None:
            self.platforms.challenge = self.opened.get("code_challenge", "")
        back = self.opened.get("redirect_uri", "")
        if back.startswith("http://127.0.0.1"):
            with httpx.Client(verify=False) as browser:
                self.pages.append(browser.get(f"{back.removesuffix('/callback')}/favicon.ico").status_code)
                self.pages.append(browser.get(back, params=self.come_back(self.opened)).status_code)
        elif back.startswith("https://"):
            self.replies["The whole address"] = f"{back}?{urlencode(self.come_back(self.opened))}#_"
