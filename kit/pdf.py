"""What a PDF holds, read from its own objects: boxes, fonts, the colours it paints with, its tags.

Why not trust the typesetter: it changes colours without a word (an SVG or a default black turns up
as RGB or ICC grey, measured with Typst 0.15), and a printer only ever sees the file. Colours count
when they are painted, not when they are set; inside forms, patterns, shadings, Type 3 glyphs and
annotations too. Soft masks are left out, since no ink comes from them. Layout: ISO 32000-1:2008.
"""

from __future__ import annotations

import io
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from PIL import Image

MAX_FILE_BYTES = 60_000_000
MAX_CONTENT_BYTES = 2_000_000
MAX_STREAM_BYTES = 200_000_000
MAX_PIXELS = 40_000_000
MAX_DEPTH = 12
MAX_PARTS = 50_000
"""Bounds on hostile files. An A3 picture at 400 ppi has 36 million pixels; a poster's drawing has
less than 200 kB, and every form counts each time it is painted."""

_FORM_COST = 200
"""Bytes that every form counts beside its own, or forms within forms would multiply for free."""
_MM_PER_PT = 25.4 / 72
_BLOCK_PX = 8
_CMYK = ("DeviceCMYK", "ICCBased-4")
_Cmyk = tuple[float, float, float, float]
_PLAIN = ("DeviceGray", "DeviceRGB", "DeviceCMYK", "Pattern")
_DEVICE = {"g": "DeviceGray", "rg": "DeviceRGB", "k": "DeviceCMYK"}
_BOTH = ("B", "B*", "b", "b*")
_FILLS = ("f", "F", "f*", *_BOTH)
_STROKES = ("S", "s", *_BOTH)
_SHOWS = ("Tj", "TJ", "'", '"')
_COLOURS = ("g", "rg", "k", "cs", "sc", "scn", "G", "RG", "K", "CS", "SC", "SCN")
_OPERATORS = " ".join((*_FILLS, *_STROKES, *_SHOWS, *_COLOURS, "q Q BMC BDC EMC Tr Do sh BI ID EI"))
_BOXES = ("Media", "Crop", "Bleed", "Trim")
_FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")
_WRONG_SHAPE = (
    TypeError,
    AttributeError,
    LookupError,
    ValueError,
    ArithmeticError,
    RuntimeError,
    SyntaxError,
    Warning,
)


class NotAPdf(ValueError):
    """The file is no PDF, or a broken, locked or monstrous one; the message says which."""


@dataclass(frozen=True)
class BoxMm:
    """A page box in mm, `x` and `y` from the origin of the page, at the lower left."""

    x: float
    y: float
    w: float
    h: float


@dataclass(frozen=True)
class Page:
    """One page. A box that the page does not name is None, though readers then assume another.

    `untagged` counts what is painted outside tags and artifacts; `tab_order` is "S" where links
    are reached in the order of the tags.
    """

    media: BoxMm
    crop: BoxMm | None
    bleed: BoxMm | None
    trim: BoxMm | None
    rotation: int
    tab_order: str | None
    untagged: int
    links: tuple[str, ...]


@dataclass(frozen=True, order=True)
class Font:
    """One font a page may use. A Type 3 font carries its drawings with it."""

    name: str
    embedded: bool


@dataclass(frozen=True, order=True)
class Ink:
    """One CMYK colour that something is painted with, in percent. `in_text`: type is set in it."""

    c: float
    m: float
    y: float
    k: float
    in_text: bool

    @property
    def coverage(self) -> float:
        """Sum of the four inks in percent."""
        return self.c + self.m + self.y + self.k


@dataclass(frozen=True)
class Picture:
    """One image. Coverage in percent: of the worst pixel, and of the worst block of 8 × 8.

    Why both: JPEG overshoots at edges (an edge at 279 % has pixels of 302 % at quality 90,
    measured), but ink dries by area, 0.7 mm at 300 ppi. None where it is no CMYK.
    """

    colour: str
    width: int
    height: int
    max_coverage: float | None = None
    area_coverage: float | None = None


