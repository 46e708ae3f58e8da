"""What one platform brings to the harness: a publisher, and a server on a real socket that counts what readers see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from kit.model.post import Post, PostMedia
from kit.publish.protocol import Publisher, Resend

DUE = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)
PICTURE = b"\xff\xd8\xff\xe0 a picture to servers that look at the first bytes only"
LATE = (1, 3)
"""In some scenarios the second look finds what is out; in some, both looks come too early."""


class Served(Protocol):
    """A platform whose state outlives the runner."""

    port: int

    def clear(self, faults: list[str | None]) -> None:
        """Begin anew; the next publishing calls meet these faults (`faulty.FAULTS`), then none."""

    def quiet(self) -> None:
        """Return when no request is under way."""

    def count(self, text: str) -> int:
        """How often readers see this text."""

    def stop(self) -> None:
        """End the server."""


def make_post(platform: str) -> Post:
    """A post that is due on the morning of the day."""
    return Post(
        slug="nrlp", edition=2026, platform=platform, account="one", handle="@one", slot="day-overview",
        piece="overview", artifact=f"post/fr/{platform}/overview", language="fr", review="fr",
        text=f"{platform} on the day", due=DUE, local="2026-11-25 08:00", zone="Europe/Paris",
        not_after=DUE + timedelta(hours=6), length=10, limit=280,
    )  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One publisher and its server. `connect` is given the port, the moment and the folder of `files`."""

    resend: Resend
    connect: Callable[[int, datetime, Path], Publisher]
    post: Post
    serve: Callable[[], Served]
    files: Mapping[str, bytes] = field(default_factory=dict)


def with_picture(platform: str) -> Post:
    """The same post with one picture, `PICTURE`."""
    picture = PostMedia(
        artifact="visual/fr/feed-4x5/overview.jpg", path="one.jpg", sha256=sha256(PICTURE).hexdigest(),
        media_type="image/jpeg", bytes=len(PICTURE), width=1080, height=1350, alt="Quatre façons d'agir.",
    )  # fmt: skip
    return make_post(platform).model_copy(update={"media": (picture,)})
