"""What a PDF paints: a walk through its drawings that notes colours, inks, fonts and images."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from kit.media.pdf.model import CmykColour, EmbeddedImage, Font, NotAPdf
from kit.media.pdf.samples import coverage_of, filters_of, samples_of

MAX_CONTENT_BYTES = 2_000_000
MAX_PIXELS = 40_000_000
MAX_DEPTH = 12
"""Limits against malicious files. An A3 picture at 400 ppi has 36 million pixels; a poster's drawing has
less than 200 kB, and every form counts each time it is painted."""

_FORM_COST = 200
"""Bytes that every form counts beside its own, or forms within forms would multiply for free."""
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
_FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")


@dataclass(frozen=True)
class CurrentColour:
    """The current colour: its space, its inks in percent if known, its pattern if it is one."""

    space: str = "DeviceGray"
    percent: _Cmyk | None = None
    pattern: Any = None


@dataclass(frozen=True)
class GraphicsState:
    """The part of the graphics state that says what colour comes out."""

    fill: CurrentColour = CurrentColour()
    stroke: CurrentColour = CurrentColour()
    rendering: int = 0


@dataclass
class PaintLog:
    """Everything met so far. `walked`: what looks the same wherever it stands is walked once."""

    document: Pdf
    colours: set[str] = field(default_factory=set)
    cmyk_colours: set[CmykColour] = field(default_factory=set)
    fonts: set[Font] = field(default_factory=set)
    images: list[EmbeddedImage] = field(default_factory=list)
    unmeasured: set[str] = field(default_factory=set)
    walked: set[tuple[int, int]] = field(default_factory=set)
    content_bytes: int = 0
    untagged: int = 0

    def first_time(self, thing: Any) -> bool:
        """Whether an object was not met before; one that stands in line has no number and always is new."""
        known = thing.objgen in self.walked
        self.walked |= {thing.objgen} - {(0, 0)}
        return not known


def walk(content: Any, resources: Any, state: GraphicsState, tagged: bool, depth: int, log: PaintLog) -> None:
    """One content stream; what it paints goes into `log`, forms and patterns included."""
    if depth > MAX_DEPTH:
        raise NotAPdf("drawings within drawings without end")
    _fonts(resources, depth, log)
    saved: list[GraphicsState] = []
    marks = [tagged]
    for name, operands in _instructions(content, log):
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
            draw_form(thing, resources, state, marks[-1], depth, log)
        else:
            log.untagged += not marks[-1]
            if name == "Do":
                _image(thing, resources, state, depth, log)
            elif name == "INLINE IMAGE":
                _image(operands[0].obj, resources, state, depth, log)
            elif name == "sh":
                _shading(resources.Shading[operands[0]], resources, log)
            else:
                for colour in _painted(name, state):
                    _paint(colour, name in _SHOWS, resources, depth, log)


def _instructions(content: Any, log: PaintLog) -> Iterator[tuple[str, Any]]:
    parts = []
    log.content_bytes += _FORM_COST
    for stream in [content] if isinstance(content, Stream) else content:
        if set(filters_of(stream)) - {"FlateDecode"}:
            raise NotAPdf("a drawing packed in an uncommon way")
        parts.append(stream.read_bytes())
        log.content_bytes += len(parts[-1])
        if log.content_bytes > MAX_CONTENT_BYTES:
            raise NotAPdf(f"more than {MAX_CONTENT_BYTES:,} bytes of drawing")
    whole = log.document.make_stream(b"\n".join(parts))
    for instruction in pikepdf.parse_content_stream(whole, _OPERATORS):
        yield str(instruction.operator), instruction.operands


def _is_accounted_for(operands: Any, resources: Any) -> bool:
    """Whether marked content is a tagged piece or says that it is decoration."""
    if operands[0] == Name.Artifact:
        return True
    facts = operands[1] if len(operands) > 1 else Dictionary()
    return "/MCID" in (resources.Properties[facts] if isinstance(facts, Name) else facts)


def _colour(name: str, operands: Any, resources: Any, now: CurrentColour) -> CurrentColour:
    if name == "cs":
        space = _space(operands[0], resources)
        return CurrentColour(space, (0.0, 0.0, 0.0, 100.0) if space in _CMYK else None)
    space = _DEVICE.get(name, now.space)
    pattern = None
    if isinstance(operands[-1], Name):
        pattern, operands = resources.Pattern[operands[-1]], operands[:-1]
    is_cmyk = space.removeprefix("Pattern(").rstrip(")") in _CMYK and len(operands) == 4
    return CurrentColour(space, _percent(operands) if is_cmyk else None, pattern)


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


def _painted(name: str, state: GraphicsState) -> list[CurrentColour]:
    """The colours one operator paints with; text may be filled, outlined, both or only clip."""
    fills, strokes = name in _FILLS, name in _STROKES
    if name in _SHOWS:
        fills, strokes = state.rendering in (0, 2, 4, 6), state.rendering in (1, 2, 5, 6)
    return [state.fill] * fills + [state.stroke] * strokes


def _paint(colour: CurrentColour, in_text: bool, resources: Any, depth: int, log: PaintLog) -> None:
    log.colours.add(colour.space)
    if colour.percent is not None:
        log.cmyk_colours.add(CmykColour(*colour.percent, in_text))
    elif any(space in colour.space for space in _CMYK) and colour.pattern is None:
        log.unmeasured.add(colour.space)
    if colour.pattern is None or not log.first_time(colour.pattern):
        return
    if colour.pattern.PatternType == 2:
        _shading(colour.pattern.Shading, resources, log)
    else:
        within = colour.pattern.get("/Resources", resources)
        walk(colour.pattern, within, GraphicsState(), True, depth + 1, log)


def draw_form(
    form: Any, resources: Any, state: GraphicsState, tagged: bool, depth: int, log: PaintLog
) -> None:
    """A form's content with its own resources."""
    within = form.get("/Resources", resources)
    note_blending(form, within, log)
    walk(form, within, state, tagged, depth + 1, log)


