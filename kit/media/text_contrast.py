"""Contrast of a text with what it stands on, measured on the pixels of a finished picture.

Why pixels and not the theme: a template may put paper on the orange field, a photo may lie under a
headline, an encoder may smear thin type. Only the file knows what is seen.

How. Contrast is a matter of luminance alone, so each pixel becomes one grey level, spaced as the eye
sees (sRGB's own curve): there JPEG's noise is as large in the dark as in the light. What surrounds the
ink bounds is ground; what is inside and is no ground is ink. That holds for a big number that covers
most of its box, and for a text that runs over two grounds. The box is also looked at tile by tile,
since the worst word counts, not the average one.

Soft edges are the difficulty. Half the pixels of thin type are blends of ink and ground. Where one level stands
out it is the ink; where none does, it is the far end of the blends, since no blend is stronger than
its ink.

A box takes 0.7 to 0.95 ms (2026-11-24, 73 French pictures on one core of a busy machine).

numpy is imported where it is used: it takes 0.15 s, which `validate` and a rebuild with nothing to do
must not pay.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import ceil, floor, isqrt
from typing import TYPE_CHECKING, Any

from PIL import Image

from kit.media.contrast import contrast_ratio, luminance, ratio_of
from kit.model.artifact import Box

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    """(height, width, 3), sRGB."""
    Greys = NDArray[np.uint8]
    """Grey levels, any shape."""
    Counts = NDArray[np.intp]
    """How many pixels of each grey level: (256,), or (tiles, 256) with the whole box as the last row."""
    Row = NDArray[np.float64]
    _Sides = tuple[Greys, Greys, Greys, Greys]
    """Top, bottom, left and right; each runs along the box in its second axis, outermost first or last."""

_MARGIN_PX = 3
"""Around the ink bounds: the outer two are the ring, the inner one may carry soft edges."""
_RING_PX = 2
_SAMPLE_PX = 8_000
"""Pixels looked at in a box, about."""
_MIDDLE_PX = 400
"""Pixels that a colour's median is taken of, at most."""
_GREYS = 256
_SAME = 8
"""Grey levels to either side that one flat colour spreads over after JPEG."""
_APART = (12, 20, 30)
"""Grey levels that tell ink from ground, from a clean ring to a noisy one. 30 is about 1.35:1."""
_GROUND_SHARE = 0.1
"""Of the ring: less is a rule that crosses it, or a neighbour."""
_GROUND_INSIDE = 0.04
"""Of the box: a plate as tight as the ink has its surroundings in the ring, and none of them inside."""
_GROUND_IN_TILE = 0.08
_SLACK = 0.3
"""Ems that the bounds may be taller than the ink, above and below."""
_TILES = 20
_TILE_PX = 80
"""Least width of a tile: a few letters of thin type may hold no pixel of pure ink."""
_INK_IN_TILE = 0.05
_INK_IN_BOX = 0.02
_INK_PX = 20
"""Less is the sliver of a letter, and may be nothing but its soft edge."""


@dataclass(frozen=True)
class _Edges:
    """How to find the ink among its blends with the ground.

    The fullest level is the ink's own, unless `beyond` times as many pixels lie further from the
    ground; then it is the level that the share `far_end` of the ink does not exceed.
    """

    beyond: float
    far_end: float


_EDGES = _Edges(0.5, 0.9)
_THIN_EDGES = _Edges(0.1, 0.97)
"""Strokes of about a pixel: one in thirty is pure ink. Only where no noise outdoes the ink."""
_THIN_PX = 16


@dataclass(frozen=True)
class TextContrast:
    """The two colours a text is read by and their contrast; 1.0 and no colours where none is seen."""

    ratio: float = 1.0
    ink: str | None = None
    ground: str | None = None


