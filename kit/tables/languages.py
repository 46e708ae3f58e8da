"""Every language of the kit: tags, direction, and how it writes dates and hours.

`fr-falc` is a kit code for folders and the manifest; `tag` is what HTML, PDF, Typst and the
platforms' interfaces are given instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Language:
    """One row. `months` are lower case as running text wants them; patterns use str.format."""

    code: str
    tag: str
    native_name: str
    direction: Literal["ltr", "rtl"]
    months: tuple[str, ...]
    date_pattern: str
    month_year_pattern: str
    first_of_month: str
    always_open: str
    weekdays: tuple[str, ...]
    span_pattern: str
    clock_pattern: str
    minute_joiner: str
    opening_pattern: str
    list_joiner: str


_NBSP = "\u00a0"

_ROWS = (
    Language(
        code="fr",
        tag="fr",
        native_name="Français",
        direction="ltr",
        months=(
            "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août",
            "septembre", "octobre", "novembre", "décembre",
        ),
        date_pattern=f"{{day}}{_NBSP}{{month}}{_NBSP}{{year}}",
        month_year_pattern=f"{{month}}{_NBSP}{{year}}",
        first_of_month="1er",
        always_open=f"24{_NBSP}h/24 et 7{_NBSP}j/7",
        weekdays=("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
        span_pattern="du {first} au {last}",
        clock_pattern=f"{{hour}}{_NBSP}h",
        minute_joiner=_NBSP,
        opening_pattern="{days} de {opens} à {closes}",
        list_joiner=", ",
    ),
)  # fmt: skip

LANGUAGES: dict[str, Language] = {row.code: row for row in _ROWS}
