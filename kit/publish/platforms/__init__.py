"""One file a platform; `PUBLISHERS` is the table of them."""

from __future__ import annotations

from kit.publish.platforms import bluesky, facebook, instagram, linkedin, mastodon, threads, x
from kit.publish.protocol import Connect

PUBLISHERS: dict[str, Connect] = {
    "bluesky": bluesky.connect,
    "facebook": facebook.connect,
    "instagram": instagram.connect,
    "linkedin": linkedin.connect,
    "mastodon": mastodon.connect,
    "threads": threads.connect,
    "x": x.connect,
}
"""By the platform's id in `kit/tables/platforms.py`, sorted."""
