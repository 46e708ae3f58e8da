"""What the harness runs, one row each: a publisher, and a server on a real socket that counts what readers see.

A platform's own publisher joins as one row: a server with these few methods, a way to connect, a post.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from kit.model.post import Post
from kit.publish.platforms.bluesky import Bluesky
from kit.publish.platforms.mastodon import Mastodon
from kit.publish.platforms.x import X
from kit.publish.protocol import Publisher, Resend
from tests.publish.harness.fakes import bluesky
from tests.publish.harness.fakes import rows as httpx_rows
from tests.publish.harness.fakes.facebook import FakeFacebook
from tests.publish.harness.fakes.linkedin import FakeLinkedIn
from tests.publish.harness.fakes.mastodon import TOKEN as MASTODON_TOKEN
from tests.publish.harness.fakes.mastodon import FakeMastodon
from tests.publish.harness.fakes.x import TOKEN as X_TOKEN
from tests.publish.harness.fakes.x import FakeX
from tests.publish.harness.faulty import TIME_LIMIT_S
from tests.publish.harness.publishers import KINDS, Plain
from tests.publish.harness.with_media import CAPTIONS, CLIP, FILES, PICTURE, with_clip, with_picture
from tests.publish.harness.world import World
from tests.publish.moments import DUE


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


def _bluesky(port: int, now: datetime, folder: Path) -> Publisher:
    base = f"http://127.0.0.1:{port}"
    return Bluesky(base, bluesky.HANDLE, bluesky.PASSWORD, folder, lambda: now, TIME_LIMIT_S)


LATE = (1, 3)
"""In some scenarios the second look finds what is out; in some, both looks come too early."""
_SMALL = {CLIP: b"ftypmp42 a small clip", CAPTIONS: FILES[CAPTIONS]}


def _x() -> Row:
    """A clip with captions; nothing of X's own keeps a second post away, and reading lags behind."""
    names = ("consumer_key", "consumer_secret", "access_token_secret")
    secrets = {"access_token": X_TOKEN} | dict.fromkeys(names, "secret")

    def connect(port: int, now: datetime, folder: Path) -> Publisher:
        return X(
            secrets, folder, base=f"http://127.0.0.1:{port}", now=lambda: now, nap=lambda _: None,
            time_limit_s=TIME_LIMIT_S,
        )  # fmt: skip

    post = with_clip(make_post("x"), bytes=len(_SMALL[CLIP]))
    return Row(Resend.NEVER, connect, post, lambda: FakeX(DUE, late=LATE, filters=False), _SMALL)


def _mastodon(resend: Resend, version: str, honours: bool) -> Row:
    """A clip that has to be waited for; `resend` is what may be promised of such a server."""

    def connect(port: int, now: datetime, folder: Path) -> Publisher:
        return Mastodon(
            f"http://127.0.0.1:{port}", MASTODON_TOKEN, folder, now=lambda: now, nap=lambda _: None,
            time_limit_s=TIME_LIMIT_S,
        )  # fmt: skip

    post = with_clip(make_post("mastodon"), bytes=len(_SMALL[CLIP]))
    return Row(
        resend, connect, post, lambda: FakeMastodon(DUE, late=LATE, version=version, honours=honours), _SMALL
    )


def _with_picture(
    platform: str,
    resend: Resend,
    connect: Callable[[int, datetime, Path], Publisher],
    serve: Callable[[], Served],
) -> Row:
    post = make_post(platform).model_copy(update={"media": (httpx_rows.picture(),)})
    return Row(resend, connect, post, serve, httpx_rows.FILES)


ROWS: dict[str, Row] = {kind: _plain(kind) for kind in KINDS} | {
    "bluesky": Row(
        Resend.SAME_KEY,
        _bluesky,
        with_picture(make_post("bluesky")),
        bluesky.FakeBluesky,
        {PICTURE: FILES[PICTURE]},
    ),
    "facebook": _with_picture("facebook", Resend.NEVER, httpx_rows.to_facebook, FakeFacebook),
    "instagram": _with_picture(
        "instagram", Resend.SAME_CONTAINER, httpx_rows.to_instagram, httpx_rows.serve_instagram
    ),
    "linkedin": _with_picture("linkedin", Resend.NEVER, httpx_rows.to_linkedin, FakeLinkedIn),
    "mastodon": _mastodon(Resend.IDEMPOTENCY_KEY, "4.5.2", honours=True),
    "mastodon-no-key": _mastodon(Resend.NEVER, "0.20.1 git-1a2b3c4", honours=False),
    "threads": _with_picture(
        "threads", Resend.SAME_CONTAINER, httpx_rows.to_threads, httpx_rows.serve_threads
    ),
    "x": _x(),
}
