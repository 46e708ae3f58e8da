"""The rows of the platforms behind httpx: each with a picture, since uploads are where a kill may fall."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

from kit.model.post import PostMedia
from kit.publish.platforms.facebook import Facebook
from kit.publish.platforms.instagram import Instagram
from kit.publish.platforms.linkedin import LinkedIn
from kit.publish.platforms.threads import Threads
from tests.publish.harness.fakes import containers, facebook, graph, linkedin
from tests.publish.harness.fakes.instagram import FakeInstagram
from tests.publish.harness.fakes.threads import FakeThreads
from tests.publish.harness.faulty import TIME_LIMIT_S

PICTURE = b"\xff\xd8 a picture of four numbers \xff\xd9"
FILES = {"visuals/fr/feed-4x5/overview.jpg": PICTURE}


def picture(path: str = "visuals/fr/feed-4x5/overview.jpg", data: bytes = PICTURE) -> PostMedia:
    return PostMedia(
        artifact=path.removesuffix(".jpg"), path=path, sha256=hashlib.sha256(data).hexdigest(),
        media_type="image/jpeg", bytes=len(data), width=1080, height=1350, alt="Les quatre numéros",
    )  # fmt: skip


def _no_sleep(_: float) -> None:
    """The fakes are ready when they are asked again."""


def serve_instagram() -> FakeInstagram:
    return FakeInstagram(FILES)


def serve_threads() -> FakeThreads:
    return FakeThreads(FILES)


def to_instagram(port: int, now: datetime, _: Path) -> Instagram:
    base = f"http://127.0.0.1:{port}"
    return Instagram(
        containers.USER, graph.TOKEN, f"{base}/files", base=f"{base}/v26.0", now=lambda: now,
        sleep=_no_sleep, time_limit_s=TIME_LIMIT_S,
    )  # fmt: skip


def to_threads(port: int, now: datetime, _: Path) -> Threads:
    base = f"http://127.0.0.1:{port}"
    return Threads(
        containers.USER, graph.TOKEN, f"{base}/files", base=f"{base}/v1.0", now=lambda: now,
        sleep=_no_sleep, time_limit_s=TIME_LIMIT_S,
    )  # fmt: skip


def to_facebook(port: int, now: datetime, folder: Path) -> Facebook:
    return Facebook(
        facebook.PAGE, graph.TOKEN, folder, base=f"http://127.0.0.1:{port}/v26.0", now=lambda: now,
        time_limit_s=TIME_LIMIT_S,
    )  # fmt: skip


def to_linkedin(port: int, now: datetime, folder: Path) -> LinkedIn:
    return LinkedIn(
        linkedin.ORGANISATION, linkedin.TOKEN, folder, base=f"http://127.0.0.1:{port}", now=lambda: now,
        sleep=_no_sleep, time_limit_s=TIME_LIMIT_S,
    )  # fmt: skip
