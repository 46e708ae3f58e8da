"""Writes a moment as local wall-clock time and as UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def wall_text(moment: datetime, zone: ZoneInfo) -> str:
    """`2026-11-25 08:00`, as a clock on a wall in that zone shows the moment."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def utc_text(moment: datetime) -> str:
    """`2026-11-25 07:00Z`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%MZ}"