@dataclass(frozen=True)
class Tags:
    """What a screen reader lives on. `title` is that of the XMP packet, which PDF/UA asks for.

    `roles` counts the elements of the tree by standard role; a figure needs Alt or ActualText.
    """

    has_tree: bool
    marked: bool
    language: str | None
    title: str | None
    title_shown: bool
    ua_part: str | None
    roles: tuple[tuple[str, int], ...]
    figures_without_alt: int


@dataclass(frozen=True)
class PdfFacts:
    """One PDF. `colours` are names like DeviceCMYK, ICCBased-3 or Separation(DeviceCMYK).

    `unmeasured` names what is painted in CMYK but whose inks could not be read.
    """

    pages: tuple[Page, ...]
    fonts: tuple[Font, ...]
    colours: frozenset[str]
    inks: tuple[Ink, ...]
    pictures: tuple[Picture, ...]
    unmeasured: tuple[str, ...]
    tags: Tags


def inspect(path: Path) -> PdfFacts:
    """Read a PDF's facts. Raises `NotAPdf` for anything malformed; a missing file is an OSError.

    Nothing is repaired: a printer's software would repair it in another way. Sets pikepdf's
    limits on unpacking, which hold for the whole process. Not for two threads at once.
    """
    if (size := path.stat().st_size) > MAX_FILE_BYTES:
        raise NotAPdf(f"{size:,} bytes")
    content = path.read_bytes()
    pikepdf.settings.set_qpdf_limits(
        flate_max_memory=MAX_STREAM_BYTES, max_stream_filters=4, parser_max_container_size=1_000_000
    )
    try:
        with warnings.catch_warnings(), Pdf.open(io.BytesIO(content), attempt_recovery=False) as document:
            warnings.simplefilter("error")  # pikepdf only warns about a drawing that breaks off
            if document.is_encrypted:
                raise NotAPdf("it is encrypted")
            facts = _facts(document)
            if not facts.pages:
                raise NotAPdf("it has no pages")
            if damage := document.get_warnings():
                raise NotAPdf(f"it is damaged: {_said(damage[0])}")
            return facts
    except NotAPdf:
        raise
    except pikepdf.PasswordError as error:
        raise NotAPdf("it is locked with a password") from error
    except pikepdf.PikepdfError as error:
        raise NotAPdf(_said(str(error))) from error
    except _WRONG_SHAPE as error:
        raise NotAPdf(f"an object is not what it should be: {_said(str(error))}") from error


def _said(message: str) -> str:
    """qpdf's words without the address of our buffer, which differs from run to run."""
    return re.sub(r"(stream )?<_io[^>]*>[:,]? ?", "", message)


# --- pages ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Colour:
    """The current colour: its space, its inks in percent if known, its pattern if it is one."""

    space: str = "DeviceGray"
    ink: _Cmyk | None = None
    pattern: Any = None


@dataclass(frozen=True)
class _State:
    fill: _Colour = _Colour()
    stroke: _Colour = _Colour()
    rendering: int = 0


@dataclass
class _Seen:
    """Everything met so far. `walked`: what looks the same wherever it stands is walked once."""

    document: Pdf
    colours: set[str] = field(default_factory=set)
    inks: set[Ink] = field(default_factory=set)
    fonts: set[Font] = field(default_factory=set)
    pictures: list[Picture] = field(default_factory=list)
    unmeasured: set[str] = field(default_factory=set)
    walked: set[tuple[int, int]] = field(default_factory=set)
    content_bytes: int = 0
    untagged: int = 0

    def first_time(self, thing: Any) -> bool:
        known = thing.objgen in self.walked
        self.walked |= {thing.objgen} - {(0, 0)}
        return not known


def _facts(document: Pdf) -> PdfFacts:
    seen = _Seen(document)
    return PdfFacts(
        pages=tuple([_page(page.obj, seen) for page in document.pages]),
        fonts=tuple(sorted(seen.fonts)),
        colours=frozenset(seen.colours),
        inks=tuple(sorted(seen.inks)),
        pictures=tuple(seen.pictures),
        unmeasured=tuple(sorted(seen.unmeasured)),
        tags=_tags(document),
    )