def measure(image: Image.Image, box: Box) -> TextContrast:
    """The contrast of one text where it is worst. The picture is taken to be opaque.

    A text whose colour changes with its ground is not understood and comes out low.
    """
    import numpy as np

    pixels = _cut(image, box)
    if 0 in pixels.shape:
        return TextContrast()
    sides = _sides(pixels)
    ring = _ring(sides)
    grounds = _grounds(ring)
    if len(grounds) > 1:
        pixels = _trimmed(pixels, box)
        sides = _sides(pixels)
        ring = _ring(sides)
        grounds = _grounds(ring)
    apart = _apart(ring, grounds)
    pixels = _sampled(_without_rules(pixels, sides, grounds, apart))
    greys = _greys(pixels)
    tiles, count = _tiles(greys, box)
    counts = _counted(greys, tiles, count)
    edges = _THIN_EDGES if box.size < _THIN_PX and apart == _APART[0] else _EDGES
    found = _worst(counts, _inside(grounds, counts), apart, edges)
    if found is None:
        return TextContrast()
    tile, ink_level, ground_level = found
    here = greys if tile == count else np.where(tiles == tile, greys, ground_level)
    ink, ground = _colour(pixels, here, ink_level), _colour(pixels, greys, ground_level)
    return TextContrast(contrast_ratio(ink, ground), ink, ground)


def _cut(image: Image.Image, box: Box) -> Pixels:
    """The box with its margin, clamped to the picture."""
    import numpy as np

    left, top = max(floor(box.x) - _MARGIN_PX, 0), max(floor(box.y) - _MARGIN_PX, 0)
    right = min(ceil(box.x + box.w) + _MARGIN_PX, image.width)
    bottom = min(ceil(box.y + box.h) + _MARGIN_PX, image.height)
    if right <= left or bottom <= top:
        return np.empty((0, 0, 3), np.uint8)
    cut = image.crop((left, top, right, bottom))
    return np.asarray(cut if cut.mode in ("RGB", "RGBA") else cut.convert("RGB"))[..., :3]


@cache
def _shades() -> tuple[NDArray[np.int32], Greys, Row]:
    """Share of luminance by channel and value, in 1/16383; grey level by luminance; luminance by level."""
    import numpy as np

    whole = 16_383
    channels = [
        [round(whole * luminance((v * (c == 0), v * (c == 1), v * (c == 2)))) for v in range(_GREYS)]
        for c in range(3)
    ]
    levels = np.array([luminance((v, v, v)) for v in range(_GREYS)])
    halfway = (levels[:-1] + levels[1:]) / 2
    by_light = np.searchsorted(halfway, np.arange(whole + 3) / whole).astype(np.uint8)  # 3: roundings add up
    return np.array(channels, np.int32), by_light, levels


def _greys(pixels: Pixels) -> Greys:
    """The grey of the same luminance, for each pixel."""
    channels, by_light, _ = _shades()
    red, green, blue = (channels[c][pixels[..., c]] for c in range(3))
    greys: Greys = by_light[red + green + blue]
    return greys


def _sides(pixels: Pixels) -> _Sides:
    """The outermost pixels of the cut, where no ink of this text is: top, bottom, left, right."""
    import numpy as np

    parts = (pixels[:_RING_PX], pixels[-_RING_PX:], pixels[:, :_RING_PX], pixels[:, -_RING_PX:])
    parts = (*parts[:2], parts[2].swapaxes(0, 1), parts[3].swapaxes(0, 1))
    greys = _greys(np.concatenate([part.reshape(-1, 3) for part in parts]))
    ends = np.cumsum([part.shape[0] * part.shape[1] for part in parts])[:-1]
    top, bottom, left, right = (
        side.reshape(part.shape[:2]) for side, part in zip(np.split(greys, ends), parts, strict=True)
    )
    return top, bottom, left, right


def _ring(sides: _Sides) -> Counts:
    """How often each level stands around the text.

    Without the corners: there a rounded plate shows what lies behind it.
    """
    import numpy as np

    corner = min(sides[0].shape[1], sides[2].shape[1]) // 3
    return np.bincount(
        np.concatenate([side[:, corner : side.shape[1] - corner].ravel() for side in sides]), minlength=_GREYS
    )


def _grounds(ring: Counts) -> list[int]:
    """Levels of the colours that make up the ring, the widest first."""
    left = ring.copy()
    found: list[int] = []
    while True:
        level, weight = _peak(left)
        if weight <= _GROUND_SHARE * ring.sum():
            return found
        found.append(level)
        left[max(level - _APART[0], 0) : level + _APART[0] + 1] = 0


def _peak(counts: Counts) -> tuple[int, int]:
    """The middle of the fullest window of levels, and how many pixels it holds."""
    levels, weights = _peaks(counts[None])
    return round(float(levels[0])), int(weights[0])


