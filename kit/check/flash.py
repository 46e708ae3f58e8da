"""Check that no clip flashes: every frame of the finished file, as a player would show it."""

from __future__ import annotations

from collections.abc import Iterator

from kit.check.clip_file import is_clip
from kit.check.finding import fail, skip, unread
from kit.check.runner import Check
from kit.check.subject import Subject
from kit.errors import WorkError
from kit.media.ffmpeg import Undecodable, decoded_frames
from kit.media.flash import FIELD_SHARE, MAX_CHANGES, flashing, judged_size
from kit.media.mp4 import NotAClip, read_clip
from kit.model.artifact import Finding


def _flash(subject: Subject) -> Iterator[Finding]:
    try:
        video = read_clip(subject.path).video
    except (NotAClip, OSError):
        video = None
    if video is None or not (video.width and video.height):
        yield unread(subject, "flash-general", "clip-container")
        return
    if not (fps := video.fps or (subject.clip and subject.clip.fps)):
        yield unread(subject, "flash-general", "clip-dimensions")
        return
    try:
        found = flashing(decoded_frames(subject.path, *judged_size(video.width, video.height)), float(fps))
    except Undecodable as error:
        yield fail(
            subject, "flash-general", "the pictures cannot be decoded", str(error), "H.264",
            "render the clip again",
        )  # fmt: skip
        return
    except WorkError as error:
        yield skip(subject, "flash-general", str(error), "nothing", "a decoder", fix=error.hint)
        return
    for flash in found:
        yield fail(
            subject, f"flash-{flash.kind}",
            f"it flashes in the second that ends at {flash.at_s:.1f} s, which can cause a seizure",
            f"{flash.changes} changes on {flash.share:.0%} of a field",
            f"{MAX_CHANGES} changes (three flashes), or less than {FIELD_SHARE:.0%} of any field",
            "slow the change down, or make it smaller or weaker",
        )  # fmt: skip


FLASH_CHECKS: tuple[Check[Subject], ...] = (
    Check(
        "flash-general",
        "More than three flashes a second can cause a seizure; red ones sooner (WCAG 2.2, 2.3.1, w3.org, "
        "read 2026-11-23).",
        _flash,
        ("flash-general", "flash-red"),
        is_clip,
    ),
)
