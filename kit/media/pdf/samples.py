"""How streams of a PDF are packed; the samples of a CMYK picture, and how much ink they lay down."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from pikepdf import Array, Name
from PIL import Image

from kit.media.pdf.model import NotAPdf

_BLOCK_PX = 8


def samples_of(image: Any, width: int, height: int) -> Any:
    """Samples as they stand in the file, before Decode; None for a kind that is not read here."""
    filters = filters_of(image)
    if filters == ["DCTDecode"]:
        try:
            with Image.open(io.BytesIO(image.read_raw_bytes()), formats=["JPEG"]) as jpeg:
                if jpeg.mode != "CMYK" or jpeg.size != (width, height):
                    return None
                return 255 - np.asarray(jpeg)  # Pillow takes every CMYK JPEG for Adobe's inverted kind
        except (OSError, SyntaxError) as error:
            raise NotAPdf(f"a broken JPEG: {error}") from error
    if set(filters) <= {"FlateDecode"} and image.BitsPerComponent == 8:
        return np.frombuffer(image.read_bytes(), np.uint8).reshape(height, width, 4)
    return None


def coverage_of(pixels: Any, decode: Any) -> tuple[float, float]:
    """Greatest coverage in percent of a pixel and of a block, some rows at a time."""
    low, high = np.array([float(v) for v in decode or (0, 1) * 4], np.float32).reshape(4, 2).T
    most = area = 0.0
    for top in range(0, len(pixels), 32 * _BLOCK_PX):
        rows = pixels[top : top + 32 * _BLOCK_PX].astype(np.float32) / 255
        total = 100 * (low + rows * (high - low)).sum(axis=2)
        most = max(most, float(total.max()))
        total = np.pad(total, [(0, -side % _BLOCK_PX) for side in total.shape], mode="edge")
        blocks = total.reshape(len(total) // _BLOCK_PX, _BLOCK_PX, -1, _BLOCK_PX)
        area = max(area, float(blocks.mean(axis=(1, 3)).max()))
    return most, area


def filters_of(stream: Any) -> list[str]:
    """How a stream is packed, outermost first."""
    named = stream.get("/Filter", Array())
    return [str(name)[1:] for name in ([named] if isinstance(named, Name) else named)]
