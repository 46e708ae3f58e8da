"""Checks of caption files: that they open, and that they can be read in the time they stand."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from kit.check.finding import fail, unread
from kit.check.runner import Check
from kit.check.subject import Subject
from kit.model.artifact import Finding
from kit.text.length import graphemes

CAPTIONS_MAX_BYTES = 20_000
"""Bluesky's lexicon app.bsky.embed.video, 2026-11."""
CAPTION_LINES = 2
CAPTION_LINE_LENGTH = 36

_READABLE_BYTES = 1_000_000
_CLOCK = r"(?:(\d{1,4}):)?([0-5]\d):([0-5]\d)[.,](\d{3})"
_TIMES = re.compile(rf"{_CLOCK} --> {_CLOCK}(?:[ \t].*)?")
_TAG = re.compile(r"<[^<>]*>|\{\\[^{}]*\}")
_READING = ((12, 1.0), (20, 2.0), (36, 3.0), (60, 4.0))
_READING_TOLERANCE = 0.2


@dataclass(frozen=True)
class _Cue:
    from_s: float
    to_s: float
    lines: tuple[str, ...]

    @property
    def length(self) -> int:
        """Characters to be read; a line break counts as the space it stands for."""
        return sum(map(_visible, self.lines)) + len(self.lines) - 1

    def __str__(self) -> str:
        return f"cue at {self.from_s:.3f} s"


class _NotCaptions(ValueError):
    pass


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


def _read_cues(path: Path) -> list[_Cue]:
    if path.stat().st_size > _READABLE_BYTES:
        raise _NotCaptions(f"{path.stat().st_size} bytes, far too many to be captions")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _NotCaptions(f"not UTF-8 at byte {error.start}") from error
    blocks = re.split(r"\n\n+", text.replace("\r\n", "\n").replace("\r", "\n").strip("\n"))
    if path.suffix == ".vtt":
        if not re.match(r"WEBVTT(?:[ \t\n]|$)", blocks[0]):
            raise _NotCaptions("it does not begin with WEBVTT")
        blocks = [b for b in blocks[1:] if not re.match(r"(?:NOTE|STYLE|REGION)(?:[ \t\n]|$)", b)]
    elif path.suffix != ".srt":
        raise _NotCaptions(f"neither .vtt nor .srt: {path.suffix}")
    cues = [_cue(block.split("\n"), path.suffix) for block in blocks if block.strip()]
    if not cues:
        raise _NotCaptions("no cue in it")
    return cues


def _cue(lines: list[str], suffix: str) -> _Cue:
    """One block: an optional name, the times, then what is said. SRT writes a comma in its times."""
    at = next((index for index, line in enumerate(lines[:2]) if "-->" in line), None)
    times = _TIMES.fullmatch(lines[at]) if at is not None else None
    if at is None or times is None or ("," in lines[at][:12]) != (suffix == ".srt"):
        raise _NotCaptions(f"no times in the block that begins with {lines[0][:40]!r}")
    begin, end = (
        int(h) * 3600 + int(m) * 60 + int(s) + int(ms) / 1000
        for h, m, s, ms in (times.groups("0")[:4], times.groups("0")[4:])
    )
    said = (html.unescape(_TAG.sub("", line)).strip() for line in lines[at + 1 :])
    return _Cue(begin, end, tuple(line for line in said if line))


def _captions_lines(cues: list[_Cue], subject: Subject) -> Iterator[Finding]:
    for cue in cues:
        if not cue.lines:
            yield fail(
                subject, "captions-lines", f"{cue}: nothing is said", "0 lines", f"1 to {CAPTION_LINES} lines",
                "drop the cue",
            )  # fmt: skip
        if len(cue.lines) > CAPTION_LINES:
            yield fail(
                subject, "captions-lines", f"{cue}: too many lines", f"{len(cue.lines)}", f"{CAPTION_LINES}",
                "split the cue",
            )  # fmt: skip
        longest = max(map(_visible, cue.lines), default=0)
        if longest > CAPTION_LINE_LENGTH:
            yield fail(
                subject, "captions-lines", f"{cue}: a line is too long", f"{longest} characters",
                f"{CAPTION_LINE_LENGTH} characters", "break or shorten the line",
            )  # fmt: skip


def _captions_speed(cues: list[_Cue], subject: Subject) -> Iterator[Finding]:
    for cue in cues:
        least = reading_time_s(cue.length) * (1 - _READING_TOLERANCE)
        if cue.to_s - cue.from_s < least - 1e-6:
            yield fail(
                subject, "captions-speed", f"{cue}: gone before it can be read", f"{cue.to_s - cue.from_s:.3f} s",
                f"at least {least:.3f} s for {cue.length} characters", "shorten it or let it stand longer",
            )  # fmt: skip


def _captions_times(cues: list[_Cue], subject: Subject) -> Iterator[Finding]:
    if subject.clip is None:
        yield unread(subject, "captions-times", "clip-dimensions")
        return
    end = subject.clip.duration_s
    for cue in cues:
        if cue.to_s <= cue.from_s:
            yield fail(
                subject, "captions-times", f"{cue}: ends before it begins", f"{cue.to_s:.3f} s",
                f"after {cue.from_s:.3f} s", "correct its times",
            )  # fmt: skip
        if cue.to_s > end + 1e-6:
            yield fail(
                subject, "captions-times", f"{cue}: outlasts the clip", f"{cue.to_s:.3f} s", f"{end:.3f} s",
                "end it with the clip",
            )  # fmt: skip
    for before, after in pairwise(cues):
        if after.from_s < before.to_s:
            yield fail(
                subject, "captions-times", f"{after}: begins before the one above it has ended",
                f"{after.from_s:.3f} s", f"{before.to_s:.3f} s or later", "sort the cues, and let none overlap",
            )  # fmt: skip


def _is_captions(subject: Subject) -> bool:
    return subject.artifact.kind == "captions"


def _cue_check(
    code: str, rationale: str, look: Callable[[list[_Cue], Subject], Iterator[Finding]]
) -> Check[Subject]:
    def run(subject: Subject) -> Iterator[Finding]:
        try:
            cues = _read_cues(subject.path)
        except (OSError, _NotCaptions):
            yield unread(subject, code, "captions-format")
        else:
            yield from look(cues, subject)

    return Check(code, rationale, run, (code,), _is_captions)


def _captions_format(subject: Subject) -> Iterator[Finding]:
    try:
        _read_cues(subject.path)
    except (OSError, _NotCaptions) as error:
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
    if size > CAPTIONS_MAX_BYTES:
        yield fail(
            subject, "captions-size", "too heavy", f"{size} bytes", f"{CAPTIONS_MAX_BYTES} bytes",
            "shorten the captions",
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
