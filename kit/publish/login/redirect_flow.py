"""Logins that come back from the browser with a code: LinkedIn, Instagram, Threads, Facebook pages.

Codes become short tokens, and those long ones. The app's secret is asked for each time and not kept: it
is needed once in sixty days.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from kit.errors import InputError, WorkError
from kit.publish.login.callback import Code, authorize
from kit.publish.login.identity import GRAPH, instagram_me, threads_me
from kit.publish.login.login_http import needed
from kit.publish.login.request import LoginRequest, LoginResult
from kit.publish.secret_store import Secret


def linkedin(request: LoginRequest) -> LoginResult:
    """A page, or a member's own profile; 60 days. LinkedIn offers PKCE to native apps only."""
    known = request.known.get("author", "")
    author = known or _author(request.prompter.ask("The page's number (empty: your own profile)").strip())
    page = author.startswith("urn:li:organization:")
    scope = "w_organization_social r_organization_social" if page else "openid profile w_member_social"
    app, secret, code = _allowed(
        request, "LinkedIn", f"{request.hosts.linkedin}/oauth/v2/authorization", scope
    )
    got = request.wire.json(
        "POST", f"{request.hosts.linkedin}/oauth/v2/accessToken", form=_form(app, secret, code)
    )
    token = request.wire.hide(needed(got, "access_token", "LinkedIn"))
    if not page:
        headers = {"Authorization": f"Bearer {token}"}
        me = request.wire.json("GET", f"{request.hosts.linkedin_api}/v2/userinfo", headers=headers)
        person = f"urn:li:person:{needed(me, 'sub', 'LinkedIn')}"
        if author and author != person:
            raise InputError(f"this is {person}, and the author is {author}", "nothing was stored")
        author = person
    values = {"author": Secret(author), "access_token": Secret(token, request.until(got.get("expires_in")))}
    return LoginResult(values, None)


def _author(number: str) -> str:
    if not number:
        return ""
    number = number.removeprefix("urn:li:organization:")
    if not number.isascii() or not number.isdigit():
        raise InputError(
            f"{number!r} is not the number of a page", "it stands in the address of its admin view"
        )
    return f"urn:li:organization:{number}"


def instagram(request: LoginRequest) -> LoginResult:
    """A professional account through Instagram's own login; 60 days."""
    host = request.hosts
    scope = "instagram_business_basic,instagram_business_content_publish"
    app, secret, code = _allowed(request, "Instagram", f"{host.instagram}/oauth/authorize", scope)
    short = request.wire.json(
        "POST", f"{host.instagram_token}/oauth/access_token", form=_form(app, secret, code)
    )
    wrapped = short.get("data")  # documented in both forms
    short = wrapped[0] if isinstance(wrapped, list) and wrapped and isinstance(wrapped[0], dict) else short
    token = _long(
        request, f"{host.instagram_api}/access_token", "ig_exchange_token", secret, short, "Instagram"
    )
    number, name = instagram_me(request.wire, host, token.value)
    return LoginResult({"user_id": Secret(number), "access_token": token}, name)


def threads(request: LoginRequest) -> LoginResult:
    """60 days. `threads_delete` is what `kit recall --delete` needs."""
    host = request.hosts
    scope = "threads_basic,threads_content_publish,threads_delete"
    app, secret, code = _allowed(request, "Threads", f"{host.threads}/oauth/authorize", scope)
    short = request.wire.json("POST", f"{host.threads_api}/oauth/access_token", form=_form(app, secret, code))
    token = _long(request, f"{host.threads_api}/access_token", "th_exchange_token", secret, short, "Threads")
    number, name = threads_me(request.wire, host, token.value)
    return LoginResult({"user_id": Secret(number), "access_token": token}, name)


def facebook(request: LoginRequest) -> LoginResult:
    """A page's token, made of a long-lived user token: such a one lasts until access to data ends."""
    api = f"{request.hosts.facebook_api}/{GRAPH}"
    scope = "pages_show_list,pages_read_engagement,pages_manage_posts"
    app, secret, code = _allowed(request, "Facebook", f"{request.hosts.facebook}/{GRAPH}/dialog/oauth", scope)
    query = {name: value for name, value in _form(app, secret, code).items() if name != "grant_type"}
    short = request.wire.json("GET", f"{api}/oauth/access_token", query=query)
    query = {
        "grant_type": "fb_exchange_token", "client_id": app, "client_secret": secret,
        "fb_exchange_token": request.wire.hide(needed(short, "access_token", "Facebook")),
    }  # fmt: skip
    user = request.wire.hide(
        needed(request.wire.json("GET", f"{api}/oauth/access_token", query=query), "access_token", "Facebook")
    )
    query = {"fields": "id,name,access_token", "limit": "100", "access_token": user}
    page = _page(request, request.wire.json("GET", f"{api}/me/accounts", query=query).get("data"))
    token = request.wire.hide(needed(page, "access_token", "Facebook"))
    query = {"input_token": token, "access_token": f"{app}|{secret}"}
    about = request.wire.json("GET", f"{api}/debug_token", query=query).get("data")
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
            request.prompter.say(f"{page.get('id')}  {page.get('name')}")
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


def _allowed(request: LoginRequest, platform: str, page: str, scope: str) -> tuple[str, str, Code]:
    """The app's id and secret, and the code that the person has brought back."""
    request.prompter.say(
        f"The app of {platform} has to list this redirect address, to the letter: {request.callback.address}"
    )
    app = request.prompter.ask(f"The id of the {platform} app").strip()
    secret = request.wire.hide(request.prompter.ask_hidden("Its secret").strip())
    if not app or not secret:
        raise InputError("an app's id and secret are needed", f"make an app in {platform}'s developer portal")
    code = authorize(request.prompter, request.callback, page, {"client_id": app, "scope": scope})
    request.wire.hide(code.code)
    return app, secret, code


def _form(app: str, secret: str, code: Code) -> dict[str, str]:
    return {
        "grant_type": "authorization_code", "code": code.code, "redirect_uri": code.redirect_uri,
        "client_id": app, "client_secret": secret,
    }  # fmt: skip


def _long(
    request: LoginRequest, url: str, grant: str, secret: str, short: Mapping[str, Any], host: str
) -> Secret:
    """The token of an hour becomes one of sixty days."""
    token = request.wire.hide(needed(short, "access_token", host))
    query = {"grant_type": grant, "client_secret": secret, "access_token": token}
    got = request.wire.json("GET", url, query=query)
    return Secret(request.wire.hide(needed(got, "access_token", host)), request.until(got.get("expires_in")))
