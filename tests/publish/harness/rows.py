"""What the harness runs, one row each: a publisher, and a server on a real socket that counts what readers see.

A platform's own publisher joins as one row: a server with these few methods, a way to connect, a post.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from kit.model.post import Post
from kit.publish.protocol import Publisher, Resend

from .fakes import rows as httpx_rows
from .fakes.facebook import FakeFacebook
from .fakes.linkedin import FakeLinkedIn
from .publishers import KINDS, Plain
from .world import World

DUE = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)


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
    serve: Callable[[], Served] = World
    files: Mapping[str, bytes] = field(default_factory=dict)


def _plain(kind: str) -> Row:
    return Row(KINDS[kind], lambda port, now, _: Plain(kind, port, now), make_post(kind))


def _with_picture(
    platform: str,
    resend: Resend,
    connect: Callable[[int, datetime, Path], Publisher],
    serve: Callable[[], Served],
) -> Row:
    post = make_post(platform).model_copy(update={"media": (httpx_rows.picture(),)})
    return Row(resend, connect, post, serve, httpx_rows.FILES)


ROWS: dict[str, Row] = {kind: _plain(kind) for kind in KINDS} | {
    "facebook": _with_picture("facebook", Resend.NEVER, httpx_rows.to_facebook, FakeFacebook),
    "instagram": _with_picture(
        "instagram", Resend.SAME_CONTAINER, httpx_rows.to_instagram, httpx_rows.serve_instagram
    ),
    "linkedin": _with_picture("linkedin", Resend.NEVER, httpx_rows.to_linkedin, FakeLinkedIn),
    "threads": _with_picture(
        "threads", Resend.SAME_CONTAINER, httpx_rows.to_threads, httpx_rows.serve_threads
    ),
}
