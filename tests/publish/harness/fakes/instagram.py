"""Instagram, as its reference describes it (Meta, 2026-09-11)."""

from __future__ import annotations

from tests.publish.harness.fakes.containers import FakeContainers
from tests.publish.harness.fakes.graph import error
from tests.publish.harness.faulty import Said


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
