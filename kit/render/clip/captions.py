"""Sidecar captions (SRT, WebVTT), transcript and audio description, from the scenes' words.

At most two lines of 36 characters a cue; a longer caption becomes several cues that share its
scene's time by their length. Lines break at plain spaces only, never at a no-break space
("24 h/24", "7 j/7"); CJK text, which has no spaces, may break between its characters.
"""

from __future__ import annotations

import re

from kit.errors import WorkError
from kit.media.captions import LINE_LENGTH, LINES_A_CUE, MAX_BYTES, Cue, clock, srt_text, vtt_text
from kit.model.plan import ClipJob, ClipScene

_CJK = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_UNIT = re.compile(rf"[{_CJK}][、。，！？：；」』）]*|[^ {_CJK}]+| +")


def cues(job: ClipJob) -> tuple[Cue, ...]:
    """All cues of the clip in order; never two at once, never one outside its scene."""
    return tuple(cue for scene in job.scenes for cue in _scene_cues(scene))


def _scene_cues(scene: ClipScene) -> list[Cue]:
    blocks = blocks_of(scene.caption)
    lengths = [sum(map(len, block)) for block in blocks]
    found, done, total = [], 0, sum(lengths)
    for block, length in zip(blocks, lengths, strict=True):
        span = scene.to_s - scene.from_s
        start, end = (scene.from_s + span * part / total for part in (done, done + length))
        found.append(Cue(start, end, block))
        done += length
    return found


def blocks_of(text: str) -> list[tuple[str, ...]]:
    """The text as blocks of at most two lines, each as even as its words allow.

    A single word longer than a line (an address) stands on a line of its own, unbroken.
    """
    units = _UNIT.findall(text.strip())
    lines = _filled(units, LINE_LENGTH)
    blocks = []
    for start in range(0, len(lines), LINES_A_CUE):
        block = lines[start : start + LINES_A_CUE]
        blocks.append(tuple(_evened(block)))
    return blocks


def _filled(units: list[str], length: int) -> list[str]:
    lines: list[str] = []
    line = ""
    for unit in units:
        if line.strip(" ") and len((line + unit).rstrip(" ")) > length:
            lines.append(line.rstrip(" "))
            line = ""
        line += unit if line else unit.lstrip(" ")
    return [*lines, line.rstrip(" ")] if line.strip(" ") else lines


def _evened(lines: list[str]) -> list[str]:
    """Two lines of nearly equal length instead of a full one and a leftover word."""
    if len(lines) < 2:
        return lines
    joint = "" if re.match(rf"[{_CJK}]", lines[1]) or re.search(rf"[{_CJK}、。，！？]$", lines[0]) else " "
    units = _UNIT.findall(joint.join(lines))
    longest = max(map(len, lines))
    for length in range(1, longest):
        tried = _filled(units, length)
        if len(tried) == len(lines) and max(map(len, tried)) < longest:
            return tried
    return lines


def srt(job: ClipJob) -> str:
    """All cues as SubRip."""
    return srt_text(cues(job))


def vtt(job: ClipJob) -> str:
    """All cues as WebVTT. Raises WorkError for a file larger than a platform takes."""
    text = vtt_text(cues(job))
    if (size := len(text.encode())) > MAX_BYTES:
        raise WorkError(
            f"{job.identity.copy('vtt')} is {size} bytes, the limit is {MAX_BYTES}", "shorten the captions"
        )
    return text


def transcript(job: ClipJob) -> str:
    """What the clip says, one paragraph a scene, then what stands on it throughout."""
    said = [scene.caption for scene in job.scenes]
    return "\n\n".join([*said, f"{job.hashtag}, {job.day}"]) + "\n"


def description(job: ClipJob) -> str:
    """The audio-description script (`.ad.txt`): what is seen, scene by scene, with its times.

    For a describer who reads it out beside the picture, and for readers who cannot see it. Raises
    WorkError for a job without these words, which would make an empty promise.
    """
    if not job.description_title or not all(scene.described for scene in job.scenes):
        raise WorkError(f"{job.id} has no words for its audio description", "plan the clip again")
    parts = [
        f"{clock(scene.from_s)} --> {clock(scene.to_s)}\n" + "\n".join(scene.described)
        for scene in job.scenes
    ]
    return "\n\n".join([job.description_title, *parts]) + "\n"
