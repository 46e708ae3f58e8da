"""Logging in to LinkedIn, for a page or a member; and whose credentials these are."""

from __future__ import annotations

from collections.abc import Mapping

from kit.errors import InputError
from kit.publish.login.login_http import LoginHttp, Refused, bearer, needed
from kit.publish.login.redirect_flow import allowed_by_browser, code_form
from kit.publish.login.request import LoginRequest, LoginResult
from kit.publish.secret_store import Secret

_SITE, _API = "https://www.linkedin.com", "https://api.linkedin.com"


def log_in(request: LoginRequest) -> LoginResult:
    """A page, or a member's own profile; 60 days. LinkedIn offers PKCE to native apps only."""
    known = request.known.get("author", "")
    author = known or _author(request.prompter.ask("The page's number (empty: your own profile)").strip())
    page = author.startswith("urn:li:organization:")
    scope = "w_organization_social r_organization_social" if page else "openid profile w_member_social"
    app, secret, code = allowed_by_browser(request, "LinkedIn", f"{_SITE}/oauth/v2/authorization", scope)
    got = request.http.json("POST", f"{_SITE}/oauth/v2/accessToken", form=code_form(app, secret, code))
    token = request.http.hide(needed(got, "access_token", "LinkedIn"))
    if not page:
        headers = {"Authorization": f"Bearer {token}"}
        me = request.http.json("GET", f"{_API}/v2/userinfo", headers=headers)
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


def identify(http: LoginHttp, roles: Mapping[str, str]) -> None:
    """A token without `openid` may not ask who it is (403), and is a token all the same."""
    try:
        me = http.json("GET", f"{_API}/v2/userinfo", headers=bearer(roles["access_token"]))
    except Refused as refused:
        if "(403)" not in str(refused):
            raise
        return
    person = f"urn:li:person:{needed(me, 'sub', 'LinkedIn')}"
    if roles["author"].startswith("urn:li:person:") and roles["author"] != person:
        raise Refused(f"the token is that of {person}, and not of {roles['author']}")
