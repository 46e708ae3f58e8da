"""Logging in to Bluesky with an app password; and whose credentials these are."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from kit.errors import InputError
from kit.publish.login.login_http import LoginHttp, needed
from kit.publish.login.request import LoginRequest, LoginResult
from kit.publish.secret_store import Secret
from kit.text.web_address import server_address


def log_in(request: LoginRequest) -> LoginResult:
    """An app password, tried once. Its own page: Settings, Privacy and security, App passwords."""
    base = server_address(request.known.get("base_url") or "https://bsky.social")
    handle = request.prompter.ask("Handle", request.known.get("handle") or request.handle).strip().lstrip("@")
    request.prompter.say(
        f"Make an app password for this kit (on bsky.app: Settings, App passwords), at {urlsplit(base).netloc}."
    )
    password = request.http.hide(request.prompter.ask_hidden("App password").strip())
    if not password:
        raise InputError("no app password was given", "nothing was stored")
    who = _session(request.http, base, handle, password)
    return LoginResult(
        {"handle": Secret(handle), "app_password": Secret(password), "base_url": Secret(base)}, who
    )


def identify(http: LoginHttp, roles: Mapping[str, str]) -> str:
    """The account's handle."""
    return _session(http, server_address(roles["base_url"]), roles["handle"], roles["app_password"])


def _session(http: LoginHttp, base: str, handle: str, password: str) -> str:
    """Log in once; the session is dropped."""
    body = {"identifier": handle, "password": password}
    got = http.json("POST", f"{base}/xrpc/com.atproto.server.createSession", body=body)
    return needed(got, "handle", base)
