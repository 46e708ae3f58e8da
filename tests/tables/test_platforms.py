"""A platform is one row: what it takes is said there, and everything else asks the row."""

from __future__ import annotations

import pytest

from kit.tables.clips import CLIPS
from kit.tables.formats import FORMATS
from kit.tables.platforms import DESTINATIONS, PLATFORMS, price_of

PICTURES = {
    "feed-4x5": "bluesky facebook instagram linkedin mastodon threads whatsapp x",
    "square": "bluesky facebook instagram linkedin mastodon threads whatsapp x",
    "story": "facebook instagram tiktok whatsapp",
    "landscape": "bluesky facebook linkedin mastodon threads x",
    "link": "facebook linkedin whatsapp",
    "x-header": "x",
    "linkedin-cover": "linkedin",
    "facebook-cover": "facebook",
    "avatar": "bluesky facebook instagram linkedin mastodon threads x",
    "videoconf": "",
    "signage": "",
    "signage-portrait": "",
    "email-signature": "",
}
CLIPS_OF = {
    "story": "bluesky facebook instagram mastodon threads tiktok whatsapp youtube",
    "feed-4x5": "bluesky facebook instagram linkedin mastodon threads whatsapp x",
    "square": "bluesky facebook linkedin mastodon threads whatsapp x youtube",
    "wide": "bluesky facebook linkedin mastodon threads whatsapp x",
    "x": "x",
    "signage": "",
    "signage-portrait": "",
}
"""As the formats themselves listed them before their platforms' rows did (2026-11-30). A row that came
later needs no line here: it has no past that it could lose."""
LISTED = {name for names in (PICTURES | CLIPS_OF).values() for name in names.split()}


def of_those_listed(found: tuple[str, ...]) -> list[str]:
    return sorted(set(found) & LISTED)


@pytest.mark.parametrize("format_id", PICTURES)
def test_a_picture_goes_where_the_rows_say(format_id: str) -> None:
    assert of_those_listed(FORMATS[format_id].platforms) == PICTURES[format_id].split()


@pytest.mark.parametrize("format_id", CLIPS_OF)
def test_a_clip_goes_where_the_rows_say(format_id: str) -> None:
    assert of_those_listed(CLIPS[format_id].platforms) == CLIPS_OF[format_id].split()


@pytest.mark.parametrize("row", DESTINATIONS.values(), ids=list(DESTINATIONS))
def test_a_row_names_no_format_that_is_not_made(row) -> None:  # type: ignore[no-untyped-def]
    assert set(row.pictures) <= set(FORMATS) and set(row.clips) <= set(CLIPS)


@pytest.mark.parametrize("row", PLATFORMS.values(), ids=list(PLATFORMS))
def test_the_picture_of_a_post_is_one_that_its_platform_takes(row) -> None:  # type: ignore[no-untyped-def]
    assert not row.pictures and not row.clips if row.text_only else row.post_format in row.pictures


def test_a_row_stands_under_its_own_id() -> None:
    for table in (PLATFORMS, DESTINATIONS):
        assert [row.id for row in table.values()] == list(table)
    assert set(PLATFORMS) <= set(DESTINATIONS)


@pytest.mark.parametrize(
    ("platform", "linked", "media", "usd"),
    [("x", False, 0, 0.015), ("x", True, 0, 0.20), ("x", True, 2, 0.21), ("mastodon", True, 4, 0.0)],
)
def test_only_what_a_row_prices_costs_anything(platform: str, linked: bool, media: int, usd: float) -> None:
    assert price_of(platform, linked, media) == pytest.approx(usd)