def _page(page: Any, seen: _Seen) -> Page:
    before, unit = seen.untagged, float(page.get("/UserUnit", 1)) * _MM_PER_PT
    resources = page.get("/Resources", Dictionary())
    _blending(page, resources, seen)
    _walk(page.get("/Contents", Array()), resources, _State(), False, 0, seen)
    links = []
    for annotation in page.get("/Annots", Array()):
        action = annotation.get("/A", Dictionary())
        if action.get("/S") == Name.URI:
            links.append(str(action.URI))
        look = annotation.get("/AP", Dictionary()).get("/N", Dictionary())
        for form in [look] if isinstance(look, Stream) else list(look.as_dict().values()):
            _form(form, resources, _State(), True, 0, seen)
    media, crop, bleed, trim = (_box(page.get(f"/{name}Box"), unit) for name in _BOXES)
    if media is None:
        raise NotAPdf("a page without a MediaBox")
    return Page(
        media=media,
        crop=crop,
        bleed=bleed,
        trim=trim,
        rotation=int(page.get("/Rotate", 0)) % 360,
        tab_order=str(page.Tabs)[1:] if "/Tabs" in page else None,
        untagged=seen.untagged - before,
        links=tuple(links),
    )


def _box(corners: Any, unit: float) -> BoxMm | None:
    """Any two opposite corners make a box."""
    if corners is None:
        return None
    x0, y0, x1, y1 = (float(value) * unit for value in corners)
    return BoxMm(min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0))


# --- what is painted -----------------------------------------------------------------------------


def _walk(content: Any, resources: Any, state: _State, tagged: bool, depth: int, seen: _Seen) -> None:
    """One content stream; what it paints goes into `seen`, forms and patterns included."""
    if depth > MAX_DEPTH:
        raise NotAPdf("drawings within drawings without end")
    _fonts(resources, depth, seen)
    saved: list[_State] = []
    marks = [tagged]
    for name, operands in _instructions(content, seen):
        if name == "q":
            saved.append(state)
        elif name == "Q":
            state = saved.pop() if saved else state
        elif name in ("BDC", "BMC"):
            marks.append(marks[-1] or _is_accounted_for(operands, resources))
        elif name == "EMC":
            del marks[max(len(marks) - 1, 1) :]
        elif name == "Tr":
            state = replace(state, rendering=int(operands[0]))
        elif name in _COLOURS and name.islower():
            state = replace(state, fill=_colour(name, operands, resources, state.fill))
        elif name in _COLOURS:
            state = replace(state, stroke=_colour(name.lower(), operands, resources, state.stroke))
        elif name == "Do" and (thing := resources.XObject[operands[0]]).Subtype == Name.Form:
            _form(thing, resources, state, marks[-1], depth, seen)
        else:
            seen.untagged += not marks[-1]
            if name == "Do":
                _picture(thing, resources, state, depth, seen)
            elif name == "INLINE IMAGE":
                _picture(operands[0].obj, resources, state, depth, seen)
            elif name == "sh":
                _shading(resources.Shading[operands[0]], resources, seen)
            else:
                for colour in _painted(name, state):
                    _paint(colour, name in _SHOWS, resources, depth, seen)


def _instructions(content: Any, seen: _Seen) -> Iterator[tuple[str, Any]]:
    parts = []
    seen.content_bytes += _FORM_COST
    for stream in [content] if isinstance(content, Stream) else content:
        if set(_filters(stream)) - {"FlateDecode"}:
            raise NotAPdf("a drawing packed in an uncommon way")
        parts.append(stream.read_bytes())
        seen.content_bytes += len(parts[-1])
        if seen.content_bytes > MAX_CONTENT_BYTES:
            raise NotAPdf(f"more than {MAX_CONTENT_BYTES:,} bytes of drawing")
    whole = seen.document.make_stream(b"\n".join(parts))
    for instruction in pikepdf.parse_content_stream(whole, _OPERATORS):
        yield str(instruction.operator), instruction.operands


def _filters(stream: Any) -> list[str]:
    named = stream.get("/Filter", Array())
    return [str(name)[1:] for name in ([named] if isinstance(named, Name) else named)]


