"""What each platform takes. Dated: a row older than six months is a reason to look again.

RULE = the platform rejects or cuts; where sources disagree the stricter value is kept. Read
2026-11-23 from the addresses in `source`; the counting rules live in `kit.text.length`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Counting = Literal["x", "graphemes", "mastodon", "threads", "characters", "utf16"]


@dataclass(frozen=True)
class Platform:
    """One row. `max_text` is counted by `counting`; `max_bytes` is a second, UTF-8 limit.

    `wording` says which of a language's two texts of a post it is given.
    """

    id: str
    name: str
    counting: Counting
    max_text: int
    max_alt: int
    post_format: str
    wording: Literal["short", "long"] = "long"
    max_hashtags: int | None = None
    max_bytes: int | None = None
    max_image_bytes: int = 1_000_000
    image_types: tuple[str, ...] = ("image/jpeg", "image/png")
    needs_media: bool = False
    read_on: date = date(2026, 11, 23)
    source: str = ""


_ROWS = (
    Platform(
        "x", "X", "x", 280, 1000, "landscape", "short", max_image_bytes=5_000_000,
        source="github.com/xdevplatform/docs, counting-characters and openapi.json, 2026-08-22",
    ),
    Platform(
        "mastodon", "Mastodon", "mastodon", 500, 1500, "landscape", max_image_bytes=16_000_000,
        source="github.com/mastodon/documentation; instances may set another limit",
    ),
    Platform(
        "bluesky", "Bluesky", "graphemes", 300, 2000, "feed-4x5", "short", max_bytes=3000, max_hashtags=8,
        source="github.com/bluesky-social/atproto lexicons; older servers refuse images over 1 MB",
    ),
    Platform(
        "threads", "Threads", "threads", 500, 1000, "feed-4x5", max_hashtags=1, max_image_bytes=8_000_000,
        source="Threads API reference; emoji counted as UTF-8 bytes or graphemes: the higher wins",
    ),
    Platform(
        "instagram", "Instagram", "characters", 2200, 1000, "feed-4x5", max_hashtags=5,
        max_image_bytes=8_000_000, image_types=("image/jpeg",), needs_media=True,
        source="Instagram Graph API reference, 2026-09-11; five hashtags since 2025-12-18",
    ),
    Platform(
        "facebook", "Facebook", "utf16", 10_000, 1000, "feed-4x5", max_image_bytes=4_000_000,
        source="63,206 by the API, 10,000 by Publer: the stricter is kept",
    ),
    Platform(
        "linkedin", "LinkedIn", "graphemes", 3000, 1000, "feed-4x5", max_image_bytes=5_000_000,
        source="LinkedIn Help a528176, 2026-10-08",
    ),
)  # fmt: skip

PLATFORMS: dict[str, Platform] = {row.id: row for row in _ROWS}

CLIP_FORMATS: dict[str, tuple[str, ...]] = {
    "x": ("x", "square", "wide", "feed-4x5"),
    "mastodon": ("square", "wide", "feed-4x5", "story"),
    "bluesky": ("feed-4x5", "square", "wide", "story"),
    "threads": ("feed-4x5", "square", "story", "wide"),
    "instagram": ("story", "feed-4x5"),
    "facebook": ("feed-4x5", "square", "story", "wide"),
    "linkedin": ("feed-4x5", "square", "wide"),
}
"""Shapes of a clip that a platform takes, the one it shows largest first (platforms.md §2, 2026-11-23)."""

X_PRICE_POST_USD = 0.015
"""One post on X without a link, pay per use (2026-04-20)."""
X_PRICE_POST_WITH_URL_USD = 0.20
"""One post on X with a link. A bare domain counts as a link (unverified, 2026-11-23)."""
X_PRICE_ALT_USD = 0.005
"""Alt text of one media on X."""
X_PRICE_READ_USD = 0.005
"""One post read on X, when a lost answer is looked for; 0.001 where the account itself owns the app."""


def price_on_x(linked: bool, media: int) -> float:
    """What one post on X costs in US dollars, with or without a link, with alt text for its media."""
    return (X_PRICE_POST_WITH_URL_USD if linked else X_PRICE_POST_USD) + X_PRICE_ALT_USD * media
