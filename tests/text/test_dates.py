"""Dates and opening hours."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.model.facts import Hours
from kit.tables.languages import LANGUAGES
from kit.text.dates import full_date, opening_hours, source_date

FR = LANGUAGES["fr"]
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def hours(*openings: tuple[tuple[str, ...], str, str]) -> Hours:
    return Hours.model_validate(
        {"openings": [{"days": days, "opens": opens, "closes": closes} for days, opens, closes in openings]}
    )


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2026, 11, 25), "25 novembre 2026"),
        (date(2026, 8, 1), "1er août 2026"),
        (date(2027, 1, 31), "31 janvier 2027"),
    ],
)
def test_a_day_is_written_in_full(day: date, text: str) -> None:
    assert plain(full_date(day, FR)) == text
    assert " " not in full_date(day, FR)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("2026-02-04", "4 février 2026"),
        ("2023-11", "novembre 2023"),
        ("2020", "2020"),
        ("2026-02-01", "1er février 2026"),
    ],
)
def test_a_source_is_dated_as_exactly_as_it_is_known(given: str, text: str) -> None:
    assert plain(source_date(given, FR)) == text


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (Hours(always=True), "24 h/24 et 7 j/7"),
        (hours((WEEK[:5], "13:00", "20:00")), "du lundi au vendredi de 13 h à 20 h"),
        (hours((WEEK, "09:30", "19:05")), "du lundi au dimanche de 9 h 30 à 19 h 05"),
        (hours((("sat", "sun"), "08:00", "24:00")), "samedi, dimanche de 8 h à 24 h"),
        (hours((("wed", "mon", "fri"), "08:00", "12:00")), "lundi, mercredi, vendredi de 8 h à 12 h"),
        (hours((("sun",), "00:00", "23:59")), "dimanche de 0 h à 23 h 59"),
        (
            hours((WEEK[:5], "09:00", "19:00"), (("sat",), "10:00", "12:00")),
            "du lundi au vendredi de 9 h à 19 h, samedi de 10 h à 12 h",
        ),
    ],
)
def test_opening_hours_are_written_from_their_structure(given: Hours, text: str) -> None:
    assert plain(opening_hours(given, FR)) == text


@pytest.mark.parametrize("code", sorted(LANGUAGES))
@given(day=st.dates(min_value=date(2017, 1, 1), max_value=date(2100, 12, 31)))
def test_every_language_writes_every_day(code: str, day: date) -> None:
    language = LANGUAGES[code]
    assert len(language.months) == 12
    assert len(language.weekdays) == 7
    assert full_date(day, language)
    assert source_date(day.isoformat(), language) == full_date(day, language)
    assert str(day.year) in source_date(f"{day:%Y-%m}", language)


@pytest.mark.parametrize("code", sorted(LANGUAGES))
@given(
    days=st.sets(st.sampled_from(WEEK), min_size=1),
    times=st.lists(st.times().map(lambda moment: f"{moment:%H:%M}"), min_size=2, max_size=2, unique=True),
)
def test_every_language_writes_every_opening(code: str, days: set[str], times: list[str]) -> None:
    opens, closes = sorted(times)
    text = opening_hours(hours((tuple(days), opens, closes)), LANGUAGES[code])
    assert text
    assert "{" not in text
    assert "None" not in text
