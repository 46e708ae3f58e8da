"""Caption files: WebVTT and SubRip, written and read; and how much a viewer can read at once.

The readers here are stricter than players: what they refuse, some platform drops without an error.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

LINES_A_CUE = 2
LINE_LENGTH = 36
"""Lines, and characters in each, that can be read beside a picture (crn-handicap.fr, csa.fr, read 2026-11-23)."""
MAX_BYTES = 20_000
"""Of one file: Bluesky's lexicon app.bsky.embed.video, 2026-11."""

_READABLE_BYTES = 1_000_000
_CLOCK = r"(?:(\d{1,4}):)?([0-5]\d):([0-5]\d)[.,](\d{3})"
_TIMES = re.compile(rf"{_CLOCK} --> {_CLOCK}(?:[ \t].*)?")
_VTT_TIMES = re.compile(r"^((?:\d+:)?\d\d:\d\d)\.(\d{3}) --> ((?:\d+:)?\d\d:\d\d)\.(\d{3})")
_TAG = re.compile(r"<[^<>]*>|\{\\[^{}]*\}")


class NotCaptions(ValueError):
    """The file is neither WebVTT nor SubRip, or a broken one; the message says why."""


@dataclass(frozen=True)
class Cue:
    """What is said from when to when, line by line."""

    from_s: float
    to_s: float
    lines: tuple[str, ...]


def srt_text(cues: Iterable[Cue]) -> str:
    """SubRip: numbered cues, comma before the milliseconds."""
    return "".join(
        f"{number}\n{clock(cue.from_s, ',')} --> {clock(cue.to_s, ',')}\n" + "\n".join(cue.lines) + "\n\n"
        for number, cue in enumerate(cues, 1)
    )


def vtt_text(cues: Iterable[Cue]) -> str:
    """WebVTT: `&`, `<` and `>` are escaped there."""
    return "WEBVTT\n\n" + "".join(
        f"{clock(cue.from_s)} --> {clock(cue.to_s)}\n"
        + "\n".join(html.escape(line, quote=False) for line in cue.lines)
        + "\n\n"
        for cue in cues
    )


def clock(seconds: float, mark: str = ".") -> str:
    """`00:00:07.500`; `mark` stands before the milliseconds."""
    total = round(seconds * 1000)
    minutes, rest = divmod(total, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}{mark}{rest % 1000:03}"


def read_cues(path: Path) -> list[Cue]:
    """The cues of a `.vtt` or `.srt` file, without tags. Raises NotCaptions, and OSError as `open` does."""
    if path.stat().st_size > _READABLE_BYTES:
        raise NotCaptions(f"{path.stat().st_size} bytes, far too many to be captions")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotCaptions(f"not UTF-8 at byte {error.start}") from error
    blocks = re.split(r"\n\n+", text.replace("\r\n", "\n").replace("\r", "\n").strip("\n"))
    if path.suffix == ".vtt":
        if not re.match(r"WEBVTT(?:[ \t\n]|$)", blocks[0]):
            raise NotCaptions("it does not begin with WEBVTT")
        blocks = [b for b in blocks[1:] if not re.match(r"(?:NOTE|STYLE|REGION)(?:[ \t\n]|$)", b)]
    elif path.suffix != ".srt":
        raise NotCaptions(f"neither .vtt nor .srt: {path.suffix}")
    cues = [_cue(block.split("\n"), path.suffix) for block in blocks if block.strip()]
    if not cues:
        raise NotCaptions("no cue in it")
    return cues


def _cue(lines: list[str], suffix: str) -> Cue:
    """One block: an optional name, the times, then what is said. SRT writes a comma in its times."""
    at = next((index for index, line in enumerate(lines[:2]) if "-->" in line), None)
    times = _TIMES.fullmatch(lines[at]) if at is not None else None
    if at is None or times is None or ("," in lines[at][:12]) != (suffix == ".srt"):
        raise NotCaptions(f"no times in the block that begins with {lines[0][:40]!r}")
    begin, end = (
        int(h) * 3600 + int(m) * 60 + int(s) + int(ms) / 1000
        for h, m, s, ms in (times.groups("0")[:4], times.groups("0")[4:])
    )
    said = (html.unescape(_TAG.sub("", line)).strip() for line in lines[at + 1 :])
    return Cue(begin, end, tuple(line for line in said if line))


def subrip(vtt: str) -> str:
    """A WebVTT file of the kit as SubRip: numbered cues, a comma before the milliseconds.

    Not `srt_text(read_cues(...))`: here the lines stay as they were approved, tags included.
    """
    cues = []
    for block in vtt.replace("\r\n", "\n").split("\n\n"):
        lines = block.strip("\n").split("\n")
        at = next((number for number, line in enumerate(lines) if _VTT_TIMES.match(line)), None)
        if at is None:
            continue
        times = _VTT_TIMES.match(lines[at])
        assert times is not None
        start, start_ms, end, end_ms = times.groups()
        said = "\n".join(html.unescape(line) for line in lines[at + 1 :])
        cues.append(f"{_hours(start)},{start_ms} --> {_hours(end)},{end_ms}\n{said}\n\n")
    return "".join(f"{number}\n{cue}" for number, cue in enumerate(cues, 1))


def _hours(clock: str) -> str:
    """WebVTT may leave the hours out, SubRip may not."""
    return clock if clock.count(":") == 2 else f"00:{clock}"
