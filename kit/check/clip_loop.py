"""Check of a loop as animated picture: light enough for mail, moving, endless, of the loop's length."""

from __future__ import annotations

from collections.abc import Iterator

from PIL import Image, UnidentifiedImageError

from kit.check.finding import fail, unread
from kit.check.runner import Check
from kit.check.subject import Subject
from kit.model.artifact import Finding
from kit.tables.clips import LOOP_MAX_BYTES

_TOLERANCE_MS = 1


def _is_animation(subject: Subject) -> bool:
    artifact = subject.artifact
    return artifact.kind == "loop" and artifact.media_type in ("image/gif", "image/webp")


def _animation(subject: Subject) -> Iterator[Finding]:
    again = "build it again"
    if subject.clip is None:
        yield unread(subject, "loop-animation", "clip-dimensions")
        return
    size, wanted_ms = subject.path.stat().st_size, subject.clip.duration_s * 1000
    if size > LOOP_MAX_BYTES:
        yield fail(
            subject, "loop-animation", "too heavy for a mail", f"{size} bytes", f"{LOOP_MAX_BYTES} bytes",
            "fewer frames or pixels",
        )  # fmt: skip
    try:
        with Image.open(subject.path) as image:
            frames, length, repeats = getattr(image, "n_frames", 1), 0, image.info.get("loop")
            for number in range(frames):
                image.seek(number)
                image.load()  # the length of a WebP frame is known once it is decoded
                length += image.info.get("duration", 0)
    except (OSError, UnidentifiedImageError, EOFError) as error:
        yield fail(subject, "loop-animation", "not a whole picture", str(error), "GIF or WebP", again)
        return
    if frames < 2:
        yield fail(subject, "loop-animation", "it does not move", f"{frames} frame", "an animation", again)
    elif abs(length - wanted_ms) > _TOLERANCE_MS:
        yield fail(
            subject, "loop-animation", "not as long as its film", f"{length} ms", f"{wanted_ms:.0f} ms", again
        )
    if frames > 1 and repeats != 0:
        yield fail(subject, "loop-animation", "it stops after some rounds", str(repeats), "endless", again)


LOOP_CHECKS: tuple[Check[Subject], ...] = (
    Check(
        "loop-animation",
        "Mail servers and screens take animated pictures of up to 5 MB, and a loop that stops or "
        "drifts from its film shows its seam.",
        _animation,
        ("loop-animation",),
        _is_animation,
    ),
)
