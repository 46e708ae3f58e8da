"""A second reader of the print files: PDFium and the bytes themselves; nothing that wrote or checks them.

    python -m tests.readers.pdf_reader dist/SLUG

`kit` finishes and checks its PDF with pikepdf; an error of that library, or of our reading of ISO
32000, would excuse itself. So here boxes, fonts, tags and reading order come from PDFium, inks and
colour spaces from the operators of the inflated streams. Not a veraPDF: that is a Java program
which no Python registry carries. What PDF/UA-1 asks of such files and can be read is read: the claim,
the mark, language, title shown, every mark of text in the tree, figures described, and the order.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import re
import sys
import unicodedata
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from kit.model.artifact import Artifact
from kit.tables.languages import LANGUAGES
from kit.tables.prints import MAX_INK_PERCENT, PRINTS

MM = 25.4 / 72
TOLERANCE_MM = 0.1
ROUNDING_PERCENT = 0.8
"""Typst writes inks in steps of 1/255."""
_STREAM = re.compile(rb"<<((?:(?!endobj).)*?)>>\s*stream\r?\n(.*?)\r?\nendstream", re.S)
_INK = re.compile(rb"(?<![\w.])([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) [kK](?=\s)")
_LIGHT = re.compile(rb"(?<![\w.])[\d.]+ (?:[\d.]+ [\d.]+ (?:rg|RG)|[gG])(?=\s)")
_PAINTS_TEXT = re.compile(rb"([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) k(?:(?! k\s).)*?(?:Tj|TJ)", re.S)

Rect = tuple[float, float, float, float]
"""Left, bottom, width and height in mm."""


@dataclass
class PdfReading:
    """What the second reader finds in one file."""

    media: list[Rect] = field(default_factory=list)
    trim: list[Rect] = field(default_factory=list)
    bleed: list[Rect] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)
    loose_fonts: int = 0
    fonts: int = 0
    tagged: bool = False
    language: str = ""
    title: str = ""
    title_shown: bool = False
    ua_part: str | None = None
    roles: list[str] = field(default_factory=list)
    undescribed: int = 0
    spoken: list[str] = field(default_factory=lambda: [""])
    """One text an element of the tree: where a voice pauses."""
    unspoken: str = ""
    inks: set[tuple[float, ...]] = field(default_factory=set)
    text_inks: set[tuple[float, ...]] = field(default_factory=set)
    light: set[str] = field(default_factory=set)


def look(path: Path) -> PdfReading:
    """Everything, page by page."""
    pdf = PdfReading()
    raw = path.read_bytes()
    with pypdfium2.PdfDocument(path) as document:
        pdf.tagged = bool(pdfium.FPDFCatalog_IsTagged(document))
        pdf.language = _words(pdfium.FPDFCatalog_GetLanguage, document, wide=True)
        pdf.title = document.get_metadata_dict()["Title"]
        for page in document:
            _page(page, pdf)
    pdf.title_shown = b"/DisplayDocTitle true" in raw
    part = re.search(rb"pdfuaid:part(?:>|=\")(\d)", raw)
    pdf.ua_part = part.group(1).decode() if part else None
    for content in _streams(raw):
        pdf.inks |= {tuple(float(n) * 100 for n in m) for m in _INK.findall(content)}
        pdf.light |= {m.decode() for m in _LIGHT.findall(content)}
        if b"BT" in content:
            pdf.text_inks |= {tuple(float(n) * 100 for n in m) for m in _PAINTS_TEXT.findall(content)}
    pdf.light |= {m.decode() for m in re.findall(rb"/(?:DeviceRGB|CalRGB|CalGray|ICCBased|Lab)\b", raw)}
    return pdf


def faults(artifact: Artifact, path: Path) -> list[str]:
    """What is wrong with one print file, by what its manifest entry says it is."""
    pdf, paper = look(path), PRINTS[artifact.format or ""]
    wrong = list(_sizes(pdf, artifact))
    if pdf.loose_fonts or not pdf.fonts:
        wrong.append(f"{pdf.loose_fonts} of {pdf.fonts} pieces of text in a font that is not embedded")
    if not pdf.title:
        wrong.append("no title")
    if pdf.language != LANGUAGES[artifact.language].tag:
        wrong.append(f"its language is {pdf.language!r}")
    if artifact.of is None:
        wrong += _press(pdf)
        if min(pdf.marks, default=0) < 8:
            wrong.append(f"{pdf.marks} crop marks a page")
    else:
        wrong += _read_aloud(pdf, artifact)
    if len(pdf.media) != paper.pages:
        wrong.append(f"{len(pdf.media)} pages")
    return wrong


def _sizes(pdf: PdfReading, artifact: Artifact) -> Iterator[str]:
    paper = PRINTS[artifact.format or ""]
    width, height = paper.trim_mm
    around = paper.bleed_mm + paper.marks_mm if artifact.of is None else 0.0
    bleed = paper.bleed_mm if artifact.of is None else 0.0
    for number, (media, trim, outer) in enumerate(zip(pdf.media, pdf.trim, pdf.bleed, strict=True), 1):
        for name, box, wanted in (
            ("MediaBox", media, (media[0], media[1], width + 2 * around, height + 2 * around)),
            ("TrimBox", trim, (media[0] + around, media[1] + around, width, height)),
            (
                "BleedBox",
                outer,
                (trim[0] - bleed, trim[1] - bleed, width + 2 * bleed, height + 2 * bleed),
            ),
        ):
            if any(abs(a - b) > TOLERANCE_MM for a, b in zip(box, wanted, strict=True)):
                yield f"page {number}: {name} {_mm(box)}, not {_mm(wanted)} mm"


def _mm(box: Rect) -> str:
    return ", ".join(f"{side:.2f}" for side in box)


def _press(pdf: PdfReading) -> Iterator[str]:
    if pdf.light:
        yield f"painted in light, not in ink: {', '.join(sorted(pdf.light)[:3])}"
    if not pdf.inks:
        yield "no ink at all"
    for ink in pdf.inks:
        if sum(ink) > MAX_INK_PERCENT + ROUNDING_PERCENT:
            yield f"{sum(ink):.0f} % of ink: {ink}"
    for c, m, y, k in pdf.text_inks:
        if min(c, m, y) > 50 and max(c, m, y) - min(c, m, y) <= 30 and k > 50:
            yield f"text in four-colour black: {c:.0f} {m:.0f} {y:.0f} {k:.0f}"


def _read_aloud(pdf: PdfReading, artifact: Artifact) -> Iterator[str]:
    if not pdf.tagged:
        yield "not marked as tagged"
    if pdf.ua_part != "1":
        yield f"claims PDF/UA part {pdf.ua_part}"
    if not pdf.title_shown:
        yield "a reader shows the file's name, not its title"
    if "Document" not in pdf.roles[:1]:
        yield f"its tree begins with {pdf.roles[:1]}"
    if pdf.undescribed:
        yield f"{pdf.undescribed} figures without words"
    if pdf.unspoken:
        yield f"text outside the tree: {pdf.unspoken!r}"
    told = [flat for text in pdf.spoken if (flat := _bare(text))]
    wanted = [_bare(text) for text in artifact.text]
    if LANGUAGES[artifact.language].direction == "rtl":
        # PDFium tells Arabic as it is drawn, from the left, and a letter of two glyphs twice
        if len(told) == len(wanted) and all(map(_is_within, wanted, told)):
            return
    elif told == wanted:
        return
    first = next((pair for pair in zip(told, wanted, strict=False) if pair[0] != pair[1]), ("", ""))
    yield f"read aloud in {len(told)} parts, not {len(wanted)}; {first[0]!r}, not {first[1]!r}"


def _is_within(one: str, other: str) -> bool:
    """Whether no letter is lost, and the digits are the same in the same order."""
    digits = ["".join(c for c in text if c.isdigit()) for text in (one, other)]
    return not Counter(one) - Counter(other) and digits[0] == digits[1]


def _bare(text: str) -> str:
    """Letters and signs alone: spaces at line ends are the reader's own; joined letters are taken apart."""
    flat = unicodedata.normalize("NFKC", text).replace("--", "-")  # Portuguese repeats it on the next line
    return "".join(c for c in flat if not c.isspace() and unicodedata.category(c) not in ("Cf", "Cc", "Mn"))


