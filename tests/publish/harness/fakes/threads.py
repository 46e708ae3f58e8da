"""Threads, as its reference describes it (Meta, 2026-04-20)."""

from __future__ import annotations

from tests.publish.harness.fakes.containers import FakeContainers
from tests.publish.harness.fakes.graph import error
from tests.publish.harness.faulty import Said


class FakeThreads(FakeContainers):
    version = "v1.0"
    make, publish, listing, quota = "threads", "threads_publish", "threads", "threads_publishing_limit"
    status, reason, text, longest = "status", "error_message", "text", 500

    def takes(self, fields: dict[str, str]) -> bool:
        if "auto_publish_text" in fields:
            return False
        kind = fields.get("media_type")
        if kind == "CAROUSEL":
            return set(fields["children"].split(",")) <= set(self.containers)
        return {"TEXT": "text", "IMAGE": "image_url", "VIDEO": "video_url"}.get(str(kind)) in fields

    def turned_down(self) -> Said:
        """The container is not found, although it is finished (postiz-app #2047)."""
        return error(24, 4279009)
