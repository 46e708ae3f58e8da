"""One file a platform; `PUBLISHERS` is the table of them."""

from __future__ import annotations

from kit.publish.platforms import bluesky
from kit.publish.protocol import Connect

PUBLISHERS: dict[str, Connect] = {
    "bluesky": bluesky.connect,
}
"""By the platform's id in `kit/tables/platforms.py`, sorted."""
