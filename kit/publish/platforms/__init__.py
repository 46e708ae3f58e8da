"""One file a platform; `PUBLISHERS` is the table of them."""

from __future__ import annotations

from kit.publish.platforms import facebook, instagram, linkedin, threads
from kit.publish.protocol import Connect

PUBLISHERS: dict[str, Connect] = {
    "facebook": facebook.connect,
    "instagram": instagram.connect,
    "linkedin": linkedin.connect,
    "threads": threads.connect,
}
"""By the platform's id in `kit/tables/platforms.py`, sorted."""
