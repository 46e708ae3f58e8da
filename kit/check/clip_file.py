"""How the checks of clips read a file, and the two shapes of check that look into it.

A file that cannot be read is a FAIL of `clip-container` alone, and a clip that no storyboard has of
`clip-dimensions` alone; every other check of that file is then a SKIP.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kit.check.clip_contract import ClipSpec
from kit.check.finding import unread
from kit.check.runner import Check
from kit.check.subject import Subject
from kit.media.mp4 import Clip, NotAClip, Video, read_clip
from kit.model.artifact import Finding


def is_clip(subject: Subject) -> bool:
    """Whether the file is a clip, or a loop as a clip; its animated pictures are not."""
    return subject.artifact.is_video


def opened(subject: Subject) -> Clip | str:
    """The clip, or why there is none; a file that went missing is no bug of ours."""
    try:
        return read_clip(subject.path)
    except NotAClip as error:
        return str(error)
    except OSError as error:
        return error.strerror or "it cannot be read"


def clip_check(
    code: str, rationale: str, look: Callable[[Clip, ClipSpec, Subject], Iterator[Finding]]
) -> Check[Subject]:
    """A check of the whole file against the spec of its clip."""

    def run(subject: Subject) -> Iterator[Finding]:
        clip = opened(subject)
        if isinstance(clip, str):
            yield unread(subject, code, "clip-container")
        elif subject.clip is None:
            yield unread(subject, code, "clip-dimensions")
        else:
            yield from look(clip, subject.clip, subject)

    return Check(code, rationale, run, applies=is_clip)


def video_check(
    code: str, rationale: str, look: Callable[[Video, ClipSpec, Subject], Iterator[Finding]]
) -> Check[Subject]:
    """A check of its picture track."""

    def look_at_video(clip: Clip, spec: ClipSpec, subject: Subject) -> Iterator[Finding]:
        if clip.video is None:
            yield unread(subject, code, "clip-container")
        else:
            yield from look(clip.video, spec, subject)

    return clip_check(code, rationale, look_at_video)