def _page(page: pypdfium2.PdfPage, pdf: PdfReading) -> None:
    for name, boxes in (("media", pdf.media), ("trim", pdf.trim), ("bleed", pdf.bleed)):
        left, bottom, right, top = getattr(page, f"get_{name}box")()
        boxes.append((left * MM, bottom * MM, (right - left) * MM, (top - bottom) * MM))
    texts: dict[int, str] = {}
    reader = page.get_textpage()
    left, bottom, right, top = page.get_bleedbox()
    marks = 0
    for thing in page.get_objects(max_depth=10):
        number = pdfium.FPDFPageObj_GetMarkedContentID(thing)
        if thing.type == pdfium.FPDF_PAGEOBJ_TEXT:
            pdf.fonts += 1
            pdf.loose_fonts += pdfium.FPDFFont_GetIsEmbedded(pdfium.FPDFTextObj_GetFont(thing)) != 1
            said = _words(pdfium.FPDFTextObj_GetText, thing, reader, wide=True)
            texts[number] = texts.get(number, "") + said
        elif thing.type == pdfium.FPDF_PAGEOBJ_PATH:
            x0, y0, x1, y1 = thing.get_bounds()
            marks += x1 <= left + 1 or x0 >= right - 1 or y1 <= bottom + 1 or y0 >= top - 1
    pdf.marks.append(marks)
    order: list[int | str | None] = []
    tree = pdfium.FPDF_StructTree_GetForPage(page)
    if tree:
        for n in range(pdfium.FPDF_StructTree_CountChildren(tree)):
            _walk(pdfium.FPDF_StructTree_GetChildAtIndex(tree, n), pdf, order)
        pdfium.FPDF_StructTree_Close(tree)
    for number in order:
        if number is None:
            pdf.spoken.append("")
        elif isinstance(number, str):
            pdf.spoken[-1] += number
        elif number in texts:
            pdf.spoken[-1] += texts.pop(number)
    pdf.unspoken += "".join(texts.values())
    reader.close()


