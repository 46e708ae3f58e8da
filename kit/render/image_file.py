"""Picture files that someone else made, all untrusted: read up to a limit, recognised by their content.

A suffix says nothing. The size is read from the header before one pixel is decoded, since a few kB can
declare gigabytes. Everything wrong with a file is an InputError that says what would be right. WebP is
refused: libwebp wants 16 bytes a pixel, and nobody needs it here.
"""

from __future__ import annotations

import io
import stat
from pathlib import Path

from PIL import Image

from kit.errors import InputError, Mistake

MAX_SIDE = 12_000
"""Pixels of the longer side."""
MAX_PIXELS = 60_000_000
WORKING_PIXELS = 24_000_000
"""What a picture is shrunk to when it has more."""
_MAX_SCANS = 40
"""Of a progressive JPEG; encoders write about ten. Each one is a pass over all the coefficients."""

_KINDS = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"%PDF", "PDF"),
    (b"%!PS", "PostScript file"),
    (b"8BPS", "Photoshop file"),
    (b"BM", "BMP"),
    (b"PK\x03\x04", "ZIP archive"),
    (b"\x1f\x8b", "compressed file (.svgz or .gz)"),
    (b"\0\0\x01\0", "ICO"),
)
_ENDS_OF_OTHERS = ((b"WEBP", "WebP"), (b"heic", "HEIC"), (b"mif1", "HEIC"), (b"avif", "AVIF"))
"""By what stands at byte 8: the container's own mark comes before."""
_TOO_LARGE = (
    f"at most {MAX_SIDE:,} px a side and {MAX_PIXELS // 1_000_000} megapixels are read: export it smaller"
)


def is_svg(path: Path) -> bool:
    """Whether the file is markup, so that `svg_picture` is the one to open it. Never raises."""
    try:
        if not path.is_file():  # before it is opened: a pipe would wait for ever
            return False
        with path.open("rb") as file:
            return _is_markup(file.read(200))
    except (OSError, ValueError):
        return False


def refusal(name: str, what: str, line: int = 0, column: int = 0) -> InputError:
    """The one shape of all refusals: a mistake in this file, `line` and `column` from 1 if known."""
    return InputError(mistakes=[Mistake(name, line, column, "", what)])


def read_file(path: Path, name: str, most: int) -> bytes:
    """An ordinary file of 1 to `most` bytes. A pipe or device is refused before it is opened."""
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise refusal(name, "is a folder; name the picture itself")
        if not stat.S_ISREG(found.st_mode):
            raise refusal(name, "is not an ordinary file; name a picture")
        with path.open("rb") as file:
            data = file.read(most + 1)
    except FileNotFoundError as error:
        raise refusal(name, "is not there; check the name, or add the file") from error
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        reason = getattr(error, "strerror", None) or "no file can have this name"
        raise refusal(name, f"cannot be read: {reason}; add the file itself") from error
    if not data:
        raise refusal(name, "is empty; have it sent again")
    if len(data) > most:
        size = f"{found.st_size / 1e6:.1f} MB" if found.st_size > most else "too large"
        raise refusal(name, f"is {size}; at most {most / 1e6:g} MB are read: export it smaller")
    return data


def picture_header(data: bytes, name: str) -> Image.Image:
    """The picture with its size checked and not one pixel decoded. Call it with warnings ignored."""
    kind = _kind(data)
    if kind not in ("PNG", "JPEG"):
        raise refusal(name, f"is {kind}; save it as PNG or JPEG")
    try:
        image = Image.open(io.BytesIO(data), formats=["PNG", "JPEG"])
        animated = image.format == "PNG" and getattr(image, "n_frames", 1) > 1  # a JPEG's are previews
    except Image.DecompressionBombError as error:
        raise refusal(name, f"has too many pixels; {_TOO_LARGE}") from error
    except Exception as error:  # Pillow raises a dozen kinds for broken files
        raise broken(name, kind) from error
    width, height = image.size
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise refusal(name, f"is {width:,} × {height:,} px; {_TOO_LARGE}")
    if animated:
        raise refusal(name, "is animated; save one still picture of it")
    if kind == "JPEG" and data.count(b"\xff\xda") > _MAX_SCANS:
        raise refusal(name, "is a JPEG of far too many scans; save it again as an ordinary JPEG")
    return image


def _kind(data: bytes) -> str:
    for start, kind in _KINDS:
        if data.startswith(start):
            return kind if kind in ("PNG", "JPEG") else f"a {kind}"
    for mark, kind in _ENDS_OF_OTHERS:
        if data[8:12] == mark:
            return f"a {kind}"
    return "an SVG or other text" if _is_markup(data) else "not a picture this kit knows"


def _is_markup(data: bytes) -> bool:
    """Whether the file starts as markup does, in UTF-8 or UTF-16: then it is an SVG or nothing."""
    start = data[:200].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return start.startswith(b"<")


def broken(name: str, kind: str) -> InputError:
    """The refusal of a file whose header or pixels cannot be decoded."""
    return refusal(name, f"is a broken or cut-short {kind}; have it sent again, or export it anew")
