"""Opening pictures that someone else made: PNG, JPEG and SVG, each one untrusted.

A file is known by its content, never by its suffix. Its size is read from the header before one
pixel is decoded, since a few kB can declare gigabytes. What comes out is 8-bit sRGB RGBA, upright,
without metadata. Everything wrong with a file is an InputError that says what would be right.

Memory stays under 600 MB: a decoded picture of the permitted 60 megapixels takes 240 MB, so
it is shrunk to 24 (an A3 page at 300 dpi has 17) before anything makes a second copy of it.
WebP is refused: libwebp wants 16 bytes a pixel, and nobody needs it here.

An SVG has two guards, since no list of forbidden things is ever complete. The check refuses what
runs, loads or expands. Typst then draws it in a process of its own with an empty folder, one
thread, 10 s and 500 MB (this last not on macOS and Windows): patterns of patterns, or five thousand
see-through layers, are valid SVG and cost minutes (measured 2026-11-24, Typst 0.15.2).
"""

from __future__ import annotations

import base64
import binascii
import io
import math
import re
import stat
import subprocess
import sys
import tempfile
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any
from xml.parsers import expat

from PIL import Image, ImageCms

from kit.errors import InputError, Mistake, WorkError

MAX_FILE_BYTES = 20_000_000
MAX_SIDE = 12_000
"""Pixels of the longer side."""
MAX_PIXELS = 60_000_000
WORKING_PIXELS = 24_000_000
"""What a picture is shrunk to when it has more."""
_PROGRESSIVE_PIXELS = 36_000_000
"""From here a progressive JPEG is decoded at half size: libjpeg keeps all its coefficients, 6 to 8
bytes a pixel, beside the picture."""
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
_TOO_LARGE = (
    f"at most {MAX_SIDE:,} px a side and {MAX_PIXELS // 1_000_000} megapixels are read: export it smaller"
)


def open_picture(path: Path, name: str) -> Image.Image:
    """A PNG or JPEG as upright 8-bit sRGB RGBA without metadata.

    `name` is what messages call the file. Raises InputError for a file that is missing, broken,
    too large, animated, or anything but a PNG or JPEG.
    """
    return _decoded(_read(path, name, MAX_FILE_BYTES), name)


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


def _read(path: Path, name: str, most: int) -> bytes:
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


def _header(data: bytes, name: str) -> Image.Image:
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
        raise _broken(name, kind) from error
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


def _broken(name: str, kind: str) -> InputError:
    return refusal(name, f"is a broken or cut-short {kind}; have it sent again, or export it anew")


