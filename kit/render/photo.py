"""Photos: cropped around what matters, and set in two inks of the palette.

A duotone makes photos by different people look alike. On screen it runs between two `#RRGGBB`; in print
between two CMYK colours, never through RGB, so that no point has more ink than its darker end.
"""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from kit.errors import WorkError
from kit.media.contrast import channels
from kit.render.bitmap import open_picture
from kit.render.image_file import refusal
from kit.tables.prints import MAX_INK_PERCENT

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]

Cmyk = tuple[float, float, float, float]
"""Ink in percent, 0 to 100 each."""

MOST_ENLARGED = 1.5
"""Beyond this a photo looks soft on a phone, and below 200 dpi in print."""
_CUTOFF = 0.005
"""Share of the darkest and of the lightest pixels that may clip: one lamp must not flatten the rest."""
_QUALITY = 92
_PAPER = "#FFFFFF"
_STRIP = 256
"""Rows separated at a time: a poster in floats, whole, would take gigabytes."""
_SOFT_BLACK = 0.1


def focus_box(
    size: tuple[int, int], target: tuple[int, int], focus: tuple[float, float]
) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the largest crop of the target's ratio, in px.

    The focus (0 to 1 from left and top) is as near to the middle of the crop as the edges allow.
    """
    width = min(size[0], max(1, round(size[1] * target[0] / target[1])))
    height = min(size[1], max(1, round(size[0] * target[1] / target[0])))
    left = min(max(round(focus[0] * size[0] - width / 2), 0), size[0] - width)
    top = min(max(round(focus[1] * size[1] - height / 2), 0), size[1] - height)
    return left, top, left + width, top + height


def focus_crop(
    image: Image.Image,
    width: int,
    height: int,
    focus: tuple[float, float] = (0.5, 0.5),
    name: str = "the photo",
) -> Image.Image:
    """The crop of `focus_box`, resized to exactly `width` by `height` px.

    Raises InputError when that would enlarge it more than MOST_ENLARGED times.
    """
    least = math.ceil(width / MOST_ENLARGED), math.ceil(height / MOST_ENLARGED)
    if image.width < least[0] or image.height < least[1]:
        raise refusal(
            name,
            f"is {image.width} × {image.height} px, too small for {width} × {height}: "
            f"send one of at least {least[0]} × {least[1]} px",
        )
    box = focus_box(image.size, (width, height), focus)
    return image.resize((width, height), Image.Resampling.LANCZOS, box=box)


def duotone(image: Image.Image, dark: str, light: str) -> Image.Image:
    """The photo as RGB between two `#RRGGBB`: its blacks are `dark`, its whites `light`."""
    greys = _greys(image)
    tones = _tones(greys)
    ends = zip(channels(dark), channels(light), strict=True)
    bands = [greys.point([round(low + (high - low) * tone) for tone in tones]) for low, high in ends]
    return Image.merge("RGB", bands)


def duotone_cmyk(image: Image.Image, dark: Cmyk, light: Cmyk) -> Image.Image:
    """The photo as CMYK between two inks in percent.

    No pixel has more ink in all than the heavier of the two: every one is a mix of them.
    """
    greys = _greys(image)
    tones = _tones(greys)
    bands = [
        greys.point([_levels(low + (high - low) * tone) for tone in tones])
        for low, high in zip(dark, light, strict=True)
    ]
    return Image.merge("CMYK", bands)


def prepare_photo(
    path: Path, name: str, width: int, height: int, focus: tuple[float, float], dark: str, light: str
) -> bytes:
    """A photo file as a duotone sRGB JPEG, 4:4:4, without metadata; the same file, the same bytes.

    Raises InputError for a file that cannot be used or is too small.
    """
    photo = duotone(focus_crop(open_picture(path, name), width, height, focus, name), dark, light)
    buffer = io.BytesIO()
    photo.save(buffer, "JPEG", quality=_QUALITY, subsampling=0)
    return buffer.getvalue()


def to_cmyk_jpeg(
    image: Image.Image, ground: str = _PAPER, most_ink: float = MAX_INK_PERCENT, dpi: int = 300
) -> bytes:
    """A CMYK JPEG of which no decoded pixel has more than `most_ink` percent C + M + Y + K.

    A CMYK picture is only held to the limit; any other is flattened on `ground` and separated here.
    Why decoded: JPEG's ripples add up to 20 % of ink beside hard edges, so the aim is lowered until
    the file itself keeps the limit. Raises WorkError if none does, which no real picture comes near.
    """
    inks = image if image.mode == "CMYK" else separated(_flat(image, ground))
    limit = _levels(most_ink)
    aim = limit
    while aim > 0:
        buffer = io.BytesIO()
        _held(inks, aim).save(buffer, "JPEG", quality=95, subsampling=0, dpi=(dpi, dpi))
        over = _heaviest(Image.open(buffer)) - limit
        if over <= 0:
            return buffer.getvalue()
        aim -= over
    raise WorkError(f"a photo stays over {most_ink:g} % of ink whatever its colours", "use another photo")


def _levels(percent: float) -> int:
    """Percent of ink as levels of 255, rounded down so that four of them stay under their sum; 20 % is 51 all the same."""
    return int(percent * 2.55 + 1e-6)


def _greys(image: Image.Image) -> Image.Image:
    return _flat(image, _PAPER).convert("L")


def _tones(greys: Image.Image) -> list[float]:
    """Where each of 256 levels lies between dark (0) and light (1), stretched to the whole range.

    Why not ImageOps: autocontrast and colorize round down, and white came out as 254.
    """
    counts = greys.histogram()
    clipped = sum(counts) * _CUTOFF
    low = next(level for level in range(256) if sum(counts[: level + 1]) > clipped)
    high = next(level for level in range(255, -1, -1) if sum(counts[level:]) > clipped)
    if low >= high:  # one flat grey has nothing to stretch
        low, high = 0, 255
    return [min(max((level - low) / (high - low), 0.0), 1.0) for level in range(256)]


def _flat(image: Image.Image, ground: str) -> Image.Image:
    """RGB, with the ground wherever the picture lets it through."""
    if "A" not in image.getbands():
        return image.convert("RGB")
    under = Image.new("RGBA", image.size, ground)
    return Image.alpha_composite(under, image.convert("RGBA")).convert("RGB")


def separated(image: Image.Image) -> Image.Image:
    """RGB to CMYK with all grey in K.

    What is common to C, M and Y becomes K; the rest is what K leaves room for, (c-k)/(1-k). Near
    black that divides noise by nothing, and neighbours of one black would swing between 0 and
    200 % of colour: below a tenth of room the divisor stays a tenth.
    """
    import numpy as np

    result = Image.new("CMYK", image.size)
    for top in range(0, image.height, _STRIP):
        strip = image.crop((0, top, image.width, min(top + _STRIP, image.height)))
        colours = 1 - np.asarray(strip, dtype=np.float32) / 255
        black = colours.min(axis=2, keepdims=True)
        colours = (colours - black) / np.maximum(1 - black, _SOFT_BLACK)
        inks = np.concatenate([colours, black], axis=2) * 255
        result.paste(Image.frombytes("CMYK", strip.size, inks.round().astype(np.uint8).tobytes()), (0, top))
    return result


def _held(image: Image.Image, limit: int) -> Image.Image:
    """CMYK with at most `limit` in all, of 1020: C, M and Y give way alike, K only when alone."""
    import numpy as np

    result = image.copy()
    for top in range(0, image.height, _STRIP):
        strip = image.crop((0, top, image.width, min(top + _STRIP, image.height)))
        inks = np.asarray(strip).astype(np.float32)
        inks[:, :, 3] = np.minimum(inks[:, :, 3], limit)
        colour = inks[:, :, :3].sum(axis=2)
        room = limit - inks[:, :, 3]
        inks[:, :, :3] *= np.minimum(1, room / np.maximum(colour, 1))[:, :, None]
        # the small amount: 3 * (room / 3) may come out just below a whole level
        whole = (inks + 1e-3).astype(np.uint8)
        result.paste(Image.frombytes("CMYK", strip.size, whole.tobytes()), (0, top))
    return result


def _heaviest(image: Image.Image) -> int:
    """Most ink of any pixel, of 1020."""
    import numpy as np

    rows = (
        image.crop((0, top, image.width, min(top + _STRIP, image.height)))
        for top in range(0, image.height, _STRIP)
    )
    return max(int(np.asarray(strip).sum(axis=2, dtype=np.int64).max()) for strip in rows)