def note_blending(thing: Any, resources: Any, log: PaintLog) -> None:
    """What is blended in RGB comes out as RGB, whatever it was drawn in."""
    if "/CS" in (group := thing.get("/Group", Dictionary())):
        log.colours.add(_space(group.CS, resources))


def _shading(shading: Any, resources: Any, log: PaintLog) -> None:
    space = _space(shading.ColorSpace, resources)
    log.colours.add(space)
    if not any(name in space for name in _CMYK):
        return
    ends = list(_ends(shading.get("/Function", Array()), 0)) if space in _CMYK else []
    log.cmyk_colours |= {CmykColour(*_percent(end), False) for end in ends if len(end) == 4}
    if not ends or any(len(end) != 4 for end in ends):
        log.unmeasured.add(f"a shading in {space}")


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


def _fonts(resources: Any, depth: int, log: PaintLog) -> None:
    for font in resources.get("/Font", Dictionary()).as_dict().values():
        if not log.first_time(font):
            continue
        drawn = font.Subtype == Name.Type3
        name = str(font.get("/BaseFont", font.get("/Name", "/Type3" if drawn else "/")))[1:]
        bearer = font.DescendantFonts[0] if font.Subtype == Name.Type0 else font
        descriptor = bearer.get("/FontDescriptor", Dictionary())
        log.fonts.add(Font(name, drawn or any(key in descriptor for key in _FONT_FILES)))
        for glyph in filter(log.first_time, font.CharProcs.as_dict().values() if drawn else ()):
            walk(glyph, font.get("/Resources", resources), GraphicsState(), True, depth + 1, log)


def _image(image: Any, resources: Any, state: GraphicsState, depth: int, log: PaintLog) -> None:
    if image.get("/ImageMask", False):
        _paint(state.fill, False, resources, depth, log)  # a stencil has no colour of its own
        return
    if not log.first_time(image):
        return
    space = _space(image.ColorSpace, resources) if "/ColorSpace" in image else "JPXDecode"
    width, height = int(image.Width), int(image.Height)
    if not 0 < width * height <= MAX_PIXELS:
        raise NotAPdf(f"an image of {width} x {height} pixels")
    pixels = samples_of(image, width, height) if space in _CMYK and isinstance(image, Stream) else None
    most, area = (None, None) if pixels is None else coverage_of(pixels, image.get("/Decode"))
    if pixels is None and (space == "JPXDecode" or any(name in space for name in _CMYK)):
        log.unmeasured.add(f"an image in {space}")
    log.colours.add(space)
    log.images.append(EmbeddedImage(space, width, height, most, area))