def _is_accounted_for(operands: Any, resources: Any) -> bool:
    """Whether marked content is a tagged piece or says that it is decoration."""
    if operands[0] == Name.Artifact:
        return True
    facts = operands[1] if len(operands) > 1 else Dictionary()
    return "/MCID" in (resources.Properties[facts] if isinstance(facts, Name) else facts)


def _colour(name: str, operands: Any, resources: Any, now: _Colour) -> _Colour:
    if name == "cs":
        space = _space(operands[0], resources)
        return _Colour(space, (0.0, 0.0, 0.0, 100.0) if space in _CMYK else None)
    space = _DEVICE.get(name, now.space)
    pattern = None
    if isinstance(operands[-1], Name):
        pattern, operands = resources.Pattern[operands[-1]], operands[:-1]
    is_cmyk = space.removeprefix("Pattern(").rstrip(")") in _CMYK and len(operands) == 4
    return _Colour(space, _percent(operands) if is_cmyk else None, pattern)


def _percent(values: Any) -> _Cmyk:
    c, m, y, k = (100 * min(max(float(value), 0), 1) for value in values)
    return c, m, y, k


def _space(space: Any, resources: Any, depth: int = 0) -> str:
    """A colour space's family, with what lies under it: Indexed(DeviceCMYK)."""
    if depth > MAX_DEPTH:
        raise NotAPdf("colour spaces within each other without end")
    if isinstance(space, Name):
        plain = str(space)[1:]
        return plain if plain in _PLAIN else _space(resources.ColorSpace[space], resources, depth + 1)
    family = str(space[0])[1:]
    if family == "ICCBased":
        return f"ICCBased-{int(space[1].N)}"
    under = {"Indexed": 1, "Pattern": 1, "Separation": 2, "DeviceN": 2}.get(family, 0)
    if 0 < under < len(space):
        return f"{family}({_space(space[under], resources, depth + 1)})"
    return family


def _painted(name: str, state: _State) -> list[_Colour]:
    """The colours one operator paints with; text may be filled, outlined, both or only clip."""
    fills, strokes = name in _FILLS, name in _STROKES
    if name in _SHOWS:
        fills, strokes = state.rendering in (0, 2, 4, 6), state.rendering in (1, 2, 5, 6)
    return [state.fill] * fills + [state.stroke] * strokes


def _paint(colour: _Colour, in_text: bool, resources: Any, depth: int, seen: _Seen) -> None:
    seen.colours.add(colour.space)
    if colour.ink is not None:
        seen.inks.add(Ink(*colour.ink, in_text))
    elif any(space in colour.space for space in _CMYK) and colour.pattern is None:
        seen.unmeasured.add(colour.space)
    if colour.pattern is None or not seen.first_time(colour.pattern):
        return
    if colour.pattern.PatternType == 2:
        _shading(colour.pattern.Shading, resources, seen)
    else:
        within = colour.pattern.get("/Resources", resources)
        _walk(colour.pattern, within, _State(), True, depth + 1, seen)


def _form(form: Any, resources: Any, state: _State, tagged: bool, depth: int, seen: _Seen) -> None:
    within = form.get("/Resources", resources)
    _blending(form, within, seen)
    _walk(form, within, state, tagged, depth + 1, seen)


def _blending(thing: Any, resources: Any, seen: _Seen) -> None:
    """What is blended in RGB comes out as RGB, whatever it was drawn in."""
    if "/CS" in (group := thing.get("/Group", Dictionary())):
        seen.colours.add(_space(group.CS, resources))


def _shading(shading: Any, resources: Any, seen: _Seen) -> None:
    space = _space(shading.ColorSpace, resources)
    seen.colours.add(space)
    if not any(name in space for name in _CMYK):
        return
    ends = list(_ends(shading.get("/Function", Array()), 0)) if space in _CMYK else []
    seen.inks |= {Ink(*_percent(end), False) for end in ends if len(end) == 4}
    if not ends or any(len(end) != 4 for end in ends):
        seen.unmeasured.add(f"a shading in {space}")


def _ends(function: Any, depth: int) -> Iterator[Any]:
    """Both ends of every straight piece: coverage is greatest at one of them. Else something empty."""
    kind = None if isinstance(function, Array) or depth > MAX_DEPTH else int(function.FunctionType)
    if kind == 2:
        yield from (function.C0, function.C1)
    elif kind == 3:
        for piece in function.Functions:
            yield from _ends(piece, depth + 1)
    else:
        yield ()


