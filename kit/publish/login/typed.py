"""Logins in which something is typed back: X (a PIN), Mastodon (a code), Bluesky (an app password)."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from kit.errors import InputError
from kit.publish.login.callback import pkce
from kit.publish.login.grant import Given, Grant
from kit.publish.login.identity import bluesky_session, mastodon_who, server
from kit.publish.login.wire import needed, signed
from kit.publish.secrets import Secret

_OOB = "urn:ietf:wg:oauth:2.0:oob"
MASTODON_SCOPES = "read:accounts read:statuses write:media write:statuses"


def x(given: Given) -> Grant:
    """OAuth 1 with a PIN: tokens that do not expire, the best for a machine that nobody watches.

    Not through tweepy's handler: it has fixed addresses and no time limit, and makes a new session
    half-way (4.17, 2026-11-23).
    """
    key = given.have("consumer_key", "The app's API key (consumer key)")
    secret = given.have("consumer_secret", "The app's API key secret")
    url = f"{given.hosts.x}/oauth/request_token"
    first = given.wire.pairs("POST", url, headers=signed("POST", url, key, secret, callback="oob"))
    token = needed(first, "oauth_token", "X")
    given.talk.say(
        f"Signed in to X as {given.handle}, open this address, allow it, and come back with the PIN:\n\n"
        f"{given.hosts.x}/oauth/authorize?{urlencode({'oauth_token': token})}\n"
    )
    pin = given.talk.ask("PIN").strip()
    url = f"{given.hosts.x}/oauth/access_token"
    half = given.wire.hide(needed(first, "oauth_token_secret", "X"))
    headers = signed("POST", url, key, secret, token=token, token_secret=half, verifier=pin)
    got = given.wire.pairs("POST", url, headers=headers)
    values = {
        "consumer_key": key,
        "consumer_secret": secret,
        "access_token": needed(got, "oauth_token", "X"),
        "access_token_secret": needed(got, "oauth_token_secret", "X"),
    }
    return Grant({role: Secret(value) for role, value in values.items()}, needed(got, "screen_name", "X"))


def mastodon(given: Given) -> Grant:
    """Register an app with the account's server, let the person allow it, take the code they are shown."""
    base = server(given.known.get("base_url") or given.talk.ask("The server's address", _home(given.handle)))
    app = given.wire.json(
        "POST", f"{base}/api/v1/apps",
        form={"client_name": "nerienlaisserpasser-kit", "redirect_uris": _OOB, "scopes": MASTODON_SCOPES},
    )  # fmt: skip
    client, secret = needed(app, "client_id", base), given.wire.hide(needed(app, "client_secret", base))
    pair = pkce()  # servers before 4.3 pass it over
    query = {
        "client_id": client, "redirect_uri": _OOB, "response_type": "code", "scope": MASTODON_SCOPES,
        "code_challenge": pair.challenge, "code_challenge_method": "S256",
    }  # fmt: skip
    given.talk.say(
        f"Signed in as {given.handle}, open this address, allow it, and come back with the code:\n\n"
        f"{base}/oauth/authorize?{urlencode(query)}\n"
    )
    code = given.wire.hide(given.talk.ask_hidden("Code").strip())
    form = {
        "grant_type": "authorization_code", "code": code, "client_id": client, "client_secret": secret,
        "redirect_uri": _OOB, "scope": MASTODON_SCOPES, "code_verifier": pair.verifier,
    }  # fmt: skip
    got = given.wire.json("POST", f"{base}/oauth/token", form=form)
    token = given.wire.hide(needed(got, "access_token", base))
    who = mastodon_who(given.wire, base, token)
    return Grant(
        {"base_url": Secret(base), "access_token": Secret(token, given.until(got.get("expires_in")))}, who
    )


def _home(handle: str) -> str:
    """`https://social.example` of `@us@social.example`."""
    host = handle.strip("@").partition("@")[2]
    return f"https://{host}" if host else ""


def bluesky(given: Given) -> Grant:
    """An app password, tried once. Its own page: Settings, Privacy and security, App passwords."""
    base = server(given.known.get("base_url") or "https://bsky.social")
    handle = given.talk.ask("Handle", given.known.get("handle") or given.handle).strip().lstrip("@")
    given.talk.say(
        f"Make an app password for this kit (on bsky.app: Settings, App passwords), at {urlsplit(base).netloc}."
    )
    password = given.wire.hide(given.talk.ask_hidden("App password").strip())
    if not password:
        raise InputError("no app password was given", "nothing was stored")
    who = bluesky_session(given.wire, base, handle, password)
    return Grant({"handle": Secret(handle), "app_password": Secret(password), "base_url": Secret(base)}, who)
