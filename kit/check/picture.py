"""Checks of pictures and print pieces: the file itself, its alternative text, the boxes of its layout."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations

from PIL import Image, UnidentifiedImageError

from kit.check.finding import fail, warn
from kit.check.runner import Check
from kit.check.subject import Subject
from kit.model.artifact import Artifact, Box, Finding
from kit.tables.clips import CLIPS
from kit.tables.formats import FORMATS, JPEG_MAX_BYTES, Format
from kit.tables.prints import PRINTS, QUIET_MM

MAX_ALT_SHORT = 120
MAX_ALT_FULL = 1000
_TOUCH_PX = 0.5
_PICTURES = ("image/png", "image/jpeg", "image/webp")


def _file(subject: Subject) -> Iterator[Finding]:
    screen = _screen(subject.artifact)
    assert screen is not None
    try:
        with Image.open(subject.path) as image:
            size, mode, kind = image.size, image.mode, image.format
            layers = getattr(image, "layer", ())
            has_exif = "exif" in image.info  # getexif() would decode the whole picture
    except (OSError, UnidentifiedImageError) as error:
        yield fail(subject, "picture-unreadable", str(error), "no picture", "PNG or JPEG", "build it again")
        return
    if kind == "WEBP":
        if size != (subject.artifact.width, subject.artifact.height):
            yield fail(
                subject, "picture-size", "not the size that the manifest names", "x".join(map(str, size)),
                f"{subject.artifact.width}x{subject.artifact.height}", "build it again",
            )  # fmt: skip
    elif size != (screen.width_px, screen.height_px):
        yield fail(
            subject, "picture-size", f"wrong size for {screen.id}", "x".join(map(str, size)),
            f"{screen.width_px}x{screen.height_px}", "build it again",
        )  # fmt: skip
    if has_exif:
        yield fail(subject, "picture-metadata", "it carries EXIF data", "EXIF", "none", "build it again")
    if kind != "JPEG":
        return
    if mode != "RGB" or any(sampling[1:3] != (1, 1) for sampling in layers):
        yield fail(
            subject, "picture-encoding", "small type smears in subsampled colour", mode, "RGB 4:4:4",
            "build it again",
        )  # fmt: skip
    if (bytes_ := subject.path.stat().st_size) > JPEG_MAX_BYTES:
        yield fail(
            subject, "picture-too-heavy", "a platform refuses it", f"{bytes_:,} bytes",
            f"{JPEG_MAX_BYTES:,} bytes", "lower the quality",
        )  # fmt: skip


def _alt(subject: Subject) -> Iterator[Finding]:
    alt = subject.artifact.alt
    if alt is None or not alt.short.strip() or not alt.full.strip():
        yield fail(
            subject, "alt-missing", "no alternative text", "none", "short and full", "write `alt` for the piece",
        )  # fmt: skip
        return
    for name, text, most in (("short", alt.short, MAX_ALT_SHORT), ("full", alt.full, MAX_ALT_FULL)):
        if len(text) > most:
            yield fail(
                subject, "alt-too-long", f"the {name} alternative text", str(len(text)), str(most), "shorten it",
            )  # fmt: skip
    if not _is_picture(subject):
        return  # a post's words are not in its picture; a clip's are in its transcript
    unsaid = [text for text in subject.artifact.text if text not in alt.full]
    if unsaid:
        yield fail(
            subject, "alt-incomplete", f"shown but not in the full alternative text: {unsaid[0]!r}",
            str(len(unsaid)), "every string shown", "build it again",
        )  # fmt: skip


def _boxes(subject: Subject) -> Iterator[Finding]:
    safe, covered, floor_of = _room(subject)
    unit = subject.artifact.unit
    disc = _disc(subject)
    texts = [box for box in subject.artifact.boxes if box.text and box.role != "qr"]
    for box in subject.artifact.boxes:
        if box.role == "ticks":
            continue
        inside = (
            box.x >= safe[0] - _TOUCH_PX
            and box.y >= safe[1] - _TOUCH_PX
            and box.x + box.w <= safe[2] + _TOUCH_PX
            and box.y + box.h <= safe[3] + _TOUCH_PX
            and (disc is None or _farthest(box, disc) <= disc[2])
        )
        if not inside:
            yield fail(
                subject, "box-outside-safe-area", f"{box.text!r} may be covered or cut off",
                f"x {box.x:.0f}-{box.x + box.w:.0f}, y {box.y:.0f}-{box.y + box.h:.0f} {unit}",
                f"x {safe[0]:.0f}-{safe[2]:.0f}, y {safe[1]:.0f}-{safe[3]:.0f} {unit}", "move it in the template",
            )  # fmt: skip
        if covered and box.text and _overlap(box, covered):
            yield fail(
                subject, "box-covered", f"{box.text!r} stands under the platform's own picture",
                f"x {box.x:.0f}-{box.x + box.w:.0f}, y {box.y:.0f}-{box.y + box.h:.0f}",
                f"outside x {covered.x:.0f}-{covered.x + covered.w:.0f}, y {covered.y:.0f}-{covered.y + covered.h:.0f}",
                "move it in the template",
            )  # fmt: skip
    for box in texts:
        floor = floor_of(box)
        if box.size < floor - 0.01:
            yield fail(
                subject, "text-too-small", f"{box.text!r} cannot be read where it is seen",
                f"{box.size:.1f} {unit}", f"{floor:.1f} {unit}", "shorten the text",
            )  # fmt: skip
    for one, other in combinations([box for box in subject.artifact.boxes if box.role != "ticks"], 2):
        if one.page == other.page and _overlap(one, other):
            yield fail(
                subject, "boxes-overlap", f"{one.text!r} and {other.text!r}", "overlap", "apart",
                "fix the template",
            )  # fmt: skip


def _disc(subject: Subject) -> tuple[float, float, float] | None:
    """Middle and radius of what a round piece is cut to, less a margin; None for the others."""
    name = subject.artifact.format or ""
    if name in FORMATS and FORMATS[name].family == "avatar":
        radius = FORMATS[name].width_px / 2
        return radius, radius, radius * 0.95
    if name in PRINTS and PRINTS[name].family == "sticker":
        radius = PRINTS[name].trim_mm[0] / 2
        return radius, radius, radius - QUIET_MM / 2
    return None


def _farthest(box: Box, disc: tuple[float, float, float]) -> float:
    """How far the box's farthest corner is from the middle."""
    return max(
        math.hypot(x - disc[0], y - disc[1]) for x in (box.x, box.x + box.w) for y in (box.y, box.y + box.h)
    )


