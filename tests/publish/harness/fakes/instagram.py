"""Instagram, as its reference describes it (Meta, 2026-09-11)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from kit.publish.platforms.instagram import Instagram
from kit.publish.protocol import Resend
from tests.publish.harness.fakes.containers import USER, FakeContainers
from tests.publish.harness.fakes.files import FILES, no_sleep, row_with_picture
from tests.publish.harness.fakes.graph import TOKEN, error
from tests.publish.harness.faulty import TIME_LIMIT_S, Said


class FakeInstagram(FakeContainers):
    make, publish, listing, quota = "media", "media_publish", "media", "content_publishing_limit"
    status, reason, text, longest = "status_code", "status", "caption", 2200

    def takes(self, fields: dict[str, str]) -> bool:
        kind = fields.get("media_type", "IMAGE")
        if kind == "IMAGE":
            return "image_url" in fields
        if kind == "CAROUSEL":
            return set(fields["children"].split(",")) <= set(self.containers)
        return kind in ("REELS", "VIDEO") and "video_url" in fields and "alt_text" not in fields

    def turned_down(self) -> Said:
        """«Action blocked», which may come after the commit as well (postiz-app #1681)."""
        return error(4, 2207051, 403)


def _connect(port: int, now: datetime, _: Path) -> Instagram:
    base = f"http://127.0.0.1:{port}"
    return Instagram(
        USER, TOKEN, f"{base}/files", base=f"{base}/v26.0", now=lambda: now, sleep=no_sleep,
        time_limit_s=TIME_LIMIT_S,
    )  # fmt: skip


ROWS = {
    "instagram": row_with_picture("instagram", Resend.SAME_CONTAINER, _connect, lambda: FakeInstagram(FILES))
}
