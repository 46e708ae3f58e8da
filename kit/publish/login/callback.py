"""Coming back from the browser: a page on this machine that takes the code, and nothing that is not ours.

The state proves that the answer belongs to the question that we asked; PKCE, where it is offered, that
a stolen code is worth nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import queue
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl, urlencode, urlsplit

from kit.errors import InputError, WorkError
from kit.publish.login.prompter import Prompter
from kit.text.printable import printable

PORT = 8925
"""Fixed, since the platform's app has to name the address beforehand."""
WAIT_S = 300.0
_PATH = "/callback"
_PAGE = (
    b"<!doctype html><html lang=fr><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    b"<title>Connexion</title><body style='font:1.25rem system-ui;margin:3rem'>"
    b"<p>Vous pouvez fermer cette page et revenir au terminal.<p lang=en>You may close this page and go back "
    b"to the terminal."
)


@dataclass(frozen=True)
class Callback:
    """How the code comes back: to a port of this machine, or pasted from an address registered elsewhere.

    Why the second: Threads and Instagram take https addresses only, and a browser may be on another
    machine than the kit.
    """

    port: int = PORT
    redirect_uri: str | None = None
    wait_s: float = WAIT_S

    @property
    def address(self) -> str:
        """What the platform's app has to have registered, to the letter."""
        return self.redirect_uri or f"http://127.0.0.1:{self.port}{_PATH}"


@dataclass(frozen=True)
class Code:
    """What came back, and the address that it came back to: both are asked for again."""

    code: str = field(repr=False)
    redirect_uri: str


def authorize(prompter: Prompter, callback: Callback, page: str, query: Mapping[str, str]) -> Code:
    """Send the person to the platform's page and wait for the code.

    Raises WorkError when they declined, when a pasted answer is to another question, or when none came.
    """
    state = secrets.token_urlsafe(24)
    where = f"{page}?{urlencode({**query, 'redirect_uri': callback.address, 'state': state, 'response_type': 'code'})}"
    if callback.redirect_uri:
        prompter.say(f"Open this address in a browser, and allow it:\n\n{where}\n")
        ended = prompter.ask_hidden("The whole address that the browser ended at")
        got = dict(parse_qsl(urlsplit(ended.strip()).query))
    else:
        invite = f"Open this address in a browser on this machine, and allow it:\n\n{where}\n"
        got = _listen(callback, state, lambda: prompter.say(invite))
    return Code(_code(got, state), callback.address)


def _code(got: Mapping[str, str], state: str) -> str:
    if not _is_ours(got, state):
        raise WorkError(
            "the answer belongs to another question (its state is not ours)",
            "nothing was stored; run it again, with one browser tab",
        )
    if error := got.get("error"):
        said = printable(got.get("error_description") or error, 200)
        raise WorkError(f"it was not allowed: {said}", "nothing was stored")
    if not got.get("code"):
        raise WorkError("the answer holds no code", "nothing was stored; run it again")
    return got["code"]


def _is_ours(got: Mapping[str, str], state: str) -> bool:
    """Whether this answers the question that we asked."""
    return hmac.compare_digest(got.get("state", "").encode("utf-8", "replace"), state.encode())


def _listen(callback: Callback, state: str, ready: Callable[[], None]) -> dict[str, str]:
    """Wait for the answer with our state. All else is answered with 404, and the wait goes on.

    Why: any page that is open in the browser can ask for `/callback`, with an `<img>` for one.
    """
    answers: queue.Queue[dict[str, str]] = queue.Queue()

    class Handler(BaseHTTPRequestHandler):
        timeout = 10  # a browser opens connections that it never uses

        def do_GET(self) -> None:
            """Take the query of the one answer that is ours; echo none of it."""
            path, _, asked = self.path.partition("?")
            got = dict(parse_qsl(asked.partition("#")[0]))
            ours = path == _PATH and _is_ours(got, state)
            self.send_response(200 if ours else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Cache-Control", "no-store")
            self.send_header("Referrer-Policy", "no-referrer")
            self.send_header("Content-Length", str(len(_PAGE) if ours else 0))
            self.end_headers()
            if ours:
                self.wfile.write(_PAGE)
                answers.put(got)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the path holds the code."""

    try:
        server = ThreadingHTTPServer(("127.0.0.1", callback.port), Handler)
    except OSError as error:
        raise InputError(
            f"port {callback.port} of this machine cannot be used: {error.strerror}",
            "give another one with --port, and register it with the platform's app",
        ) from None
    server.block_on_close = False
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        ready()
        return answers.get(timeout=callback.wait_s)
    except queue.Empty:
        raise WorkError(
            f"no answer came back within {callback.wait_s:.0f} s", "nothing was stored; run it again"
        ) from None
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass(frozen=True)
class Pkce:
    """A verifier that stays here, and its challenge (S256) that goes with the question."""

    verifier: str
    challenge: str


def pkce() -> Pkce:
    """A new pair (RFC 7636)."""
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    return Pkce(verifier, base64.urlsafe_b64encode(digest).rstrip(b"=").decode())
