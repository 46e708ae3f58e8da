"""Every language of the kit: tags, script, direction, and how it writes dates, hours, lists and stops.

A row holds all that the code must know of a language; nothing else tests a code or a tag. A row says
only what differs from the defaults of `Language`.

`fr-falc` (French that is easy to read and understand) is a kit code for folders and the manifest;
`tag` is what HTML, PDF and XMP are given instead.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

OtherScript = Literal["cyrillic", "arabic", "han"]
Script = Literal["latin", OtherScript]
Typography = Literal["french", "spaced", "unspaced"]
"""`spaced` parts words with spaces; `french` also sets spaces before : ; ! ? and inside guillemets;
`unspaced` is left as it was typed."""


@dataclass(frozen=True)
class Language:
    """One row. Patterns use str.format; spaces inside a date or a time are no-break spaces.

    `months` stand in a full date (genitive where the language has one), `months_alone` with a year
    only. `colon` is what follows a label, with the space before it; `sentence_space` stands between
    two sentences, `note_joiner` between the short notes of a print piece. `capitals` are letters
    whose capital Python gets wrong (Turkish i). `country` is the one that Facebook and LinkedIn want
    beside the language of captions, where it is not the language's own letters.
    """

    code: str
    tag: str
    native_name: str
    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    always_open: str
    opening_pattern: str
    span_pattern: str
    date_pattern: str = "{day}\u00a0{month}\u00a0{year}"
    month_year_pattern: str = "{month}\u00a0{year}"
    hour_pattern: str = "{hour}:00"
    minute_pattern: str = "{hour}:{minute:02d}"
    first_of_month: str = "1"
    months_alone: tuple[str, ...] = ()
    list_joiner: str = ", "
    full_stop: str = "."
    sentence_space: str = " "
    note_joiner: str = ". "
    colon: str = ":"
    typography: Typography = "spaced"
    direction: Literal["ltr", "rtl"] = "ltr"
    script: Script = "latin"
    capitals: tuple[tuple[str, str], ...] = ()
    country: str = ""

    @property
    def primary_subtag(self) -> str:
        """ISO 639 alone, as X and Mastodon take it, and Typst, which takes the script apart from it."""
        return self.tag.partition("-")[0]

    @property
    def locale(self) -> tuple[str, str]:
        """Language and country as Facebook and LinkedIn want them of captions: ("fr", "FR")."""
        return self.primary_subtag, self.country or self.primary_subtag.upper()

    def upper(self, text: str) -> str:
        """The text in capitals. Trap: Python's capital of a Turkish "i" is "I", which is another letter."""
        for small, capital in self.capitals:
            text = text.replace(small, capital)
        return text.upper()


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_FRENCH = Language(
    code="fr",
    tag="fr",
    native_name="Français",
    months=_words("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
    weekdays=_words("lundi mardi mercredi jeudi vendredi samedi dimanche"),
    always_open="24\u00a0h/24 et 7\u00a0j/7",
    opening_pattern="{days} de {opens} à {closes}",
    span_pattern="du {first} au {last}",
    hour_pattern="{hour}\u00a0h",
    minute_pattern="{hour}\u00a0h\u00a0{minute:02d}",
    first_of_month="1er",
    colon="\u00a0:",
    typography="french",
)

_ROWS = (
    _FRENCH,
    replace(
        _FRENCH,
        code="fr-falc",
        native_name="Facile à lire et à comprendre",
        # words, not "24 h/24": numbers with a stroke are hard to read
        always_open="tous les jours, le jour et la nuit",
    ),
    Language(
        code="en",
        tag="en",
        native_name="English",
        months=_words(
            "January February March April May June July August September October November December"
        ),
        weekdays=_words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
        always_open="24/7",
        opening_pattern="{days}, {opens} to {closes}",
        span_pattern="{first} to {last}",
        country="US",
    ),
    Language(
        code="ar",
        tag="ar",
        native_name="العربية",
        months=_words("يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر"),
        weekdays=_words("الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد"),
        always_open="على مدار الساعة طوال أيام الأسبوع",
        opening_pattern="{days} من {opens} إلى {closes}",
        span_pattern="من {first} إلى {last}",
        list_joiner="، ",
        direction="rtl",
        script="arabic",
    ),
    Language(
        code="es",
        tag="es",
        native_name="Español",
        months=_words(
            "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
        ),
        weekdays=_words("lunes martes miércoles jueves viernes sábado domingo"),
        always_open="24\u00a0horas al día, 7\u00a0días a la semana",
        opening_pattern="{days} de {opens} a {closes}",
        span_pattern="de {first} a {last}",
        date_pattern="{day}\u00a0de\u00a0{month}\u00a0de\u00a0{year}",
        month_year_pattern="{month}\u00a0de\u00a0{year}",
    ),
    Language(
        code="pt",
        tag="pt",
        native_name="Português",
        months=_words(
            "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"
        ),
        weekdays=_words("segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo"),
        always_open="24\u00a0horas por dia, 7\u00a0dias por semana",
        opening_pattern="{days} das {opens} às {closes}",
        span_pattern="de {first} a {last}",
        date_pattern="{day}\u00a0de\u00a0{month}\u00a0de\u00a0{year}",
        month_year_pattern="{month}\u00a0de\u00a0{year}",
        hour_pattern="{hour}h00",
        minute_pattern="{hour}h{minute:02d}",
    ),
    Language(
        code="tr",
        tag="tr",
        native_name="Türkçe",
        months=_words("Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık"),
        weekdays=_words("pazartesi salı çarşamba perşembe cuma cumartesi pazar"),
        always_open="7\u00a0gün 24\u00a0saat",
        opening_pattern="{days}, {opens}–{closes}",
        span_pattern="{first}–{last}",
        hour_pattern="{hour}.00",
        minute_pattern="{hour}.{minute:02d}",
        capitals=(("i", "İ"),),
    ),
    Language(
        code="uk",
        tag="uk",
        native_name="Українська",
        months=_words(
            "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня"
        ),
        months_alone=_words(
            "січень лютий березень квітень травень червень липень серпень вересень жовтень листопад грудень"
        ),
        weekdays=_words("понеділок вівторок середа четвер пʼятниця субота неділя"),
        always_open="цілодобово й щодня",
        opening_pattern="{days}, {opens}–{closes}",
        span_pattern="{first} – {last}",
        date_pattern="{day}\u00a0{month}\u00a0{year}\u00a0р.",
        month_year_pattern="{month}\u00a0{year}\u00a0р.",
        script="cyrillic",
        country="UA",
    ),
    Language(
        code="zh",
        tag="zh-Hans",
        native_name="简体中文",
        months=_words("1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月"),
        weekdays=_words("周一 周二 周三 周四 周五 周六 周日"),
        always_open="每天24小时，每周7天",
        opening_pattern="{days} {opens}至{closes}",
        span_pattern="{first}至{last}",
        date_pattern="{year}年{month}{day}日",
        month_year_pattern="{year}年{month}",
        list_joiner="、",
        full_stop="。",
        sentence_space="",
        note_joiner=" ",
        colon="：",
        typography="unspaced",
        script="han",
        country="CN",
    ),
)

LANGUAGES: dict[str, Language] = {row.code: row for row in _ROWS}
