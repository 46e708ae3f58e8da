"""Captions as Facebook and LinkedIn take them: SubRip, under a language with a country.

Made from the WebVTT file that was approved, so that no unapproved file goes out beside a clip.
"""

from __future__ import annotations

from kit.media.captions import subrip
from kit.tables.languages import LANGUAGES

__all__ = ["locale", "subrip"]

_LOCALES = {row.primary_subtag: row.locale for row in LANGUAGES.values()}
"""As Facebook names its languages (`ar_AR`, developers.facebook.com, 2026-11-23); LinkedIn takes the same."""


def locale(tag: str) -> tuple[str, str]:
    """Language and country of a BCP 47 tag: ("fr", "FR")."""
    language = tag.partition("-")[0].lower()
    return _LOCALES.get(language, (language, language.upper()))
