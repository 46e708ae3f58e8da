"""Threads, as its reference describes it (Meta, 2026-04-20)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from kit.publish.platforms.threads import Threads
from kit.publish.protocol import Resend
from tests.publish.harness.fakes.containers import USER, FakeContainers
from tests.publish.harness.fakes.files import FILES, no_sleep, row_with_picture
from tests.publish.harness.fakes.graph import TOKEN, error
from tests.publish.harness.faulty import TIME_LIMIT_S, Said


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


def _connect(port: int, now: datetime, _: Path) -> Threads:
    base = f"http://127.0.0.1:{port}"
    return Threads(
        USER, TOKEN, f"{base}/files", base=f"{base}/v1.0", now=lambda: now, sleep=no_sleep,
        time_limit_s=TIME_LIMIT_S,
    )  # fmt: skip


ROWS = {"threads": row_with_picture("threads", Resend.SAME_CONTAINER, _connect, lambda: FakeThreads(FILES))}
