"""The size of a piece's photo: as large as the words leave room for.

The words come first. A photo stands above them, or beside them on a wide page, and is tried at three
sizes; where the words fit beside none of them, or a number would lose more than a third of its size, the
page is drawn without it. The number must be read; the photo need not be seen.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

from kit.model.plan import Composition
from kit.render.bitmap import open_picture
from kit.render.photo import Cmyk, duotone_cmyk, focus_crop, prepare_photo, to_cmyk_jpeg
from kit.render.typeset import DoesNotFit, RawBoxes
from kit.resources import Resources

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Draw(Protocol[T_co]):
    """Draws a page with a photo that takes the given share of it."""

    def __call__(self, share: float, *, shown: bool) -> tuple[T_co, RawBoxes]:
        """The page and its boxes. Raises DoesNotFit."""
        ...


_SHARES: dict[str, tuple[float, ...]] = {
    "portrait": (0.2, 0.15, 0.11),
    "square": (0.16, 0.12, 0.09),
    "tearoff": (0.14, 0.11, 0.08),
    "landscape": (0.26, 0.2, 0.15),
}
"""Of the page's height, largest first; of the width on a landscape page, where it is a column. Families
that are missing have no photo: a banner, a round piece and a screen's flanks hold numbers and little else."""
_NUMBER_KEEPS = 2 / 3
"""Of the size that the smallest number would have without the photo: a poster is read across a street."""
_PRESS_PPI = 2.3
"""Pixels of a photo for one unit of the grid on paper: 300 dpi on A4, 212 on A3, which is read from afar."""


def beside_photo(job: Composition, family: str, draw: Draw[T]) -> tuple[T, RawBoxes, float | None]:
    """What `draw(share, shown)` gives for the largest photo that leaves the words their room, and that share.

    The share is 0 where the photo was left out, None where piece or family have none. Room is looked
    for without the picture (`shown` is false): its megabytes would be laid out again for each try. Raises
    what `draw` raises; DoesNotFit only where the words do not fit without a photo either.
    """
    bare, boxes = draw(0.0, shown=False)
    shares = _SHARES.get(family) if job.photo else None
    if shares is None:
        return bare, boxes, None
    least = _number_size(boxes) * _NUMBER_KEEPS
    for share in shares:
        try:
            _, beside = draw(share, shown=False)
        except DoesNotFit:
            continue
        if _number_size(beside) >= least:
            return *draw(share, shown=True), share
    return bare, boxes, 0.0


def _number_size(boxes: RawBoxes) -> float:
    return min((box["size_px"] for box in boxes if box["role"] == "number"), default=0.0)


def photo_data(
    job: Composition,
    resources: Resources,
    page: tuple[float, float],
    family: str,
    share: float,
    *,
    shown: bool,
    press: bool = False,
) -> dict[str, Any] | None:
    """The photo of a piece as a duotone, and its size on the page's grid; None where it takes no room.

    Without its pixels where it is not `shown`. Raises InputError for a file that cannot be used or is too small.
    """
    if job.photo is None or not share:
        return None
    width, height = page
    w, h = (round(width * share), height) if family == "landscape" else (width, round(height * share))
    if not shown:
        return {"data": None, "width": w, "height": h}
    path, theme = resources.picture(job.photo.file), job.theme
    scale = _PRESS_PPI if press else 1.0
    inks = (theme.inks["ink"], theme.inks["paper"]) if press else None
    data = _prepared(
        path, job.photo.file, path.stat().st_mtime_ns if path.is_file() else 0,
        round(w * scale), round(h * scale), job.photo.focus, theme.ink, theme.paper, inks,
    )  # fmt: skip
    return {"data": list(data), "width": w, "height": h}


@lru_cache(maxsize=128)
def _prepared(
    path: Path, name: str, _changed: int, width: int, height: int, focus: tuple[float, float],
    dark: str, light: str, inks: tuple[Cmyk, Cmyk] | None,
) -> bytes:  # fmt: skip
    """Nine languages show the same crop: it is opened, cropped and toned once."""
    if inks is None:
        return prepare_photo(path, name, width, height, focus, dark, light)
    picture = focus_crop(open_picture(path, name), width, height, focus, name)
    return to_cmyk_jpeg(duotone_cmyk(picture, *inks))
