"""Instagram's and Threads' own logins: a code becomes a short token, and that one of sixty days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kit.publish.login.login_http import LoginHttp, Refused, needed
from kit.publish.login.redirect_flow import allowed_by_browser, code_form
from kit.publish.login.request import LoginRequest, LoginResult
from kit.publish.secret_store import Secret


@dataclass(frozen=True)
class AccountLogin:
    """What one of both calls things. `number`: the field of `me` with the number that posts go to."""

    name: str
    page: str
    scope: str
    short_token: str
    long_token: str
    grant: str
    me: str
    number: str

    def log_in(self, request: LoginRequest) -> LoginResult:
        """Sixty days; the token's own words say how long."""
        app, secret, code = allowed_by_browser(request, self.name, self.page, self.scope)
        short = request.http.json("POST", self.short_token, form=code_form(app, secret, code))
        wrapped = short.get("data")  # Instagram documents both forms
        if isinstance(wrapped, list) and wrapped and isinstance(wrapped[0], dict):
            short = wrapped[0]
        token = request.http.hide(needed(short, "access_token", self.name))
        query = {"grant_type": self.grant, "client_secret": secret, "access_token": token}
        got = request.http.json("GET", self.long_token, query=query)
        token = request.http.hide(needed(got, "access_token", self.name))
        number, name = self._me(request.http, token)
        lasting = Secret(token, request.until(got.get("expires_in")))
        return LoginResult({"user_id": Secret(number), "access_token": lasting}, name)

    def identify(self, http: LoginHttp, roles: Mapping[str, str]) -> str:
        """The account's name, if the token is that of the number that posts go to."""
        number, name = self._me(http, roles["access_token"])
        if number != roles["user_id"]:
            raise Refused(
                f"the token is that of {name} on {self.name}, number {number}, and not of {roles['user_id']}"
            )
        return name

    def _me(self, http: LoginHttp, token: str) -> tuple[str, str]:
        query = {"fields": f"{self.number},username", "access_token": token}
        me = http.json("GET", self.me, query=query)
        return needed(me, self.number, self.name), needed(me, "username", self.name)
