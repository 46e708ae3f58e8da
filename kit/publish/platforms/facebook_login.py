"""Logging in to a Facebook page; and whose credentials these are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from kit.errors import InputError, WorkError
from kit.publish.login.login_http import LoginHttp, Refused, needed
from kit.publish.login.redirect_flow import allowed_by_browser, code_form
from kit.publish.login.request import LoginRequest, LoginResult
from kit.publish.platforms.graph import VERSION
from kit.publish.secret_store import Secret
from kit.text.printable import printable

_SITE, _API = "https://www.facebook.com", "https://graph.facebook.com"


def log_in(request: LoginRequest) -> LoginResult:
    """A page's token, made of a long-lived user token: such a one lasts until access to data ends."""
    api = f"{_API}/{VERSION}"
    scope = "pages_show_list,pages_read_engagement,pages_manage_posts"
    app, secret, code = allowed_by_browser(request, "Facebook", f"{_SITE}/{VERSION}/dialog/oauth", scope)
    query = {name: value for name, value in code_form(app, secret, code).items() if name != "grant_type"}
    short = request.http.json("GET", f"{api}/oauth/access_token", query=query)
    query = {
        "grant_type": "fb_exchange_token", "client_id": app, "client_secret": secret,
        "fb_exchange_token": request.http.hide(needed(short, "access_token", "Facebook")),
    }  # fmt: skip
    user = request.http.hide(
        needed(request.http.json("GET", f"{api}/oauth/access_token", query=query), "access_token", "Facebook")
    )
    query = {"fields": "id,name,access_token", "limit": "100", "access_token": user}
    page = _page(request, request.http.json("GET", f"{api}/me/accounts", query=query).get("data"))
    token = request.http.hide(needed(page, "access_token", "Facebook"))
    query = {"input_token": token, "access_token": f"{app}|{secret}"}
    about = request.http.json("GET", f"{api}/debug_token", query=query).get("data")
    values = {"page_id": Secret(needed(page, "id", "Facebook")), "page_token": Secret(token, _ends(about))}
    return LoginResult(values, None)


def _page(request: LoginRequest, listed: object) -> Mapping[str, Any]:
    """The page that is meant: the one whose number is known, the only one, or the one that is chosen."""
    pages = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    if not pages:
        raise WorkError(
            "this person has allowed no page", "nothing was stored; choose the page when you are asked"
        )
    wanted = request.known.get("page_id", "")
    if not wanted and len(pages) > 1:
        for page in pages:
            request.prompter.say(f"{printable(page.get('id'), 60)}  {printable(page.get('name'), 100)}")
        wanted = request.prompter.ask("The page's number").strip()
    found = [page for page in pages if str(page.get("id")) == wanted] if wanted else pages
    if not found:
        raise InputError(f"page {wanted} is not among those that were allowed", "nothing was stored")
    return found[0]


def _ends(about: object) -> datetime | None:
    """The earlier of both ends that Meta names; 0 is never."""
    names = ("expires_at", "data_access_expires_at")
    moments = [about.get(name) for name in names] if isinstance(about, dict) else []
    ends = [moment for moment in moments if isinstance(moment, int) and moment > 0]
    return datetime.fromtimestamp(min(ends), UTC) if ends else None


def identify(http: LoginHttp, roles: Mapping[str, str]) -> None:
    """A page has no handle: its number is compared."""
    query = {"fields": "id", "access_token": roles["page_token"]}
    page = needed(http.json("GET", f"{_API}/{VERSION}/me", query=query), "id", "Facebook")
    if page != roles["page_id"]:
        raise Refused(f"the token is that of page {page}, and not of {roles['page_id']}")
