"""Check that no clip flashes: every frame of the finished file, as a player would show it."""

from __future__ import annotations

from collections.abc import Iterator

from kit.check.clip_contract import Fault, finding, spec_of, unread
from kit.check.runner import Check
from kit.check.subject import Subject
from kit.errors import WorkError
from kit.media.ffmpeg import Undecodable, decoded_frames
from kit.media.flash import FIELD_SHARE, MAX_CHANGES, flashing, judged_size
from kit.media.mp4 import NotAClip, read_clip
from kit.model.artifact import Finding, Level


def _moves(subject: Subject) -> bool:
    return subject.artifact.is_video


def _flash(subject: Subject) -> Iterator[Finding]:
    try:
        video = read_clip(subject.path).video
    except (NotAClip, OSError):
        video = None
    if video is None or not (video.width and video.height):
        yield unread("flash-general", subject, "clip-container")
        return
    fps = float(video.fps or spec_of(subject.artifact).fps)
    try:
        found = flashing(decoded_frames(subject.path, *judged_size(video.width, video.height)), fps)
    except Undecodable as error:
        fault = Fault("the pictures cannot be decoded", str(error), "H.264", "render the clip again")
        yield finding(Level.FAIL, "flash-general", subject, fault)
        return
    except WorkError as error:
        fault = Fault(str(error), "nothing", "a decoder", error.hint)
        yield finding(Level.SKIP, "flash-general", subject, fault)
        return
    for flash in found:
        fault = Fault(
            f"it flashes in the second that ends at {flash.at_s:.1f} s, which can cause a seizure",
            f"{flash.changes} changes on {flash.share:.0%} of a field",
            f"{MAX_CHANGES} changes (three flashes), or less than {FIELD_SHARE:.0%} of any field",
            "slow the change down, or make it smaller or weaker",
        )
        yield finding(Level.FAIL, f"flash-{flash.kind}", subject, fault)


FLASH_CHECKS: tuple[Check[Subject], ...] = (
    Check(
        "flash-general",
        "More than three flashes a second can cause a seizure; red ones sooner (WCAG 2.2, 2.3.1, w3.org, "
        "read 2026-11-23).",
        _flash,
        ("flash-general", "flash-red"),
        _moves,
    ),
)
