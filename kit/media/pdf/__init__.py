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
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from kit.media.pdf.model import BoxMm, CmykColour, EmbeddedImage, Font, NotAPdf, Page, PdfFacts, Tags
from kit.media.pdf.paint import GraphicsState, PaintLog, draw_form, note_blending, walk
from kit.media.pdf.tags import tags_of

__all__ = ["BoxMm", "CmykColour", "EmbeddedImage", "Font", "NotAPdf", "Page", "PdfFacts", "Tags", "inspect"]

MAX_FILE_BYTES = 60_000_000
MAX_STREAM_BYTES = 200_000_000
"""Limits against malicious files; those on drawings and tags stand where they are read."""

_MM_PER_PT = 25.4 / 72
_BOXES = ("Media", "Crop", "Bleed", "Trim")
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


def _facts(document: Pdf) -> PdfFacts:
    log = PaintLog(document)
    return PdfFacts(
        pages=tuple([_page(page.obj, log) for page in document.pages]),
        fonts=tuple(sorted(log.fonts)),
        colours=frozenset(log.colours),
        cmyk_colours=tuple(sorted(log.cmyk_colours)),
        images=tuple(log.images),
        unmeasured=tuple(sorted(log.unmeasured)),
        tags=tags_of(document),
    )


def _page(page: Any, log: PaintLog) -> Page:
    before, unit = log.untagged, float(page.get("/UserUnit", 1)) * _MM_PER_PT
    resources = page.get("/Resources", Dictionary())
    note_blending(page, resources, log)
    walk(page.get("/Contents", Array()), resources, GraphicsState(), False, 0, log)
    links = []
    for annotation in page.get("/Annots", Array()):
        action = annotation.get("/A", Dictionary())
        if action.get("/S") == Name.URI:
            links.append(str(action.URI))
        look = annotation.get("/AP", Dictionary()).get("/N", Dictionary())
        for form in [look] if isinstance(look, Stream) else list(look.as_dict().values()):
            draw_form(form, resources, GraphicsState(), True, 0, log)
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
        untagged=log.untagged - before,
        links=tuple(links),
    )


def _box(corners: Any, unit: float) -> BoxMm | None:
    """Any two opposite corners make a box."""
    if corners is None:
        return None
    x0, y0, x1, y1 = (float(value) * unit for value in corners)
    return BoxMm(min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0))
