"""Every language of the kit: tags, script, direction, and how it writes dates and hours.

`fr-falc` (French that is easy to read and understand) is a kit code for folders and the manifest;
`tag` is what HTML, PDF and XMP are given instead, `platform_tag` what X and Mastodon take.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Script = Literal["latin", "cyrillic", "arabic", "han"]


@dataclass(frozen=True)
class Language:
    """One row. `months` stand in a full date (genitive where the language has one), `months_alone`
    with a year only. Patterns use str.format.
    """

    code: str
    tag: str
    native_name: str
    months: tuple[str, ...]
    date_pattern: str
    month_year_pattern: str
    always_open: str
    weekdays: tuple[str, ...]
    span_pattern: str
    hour_pattern: str
    minute_pattern: str
    opening_pattern: str
    list_joiner: str
    first_of_month: str = "1"
    months_alone: tuple[str, ...] = ()
    direction: Literal["ltr", "rtl"] = "ltr"
    script: Script = "latin"
    platform_tag: str = ""

    @property
    def typst_lang(self) -> str:
        """ISO 639 alone: Typst takes the script apart from it."""
        return self.tag.partition("-")[0]


_NBSP = "\u00a0"
_FRENCH = {
    "tag": "fr",
    "months": (
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août",
        "septembre", "octobre", "novembre", "décembre",
    ),
    "date_pattern": f"{{day}}{_NBSP}{{month}}{_NBSP}{{year}}",
    "month_year_pattern": f"{{month}}{_NBSP}{{year}}",
    "first_of_month": "1er",
    "weekdays": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "hour_pattern": f"{{hour}}{_NBSP}h",
    "minute_pattern": f"{{hour}}{_NBSP}h{_NBSP}{{minute:02d}}",
    "list_joiner": ", ",
    "platform_tag": "fr",
}  # fmt: skip

_ROWS = (
    Language(
        code="fr",
        native_name="Français",
        always_open=f"24{_NBSP}h/24 et 7{_NBSP}j/7",
        span_pattern="du {first} au {last}",
        opening_pattern="{days} de {opens} à {closes}",
        **_FRENCH,  # type: ignore[arg-type]
    ),
    Language(  # words, not "24 h/24": numbers with a stroke are hard to read
        code="fr-falc",
        native_name="Facile à lire et à comprendre",
        always_open="tous les jours, le jour et la nuit",
        span_pattern="du {first} au {last}",
        opening_pattern="{days} de {opens} à {closes}",
        **_FRENCH,  # type: ignore[arg-type]
    ),
    Language(
        code="en",
        tag="en",
        native_name="English",
        months=(
            "January", "February", "March", "April", "May", "June", "July", "August",
            "September", "October", "November", "December",
        ),
        date_pattern=f"{{day}}{_NBSP}{{month}}{_NBSP}{{year}}",
        month_year_pattern=f"{{month}}{_NBSP}{{year}}",
        always_open="24/7",
        weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        span_pattern="{first} to {last}",
        hour_pattern="{hour}:00",
        minute_pattern="{hour}:{minute:02d}",
        opening_pattern="{days}, {opens} to {closes}",
        list_joiner=", ",
        platform_tag="en",
    ),
    Language(
        code="ar",
        tag="ar",
        native_name="العربية",
        direction="rtl",
        script="arabic",
        months=(
            "يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس",
            "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر",
        ),
        date_pattern=f"{{day}}{_NBSP}{{month}}{_NBSP}{{year}}",
        month_year_pattern=f"{{month}}{_NBSP}{{year}}",
        always_open="على مدار الساعة طوال أيام الأسبوع",
        weekdays=("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"),
        span_pattern="من {first} إلى {last}",
        hour_pattern="{hour}:00",
        minute_pattern="{hour}:{minute:02d}",
        opening_pattern="{days} من {opens} إلى {closes}",
        list_joiner="، ",
        platform_tag="ar",
    ),
    Language(
        code="es",
        tag="es",
        native_name="Español",
        months=(
            "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto",
            "septiembre", "octubre", "noviembre", "diciembre",
        ),
        date_pattern=f"{{day}}{_NBSP}de{_NBSP}{{month}}{_NBSP}de{_NBSP}{{year}}",
        month_year_pattern=f"{{month}}{_NBSP}de{_NBSP}{{year}}",
        always_open=f"24{_NBSP}horas al día, 7{_NBSP}días a la semana",
        weekdays=("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
        span_pattern="de {first} a {last}",
        hour_pattern="{hour}:00",
        minute_pattern="{hour}:{minute:02d}",
        opening_pattern="{days} de {opens} a {closes}",
        list_joiner=", ",
        platform_tag="es",
    ),
    Language(
        code="pt",
        tag="pt",
        native_name="Português",
        months=(
            "janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto",
            "setembro", "outubro", "novembro", "dezembro",
        ),
        date_pattern=f"{{day}}{_NBSP}de{_NBSP}{{month}}{_NBSP}de{_NBSP}{{year}}",
        month_year_pattern=f"{{month}}{_NBSP}de{_NBSP}{{year}}",
        always_open=f"24{_NBSP}horas por dia, 7{_NBSP}dias por semana",
        weekdays=(
            "segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado", "domingo",
        ),
        span_pattern="de {first} a {last}",
        hour_pattern="{hour}h00",
        minute_pattern="{hour}h{minute:02d}",
        opening_pattern="{days} das {opens} às {closes}",
        list_joiner=", ",
        platform_tag="pt",
    ),
    Language(
        code="tr",
        tag="tr",
        native_name="Türkçe",
        months=(
            "Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran", "Temmuz", "Ağustos",
            "Eylül", "Ekim", "Kasım", "Aralık",
        ),
        date_pattern=f"{{day}}{_NBSP}{{month}}{_NBSP}{{year}}",
        month_year_pattern=f"{{month}}{_NBSP}{{year}}",
        always_open=f"7{_NBSP}gün 24{_NBSP}saat",
        weekdays=("pazartesi", "salı", "çarşamba", "perşembe", "cuma", "cumartesi", "pazar"),
        span_pattern="{first}–{last}",
        hour_pattern="{hour}.00",
        minute_pattern="{hour}.{minute:02d}",
        opening_pattern="{days}, {opens}–{closes}",
        list_joiner=", ",
        platform_tag="tr",
    ),
    Language(
        code="uk",
        tag="uk",
        native_name="Українська",
        script="cyrillic",
        months=(
            "січня", "лютого", "березня", "квітня", "травня", "червня", "липня", "серпня",
            "вересня", "жовтня", "листопада", "грудня",
        ),
        months_alone=(
            "січень", "лютий", "березень", "квітень", "травень", "червень", "липень", "серпень",
            "вересень", "жовтень", "листопад", "грудень",
        ),
        date_pattern=f"{{day}}{_NBSP}{{month}}{_NBSP}{{year}}{_NBSP}р.",
        month_year_pattern=f"{{month}}{_NBSP}{{year}}{_NBSP}р.",
        always_open="цілодобово й щодня",
        weekdays=("понеділок", "вівторок", "середа", "четвер", "пʼятниця", "субота", "неділя"),
        span_pattern="{first} – {last}",
        hour_pattern="{hour}:00",
        minute_pattern="{hour}:{minute:02d}",
        opening_pattern="{days}, {opens}–{closes}",
        list_joiner=", ",
        platform_tag="uk",
    ),
    Language(
        code="zh",
        tag="zh-Hans",
        native_name="简体中文",
        script="han",
        months=tuple(f"{month}月" for month in range(1, 13)),
        date_pattern="{year}年{month}{day}日",
        month_year_pattern="{year}年{month}",
        always_open="每天24小时，每周7天",
        weekdays=("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
        span_pattern="{first}至{last}",
        hour_pattern="{hour}:00",
        minute_pattern="{hour}:{minute:02d}",
        opening_pattern="{days} {opens}至{closes}",
        list_joiner="、",
        platform_tag="zh",
    ),
)  # fmt: skip

LANGUAGES: dict[str, Language] = {row.code: row for row in _ROWS}
