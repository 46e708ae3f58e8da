"""Logging in to X: OAuth 1 with a PIN; and whose credentials these are."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from kit.publish.login.login_http import LoginHttp, Refused, needed, object_in, signed
from kit.publish.login.request import LoginRequest, LoginResult
from kit.publish.secret_store import Secret

API = "https://api.twitter.com"
"""The host that is signed, as in the library that publishes (tweepy 4.17)."""
_READ_ONLY = "the app's tokens may only read: set it to «Read and write», then log in again"


def log_in(request: LoginRequest) -> LoginResult:
    """OAuth 1 with a PIN: tokens that do not expire, the best for a machine that nobody watches.

    Not through tweepy's handler: it has fixed addresses and no time limit, and makes a new session
    half-way (4.17, 2026-11-23).
    """
    key = request.have("consumer_key", "The app's API key (consumer key)")
    secret = request.have("consumer_secret", "The app's API key secret")
    url = f"{API}/oauth/request_token"
    first = request.http.pairs("POST", url, headers=signed("POST", url, key, secret, callback="oob"))
    token = needed(first, "oauth_token", "X")
    request.prompter.say(
        f"Signed in to X as {request.handle}, open this address, allow it, and come back with the PIN:\n\n"
        f"{API}/oauth/authorize?{urlencode({'oauth_token': token})}\n"
    )
    pin = request.prompter.ask("PIN").strip()
    url = f"{API}/oauth/access_token"
    half = request.http.hide(needed(first, "oauth_token_secret", "X"))
    headers = signed("POST", url, key, secret, token=token, token_secret=half, verifier=pin)
    got = request.http.pairs("POST", url, headers=headers)
    values = {
        "consumer_key": key,
        "consumer_secret": secret,
        "access_token": needed(got, "oauth_token", "X"),
        "access_token_secret": needed(got, "oauth_token_secret", "X"),
    }
    return LoginResult(
        {role: Secret(value) for role, value in values.items()}, needed(got, "screen_name", "X")
    )


def identify(http: LoginHttp, roles: Mapping[str, str]) -> str | None:
    """One read, a tenth of a cent. Also sees an app that may only read: its posts would all be refused."""
    url = f"{API}/2/users/me"
    headers = signed(
        "GET", url, roles["consumer_key"], roles["consumer_secret"],
        token=roles["access_token"], token_secret=roles["access_token_secret"],
    )  # fmt: skip
    answer = http.ask("GET", url, headers=headers)
    if answer.headers.get("x-access-level") == "read":
        raise Refused(_READ_ONLY)
    data = object_in(answer.text).get("data")
    return needed(data if isinstance(data, dict) else {}, "username", "X")
