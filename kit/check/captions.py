"""Checks of caption files: that they open, and that each can be read in the time it is shown."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from itertools import pairwise

from kit.check.finding import fail, unread
from kit.check.runner import Check
from kit.check.subject import Subject
from kit.media.captions import LINE_LENGTH, LINES_A_CUE, MAX_BYTES, Cue, NotCaptions, read_cues
from kit.model.artifact import Finding
from kit.text.length import graphemes

_READING = ((12, 1.0), (20, 2.0), (36, 3.0), (60, 4.0))
_READING_TOLERANCE = 0.2


def reading_time_s(characters: int) -> float:
    """How long that many characters must stand: 12 = 1 s, 20 = 2 s, 36 = 3 s, 60 = 4 s.

    Straight lines between; never under the first value, and on at the last slope. Source: French
    charter of subtitling for the deaf and hard of hearing (csa.fr, crn-handicap.fr), read
    2026-11-23.
    """
    (low, low_s), *later = _READING
    slope = 0.0
    for high, high_s in later:
        if characters <= low:
            break
        slope = (high_s - low_s) / (high - low)
        if characters <= high:
            break
        low, low_s = high, high_s
    return low_s + max(0, characters - low) * slope


def _visible(line: str) -> int:
    """Graphemes that are seen: direction isolates in Arabic lines take no room and no time."""
    return graphemes("".join(char for char in line if unicodedata.category(char) != "Cf"))


def _length(cue: Cue) -> int:
    """Characters to be read; a line break counts as the space it stands for."""
    return sum(map(_visible, cue.lines)) + len(cue.lines) - 1


def _named(cue: Cue) -> str:
    return f"cue at {cue.from_s:.3f} s"


def _captions_lines(cues: list[Cue], subject: Subject) -> Iterator[Finding]:
    for cue in cues:
        if not cue.lines:
            yield fail(
                subject, "captions-lines", f"{_named(cue)}: nothing is said", "0 lines",
                f"1 to {LINES_A_CUE} lines", "drop the cue",
            )  # fmt: skip
        if len(cue.lines) > LINES_A_CUE:
            yield fail(
                subject, "captions-lines", f"{_named(cue)}: too many lines", f"{len(cue.lines)}",
                f"{LINES_A_CUE}", "split the cue",
            )  # fmt: skip
        longest = max(map(_visible, cue.lines), default=0)
        if longest > LINE_LENGTH:
            yield fail(
                subject, "captions-lines", f"{_named(cue)}: a line is too long", f"{longest} characters",
                f"{LINE_LENGTH} characters", "break or shorten the line",
            )  # fmt: skip


def _captions_speed(cues: list[Cue], subject: Subject) -> Iterator[Finding]:
    for cue in cues:
        least = reading_time_s(_length(cue)) * (1 - _READING_TOLERANCE)
        if cue.to_s - cue.from_s < least - 1e-6:
            yield fail(
                subject, "captions-speed", f"{_named(cue)}: gone before it can be read",
                f"{cue.to_s - cue.from_s:.3f} s", f"at least {least:.3f} s for {_length(cue)} characters",
                "shorten it or let it stand longer",
            )  # fmt: skip


def _captions_times(cues: list[Cue], subject: Subject) -> Iterator[Finding]:
    if subject.clip is None:
        yield unread(subject, "captions-times", "clip-dimensions")
        return
    end = subject.clip.duration_s
    for cue in cues:
        if cue.to_s <= cue.from_s:
            yield fail(
                subject, "captions-times", f"{_named(cue)}: ends before it begins", f"{cue.to_s:.3f} s",
                f"after {cue.from_s:.3f} s", "correct its times",
            )  # fmt: skip
        if cue.to_s > end + 1e-6:
            yield fail(
                subject, "captions-times", f"{_named(cue)}: outlasts the clip", f"{cue.to_s:.3f} s",
                f"{end:.3f} s", "end it with the clip",
            )  # fmt: skip
    for before, after in pairwise(cues):
        if after.from_s < before.to_s:
            yield fail(
                subject, "captions-times", f"{_named(after)}: begins before the one above it has ended",
                f"{after.from_s:.3f} s", f"{before.to_s:.3f} s or later", "sort the cues, and let none overlap",
            )  # fmt: skip


def _is_captions(subject: Subject) -> bool:
    return subject.artifact.kind == "captions"


def _cue_check(
    code: str, rationale: str, look: Callable[[list[Cue], Subject], Iterator[Finding]]
) -> Check[Subject]:
    def run(subject: Subject) -> Iterator[Finding]:
        try:
            cues = read_cues(subject.path)
        except (OSError, NotCaptions):
            yield unread(subject, code, "captions-format")
        else:
            yield from look(cues, subject)

    return Check(code, rationale, run, (code,), _is_captions)


def _captions_format(subject: Subject) -> Iterator[Finding]:
    try:
        read_cues(subject.path)
    except (OSError, NotCaptions) as error:
        why = (error.strerror or "it cannot be read") if isinstance(error, OSError) else str(error)
        yield fail(
            subject, "captions-format", "not a caption file", why, "WebVTT or SubRip in UTF-8",
            "write the captions again",
        )  # fmt: skip


def _captions_size(subject: Subject) -> Iterator[Finding]:
    try:
        size = subject.path.stat().st_size
    except OSError:
        yield unread(subject, "captions-size", "captions-format")
        return
    if size > MAX_BYTES:
        yield fail(
            subject, "captions-size", "too heavy", f"{size} bytes", f"{MAX_BYTES} bytes", "shorten the captions",
        )  # fmt: skip


CAPTIONS_CHECKS: tuple[Check[Subject], ...] = (
    Check(
        "captions-format",
        "Bluesky takes WebVTT, LinkedIn and Facebook SubRip (2026-11); a broken file is dropped silently.",
        _captions_format,
        ("captions-format",),
        _is_captions,
    ),
    Check(
        "captions-size",
        "Bluesky takes 20,000 bytes a caption file (lexicon, 2026-11).",
        _captions_size,
        ("captions-size",),
        _is_captions,
    ),
    _cue_check(
        "captions-lines",
        "Two lines of 36 characters can be read beside a picture (crn-handicap.fr, csa.fr, read 2026-11-23).",
        _captions_lines,
    ),
    _cue_check(
        "captions-speed",
        "12 characters want 1 s, 20 want 2, 36 want 3, 60 want 4, less 20 % at most "
        "(crn-handicap.fr, csa.fr, read 2026-11-23).",
        _captions_speed,
    ),
    _cue_check(
        "captions-times",
        "Players show cues that overlap, run backwards or outlast the clip each in their own way.",
        _captions_times,
    ),
)  # fmt: skip
