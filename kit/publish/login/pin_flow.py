"""Logins in which something is typed back: X (a PIN), Mastodon (a code), Bluesky (an app password)."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from kit.errors import InputError
from kit.publish.login.callback import pkce
from kit.publish.login.identity import bluesky_session, mastodon_who, server
from kit.publish.login.login_http import needed, signed
from kit.publish.login.request import LoginRequest, LoginResult
from kit.publish.secret_store import Secret

_OOB = "urn:ietf:wg:oauth:2.0:oob"
MASTODON_SCOPES = "read:accounts read:statuses write:media write:statuses"


def x(request: LoginRequest) -> LoginResult:
    """OAuth 1 with a PIN: tokens that do not expire, the best for a machine that nobody watches.

    Not through tweepy's handler: it has fixed addresses and no time limit, and makes a new session
    half-way (4.17, 2026-11-23).
    """
    key = request.have("consumer_key", "The app's API key (consumer key)")
    secret = request.have("consumer_secret", "The app's API key secret")
    url = f"{request.hosts.x}/oauth/request_token"
    first = request.wire.pairs("POST", url, headers=signed("POST", url, key, secret, callback="oob"))
    token = needed(first, "oauth_token", "X")
    request.prompter.say(
        f"Signed in to X as {request.handle}, open this address, allow it, and come back with the PIN:\n\n"
        f"{request.hosts.x}/oauth/authorize?{urlencode({'oauth_token': token})}\n"
    )
    pin = request.prompter.ask("PIN").strip()
    url = f"{request.hosts.x}/oauth/access_token"
    half = request.wire.hide(needed(first, "oauth_token_secret", "X"))
    headers = signed("POST", url, key, secret, token=token, token_secret=half, verifier=pin)
    got = request.wire.pairs("POST", url, headers=headers)
    values = {
        "consumer_key": key,
        "consumer_secret": secret,
        "access_token": needed(got, "oauth_token", "X"),
        "access_token_secret": needed(got, "oauth_token_secret", "X"),
    }
    return LoginResult(
        {role: Secret(value) for role, value in values.items()}, needed(got, "screen_name", "X")
    )


def mastodon(request: LoginRequest) -> LoginResult:
    """Register an app with the account's server, let the person allow it, take the code they are shown."""
    base = server(
        request.known.get("base_url") or request.prompter.ask("The server's address", _home(request.handle))
    )
    app = request.wire.json(
        "POST", f"{base}/api/v1/apps",
        form={"client_name": "nerienlaisserpasser-kit", "redirect_uris": _OOB, "scopes": MASTODON_SCOPES},
    )  # fmt: skip
    client, secret = needed(app, "client_id", base), request.wire.hide(needed(app, "client_secret", base))
    pair = pkce()  # servers before 4.3 pass it over
    query = {
        "client_id": client, "redirect_uri": _OOB, "response_type": "code", "scope": MASTODON_SCOPES,
        "code_challenge": pair.challenge, "code_challenge_method": "S256",
    }  # fmt: skip
    request.prompter.say(
        f"Signed in as {request.handle}, open this address, allow it, and come back with the code:\n\n"
        f"{base}/oauth/authorize?{urlencode(query)}\n"
    )
    code = request.wire.hide(request.prompter.ask_hidden("Code").strip())
    form = {
        "grant_type": "authorization_code", "code": code, "client_id": client, "client_secret": secret,
        "redirect_uri": _OOB, "scope": MASTODON_SCOPES, "code_verifier": pair.verifier,
    }  # fmt: skip
    got = request.wire.json("POST", f"{base}/oauth/token", form=form)
    token = request.wire.hide(needed(got, "access_token", base))
    who = mastodon_who(request.wire, base, token)
    return LoginResult(
        {"base_url": Secret(base), "access_token": Secret(token, request.until(got.get("expires_in")))}, who
    )


def _home(handle: str) -> str:
    """`https://social.example` of `@us@social.example`."""
    host = handle.strip("@").partition("@")[2]
    return f"https://{host}" if host else ""


def bluesky(request: LoginRequest) -> LoginResult:
    """An app password, tried once. Its own page: Settings, Privacy and security, App passwords."""
    base = server(request.known.get("base_url") or "https://bsky.social")
    handle = request.prompter.ask("Handle", request.known.get("handle") or request.handle).strip().lstrip("@")
    request.prompter.say(
        f"Make an app password for this kit (on bsky.app: Settings, App passwords), at {urlsplit(base).netloc}."
    )
    password = request.wire.hide(request.prompter.ask_hidden("App password").strip())
    if not password:
        raise InputError("no app password was request", "nothing was stored")
    who = bluesky_session(request.wire, base, handle, password)
    return LoginResult(
        {"handle": Secret(handle), "app_password": Secret(password), "base_url": Secret(base)}, who
    )
