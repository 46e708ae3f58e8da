"""Captions as Facebook and LinkedIn take them: SubRip, under a language with a country.

Made from the WebVTT file that was approved, so that no unapproved file goes out beside a clip.
"""

from __future__ import annotations

import html
import re

from kit.tables.languages import LANGUAGES

_TIMES = re.compile(r"^((?:\d+:)?\d\d:\d\d)\.(\d{3}) --> ((?:\d+:)?\d\d:\d\d)\.(\d{3})")
_COUNTRIES = {row.primary_subtag: row.country for row in LANGUAGES.values() if row.country}
"""As Facebook names its languages (`ar_AR`, developers.facebook.com, 2026-11-23); LinkedIn takes the same."""


def locale(tag: str) -> tuple[str, str]:
    """Language and country of a BCP 47 tag: ("fr", "FR")."""
    language = tag.partition("-")[0].lower()
    return language, _COUNTRIES.get(language, language.upper())


def subrip(vtt: str) -> str:
    """A WebVTT file of the kit as SubRip: numbered cues, a comma before the milliseconds."""
    cues = []
    for block in vtt.replace("\r\n", "\n").split("\n\n"):
        lines = block.strip("\n").split("\n")
        at = next((number for number, line in enumerate(lines) if _TIMES.match(line)), None)
        if at is None:
            continue
        times = _TIMES.match(lines[at])
        assert times is not None
        start, start_ms, end, end_ms = times.groups()
        said = "\n".join(html.unescape(line) for line in lines[at + 1 :])
        cues.append(f"{_hours(start)},{start_ms} --> {_hours(end)},{end_ms}\n{said}\n\n")
    return "".join(f"{number}\n{cue}" for number, cue in enumerate(cues, 1))


def _hours(clock: str) -> str:
    """WebVTT may leave the hours out, SubRip may not."""
    return clock if clock.count(":") == 2 else f"00:{clock}"