def _decoded(data: bytes, name: str) -> Image.Image:
    # Pillow warns about odd metadata and large sizes. The filter is the whole process's, so
    # another thread's warning may be lost for this moment; no result depends on one.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image = _header(data, name)
        if image.info.get("progressive") and image.width * image.height > _PROGRESSIVE_PIXELS:
            image.draft(image.mode, (image.width // 2, image.height // 2))
        try:
            image.load()
        except Exception as error:  # as in `_header`
            raise _broken(name, str(image.format)) from error
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


MAX_SVG_BYTES = 2_000_000
MAX_ELEMENTS = 20_000
MAX_DEPTH = 64
DRAWING_SECONDS = 10
_DRAWING_MEGABYTES = 500
_MOST_MISTAKES = 20
_REFUSED = {
    "script": "a script; export the drawing without it",
    "foreignObject": "a foreignObject; export it as plain SVG, without editing data",
    "text": "text; convert text to outlines, since its font does not travel with it",
    **dict.fromkeys(("animate", "animateMotion", "animateTransform", "set"), "an animation; export a still"),
}
_LENGTH = re.compile(
    r"\s*\+?([0-9]*\.?[0-9]+(?:e[+-]?[0-9]+)?)(?:px|pt|pc|mm|cm|in|em|ex)?\s*", re.IGNORECASE
)
_URL = re.compile(r"url\(\s*['\"]?\s*([^'\")]*)", re.IGNORECASE)
_EMBEDDED = re.compile(r"\s*data:image/(?:png|jpe?g);base64,", re.IGNORECASE)

_TEMPLATE = """
#let picture = image(bytes(sys.inputs.svg), format: "svg", width: int(sys.inputs.width) * 1pt)
#set page(width: auto, height: auto, margin: 0pt, fill: none)
#context assert(measure(picture).height <= int(sys.inputs.tallest) * 1pt, message: "it is too tall for its width")
#picture
"""
_DRAW = """
import os, sys
os.environ["RAYON_NUM_THREADS"] = "1"
import typst
template, width, tallest, megabytes = sys.argv[1:]
try:
    import resource
    resource.setrlimit(resource.RLIMIT_DATA, (int(megabytes) << 20,) * 2)
except (ImportError, OSError, ValueError):
    pass
inputs = {"svg": sys.stdin.buffer.read().decode(), "width": width, "tallest": tallest}
try:
    png = typst.compile(template.encode(), root=".", format="png", ppi=72, sys_inputs=inputs, ignore_system_fonts=True)
except BaseException as error:
    print(getattr(error, "message", error), file=sys.stderr)
    sys.exit(3)
sys.stdout.buffer.write(png)
"""
"""What the other process runs. A string and not a module: it must not import the kit to start."""


def svg_picture(path: Path, name: str, width_px: int) -> Image.Image:
    """The drawing as RGBA, `width_px` wide, transparent where it draws nothing.

    Raises InputError for a file that is missing, unparseable, without a size, hostile, or too
    costly to draw, with all that the check found at once.
    """
    data = _read(path, name, MAX_SVG_BYTES)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise refusal(name, "is not UTF-8 text; save it again as UTF-8", line, column) from error
    _Check(name).read(text)
    return _drawn(text, name, width_px)


class _Check:
    """One reading of one file, as libexpat reports it; mistakes are gathered until the end."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.mistakes: list[Mistake] = []
        self.depth = self.elements = self.pixels = 0
        self.style: list[str] | None = None
        self.parser = parser = expat.ParserCreate("utf-8", "\n")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.ProcessingInstructionHandler = self._instruction
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text

    def read(self, text: str) -> None:
        """Raise InputError with every mistake, or return."""
        try:
            self.parser.Parse(text, True)
        except expat.ExpatError as error:
            what = f"is not readable as SVG: {expat.ErrorString(error.code)}; export it anew"
            self.mistakes.append(Mistake(self.name, error.lineno, error.offset + 1, "", what))
        if self.mistakes:
            raise InputError(mistakes=self.mistakes)

    def _refuse(self, what: str) -> None:
        place = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        self.mistakes.append(Mistake(self.name, *place, "", what))
        if len(self.mistakes) >= _MOST_MISTAKES:
            raise InputError(mistakes=self.mistakes)

    def _stop(self, what: str) -> None:
        self._refuse(what)
        raise InputError(mistakes=self.mistakes)

    def _doctype(self, *_: object) -> None:
        self._stop("has a DOCTYPE, which can hide a bomb; delete that line, or export it as plain SVG")

    def _instruction(self, target: str, _: str) -> None:
        if target == "xml-stylesheet":
            self._refuse("loads a stylesheet from elsewhere; export it with its styles inside")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition("\n")[2]
        self.depth, self.elements = self.depth + 1, self.elements + 1
        if self.depth > MAX_DEPTH:
            self._stop(f"is nested more than {MAX_DEPTH} deep; export it flattened")
        if self.elements > MAX_ELEMENTS:
            self._stop(f"has more than {MAX_ELEMENTS:,} elements; export it simplified")
        if self.elements == 1:
            self._root(local, attributes)
        if local in _REFUSED:
            self._refuse(f"has {_REFUSED[local]}")
        if local == "style":
            self.style = []
        for key, value in attributes.items():
            self._attribute(key.rpartition("\n")[2], value)

    def _end(self, tag: str) -> None:
        self.depth -= 1
        if self.style is not None and tag.rpartition("\n")[2] == "style":
            self._css("".join(self.style))
            self.style = None

    def _text(self, text: str) -> None:
        if self.style is not None:
            self.style.append(text)

    def _root(self, local: str, attributes: dict[str, str]) -> None:
        if local != "svg":
            self._stop(f"starts with <{local[:30]}>, not <svg>; export it as SVG")
        sides = [attributes.get(side, "") for side in ("width", "height")]
        box = re.split(r"[\s,]+", attributes.get("viewBox", "").strip())
        if not ((len(box) == 4 and all(map(_is_positive, box[2:]))) or all(map(_is_positive, sides))):
            self._refuse("has no size; give <svg> a viewBox, or a width and a height above 0")

    def _attribute(self, key: str, value: str) -> None:
        if key.lower().startswith("on"):
            self._refuse(f"has a script in {key[:30]}=; export the drawing without it")
        elif key.lower() in ("href", "src"):
            self._link(value)
        else:
            self._css(value)

    def _css(self, css: str) -> None:
        """Styles, and every attribute as if it were one: most may hold a url()."""
        if "@import" in css.lower():
            self._refuse("loads a stylesheet from elsewhere; export it with its styles inside")
        if "\\" in css:
            self._refuse("has a \\ in its styles, which can hide an address; export it as plain SVG")
        for link in _URL.findall(css):
            self._link(link)

    def _link(self, link: str) -> None:
        if link.strip().startswith("#"):
            return
        if not (start := _EMBEDDED.match(link)):
            self._refuse("refers to something outside the file; embed it as PNG or JPEG, or remove it")
            return
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                image = _header(
                    base64.b64decode("".join(link[start.end() :].split()), validate=True), self.name
                )
        except binascii.Error:
            self._refuse("holds an embedded picture that is broken; export it anew")
        except InputError as error:
            self._refuse(f"holds a picture that {error.mistakes[0].message}")
        else:
            self.pixels += image.width * image.height
            if self.pixels > WORKING_PIXELS:
                self._stop(
                    f"holds more than {WORKING_PIXELS // 1_000_000} megapixels; embed smaller pictures"
                )


def _is_positive(length: str) -> bool:
    found = _LENGTH.fullmatch(length)
    return found is not None and 0 < float(found[1]) < math.inf


def _drawn(text: str, name: str, width_px: int) -> Image.Image:
    tallest = min(MAX_SIDE, WORKING_PIXELS // width_px)
    program = [sys.executable, "-P", "-c", _DRAW, _TEMPLATE]
    limits = [str(number) for number in (width_px, tallest, _DRAWING_MEGABYTES)]
    try:
        with tempfile.TemporaryDirectory() as empty:
            done = subprocess.run(
                [*program, *limits],
                input=text.encode(),
                capture_output=True,
                cwd=empty,
                timeout=DRAWING_SECONDS,
            )
    except subprocess.TimeoutExpired as error:
        raise refusal(name, f"takes over {DRAWING_SECONDS} s to draw; export it simplified") from error
    said = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
    if done.returncode == 1:  # Python itself: the program did not even start
        raise WorkError(f"the typesetter did not start: {said[-1]}", "reinstall the kit")
    if done.returncode == 3:
        raise refusal(name, f"cannot be drawn: {said[-1].removeprefix('assertion failed: ')}; export it anew")
    if done.returncode:
        raise refusal(name, f"needs over {_DRAWING_MEGABYTES} MB to draw; export it simplified")
    return Image.open(io.BytesIO(done.stdout)).convert("RGBA")