def _walk(element: Any, pdf: PdfReading, order: list[int | str | None]) -> None:
    """The marks of an element and of those within it, with None wherever another element begins.

    A picture is read aloud by its words.
    """
    order.append(None)
    role = _words(pdfium.FPDF_StructElement_GetType, element)
    pdf.roles.append(role)
    if role == "Figure":
        described = _words(pdfium.FPDF_StructElement_GetAltText, element).strip()
        order.append(described)
        pdf.undescribed += not described
    count = pdfium.FPDF_StructElement_CountChildren(element)
    for n in range(count):
        child = pdfium.FPDF_StructElement_GetChildAtIndex(element, n)
        if child:
            _walk(child, pdf, order)
        else:
            order.append(pdfium.FPDF_StructElement_GetChildMarkedContentID(element, n))


def _words(ask: Callable[..., int], *what: Any, wide: bool = False) -> str:
    """A text that PDFium writes as UTF-16 into a buffer of the size it asks for."""
    size = ask(*what, None, 0)
    if size <= 2:
        return ""
    if wide:
        units = (ctypes.c_ushort * (size // 2 + 1))()
        ask(*what, units, size)
        return bytes(units)[: size - 2].decode("utf-16-le")
    buffer = ctypes.create_string_buffer(size)
    ask(*what, buffer, size)
    return buffer.raw[: size - 2].decode("utf-16-le")


def _streams(raw: bytes) -> Iterator[bytes]:
    """Every content stream of a file: what is inflated and holds drawing operators."""
    for dictionary, data in _STREAM.findall(raw):
        if b"/Length1" in dictionary or b"/Subtype /Image" in dictionary or b"FontFile" in dictionary:
            continue
        if b"/FlateDecode" in dictionary:
            try:
                data = zlib.decompressobj().decompress(data)
            except zlib.error:
                continue
        if re.search(rb"(?:BT|BDC|BMC|\bre|\bcm)\s", data[:4000]) and b"begincmap" not in data:
            yield data


def main() -> int:
    """Every print file of a kit; 1 when the second reader disagrees with the manifest anywhere."""
    parser = argparse.ArgumentParser(description="Read a kit's print files with another library.")
    parser.add_argument("kit", type=Path)
    folder = parser.parse_args().kit
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    files = [
        Artifact.model_validate(a) for a in manifest["artifacts"] if a["media_type"] == "application/pdf"
    ]
    files = [a for a in files if a.kind == "print"]
    wrong = [f"{a.id}: {fault}" for a in files for fault in faults(a, folder / a.path)]
    print("\n".join(wrong))
    print(f"{len(files)} print files read by another library: {len(wrong)} faults")
    return 1 if wrong or not files else 0


if __name__ == "__main__":
    sys.exit(main())
