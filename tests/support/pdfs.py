"""PDFs to be read: set by Typst, or drawn by hand where Typst is too well behaved."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pikepdf
import typst
from pikepdf import Array, Dictionary, Name, Pdf

ROOT = Path(__file__).parent.parent.parent
FONTS = typst.Fonts(
    include_system_fonts=False,
    include_embedded_fonts=False,
    font_paths=[ROOT / "fonts/atkinson-hyperlegible-next"],
)
BLACK = "cmyk(0%, 0%, 0%, 100%)"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9" fill="#a00"/></svg>'


def typeset(
    folder: Path,
    body: str,
    page_mm: tuple[float, float] = (236, 323),
    tagged: bool = True,
    made_at: int | None = None,
) -> bytes:
    """One document set by Typst with a font of the kit, text in black alone; images lie in `folder`."""
    source = (
        f'#set document(title: "Titre", date: {"auto" if made_at else "none"})\n'
        f"#set page(width: {page_mm[0]}mm, height: {page_mm[1]}mm, margin: 15%)\n"
        f'#set text(lang: "fr", font: "Atkinson Hyperlegible Next", size: 8pt, fill: {BLACK})\n{body}'
    )
    path = folder / "source.typ"
    path.write_text(source, encoding="utf-8")
    pdf: bytes = typst.compile(
        path, root=folder, font_paths=FONTS, format="pdf", pdf_standards=["ua-1"] if tagged else [],
        pdf_tags=tagged, timestamp=made_at,
    )  # fmt: skip
    return pdf


def drawn(content: bytes, **resources: Any) -> Pdf:
    """A page of 100 × 100 pt with this content stream, and nothing else."""
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(100, 100))
    page.obj.Resources = Dictionary(**resources)
    page.Contents = document.make_stream(content)
    return document


def saved(document: Pdf, path: Path, **options: Any) -> Path:
    document.save(path, **options)
    return path


def form(document: Pdf, content: bytes, **entries: Any) -> Any:
    return document.make_stream(
        content, Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 9, 9]), **entries
    )


def without_font_files(pdf: bytes) -> Pdf:
    """The same document, its fonts no longer in it."""
    document = Pdf.open(io.BytesIO(pdf))
    for thing in document.objects:
        if isinstance(thing, Dictionary) and "/FontFile2" in thing:
            del thing["/FontFile2"]
    return document
