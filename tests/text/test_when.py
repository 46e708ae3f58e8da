from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from kit.model.wall_time import AmbiguousTime, to_utc
from kit.text.wall_time import utc_text

DAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("zone", "utc"),
    [
        ("Europe/Paris", "2026-11-25 07:00Z"),
        ("Indian/Reunion", "2026-11-25 04:00Z"),
        ("Pacific/Noumea", "2026-11-24 21:00Z"),
        ("Pacific/Tahiti", "2026-11-25 18:00Z"),
        ("America/Guadeloupe", "2026-11-25 12:00Z"),
        ("America/Cayenne", "2026-11-25 11:00Z"),
        ("Indian/Mayotte", "2026-11-25 05:00Z"),
    ],
)
def test_eight_in_the_morning_is_another_moment_in_each_territory(zone: str, utc: str) -> None:
    moment = to_utc(DAY, time(8), ZoneInfo(zone))
    assert utc_text(moment) == utc
    assert f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" == "2026-11-25 08:00"


def test_an_hour_that_spring_takes_away_is_refused_with_the_reason() -> None:
    with pytest.raises(
        AmbiguousTime, match="does not exist in Europe/Paris: clocks are put forward 1 h"
    ) as error:
        to_utc(date(2026, 3, 29), time(2, 30), ZoneInfo("Europe/Paris"))
    assert "write 01:30 or 03:30" in str(error.value)


def test_an_hour_that_autumn_repeats_is_refused_with_both_moments() -> None:
    with pytest.raises(AmbiguousTime, match="happens twice in Europe/Paris") as error:
        to_utc(date(2026, 10, 25), time(2, 30), ZoneInfo("Europe/Paris"))
    assert "00:30Z and again 01:30Z" in str(error.value)


@pytest.mark.parametrize(
    ("day", "at", "utc"),
    [
        (date(2026, 3, 29), time(1, 59), datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
        (date(2026, 3, 29), time(3, 0), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        (date(2026, 10, 25), time(1, 59), datetime(2026, 10, 24, 23, 59, tzinfo=UTC)),
        (date(2026, 10, 25), time(3, 0), datetime(2026, 10, 25, 2, 0, tzinfo=UTC)),
    ],
)
def test_the_minutes_beside_both_edges_are_taken(day: date, at: time, utc: datetime) -> None:
    assert to_utc(day, at, ZoneInfo("Europe/Paris")) == utc


def test_half_an_hour_of_daylight_saving_is_named_as_such() -> None:
    with pytest.raises(AmbiguousTime, match="30 min"):
        to_utc(date(2026, 10, 4), time(2, 15), ZoneInfo("Australia/Lord_Howe"))
