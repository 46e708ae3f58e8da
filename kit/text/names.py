"""Names of people and places: no claims, so they may hold a number; a helpline's number is found in one all the same."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kit.tables.characters import with_plain_digits, without_unseen

_NUMBER = re.compile(r"\+?\d(?:[\s.-]?\d)*")
_YEAR = re.compile(r"(?:18|19|20)\d\d")
_LONGEST_HARMLESS = 3
"""`Département 974`. Four digits and more are dialled: 3919, 3018, 08 …; but for a year."""


def dialled_in(name: str, values: Iterable[str | None]) -> str | None:
    """The number that somebody could dial from a name: one of these facts' values, or one as long as a helpline's."""
    known = {re.sub(r"\D", "", value) for value in values if value and not re.search(r"[^\W\d_]", value)}
    for found in _NUMBER.finditer(with_plain_digits(without_unseen(name))):
        number = re.sub(r"\D", "", found.group())
        if number in known or (len(number) > _LONGEST_HARMLESS and not _YEAR.fullmatch(number)):
            return found.group()
    return None


def harmless_name(name: str, otherwise: str, values: Iterable[str | None]) -> str:
    """The name, or another one where a calendar or a sheet would carry a number that no fact proves."""
    return otherwise if dialled_in(name, values) else name
