"""Wall-clock time in a zone, and the one moment in UTC that it is.

A schedule is written in wall time, since that is what a person means and what survives a change of
the zone's rules; it is sent by UTC. Twice a year some wall times do not exist and others happen twice.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo


class AmbiguousTime(ValueError):
    """A wall time that does not exist, or exists twice, when clocks change. The message says which, and why."""


@lru_cache(4096)
def to_utc(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment in UTC of a wall time. 2026-11-25 08:00 in Europe/Paris is 07:00Z.

    Raises AmbiguousTime at both daylight-saving edges. Why not guess: a guess posts an hour early or
    late and nobody sees it (postiz-app #1954 shifted posts by an hour).
    """
    wall = datetime.combine(day, at)
    first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    before, after = first.utcoffset(), second.utcoffset()
    assert before is not None and after is not None  # a ZoneInfo always knows
    if before == after:
        return first.astimezone(UTC)
    shown = f"{wall:%Y-%m-%d %H:%M}"
    jump = _minutes(abs(after - before))
    if before < after:
        raise AmbiguousTime(
            f"{shown} does not exist in {zone.key}: clocks are put forward {jump} across it "
            f"(daylight saving); write {wall - (after - before):%H:%M} or {wall + (after - before):%H:%M}"
        )
    raise AmbiguousTime(
        f"{shown} happens twice in {zone.key}: clocks are put back {jump} (end of daylight saving), "
        f"so it is {_short(first)} and again {_short(second)}; choose a time outside that hour"
    )


def _short(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%H:%MZ}"


def _minutes(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"


@lru_cache(4096)
def wall_text(day: date, at: time) -> str:
    """`2026-11-25 08:00`, as a calendar and a clock on a wall show it."""
    return f"{day} {at:%H:%M}"
