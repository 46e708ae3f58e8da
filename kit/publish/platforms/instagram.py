"""Instagram: JPEG pictures and reels, fetched by the platform from a public address.

No post without media; alternative text on pictures only, reels have no field for it (Meta, 2025-03-24).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from kit.model.post import PostMedia
from kit.publish.http_outcome import TIME_LIMIT_S
from kit.publish.login.login_http import LoginHttp, needed
from kit.publish.login.redirect_flow import allowed_by_browser, code_form, long_lived, same_account
from kit.publish.login.request import LoginRequest, LoginResult
from kit.publish.platforms.adapter import Adapter
from kit.publish.platforms.containers import Containers, Dialect, picture_or_clip
from kit.publish.platforms.graph import VERSION
from kit.publish.secret_store import Secret
from kit.tables.credentials import by_role

_SITE, _API = "https://www.instagram.com", "https://graph.instagram.com"
_TOKEN_API = "https://api.instagram.com"
BASE = f"https://graph.instagram.com/{VERSION}"
BASE_OF_FACEBOOK = f"https://graph.facebook.com/{VERSION}"
"""For tokens of Facebook Login, which begin with EAA; those of Instagram Login belong to BASE."""


def _item(medium: PostMedia, address: str, in_carousel: bool) -> dict[str, str]:
    fields = picture_or_clip(medium, address)
    if medium.is_video:
        return {**fields, "media_type": "VIDEO" if in_carousel else "REELS"}
    return {**fields, "alt_text": medium.alt}


_INSTAGRAM = Dialect(
    platform="instagram", make="media", publish="media_publish", listing="media",
    quota="content_publishing_limit", status="status_code", reason="status", text="caption", item=_item,
    text_only={},
)  # fmt: skip


class Instagram(Containers):
    """One professional account."""

    def __init__(
        self,
        user: str,
        token: str,
        files: str | None,
        *,
        base: str | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
        time_limit_s: float = TIME_LIMIT_S,
    ) -> None:
        base = base or (BASE_OF_FACEBOOK if token.startswith("EAA") else BASE)
        super().__init__(
            _INSTAGRAM, user, token, base, files, now=now, sleep=sleep, time_limit_s=time_limit_s
        )


def connect(secrets: Mapping[str, str], folder: Path, media_base_url: str | None) -> Instagram:
    """The account that these credentials belong to. No network."""
    held = by_role("instagram", secrets)
    return Instagram(held["user_id"], held["access_token"], media_base_url)


def log_in(request: LoginRequest) -> LoginResult:
    """A professional account through Instagram's own login; 60 days."""
    scope = "instagram_business_basic,instagram_business_content_publish"
    app, secret, code = allowed_by_browser(request, "Instagram", f"{_SITE}/oauth/authorize", scope)
    short = request.http.json("POST", f"{_TOKEN_API}/oauth/access_token", form=code_form(app, secret, code))
    wrapped = short.get("data")  # documented in both forms
    short = wrapped[0] if isinstance(wrapped, list) and wrapped and isinstance(wrapped[0], dict) else short
    token = long_lived(request, f"{_API}/access_token", "ig_exchange_token", secret, short, "Instagram")
    number, name = _me(request.http, token.value)
    return LoginResult({"user_id": Secret(number), "access_token": token}, name)


def identify(http: LoginHttp, roles: Mapping[str, str]) -> str:
    """The account's name, if the token is that of the number that is posted to."""
    return same_account("Instagram", *_me(http, roles["access_token"]), roles["user_id"])


def _me(http: LoginHttp, token: str) -> tuple[str, str]:
    """The number that posts go to, and the name."""
    query = {"fields": "user_id,username", "access_token": token}
    me = http.json("GET", f"{_API}/{VERSION}/me", query=query)
    return needed(me, "user_id", "Instagram"), needed(me, "username", "Instagram")


ADAPTER = Adapter(connect, log_in, identify)
