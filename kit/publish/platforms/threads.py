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
from kit.publish.platforms.containers import Containers, Dialect, picture_or_clip
from kit.publish.platforms.takes import Takes
from kit.tables.credentials import by_role

BASE = "https://graph.threads.net/v1.0"


def _item(medium: PostMedia, address: str, in_carousel: bool) -> dict[str, str]:
    kind = "VIDEO" if medium.is_video else "IMAGE"
    return {**picture_or_clip(medium, address), "media_type": kind, "alt_text": medium.alt}


_THREADS = Dialect(
    platform="threads", make="threads", publish="threads_publish", listing="threads",
    quota="threads_publishing_limit", status="status", reason="error_message", text="text", item=_item,
    text_only={"media_type": "TEXT"},
    takes=Takes(
        max_media=20, video_bytes=1_000_000_000, video_s=(0.1, 300), video_width=1920, image_ratio=(0.1, 10),
        mixed=True,
    ),
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
