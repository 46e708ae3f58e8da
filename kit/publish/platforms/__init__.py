"""One file a platform; `PUBLISHERS` is the table of them."""

from __future__ import annotations

from kit.publish.protocol import Connect

PUBLISHERS: dict[str, Connect] = {}
"""By the platform's id in `kit/tables/platforms.py`, sorted."""
