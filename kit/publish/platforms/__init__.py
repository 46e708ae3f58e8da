"""Every platform that is published to, one line each; what it takes and asks for is its row in the tables."""

from __future__ import annotations

from kit.publish.platforms import bluesky, facebook, instagram, linkedin, mastodon, threads, x
from kit.publish.platforms.adapter import Adapter

ADAPTERS: dict[str, Adapter] = {
    "bluesky": bluesky.ADAPTER,
    "facebook": facebook.ADAPTER,
    "instagram": instagram.ADAPTER,
    "linkedin": linkedin.ADAPTER,
    "mastodon": mastodon.ADAPTER,
    "threads": threads.ADAPTER,
    "x": x.ADAPTER,
}
"""By the platform's id in `kit/tables/platforms.py`, sorted."""
