"""The sender's and partners' logos as a layout is given them.

They are other people's files: opened with care, trimmed, and handed to the layout as plain pixels. On
paper they are CMYK, over the very inks of the ground they stand on.
"""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from kit.model.plan import Composition, Mark, ResolvedTheme
from kit.render.logo import Logo, plate_for, prepare_logo
from kit.render.photo import separated, to_cmyk_jpeg
from kit.resources import Resources

_SCREEN_PX = 240
"""Height of a logo for screens: three times what any format shows."""
_PRESS_PX = 600


def marks_data(job: Composition, resources: Resources, *, press: bool = False) -> list[dict[str, Any]]:
    """Name and logo of each mark. `plate` is the colour behind a logo that would not be seen on the background."""
    return [
        {"name": mark.name, "logo": _logo_data(mark, job.theme, resources, press) if mark.logo else None}
        for mark in job.marks
    ]


def _logo_data(mark: Mark, theme: ResolvedTheme, resources: Resources, press: bool) -> dict[str, Any]:
    assert mark.logo is not None  # asked for marks with a logo only
    path = resources.picture(mark.logo)
    logo = _prepared(path, mark.logo, path.stat().st_mtime_ns if path.is_file() else 0)
    plate = plate_for(logo, theme.ink, (theme.paper, "#FFFFFF"))
    with Image.open(io.BytesIO(logo.png)) as opened:
        image = opened.convert("RGBA")
    if logo.opaque:
        # it brings its own ground: clear space in that colour, and no plate
        image, plate = _padded(image, str(logo.background)), None
    high = _PRESS_PX if press else _SCREEN_PX
    if image.height > high:
        image = image.resize(
            (max(1, round(image.width * high / image.height)), high), Image.Resampling.LANCZOS
        )
    if not press:
        buffer = io.BytesIO()
        image.save(buffer, "PNG")
        return {"data": list(buffer.getvalue()), "width": image.width, "height": image.height, "plate": plate}
    inks = (
        theme.inks["ink"] if plate is None else theme.inks["paper"] if plate == theme.paper else (0, 0, 0, 0)
    )
    data = to_cmyk_jpeg(_over(image, inks))
    return {
        "data": list(data), "width": image.width, "height": image.height,
        "plate": None if plate is None else list(inks),
    }  # fmt: skip


@lru_cache(maxsize=64)
def _prepared(path: Path, name: str, _changed: int) -> Logo:
    """The same logo stands on every piece of a kit: it is opened once."""
    return prepare_logo(path, name)


def _padded(image: Image.Image, colour: str) -> Image.Image:
    margin = round(image.height / 4)
    wide = Image.new("RGBA", (image.width + 2 * margin, image.height + 2 * margin), colour)
    wide.paste(image, (margin, margin), image)
    return wide


def _over(image: Image.Image, ground: tuple[float, ...]) -> Image.Image:
    """A transparent picture as CMYK over inks in per cent: its flat background is exactly the page's."""
    inks = np.asarray(separated(image.convert("RGB")), np.float32)
    alpha = np.asarray(image.getchannel("A"), np.float32)[..., None] / 255
    under = np.array([level * 2.55 for level in ground], np.float32)
    mixed = inks * alpha + under * (1 - alpha)
    return Image.frombytes("CMYK", image.size, np.rint(mixed).astype(np.uint8).tobytes())
