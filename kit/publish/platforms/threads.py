"""Threads: text, pictures and clips, fetched by the platform from a public address.

Never `auto_publish_text`: it makes and publishes in one call, and after an unanswered one nobody knows.
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
from kit.publish.secret_store import Secret
from kit.tables.credentials import by_role

_SITE, _API = "https://threads.net", "https://graph.threads.net"
BASE = "https://graph.threads.net/v1.0"


def _item(medium: PostMedia, address: str, in_carousel: bool) -> dict[str, str]:
    kind = "VIDEO" if medium.is_video else "IMAGE"
    return {**picture_or_clip(medium, address), "media_type": kind, "alt_text": medium.alt}


_THREADS = Dialect(
    platform="threads", make="threads", publish="threads_publish", listing="threads",
    quota="threads_publishing_limit", status="status", reason="error_message", text="text", item=_item,
    text_only={"media_type": "TEXT"},
)  # fmt: skip


class Threads(Containers):
    """One account."""

    def __init__(
        self,
        user: str,
        token: str,
        files: str | None,
        *,
        base: str = BASE,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
        time_limit_s: float = TIME_LIMIT_S,
    ) -> None:
        super().__init__(_THREADS, user, token, base, files, now=now, sleep=sleep, time_limit_s=time_limit_s)


def connect(secrets: Mapping[str, str], folder: Path, media_base_url: str | None) -> Threads:
    """The account that these credentials belong to. No network."""
    held = by_role("threads", secrets)
    return Threads(held["user_id"], held["access_token"], media_base_url)


def log_in(request: LoginRequest) -> LoginResult:
    """60 days. `threads_delete` is what `kit recall --delete` needs."""
    scope = "threads_basic,threads_content_publish,threads_delete"
    app, secret, code = allowed_by_browser(request, "Threads", f"{_SITE}/oauth/authorize", scope)
    short = request.http.json("POST", f"{_API}/oauth/access_token", form=code_form(app, secret, code))
    token = long_lived(request, f"{_API}/access_token", "th_exchange_token", secret, short, "Threads")
    number, name = _me(request.http, token.value)
    return LoginResult({"user_id": Secret(number), "access_token": token}, name)


def identify(http: LoginHttp, roles: Mapping[str, str]) -> str:
    """The account's name, if the token is that of the number that is posted to."""
    return same_account("Threads", *_me(http, roles["access_token"]), roles["user_id"])


def _me(http: LoginHttp, token: str) -> tuple[str, str]:
    """The number that posts go to, and the name."""
    query = {"fields": "id,username", "access_token": token}
    me = http.json("GET", f"{_API}/v1.0/me", query=query)
    return needed(me, "id", "Threads"), needed(me, "username", "Threads")


ADAPTER = Adapter(connect, log_in, identify)
