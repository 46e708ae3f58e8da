"""PNG and JPEG of someone else as 8-bit sRGB RGBA, upright, without metadata.

Memory stays under 600 MB: a decoded picture of the permitted 60 megapixels takes 240 MB, so it is shrunk to
24 (an A3 page at 300 dpi has 17) before anything makes a second copy of it.
"""

from __future__ import annotations

import io
import math
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms

from kit.render.image_file import WORKING_PIXELS, broken, picture_header, read_file
from kit.resources import MAX_PICTURE_BYTES

_PROGRESSIVE_PIXELS = 36_000_000
"""From here a progressive JPEG is decoded at half size: libjpeg keeps all its coefficients, 6 to 8
bytes a pixel, beside the picture."""
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF's orientation: what turns the stored picture upright."""


def open_picture(path: Path, name: str) -> Image.Image:
    """A PNG or JPEG as upright 8-bit sRGB RGBA without metadata.

    `name` is what messages call the file. Raises InputError for a file that is missing, broken,
    too large, animated, or anything but a PNG or JPEG.
    """
    return _decoded(read_file(path, name, MAX_PICTURE_BYTES), name)


def _decoded(data: bytes, name: str) -> Image.Image:
    # Pillow warns about odd metadata and large sizes. The filter is the whole process's, so
    # another thread's warning may be lost for this moment; no result depends on one.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image = picture_header(data, name)
        if image.info.get("progressive") and image.width * image.height > _PROGRESSIVE_PIXELS:
            image.draft(image.mode, (image.width // 2, image.height // 2))
        try:
            image.load()
        except Exception as error:  # as in `picture_header`
            raise broken(name, str(image.format)) from error
        turn = _UPRIGHT.get(_orientation(image))
        profile = image.info.get("icc_profile")
        image = _shrunk(image)
        colour, alpha = _parts(image)
        rgb = _in_srgb(colour, profile)
    picture = Image.merge("RGBA", (*rgb.split(), alpha or Image.new("L", rgb.size, 255)))
    picture = picture if turn is None else picture.transpose(turn)
    picture.info = {}  # Pillow carries comments, EXIF and profiles along, and save() writes some
    return picture


def _orientation(image: Image.Image) -> Any:
    try:
        return image.getexif().get(0x0112)
    except Exception:  # broken EXIF is no reason to lose a picture
        return None


def _shrunk(image: Image.Image) -> Image.Image:
    """At most WORKING_PIXELS.

    Why NEAREST beside transparency: it mixes no hidden colour in, and needs no premultiplied copy.
    """
    scale = math.sqrt(WORKING_PIXELS / (image.width * image.height))
    if scale >= 1:
        return image
    size = max(1, int(image.width * scale)), max(1, int(image.height * scale))
    mixes = image.mode in ("L", "RGB", "CMYK") and "transparency" not in image.info
    return image.resize(size, Image.Resampling.LANCZOS if mixes else Image.Resampling.NEAREST)


def _parts(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """The colours as L, RGB or CMYK, and the transparency, each 8 bits."""
    clear = image.info.get("transparency")
    if image.mode.startswith("I"):  # convert() would cut 16 bits off at 255 instead of scaling them
        import numpy as np  # here: it takes 0.15 s to import, and 16 bits are rare

        values = np.asarray(image)
        alpha = None if clear is None else Image.fromarray(np.where(values == clear, 0, 255).astype(np.uint8))
        return Image.fromarray((values >> 8).astype(np.uint8)), alpha
    if image.mode in ("1", "L"):
        image = image.convert("L" if clear is None else "LA")
    elif image.mode not in ("LA", "CMYK") and (image.mode != "RGB" or clear is not None):
        image = image.convert("RGBA")
    if image.mode == "LA":
        grey, alpha = image.split()
        return grey, alpha
    if image.mode == "RGBA":
        *bands, alpha = image.split()
        return Image.merge("RGB", bands), alpha
    return image, None


def _in_srgb(colour: Image.Image, profile: bytes | None) -> Image.Image:
    """By its embedded profile; one that is broken or of another kind of colour is ignored."""
    if profile:
        with suppress(ImageCms.PyCMSError, OSError, TypeError):
            converted = ImageCms.profileToProfile(
                colour,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
                outputMode="RGB",
                flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
            )
            if converted is not None:
                return converted
    return colour.convert("RGB")