def _screen(artifact: Artifact) -> Format | None:
    """The row of a picture's or clip's format; the two tables give one name different safe boxes."""
    of_a_clip = artifact.identity is not None and artifact.identity.family == "clip"
    rows: Mapping[str, Format] = CLIPS if of_a_clip else FORMATS
    return rows.get(artifact.format or "")


def _is_address(text: str) -> bool:
    return "." in text and " " not in text


def _room(subject: Subject) -> tuple[tuple[float, ...], Box | None, Callable[[Box], float]]:
    """Where boxes may stand (left, top, right, bottom), what the platform covers, the floor; all in the artifact's unit."""
    name = subject.artifact.format or ""
    if screen := _screen(subject.artifact):
        safe, over = screen.safe, screen.covered
        covered = Box(role="logo", text="", x=over.x, y=over.y, w=over.w, h=over.h, size=0) if over else None
        area = (safe.x, safe.y, safe.x + safe.w, safe.y + safe.h)
        return area, covered, lambda box: screen.floor_px(box.role, _is_address(box.text))
    paper = PRINTS[name]
    layout = "directory" if subject.artifact.piece == "directory" else ""
    width, height = paper.trim_mm

    def floor_mm(box: Box) -> float:
        on_end = paper.family == "tearoff" and box.h > 2 * box.w
        return paper.floor_mm(box.role, layout, address=_is_address(box.text), on_end=on_end)

    return (QUIET_MM, QUIET_MM, width - QUIET_MM, height - QUIET_MM), None, floor_mm


def _overlap(one: Box, other: Box) -> bool:
    if one.from_s is not None and other.from_s is not None:
        apart = (one.to_s or 0) <= other.from_s or (other.to_s or 0) <= one.from_s
        if apart:
            return False
    wide = min(one.x + one.w, other.x + other.w) - max(one.x, other.x)
    tall = min(one.y + one.h, other.y + other.h) - max(one.y, other.y)
    return wide > _TOUCH_PX and tall > _TOUCH_PX


def _is_picture(subject: Subject) -> bool:
    return subject.artifact.kind in ("visual", "poster") and subject.artifact.media_type in _PICTURES


def _has_alt(subject: Subject) -> bool:
    return _is_picture(subject) or subject.artifact.kind in ("clip", "loop") or bool(subject.artifact.media)


def _has_boxes(subject: Subject) -> bool:
    artifact = subject.artifact
    return bool(artifact.boxes) and (_screen(artifact) is not None or artifact.format in PRINTS)


def _photo(subject: Subject) -> Iterator[Finding]:
    yield warn(
        subject, "photo-left-out", "its photo found no room beside the words", "no photo", "a photo",
        "shorten the words, or live without it in this format",
    )  # fmt: skip


PICTURE_CHECKS: tuple[Check[Subject], ...] = (
    Check("picture-file", "A platform refuses or recompresses what does not fit its rules.",
          _file, ("picture-unreadable", "picture-size", "picture-metadata", "picture-encoding", "picture-too-heavy"),
          _is_picture),
    Check("alt-missing", "Alternative text stood on 0.1 % of a million picture posts (WWW 2019).",
          _alt, ("alt-missing", "alt-too-long", "alt-incomplete"), _has_alt),
    Check("photo-left-out", "A photo steps aside where words or numbers would lose; who chose it should know.",
          _photo, applies=lambda subject: subject.artifact.photo == 0 and subject.artifact.of is None),
    Check("boxes", "Text under an app's buttons, too small or overprinted is a number nobody reads.",
          _boxes, ("box-outside-safe-area", "box-covered", "text-too-small", "boxes-overlap"), _has_boxes),
)  # fmt: skip
