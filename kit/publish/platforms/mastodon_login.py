"""Logging in to a Mastodon server with a code; and whose credentials these are."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from kit.publish.login.callback import pkce
from kit.publish.login.login_http import LoginHttp, bearer, needed
from kit.publish.login.request import LoginRequest, LoginResult
from kit.publish.secret_store import Secret
from kit.text.web_address import server_address

_OOB = "urn:ietf:wg:oauth:2.0:oob"
_SCOPES = "read:accounts read:statuses write:media write:statuses"


def log_in(request: LoginRequest) -> LoginResult:
    """Register an app with the account's server, let the person allow it, take the code they are shown."""
    base = server_address(
        request.known.get("base_url") or request.prompter.ask("The server's address", _home(request.handle))
    )
    app = request.http.json(
        "POST", f"{base}/api/v1/apps",
        form={"client_name": "nerienlaisserpasser-kit", "redirect_uris": _OOB, "scopes": _SCOPES},
    )  # fmt: skip
    client, secret = needed(app, "client_id", base), request.http.hide(needed(app, "client_secret", base))
    pair = pkce()  # servers before 4.3 pass it over
    query = {
        "client_id": client, "redirect_uri": _OOB, "response_type": "code", "scope": _SCOPES,
        "code_challenge": pair.challenge, "code_challenge_method": "S256",
    }  # fmt: skip
    request.prompter.say(
        f"Signed in as {request.handle}, open this address, allow it, and come back with the code:\n\n"
        f"{base}/oauth/authorize?{urlencode(query)}\n"
    )
    code = request.http.hide(request.prompter.ask_hidden("Code").strip())
    form = {
        "grant_type": "authorization_code", "code": code, "client_id": client, "client_secret": secret,
        "redirect_uri": _OOB, "scope": _SCOPES, "code_verifier": pair.verifier,
    }  # fmt: skip
    got = request.http.json("POST", f"{base}/oauth/token", form=form)
    token = request.http.hide(needed(got, "access_token", base))
    who = _name(request.http, base, token)
    return LoginResult(
        {"base_url": Secret(base), "access_token": Secret(token, request.until(got.get("expires_in")))}, who
    )


def _home(handle: str) -> str:
    """`https://social.example` of `@us@social.example`."""
    host = handle.strip("@").partition("@")[2]
    return f"https://{host}" if host else ""


def identify(http: LoginHttp, roles: Mapping[str, str]) -> str:
    """The account's name on its server."""
    return _name(http, server_address(roles["base_url"]), roles["access_token"])


def _name(http: LoginHttp, base: str, token: str) -> str:
    me = http.json("GET", f"{base}/api/v1/accounts/verify_credentials", headers=bearer(token))
    return needed(me, "acct", base)
