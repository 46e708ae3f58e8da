"""Writes a moment in UTC."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_text(moment: datetime) -> str:
    """`2026-11-25 07:00Z`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%MZ}"
