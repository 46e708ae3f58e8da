"""A partner's logo: trimmed to its ink, and the plate it needs to be read.

A logo is never recoloured. Where it does not read on the ground, it stands on a plate of a colour
of the palette; a logo that brings its own opaque background gets a plate of that colour.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageChops, ImageFilter

from kit.media.contrast import LOGO_MIN, channels, luminance, ratio_of
from kit.render.bitmap import open_picture
from kit.render.image_file import is_svg, refusal
from kit.render.svg_picture import svg_picture

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.float64]

CLEAR_SPACE = 0.25
"""Free space on each side of a logo, as a share of its height; nothing else enters it. A plate is
larger than its logo by as much."""
LONGEST_PX = 1200
"""Longer side of a prepared logo: 100 mm at 300 dpi."""
READING_SHARE = 0.9
"""Of the visible ink: so much must reach 3:1. The rest may be an accent."""
_DRAWN_PX = 2400
"""Width an SVG is drawn at: it may have wide margins that are trimmed away."""
_VISIBLE = 8
"""Least alpha of ink: exports leave a haze of 1 to 3 around shadows."""
_OPAQUE = 250
_TOLERANCE = 24
"""Levels by which a background may differ from itself: JPEG ripples beside hard edges."""


@dataclass(frozen=True)
class LogoColour:
    """One colour of a logo. `alpha` is how solid it is, 0 to 1; all `weight`s add up to 1."""

    colour: str
    alpha: float
    weight: float


@dataclass(frozen=True)
class Logo:
    """A trimmed logo as RGBA PNG without metadata; `width` and `height` in px.

    `colours` are the visible ones, the heaviest first. `background` is the colour an opaque logo
    brings along, None when it is transparent.
    """

    png: bytes
    width: int
    height: int
    colours: tuple[LogoColour, ...]
    background: str | None

    @property
    def opaque(self) -> bool:
        """Whether it brings its own background."""
        return self.background is not None


def prepare_logo(path: Path, name: str) -> Logo:
    """Open, trim and shrink a logo. Raises InputError, also for one that shows nothing."""
    image = svg_picture(path, name, _DRAWN_PX) if is_svg(path) else open_picture(path, name)
    alpha = image.getchannel("A")
    lowest = alpha.getextrema()[0]
    background = _border_colour(image) if isinstance(lowest, int) and lowest >= _OPAQUE else None
    ink = _distance(image, background) if background else alpha.point(lambda a: 255 * (a >= _VISIBLE))
    box = ink.getbbox()
    if box is None:
        raise refusal(name, "shows nothing but one colour; export the logo itself")
    image = image.crop(box)
    image.thumbnail((LONGEST_PX, LONGEST_PX), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return Logo(buffer.getvalue(), *image.size, _colours(image, background), background)


def plate_for(logo: Logo, ground: str, plates: Sequence[str]) -> str | None:
    """The colour of the plate this logo needs on `ground`: one of `plates`, or None for no plate.

    None if at least READING_SHARE of its ink reaches 3:1 on the ground itself. Otherwise the plate
    where most of it does, the stronger mean contrast and then the earlier one deciding; a logo of
    many colours that reads on none still gets that best one. Colours are `#RRGGBB`.
    """
    if logo.background is not None:
        return logo.background
    if _reading(logo, ground)[0] >= READING_SHARE:
        return None
    return max(plates, key=lambda plate: _reading(logo, plate))


def _reading(logo: Logo, ground: str) -> tuple[float, float]:
    """The share of ink with enough contrast on this ground, and the mean contrast."""
    under = channels(ground)
    behind = luminance(under)
    share = mean = 0.0
    for part in logo.colours:
        red, green, blue = (
            above * part.alpha + below * (1 - part.alpha)
            for above, below in zip(channels(part.colour), under, strict=True)
        )
        ratio = ratio_of(luminance((red, green, blue)), behind)
        share += part.weight * (ratio >= LOGO_MIN)
        mean += part.weight * ratio
    return round(share, 6), round(mean, 6)  # weights are fractions: 0.9 must not be 0.8999999


def _border_colour(image: Image.Image) -> str:
    """The median colour of the outermost pixels."""
    import numpy as np

    pixels = np.asarray(image)[:, :, :3]
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    return _hex(np.median(edge, axis=0))


def _distance(image: Image.Image, background: str) -> Image.Image:
    """A mask of what is not background, in any channel."""
    flat = Image.new("RGB", image.size, background)
    red, green, blue = ImageChops.difference(image.convert("RGB"), flat).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return most.point(lambda level: 255 * (level > _TOLERANCE))


def _colours(image: Image.Image, background: str | None) -> tuple[LogoColour, ...]:
    """The visible colours in 16 steps a channel, each the mean of its pixels, weighed by alpha.

    Why the highest alpha around a pixel is its own: a soft edge is half transparent everywhere, and
    thin type is all edge; a pane of 40 % is 40 % around as well.
    """
    import numpy as np

    alpha = image.getchannel("A")
    solid = np.asarray(alpha.filter(ImageFilter.MaxFilter(3)), dtype=np.float64).ravel()
    weight = np.asarray(alpha, dtype=np.float64).ravel()
    if background:
        weight = weight * (np.asarray(_distance(image, background)).ravel() > 0)
    if weight.max() < _VISIBLE:  # so thin that shrinking took its last solid pixel
        weight = np.full_like(weight, 255)
    seen = weight >= _VISIBLE
    values = np.column_stack([np.asarray(image.convert("RGB")).reshape(-1, 3), solid])[seen]
    steps = values.astype(np.int64) >> 4
    bins = ((steps[:, 0] * 16 + steps[:, 1]) * 16 + steps[:, 2]) * 16 + steps[:, 3]
    _, which = np.unique(bins, return_inverse=True)
    weights = np.bincount(which, weight[seen])
    means = np.column_stack([np.bincount(which, weight[seen] * column) / weights for column in values.T])
    total = weights.sum()
    colours = [
        LogoColour(_hex(mean[:3]), float(mean[3]) / 255, float(share / total))
        for mean, share in zip(means, weights, strict=True)
    ]
    return tuple(sorted(colours, key=lambda one: (-one.weight, one.colour, one.alpha)))


def _hex(colour: Pixels) -> str:
    return "#" + "".join(f"{round(float(channel)):02X}" for channel in colour)
