"""Instagram: JPEG pictures and reels, fetched by the platform from a public address.

No post without media; alternative text on pictures only, reels have no field for it (Meta, 2025-03-24).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kit.model.post import PostMedia
from kit.publish.platforms.adapter import Adapter
from kit.publish.platforms.containers import Containers, Dialect, picture_or_clip
from kit.publish.platforms.graph import VERSION
from kit.publish.platforms.graph_login import AccountLogin
from kit.tables.credentials import by_role

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

    dialect = _INSTAGRAM

    def base_for(self, token: str) -> str:
        """The host that the token belongs to."""
        return BASE_OF_FACEBOOK if token.startswith("EAA") else BASE


def connect(secrets: Mapping[str, str], folder: Path, media_base_url: str | None) -> Instagram:
    """The account that these credentials belong to. No network."""
    held = by_role("instagram", secrets)
    return Instagram(held["user_id"], held["access_token"], media_base_url)


_LOGIN = AccountLogin(
    name="Instagram",
    page="https://www.instagram.com/oauth/authorize",
    scope="instagram_business_basic,instagram_business_content_publish",
    short_token="https://api.instagram.com/oauth/access_token",
    long_token="https://graph.instagram.com/access_token",
    grant="ig_exchange_token",
    me=f"{BASE}/me",
    number="user_id",
)
"""A professional account through Instagram's own login."""

ADAPTER = Adapter(connect, _LOGIN.log_in, _LOGIN.identify)
