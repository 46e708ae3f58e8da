"""From the typesetter's PDF to the two files handed out: for the press, and for the screen.

Typst draws and tags; it sets no trim box, and it writes dates. Both are put right here with pikepdf,
which leaves content and tags alone. The files do not claim to be PDF/X.
"""

from __future__ import annotations

import io
import re
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String

from kit.errors import WorkError

_PT_PER_MM = 72 / 25.4
_TOLERANCE_MM = 0.01
_CLAIM = re.compile(rb"pdfuaid:part\W+1\b")
"""Element or attribute: both spellings are RDF."""

_Box = tuple[float, float, float, float]


def finish_print(
    pdf: bytes, trim_mm: tuple[float, float], bleed_mm: float, marks_mm: float, title: str, language_tag: str
) -> bytes:
    """The file for the press: bleed and trim boxes centred on a page that keeps its crop marks.

    The page must be the trimmed page plus `bleed_mm` and `marks_mm` on every side, to 0.01 mm: a
    box on a page of another size would cut in the wrong place. There is no CropBox, since some
    imposition programs place by it and would lose the marks. Same input, same bytes.

    Raises WorkError when the page has another size or the bytes are no PDF.
    """
    around = bleed_mm + marks_mm
    with _opened(pdf) as document:
        for page in document.pages:
            media = _media(page)
            _hold_to_size(media, (trim_mm[0] + 2 * around, trim_mm[1] + 2 * around))
            _set_boxes(page, media, bleed=_centred(media, trim_mm, bleed_mm), trim=_centred(media, trim_mm))
        return _finished(document, title, language_tag)


def finish_screen(pdf: bytes, trim_mm: tuple[float, float], title: str, language_tag: str) -> bytes:
    """The file for screen and screen reader: tagged PDF/UA-1, every box the trimmed page.

    A larger page is cropped round its middle, so that one layout serves both files. What lies
    outside is hidden, not removed: a screen reader still reads it, so crop marks must be artifacts
    and no words may stand there. Same input, same bytes.

    Raises WorkError when the page is smaller than its trim, when the typesetter did not tag it as
    PDF/UA-1 (`pdf_standards=["ua-1"]`), or when the bytes are no PDF.
    """
    with _opened(pdf) as document:
        if "/StructTreeRoot" not in document.Root or not _claims_ua(document):
            raise WorkError(
                "the screen PDF carries no PDF/UA-1 tags, so a screen reader would read nothing",
                "this is a bug: typeset it with the standard ua-1",
            )
        for page in document.pages:
            trim = _centred(_media(page), trim_mm)
            _set_boxes(page, trim, bleed=trim, trim=trim)
        return _finished(document, title, language_tag)


def _opened(pdf: bytes) -> Pdf:
    try:
        return Pdf.open(io.BytesIO(pdf), attempt_recovery=False)
    except pikepdf.PikepdfError as error:
        raise WorkError(f"the typesetter did not return a PDF: {error}", "this is a bug") from error


def _media(page: pikepdf.Page) -> _Box:
    x0, y0, x1, y1 = (float(value) for value in page.mediabox)
    return x0, y0, x1, y1


def _size_mm(box: _Box) -> tuple[float, float]:
    return (box[2] - box[0]) / _PT_PER_MM, (box[3] - box[1]) / _PT_PER_MM


def _hold_to_size(media: _Box, wanted_mm: tuple[float, float]) -> None:
    measured = _size_mm(media)
    if any(abs(a - b) > _TOLERANCE_MM for a, b in zip(measured, wanted_mm, strict=True)):
        raise WorkError(
            f"the page is {measured[0]:.2f} x {measured[1]:.2f} mm, "
            f"not {wanted_mm[0]:.2f} x {wanted_mm[1]:.2f} mm (trim, bleed and marks)",
            "fix the page size in the template",
        )


def _centred(media: _Box, trim_mm: tuple[float, float], more_mm: float = 0) -> _Box:
    """The trimmed page in the middle of `media`, wider by `more_mm` on every side."""
    half_w, half_h = ((side / 2 + more_mm) * _PT_PER_MM for side in trim_mm)
    x, y = (media[0] + media[2]) / 2, (media[1] + media[3]) / 2
    box = (x - half_w, y - half_h, x + half_w, y + half_h)
    slack = _TOLERANCE_MM * _PT_PER_MM
    if box[0] < media[0] - slack or box[1] < media[1] - slack:
        width, height = _size_mm(media)
        raise WorkError(
            f"the page is {width:.2f} x {height:.2f} mm, smaller than its trim of {trim_mm[0]} x {trim_mm[1]} mm",
            "fix the page size in the template",
        )
    return box


def _set_boxes(page: pikepdf.Page, media: _Box, bleed: _Box, trim: _Box) -> None:
    """Ten-thousandths of a point. Annotations are reached in the order of the tags (PDF/UA-1, 7.18.3)."""
    for name, box in (("/MediaBox", media), ("/BleedBox", bleed), ("/TrimBox", trim)):
        page.obj[name] = Array([Decimal(f"{value:.4f}") for value in box])
    for name in ("/CropBox", "/ArtBox"):
        if name in page.obj:
            del page.obj[name]
    page.obj.Tabs = Name.S


def _finished(document: Pdf, title: str, language_tag: str) -> bytes:
    """Write title and language, drop every date and random id, save to stable bytes.

    pikepdf's own metadata editor is not used: it adds its version and the time. Streams stay as
    Typst packed them and objects stay plain, so no zlib of ours decides about bytes.
    """
    root = document.Root
    claims_ua = _claims_ua(document)
    root.Lang = String(language_tag)
    if "/ViewerPreferences" not in root:
        root.ViewerPreferences = Dictionary()
    root.ViewerPreferences.DisplayDocTitle = True
    creator = str(document.docinfo.get("/Creator", ""))
    document.trailer.Info = document.make_indirect(Dictionary(Title=String(title), Creator=String(creator)))
    root.Metadata = document.make_stream(
        _xmp(title, language_tag, creator, claims_ua), Type=Name.Metadata, Subtype=Name.XML
    )
    if "/ID" in document.trailer:
        del document.trailer["/ID"]  # its first half would be taken over, and it may hold the time
    buffer = io.BytesIO()
    document.save(
        buffer,
        deterministic_id=True,
        linearize=False,
        fix_metadata_version=False,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        compress_streams=False,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        recompress_flate=False,
    )
    return buffer.getvalue()


def _claims_ua(document: Pdf) -> bool:
    metadata = document.Root.get("/Metadata")
    return isinstance(metadata, pikepdf.Stream) and bool(_CLAIM.search(metadata.read_bytes()))


def _xmp(title: str, language_tag: str, creator: str, claims_ua: bool) -> bytes:
    """One packet, uncompressed as readers expect it. It claims PDF/UA-1 only if Typst vouched for it."""
    claim = "<pdfuaid:part>1</pdfuaid:part>" if claims_ua else ""
    tag = quoteattr(language_tag)
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">'
        "<dc:format>application/pdf</dc:format>"
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li>'
        f"<rdf:li xml:lang={tag}>{escape(title)}</rdf:li></rdf:Alt></dc:title>"
        f"<dc:language><rdf:Bag><rdf:li>{escape(language_tag)}</rdf:li></rdf:Bag></dc:language>"
        f"<xmp:CreatorTool>{escape(creator)}</xmp:CreatorTool>{claim}"
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    ).encode()
