"""Check that every text in a finished picture stands out from what it stands on.

Why pixels and not the theme: see `kit.media.text_contrast`, which measures them. Masters and upload
copies are both looked at: 11 to 12 ms a JPEG and 20 to 23 ms a PNG, of which 7 and 16 are decoding;
so about 24 s for 1,400 files on one core of a busy machine (2026-11-24, 73 French pictures).
A drawn logo is exempt (`kit.media.contrast.LOGO_MIN`): it only ever warns.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import floor

from PIL import Image, UnidentifiedImageError

from kit.check.finding import fail, skip, warn
from kit.check.runner import Check
from kit.check.subject import Subject
from kit.media.contrast import LOGO_MIN, least_contrast
from kit.media.text_contrast import measure
from kit.model.artifact import Finding

_MEDIA = ("image/png", "image/jpeg", "image/webp")


def _contrast(subject: Subject) -> Iterator[Finding]:
    artifact = subject.artifact
    try:
        with Image.open(subject.path) as image:
            if image.size != (artifact.width or image.width, artifact.height or image.height):
                yield _unseen(subject, f"its boxes are of a {artifact.width}x{artifact.height} picture")
                return
            image.load()
            seen = [(box, measure(image, box)) for box in artifact.boxes if box.text]
    except (OSError, UnidentifiedImageError) as error:
        yield _unseen(subject, str(error))
        return
    for box, what in seen:
        least = LOGO_MIN if box.is_drawn_logo else least_contrast(box.role)
        if what.ratio >= least:
            continue
        colours = f"{what.ink} on {what.ground}" if what.ink else "nothing stands out from the ground"
        if box.is_drawn_logo:
            yield warn(
                subject, "contrast-too-low", f"the logo of {box.text!r} hardly stands out: {colours}",
                _shown(what.ratio), f"{least}:1", "ask them for a version of the logo for this ground",
            )  # fmt: skip
        else:
            yield fail(
                subject, "contrast-too-low", f"{box.text!r} cannot be read by everybody: {colours}",
                _shown(what.ratio), f"{least}:1", "change the theme or what lies under the text",
            )  # fmt: skip


def _shown(ratio: float) -> str:
    """Rounded down: 4.49 must not be reported as 4.5 against a limit of 4.5."""
    return f"{floor(ratio * 10) / 10}:1"


def _unseen(subject: Subject, why: str) -> Finding:
    return skip(subject, "contrast-too-low", f"contrast could not be measured: {why}", fix="build it again")


def _has_text_in_a_picture(subject: Subject) -> bool:
    artifact = subject.artifact
    picture = artifact.kind in ("visual", "poster") and artifact.media_type in _MEDIA
    return picture and any(box.text for box in artifact.boxes)


CONTRAST_CHECKS: tuple[Check[Subject], ...] = (
    Check("contrast-too-low", "A number that does not stand out is not there: on a cheap screen, in the sun, "
          "for tired eyes.",
          _contrast, applies=_has_text_in_a_picture),
)  # fmt: skip
