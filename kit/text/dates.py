"""Dates and opening hours, written as each language writes them."""

from __future__ import annotations

from datetime import date, time
from typing import get_args

from kit.model.facts import Hours, Opening, Weekday
from kit.tables.languages import Language
from kit.text.typography import join_list

_WEEK = get_args(Weekday)


def full_date(day: date, language: Language) -> str:
    """`25 novembre 2026`, with no-break spaces: a date never falls apart at a line end."""
    return language.date_pattern.format(
        day=_day(day.day, language), month=language.months[day.month - 1], year=day.year
    )


def source_date(text: str, language: Language) -> str:
    """A source's date as exact as it is known: `4 février 2026`, `novembre 2023`, `2020`."""
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 3:
        return full_date(date(parts[0], parts[1], parts[2]), language)
    if len(parts) == 2:
        months = language.months_alone or language.months
        return language.month_year_pattern.format(month=months[parts[1] - 1], year=parts[0])
    return text


def opening_hours(hours: Hours, language: Language) -> str:
    """Opening hours from their structure: nobody types them, so they cannot be stale in one place."""
    if hours.always:
        return language.always_open
    return join_list((_opening(opening, language) for opening in hours.openings), language)


def _day(number: int, language: Language) -> str:
    return language.first_of_month if number == 1 else str(number)


def _opening(opening: Opening, language: Language) -> str:
    return language.opening_pattern.format(
        days=_days(opening.days, language),
        opens=_clock(opening.opens, language),
        closes=_clock(opening.closes, language),
    )


def _days(days: tuple[str, ...], language: Language) -> str:
    places = sorted(_WEEK.index(day) for day in days)
    names = [language.weekdays[place] for place in places]
    if len(places) > 2 and places == list(range(places[0], places[-1] + 1)):
        return language.span_pattern.format(first=names[0], last=names[-1])
    return join_list(names, language)


def _clock(moment: time, language: Language) -> str:
    hour = 24 if moment == time.max else moment.hour
    if moment.minute == 0 or moment == time.max:
        return language.hour_pattern.format(hour=hour)
    return language.minute_pattern.format(hour=hour, minute=moment.minute)
