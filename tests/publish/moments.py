"""The moment at which a post of the tests is due."""

from __future__ import annotations

from datetime import UTC, datetime

DUE = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)
