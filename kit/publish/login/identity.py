"""Who a platform says that our credentials are: asked after a login, and by `accounts check --online`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from kit.errors import InputError
from kit.publish.login.login_http import Refused, Wire, needed, signed
from kit.publish.login.request import Hosts

GRAPH = "v26.0"
"""Meta's Graph API (2026-11-23)."""
READ_ONLY = "the app's tokens may only read: set it to «Read and write», then log in again"


def server(address: str) -> str:
    """A server's address without what follows the host. Plain http only on this very machine.

    Why: a token that has once gone over http has to be taken for known to everyone on the way.
    """
    parts = urlsplit(address.strip() if "://" in address else f"https://{address.strip()}")
    here = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if not parts.hostname or parts.username or parts.scheme not in ("https", *(("http",) if here else ())):
        raise InputError(
            f"{parts.hostname or 'this'} is no address of a server", "write https://social.example"
        )
    return f"{parts.scheme}://{parts.netloc}"


def x_who(wire: Wire, hosts: Hosts, roles: Mapping[str, str]) -> str | None:
    """One read, a tenth of a cent. Also sees an app that may only read: its posts would all be refused."""
    url = f"{hosts.x}/2/users/me"
    headers = signed(
        "GET", url, roles["consumer_key"], roles["consumer_secret"],
        token=roles["access_token"], token_secret=roles["access_token_secret"],
    )  # fmt: skip
    answer = wire.ask("GET", url, headers=headers)
    if answer.headers.get("x-access-level") == "read":
        raise Refused(READ_ONLY)
    data = json.loads(answer.text).get("data") if answer.text.startswith("{") else None
    return needed(data if isinstance(data, dict) else {}, "username", "X")


def mastodon_who(wire: Wire, base: str, token: str) -> str:
    """The account's name on its server."""
    me = wire.json("GET", f"{base}/api/v1/accounts/verify_credentials", headers=_bearer(token))
    return needed(me, "acct", base)


def bluesky_session(wire: Wire, base: str, handle: str, password: str) -> str:
    """Log in once; the session is dropped."""
    body = {"identifier": handle, "password": password}
    got = wire.json("POST", f"{base}/xrpc/com.atproto.server.createSession", body=body)
    return needed(got, "handle", base)


def instagram_me(wire: Wire, hosts: Hosts, token: str) -> tuple[str, str]:
    """The number that posts go to, and the name."""
    query = {"fields": "user_id,username", "access_token": token}
    me = wire.json("GET", f"{hosts.instagram_api}/{GRAPH}/me", query=query)
    return needed(me, "user_id", "Instagram"), needed(me, "username", "Instagram")


def threads_me(wire: Wire, hosts: Hosts, token: str) -> tuple[str, str]:
    """The number that posts go to, and the name."""
    query = {"fields": "id,username", "access_token": token}
    me = wire.json("GET", f"{hosts.threads_api}/v1.0/me", query=query)
    return needed(me, "id", "Threads"), needed(me, "username", "Threads")


def _instagram(wire: Wire, hosts: Hosts, roles: Mapping[str, str]) -> str:
    return _same("Instagram", *instagram_me(wire, hosts, roles["access_token"]), roles["user_id"])


def _threads(wire: Wire, hosts: Hosts, roles: Mapping[str, str]) -> str:
    return _same("Threads", *threads_me(wire, hosts, roles["access_token"]), roles["user_id"])


def _same(platform: str, number: str, name: str, wanted: str) -> str:
    if number != wanted:
        raise Refused(f"the token is that of {name} on {platform}, number {number}, and not of {wanted}")
    return name


def _facebook(wire: Wire, hosts: Hosts, roles: Mapping[str, str]) -> None:
    query = {"fields": "id", "access_token": roles["page_token"]}
    page = needed(wire.json("GET", f"{hosts.facebook_api}/{GRAPH}/me", query=query), "id", "Facebook")
    if page != roles["page_id"]:
        raise Refused(f"the token is that of page {page}, and not of {roles['page_id']}")


def _linkedin(wire: Wire, hosts: Hosts, roles: Mapping[str, str]) -> None:
    """A token without `openid` may not ask who it is (403), and is a token all the same."""
    try:
        me = wire.json("GET", f"{hosts.linkedin_api}/v2/userinfo", headers=_bearer(roles["access_token"]))
    except Refused as refused:
        if "(403)" not in str(refused):
            raise
        return
    person = f"urn:li:person:{needed(me, 'sub', 'LinkedIn')}"
    if roles["author"].startswith("urn:li:person:") and roles["author"] != person:
        raise Refused(f"the token is that of {person}, and not of {roles['author']}")


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


IDENTIFY: Mapping[str, Callable[[Wire, Hosts, Mapping[str, str]], str | None]] = {
    "x": x_who,
    "mastodon": lambda wire, _, roles: mastodon_who(wire, server(roles["base_url"]), roles["access_token"]),
    "bluesky": lambda wire, _, roles: bluesky_session(
        wire, server(roles["base_url"]), roles["handle"], roles["app_password"]
    ),
    "instagram": _instagram,
    "threads": _threads,
    "facebook": _facebook,
    "linkedin": _linkedin,
}
"""By platform: the account's name there, or None where the platform has no name like a handle.

Raises Refused when the credentials are not accepted, WorkError when nobody answers.
"""
