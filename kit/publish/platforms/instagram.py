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
from kit.publish.platforms.containers import Containers, Dialect, picture_or_clip
from kit.publish.platforms.graph import VERSION
from kit.publish.platforms.takes import Takes
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
    takes=Takes(
        max_media=10, video_bytes=300_000_000, video_s=(3, 900), video_width=1920, image_ratio=(0.8, 1.91),
        mixed=True,
    ),
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