def _fonts(resources: Any, depth: int, seen: _Seen) -> None:
    for font in resources.get("/Font", Dictionary()).as_dict().values():
        if not seen.first_time(font):
            continue
        drawn = font.Subtype == Name.Type3
        name = str(font.get("/BaseFont", font.get("/Name", "/Type3" if drawn else "/")))[1:]
        bearer = font.DescendantFonts[0] if font.Subtype == Name.Type0 else font
        descriptor = bearer.get("/FontDescriptor", Dictionary())
        seen.fonts.add(Font(name, drawn or any(key in descriptor for key in _FONT_FILES)))
        for glyph in filter(seen.first_time, font.CharProcs.as_dict().values() if drawn else ()):
            _walk(glyph, font.get("/Resources", resources), _State(), True, depth + 1, seen)


# --- pictures ------------------------------------------------------------------------------------


def _picture(image: Any, resources: Any, state: _State, depth: int, seen: _Seen) -> None:
    if image.get("/ImageMask", False):
        _paint(state.fill, False, resources, depth, seen)  # a stencil has no colour of its own
        return
    if not seen.first_time(image):
        return
    space = _space(image.ColorSpace, resources) if "/ColorSpace" in image else "JPXDecode"
    width, height = int(image.Width), int(image.Height)
    if not 0 < width * height <= MAX_PIXELS:
        raise NotAPdf(f"an image of {width} x {height} pixels")
    pixels = _pixels(image, width, height) if space in _CMYK and isinstance(image, Stream) else None
    most, area = (None, None) if pixels is None else _coverage(pixels, image.get("/Decode"))
    if pixels is None and (space == "JPXDecode" or any(name in space for name in _CMYK)):
        seen.unmeasured.add(f"an image in {space}")
    seen.colours.add(space)
    seen.pictures.append(Picture(space, width, height, most, area))


def _pixels(image: Any, width: int, height: int) -> Any:
    """Samples as they stand in the file, before Decode; None for a kind that is not read here."""
    filters = _filters(image)
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


def _coverage(pixels: Any, decode: Any) -> tuple[float, float]:
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


# --- tags ----------------------------------------------------------------------------------------


def _tags(document: Pdf) -> Tags:
    root = document.Root
    metadata = document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False, strict=True)
    title, part = metadata.get("dc:title"), metadata.get("pdfuaid:part")
    tree = root.get("/StructTreeRoot", Dictionary())
    names = {str(key): str(name)[1:] for key, name in tree.get("/RoleMap", Dictionary()).as_dict().items()}
    roles: Counter[str] = Counter()
    unnamed = 0
    for element in _elements(tree):
        role = names.get(str(element.S), str(element.S)[1:])
        roles[role] += 1
        spoken = str(element.get("/Alt", "")) + str(element.get("/ActualText", ""))
        unnamed += role in ("Figure", "Formula") and not spoken.strip()
    return Tags(
        has_tree="/StructTreeRoot" in root,
        marked=root.get("/MarkInfo", Dictionary()).get_bool("/Marked", False),
        language=str(root.Lang) if "/Lang" in root else None,
        title=str(title) if title is not None else None,
        title_shown=root.get("/ViewerPreferences", Dictionary()).get_bool("/DisplayDocTitle", False),
        ua_part=str(part) if part is not None else None,
        roles=tuple(sorted(roles.items())),
        figures_without_alt=unnamed,
    )


def _elements(tree: Any) -> Iterator[Any]:
    """Every structure element, each once. Kids may be numbers, arrays, or references to content."""
    left, met = [tree.get("/K", Array())], set()
    for _ in range(MAX_PARTS):
        if not left:
            return
        kid = left.pop()
        if isinstance(kid, Array):
            left += list(kid)
        elif isinstance(kid, Dictionary) and "/S" in kid and kid.objgen not in met:
            met |= {kid.objgen} - {(0, 0)}
            yield kid
            left.append(kid.get("/K", Array()))
    raise NotAPdf(f"more than {MAX_PARTS:,} tags")
