"""Threads: text, pictures and clips, fetched by the platform from a public address.

Never `auto_publish_text`: it makes and publishes in one call, and after an unanswered one nobody knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kit.model.post import PostMedia
from kit.publish.platforms.adapter import Adapter
from kit.publish.platforms.containers import Containers, Dialect, picture_or_clip
from kit.publish.platforms.graph_login import AccountLogin
from kit.tables.credentials import by_role

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

    dialect = _THREADS

    def base_for(self, token: str) -> str:
        """There is one host alone."""
        return BASE


def connect(secrets: Mapping[str, str], folder: Path, media_base_url: str | None) -> Threads:
    """The account that these credentials belong to. No network."""
    held = by_role("threads", secrets)
    return Threads(held["user_id"], held["access_token"], media_base_url)


_LOGIN = AccountLogin(
    name="Threads",
    page="https://threads.net/oauth/authorize",
    scope="threads_basic,threads_content_publish,threads_delete",  # the last is what `kit recall --delete` needs
    short_token="https://graph.threads.net/oauth/access_token",
    long_token="https://graph.threads.net/access_token",
    grant="th_exchange_token",
    me=f"{BASE}/me",
    number="id",
)

ADAPTER = Adapter(connect, _LOGIN.log_in, _LOGIN.identify)
