"""Stills as they are set, and what may be wrong with one.

The geometry is reckoned here anew, from the table of formats alone: a check that errs does not excuse it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations
from math import hypot

from PIL import Image

from kit.load import Loaded
from kit.media.text_contrast import measure
from kit.model.artifact import Box
from kit.model.plan import VisualJob
from kit.render.photo_fit import beside_photo
from kit.render.typeset import RawBoxes, Typesetter
from kit.render.visual import TEMPLATE, data_for

ROUNDING_PX = 0.5


@dataclass(frozen=True)
class Still:
    """`faint` names the texts that do not stand out; `photo` is the share that a photo takes."""

    job: VisualJob
    boxes: tuple[Box, ...]
    faint: tuple[str, ...] = ()
    photo: float | None = None

    @property
    def texts(self) -> list[Box]:
        return [box for box in self.boxes if box.text]


def set_stills(loaded: Loaded, jobs: Iterable[VisualJob]) -> list[Still]:
    """Set as PNG, without the copies. Contrast is measured at once, so that no picture has to be kept."""
    typesetter = Typesetter(loaded.resources)

    def still(job: VisualJob) -> Still:
        def draw(share: float, *, shown: bool) -> tuple[list[bytes], RawBoxes]:
            return typesetter.compile(TEMPLATE, data_for(job, loaded.resources, share, shown=shown), job)

        pages, raw, photo = beside_photo(job, job.screen.family, draw)
        boxes = typesetter.boxes(raw, job)
        with Image.open(io.BytesIO(pages[0])) as image:
            assert image.size == (job.screen.width_px, job.screen.height_px)
            rgb = image.convert("RGB")
        faint = []
        for box in boxes:
            # a logo is its owner's colours
            if box.text and not (box.role == "logo" and box.font is None):
                seen, least = measure(rgb, box), 7.0 if box.role == "number" else 4.5
                if seen.ratio < least:
                    faint.append(f"{job.id}: {box.text!r} {seen.ratio:.2f}:1, {seen.ink} on {seen.ground}")
        return Still(job, tuple(boxes), tuple(faint), photo)

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(still, jobs))


def overlaps(still: Still) -> list[str]:
    return [
        f"{a.text!r} and {b.text!r}"
        for a, b in combinations(still.texts, 2)
        if min(a.x + a.w, b.x + b.w) - max(a.x, b.x) > ROUNDING_PX
        and min(a.y + a.h, b.y + b.h) - max(a.y, b.y) > ROUNDING_PX
    ]


def strays(still: Still) -> list[str]:
    screen = still.job.screen
    safe, over = screen.safe, screen.covered
    outside = []
    for box in still.texts:
        right, bottom = box.x + box.w, box.y + box.h
        fits = box.x >= safe.x - ROUNDING_PX and right <= safe.x + safe.w + ROUNDING_PX
        fits &= box.y >= safe.y - ROUNDING_PX and bottom <= safe.y + safe.h + ROUNDING_PX
        if over and box.x < over.x + over.w and right > over.x:
            fits &= not (box.y < over.y + over.h and bottom > over.y)
        if screen.family == "avatar":
            middle = screen.width_px / 2
            corners = [(x, y) for x in (box.x, right) for y in (box.y, bottom)]
            fits &= all(hypot(x - middle, y - middle) <= middle for x, y in corners)
        if not fits:
            outside.append(f"{box.text!r} at {box.x:.0f}-{right:.0f}, {box.y:.0f}-{bottom:.0f}")
    return outside


def off_the_page(still: Still) -> list[str]:
    wide, high = still.job.screen.width_px, still.job.screen.height_px
    return [
        f"{box.role} {box.text!r}"
        for box in still.boxes
        if box.x < 0 or box.y < 0 or box.x + box.w > wide + 0.01 or box.y + box.h > high + 0.01
    ]


def too_small(still: Still) -> list[str]:
    small = []
    for box in still.texts:
        address = "." in box.text and " " not in box.text
        if box.size < still.job.screen.floor_px(box.role, address) - 0.01:
            small.append(f"{box.text!r} {box.size:.1f} px")
    return small


def found(stills: list[Still], faults: Callable[[Still], list[str]]) -> list[str]:
    return [f"{still.job.id}: {fault}" for still in stills for fault in faults(still)]
