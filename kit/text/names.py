"""Names of people and places: no claims, so they may hold a number; a helpline's number is found in one all the same.

French law wants the printer's name and domicile on everything distributed (29 July 1881, article 3): a street number,
a postcode and a web address in a name are no numbers to dial and no address that we vouch for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from kit.tables.characters import with_plain_digits, without_unseen

_NUMBER = re.compile(r"\+?\d(?:[\s.-]?\d)*")
_YEAR = re.compile(r"(?:18|19|20)\d\d")
_LONGEST_HARMLESS = 3
"""`Département 974`. Four digits and more are dialled: 3919, 3018, 08 …; but for a year."""
_ADDRESS = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[^\W\d_]{2,}(?:/\S*)?", re.IGNORECASE)
_STATE = ".gouv.fr"
_ALIKE = 0.8
"""From here on two host names are taken for each other: `arretonslesviolcences`, but not `lesviolettes`."""
_EUROPEAN_EMERGENCY = "112"
_STREET = (
    r"(?:rue|avenue|av\.?|boulevard|b[dl]d?\.?|place|pl\.?|chemin|ch\.|all[ée]e|quai|impasse|route|rte|cours|square|passage"
    r"|faubourg|fg|voie|esplanade|promenade|mail|parvis|sentier|sente|venelle|villa|cit[ée]|r[ée]sidence|zone|z[ai]c?|parc"
    r"|mont[ée]e|traverse|ruelle|c[ôo]te|hameau|street|road|lane|calle|rua|avenida|plaza)(?!\w)"
)
_BEFORE = r"(?:\bb\.?p\.?|\bcs|\btsa|\bcedex|\bn°|\blot|\bb[âa]t(?:iment|\.)?|\b[ée]tage|\bporte|\bhall)\s*$"
_AFTER = rf"\s*(?:bis|ter|quater)?\s*,?\s*{_STREET}|\s*,?\s+\d{{4,5}}(?!\w)"
"""A house number stands before its street, or before the postcode; a box or a delivery office has one too."""
_SHORT_DIGITS = 3
_OTHER_HELPLINE = re.compile(r"(?<!\w)3\d{3}(?!\w)(?! [A-ZÀ-Þ])")
"""`3018`: what France dials besides. A postcode (`3000 Leuven`) stands before its place."""


def claims_in(name: str, values: Iterable[str]) -> tuple[str, ...]:
    """What a name claims: each of these facts' numbers and addresses in it, and what could be taken for one.

    `17` before a street or a postcode is a house number; `3919`, which no street has, always counts.
    """
    name, values = with_plain_digits(without_unseen(name)), set(values)
    numbers = {re.sub(r"\D", "", value) for value in values if re.fullmatch(r"[\d \u00a0]+", value)}
    hosts = {_host(value) for value in values if "." in value}
    found = [number for number in sorted({*numbers, _EUROPEAN_EMERGENCY}) if any(_dialled(name, number))]
    found += [match.group() for match in _OTHER_HELPLINE.finditer(name) if match.group() not in found]
    for match in _ADDRESS.finditer(name):
        host = _host(match.group())
        if host.endswith(_STATE) or any(_alike(host, official) for official in hosts):
            found.append(match.group())
    return tuple(found)


def _dialled(name: str, number: str) -> Iterator[re.Match[str]]:
    """Where the number stands alone, its digits together or parted, and is no house number."""
    short = len(number) <= _SHORT_DIGITS
    digits = number if short else r"[ .\u00a0-]?".join(number)
    for match in re.finditer(rf"(?<!\w)(?<!\d[ .-]){digits}(?!\w)(?![ .-]\d)", name):
        place = re.search(_BEFORE, name[: match.start()], re.I) or re.match(_AFTER, name[match.end() :], re.I)
        if not (short and place):
            yield match


def _host(address: str) -> str:
    return address.lower().split("://")[-1].split("/")[0].removeprefix("www.")


def _alike(one: str, other: str) -> bool:
    """Whether the longest parts of two host names differ by a letter or a hyphen at most."""
    first, second = (max(host.split(".")[:-1], key=len).replace("-", "") for host in (one, other))
    return SequenceMatcher(None, first, second).ratio() >= _ALIKE


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