def _peaks(counts: Counts) -> tuple[Row, Counts]:
    """For each row the mean level of the fullest window, and how many pixels it holds."""
    import numpy as np

    levels = np.arange(_GREYS)
    starts, ends = np.maximum(levels - _SAME, 0), np.minimum(levels + _SAME + 1, _GREYS)
    sums, moments = np.zeros((2, len(counts), _GREYS + 1), np.intp)
    counts.cumsum(1, out=sums[:, 1:])
    (counts * levels).cumsum(1, out=moments[:, 1:])
    best = (sums[:, ends] - sums[:, starts]).argmax(1)
    rows, start, end = np.arange(len(counts)), starts[best], ends[best]
    weight = sums[rows, end] - sums[rows, start]
    return (moments[rows, end] - moments[rows, start]) / np.maximum(weight, 1), weight


def _apart(ring: Counts, grounds: list[int]) -> int:
    """How far a level must be from every ground to be ink: three times the noise of the ring."""
    import numpy as np

    off = _off(np.arange(_GREYS), grounds)
    for apart in _APART:
        if ring[off <= apart // 3].sum() >= 0.9 * ring.sum():
            return apart
    return _APART[-1]


def _off(greys: NDArray[np.integer[Any]], grounds: list[int]) -> NDArray[np.intp]:
    """How far each level is from the nearest ground."""
    import numpy as np

    off = np.full(greys.shape, _GREYS, np.intp)
    for ground in grounds:
        np.minimum(off, np.abs(greys.astype(np.intp) - ground), out=off)
    return off


def _trimmed(pixels: Pixels, box: Box) -> Pixels:
    """The cut without the empty rows above and below the ink.

    Why: bounds allow for a descender that the last line may not have, and there another ground may
    begin that no letter stands on. Never more than that: a text that has vanished leaves rows empty too.
    """
    import numpy as np

    most = min(int(_SLACK * box.size), len(pixels) // 3)
    across = max(pixels.shape[1] // 200, 1)
    top, bottom = (
        next((number for number, row in enumerate(rows) if not _is_flat(row)), most)
        for rows in (_greys(pixels[:most, ::across]), _greys(pixels[::-1][:most, ::across]))
    )
    first, last = max(top - _MARGIN_PX, 0), len(pixels) - max(bottom - _MARGIN_PX, 0)
    return np.ascontiguousarray(pixels[first:last])


def _is_flat(row: Greys) -> bool:
    """Whether a row shows one colour: all but a few pixels near its middle one."""
    import numpy as np

    off = np.abs(row.astype(np.intp) - int(np.sort(row)[len(row) // 2]))
    return bool((off <= _SAME).mean() > 0.97)


def _without_rules(pixels: Pixels, sides: _Sides, grounds: list[int], apart: int) -> Pixels:
    """The cut without the rules and outlines that run through it.

    A rule leaves the box at both ends, a glyph at neither. Where no ground is known, neither is a rule.
    """
    import numpy as np

    if not grounds:
        return pixels
    top, bottom, left, right = sides
    for axis, one, other in ((0, left[0], right[-1]), (1, top[0], bottom[-1])):
        far = (_off(one, grounds) > apart) & (_off(other, grounds) > apart)
        if not far.any():
            continue
        free = np.ones(len(far), np.bool_)
        for place in np.flatnonzero(far).tolist():
            line = _greys(pixels[:, place] if axis else pixels[place]).astype(np.intp)
            if (np.abs(line - int(one[place])) <= 2 * _SAME).mean() > 0.5:
                free[max(place - 1, 0) : place + 2] = False  # its soft edges go with it
        pixels = pixels.compress(free, axis)
    return pixels


def _sampled(pixels: Pixels) -> Pixels:
    """About `_SAMPLE_PX` pixels of the cut, evenly spread."""
    import numpy as np

    one_in = max(ceil(pixels.shape[0] * pixels.shape[1] / _SAMPLE_PX), 1)
    down = isqrt(one_in)
    return np.ascontiguousarray(pixels[::down, :: ceil(one_in / down)])


def _tiles(greys: Greys, box: Box) -> tuple[NDArray[np.intp], int]:
    """For each pixel the number of its tile, and how many there are: about a line high and as wide."""
    import numpy as np

    size = box.size or box.h or 1.0
    down = min(max(round(box.h / (1.3 * size)), 1), 6)
    across = min(max(round(box.w / max(1.3 * size, _TILE_PX)), 1), _TILES // down)
    high, wide = greys.shape
    rows, columns = np.arange(high) * down // max(high, 1), np.arange(wide) * across // max(wide, 1)
    return rows[:, None] * across + columns, down * across


def _counted(greys: Greys, tiles: NDArray[np.intp], count: int) -> Counts:
    """How often each level stands in each tile; a last row for the whole box."""
    import numpy as np

    flat = np.bincount((tiles * _GREYS + greys).ravel(), minlength=count * _GREYS).reshape(count, _GREYS)
    return np.vstack([flat, flat.sum(0)])


def _inside(grounds: list[int], counts: Counts) -> list[int]:
    """The grounds that the box really has inside; if none, its most frequent level."""
    whole = counts[-1]
    least = _GROUND_INSIDE * whole.sum()
    inside = [g for g in grounds if whole[max(g - _SAME, 0) : g + _SAME + 1].sum() >= least]
    return inside or [_peak(whole)[0]]


def _worst(counts: Counts, grounds: list[int], apart: int, edges: _Edges) -> tuple[int, float, int] | None:
    """Tile, ink level and ground level of the lowest contrast; None where there is no ink.

    The whole box counts as one more tile that stands on all grounds: so a text that vanishes in one
    of them is compared with it even where nothing of it is left to see.
    """
    import numpy as np

    off = np.abs(np.arange(_GREYS) - np.array(grounds)[:, None])
    near = counts @ (off <= _SAME).T
    size = counts.sum(1)
    stands_on = near >= _GROUND_IN_TILE * size[:, None]
    stands_on[np.arange(len(counts)), near.argmax(1)] = True
    stands_on[-1] = True
    inks = np.where(stands_on @ (off <= apart), 0, counts)
    share = np.full(len(counts), _INK_IN_TILE)
    share[-1] = _INK_IN_BOX
    inked = np.flatnonzero(inks.sum(1) >= np.maximum(share * size, _INK_PX))
    levels = _ink_levels(inks[inked], np.array(grounds)[near[inked].argmax(1)], edges)
    light = _shades()[2]
    worst: tuple[float, int, float, int] | None = None
    for tile, level in zip(inked.tolist(), levels.tolist(), strict=True):
        for ground in np.array(grounds)[stands_on[tile]]:
            ratio = ratio_of(light[round(level)], light[ground])
            if worst is None or ratio < worst[0]:
                worst = ratio, tile, level, int(ground)
    return worst and worst[1:]


def _ink_levels(inks: Counts, grounds: NDArray[np.intp], edges: _Edges) -> Row:
    """Each tile's ink level, on that side of its ground where most ink is."""
    import numpy as np

    levels = np.arange(_GREYS)
    above = levels > grounds[:, None]
    lighter = np.where(above, inks, 0)
    is_lighter = 2 * lighter.sum(1) >= inks.sum(1)
    side = np.where(is_lighter[:, None], lighter, inks - lighter)
    peaks, weights = _peaks(side)
    further = np.where(is_lighter, 1, -1)[:, None] * (levels - peaks[:, None]) > _SAME
    stands_out = np.where(further, side, 0).sum(1) <= edges.beyond * weights
    share = np.where(is_lighter, edges.far_end, 1 - edges.far_end)
    far_end = (side.cumsum(1) >= (share * side.sum(1))[:, None]).argmax(1)
    return np.where(stands_out, peaks, far_end)


def _colour(pixels: Pixels, greys: Greys, level: float) -> str:
    """The median of each channel where the grey is about this level, as `#RRGGBB`."""
    import numpy as np

    off = np.abs(greys.ravel().astype(np.intp) - round(level))
    places = np.flatnonzero(off <= _SAME // 2)
    if not places.size:  # the level is the middle of a window, and nothing need stand right there
        places = np.flatnonzero(off <= _SAME)
    few = pixels.reshape(-1, 3)[places[:: len(places) // _MIDDLE_PX + 1]]
    few.sort(0)
    red, green, blue = few[len(few) // 2].tolist()
    return f"#{red:02X}{green:02X}{blue:02X}"
