"""Finishing a PDF adds boxes, title and language, and takes nothing away but dates."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf

from kit.errors import WorkError
from kit.media.pdf import BoxMm, inspect
from kit.render.pdf import finish_print, finish_screen
from kit.tables.prints import PRINTS, PrintFormat
from tests.support.pdfs import typeset

BODY = """= Violences
#link("https://exemple.fr")[3919]
#figure(rect(fill: cmyk(0%, 60%, 90%, 0%)), alt: "carré orange")
== Suite
- un
- deux
"""
A4 = PRINTS["a4"]


def page_of(row: PrintFormat, bleeds: bool = True) -> tuple[float, float]:
    around = 2 * (row.bleed_mm + row.marks_mm) if bleeds else 0
    return row.trim_mm[0] + around, row.trim_mm[1] + around


def pressed(pdf: bytes, row: PrintFormat = A4, title: str = "Titre", tag: str = "fr") -> bytes:
    return finish_print(pdf, row.trim_mm, row.bleed_mm, row.marks_mm, title, tag)


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An A4 sheet with bleed and marks, as Typst leaves it."""
    return typeset(tmp_path_factory.mktemp("raw"), BODY)


def written(folder: Path, pdf: bytes) -> Path:
    path = folder / f"{hashlib.sha256(pdf).hexdigest()[:8]}.pdf"
    path.write_bytes(pdf)
    return path


def same_box(box: BoxMm | None, x: float, y: float, w: float, h: float) -> bool:
    return box is not None and (box.x, box.y, box.w, box.h) == pytest.approx((x, y, w, h), abs=0.001)


# --- boxes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", PRINTS.values(), ids=PRINTS)
def test_every_format_gets_its_boxes_to_a_thousandth_of_a_millimetre(
    tmp_path: Path, row: PrintFormat
) -> None:
    body = "#set text(size: 4pt)\nun" + "#pagebreak() deux" * (row.pages - 1)
    pdf = typeset(tmp_path, body, page_of(row))
    pages = inspect(written(tmp_path, pressed(pdf, row))).pages
    width, height = row.trim_mm
    assert len(pages) == row.pages
    for page in pages:
        assert same_box(page.media, 0, 0, width + 26, height + 26)
        assert same_box(page.bleed, 10, 10, width + 6, height + 6)
        assert same_box(page.trim, 13, 13, width, height)
        assert page.crop is None


def test_the_sticker_is_cut_at_seventy_millimetres(tmp_path: Path) -> None:
    row = PRINTS["sticker"]
    page = inspect(written(tmp_path, pressed(typeset(tmp_path, "x", page_of(row)), row))).pages[0]
    assert page.trim is not None and round(page.trim.w, 3) == round(page.trim.h, 3) == 70


def test_a_page_that_does_not_begin_at_zero_keeps_its_middle(raw: bytes, tmp_path: Path) -> None:
    document = Pdf.open(io.BytesIO(raw))
    x0, y0, x1, y1 = (float(v) for v in document.pages[0].mediabox)
    document.pages[0].mediabox = Array([x0 + 50, y0 - 20, x1 + 50, y1 - 20])
    document.pages[0].obj.CropBox = Array([0, 0, 10, 10])
    moved = io.BytesIO()
    document.save(moved)
    page = inspect(written(tmp_path, pressed(moved.getvalue()))).pages[0]
    assert page.crop is None
    assert same_box(page.trim, page.media.x + 13, page.media.y + 13, 210, 297)


@pytest.mark.parametrize("page_mm", [(236, 322), (210, 297), (236.02, 323)])
def test_a_page_of_another_size_is_refused_not_centred(tmp_path: Path, page_mm: tuple[float, float]) -> None:
    with pytest.raises(WorkError, match="mm"):
        pressed(typeset(tmp_path, "x", page_mm))


@pytest.mark.parametrize("finish", [pressed, lambda pdf: finish_screen(pdf, A4.trim_mm, "Titre", "fr")])
@pytest.mark.parametrize("junk", [b"", b"no PDF", b"%PDF-1.7\ntrailer"])
def test_what_is_no_pdf_is_our_trouble_not_a_traceback(finish: Any, junk: bytes) -> None:
    with pytest.raises(WorkError):
        finish(junk)


# --- the screen variant --------------------------------------------------------------------------


@pytest.mark.parametrize("bleeds", [True, False])
def test_on_screen_every_box_is_the_trimmed_page(tmp_path: Path, bleeds: bool) -> None:
    pdf = finish_screen(typeset(tmp_path, BODY, page_of(A4, bleeds)), A4.trim_mm, "Titre", "fr")
    (page,) = inspect(written(tmp_path, pdf)).pages
    assert page.media == page.trim == page.bleed and page.crop is None
    assert (page.media.w, page.media.h) == pytest.approx((210, 297), abs=0.001)


def test_a_screen_page_smaller_than_its_trim_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkError, match="smaller"):
        finish_screen(typeset(tmp_path, "x", (200, 297)), A4.trim_mm, "Titre", "fr")


def test_an_untagged_screen_variant_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkError, match="tags"):
        finish_screen(typeset(tmp_path, BODY, tagged=False), A4.trim_mm, "Titre", "fr")


def test_the_claim_to_be_pdf_ua_is_kept_and_never_made_up(raw: bytes, tmp_path: Path) -> None:
    kept = inspect(written(tmp_path, finish_screen(raw, A4.trim_mm, "Titre", "fr"))).tags
    assert kept.ua_part == "1" and kept.title_shown and kept.marked
    assert inspect(written(tmp_path, pressed(raw))).tags.ua_part == "1"
    assert inspect(written(tmp_path, pressed(typeset(tmp_path, BODY, tagged=False)))).tags.ua_part is None


# --- what stays ----------------------------------------------------------------------------------


def tree_of(thing: Any) -> Any:
    """Roles, descriptions and content numbers, in order; without the object numbers."""
    if isinstance(thing, Array):
        return [tree_of(kid) for kid in thing]
    if not isinstance(thing, Dictionary):
        return int(thing)
    texts = {key: str(thing[key]) for key in ("/S", "/Alt", "/T", "/Lang", "/Type") if key in thing}
    return texts, tree_of(thing.K) if "/K" in thing else None


@pytest.mark.parametrize("screen", [False, True])
def test_tags_survive_finishing_role_by_role(raw: bytes, screen: bool) -> None:
    done = finish_screen(raw, A4.trim_mm, "Titre", "fr") if screen else pressed(raw)
    with Pdf.open(io.BytesIO(raw)) as before, Pdf.open(io.BytesIO(done)) as after:
        assert tree_of(after.Root.StructTreeRoot.K) == tree_of(before.Root.StructTreeRoot.K)
        assert "carré orange" in str(tree_of(after.Root.StructTreeRoot.K))
        numbers = after.Root.StructTreeRoot.ParentTree.Nums
        assert len(numbers) == len(before.Root.StructTreeRoot.ParentTree.Nums) > 0
        assert after.pages[0].obj.StructParents == before.pages[0].obj.StructParents
        assert after.pages[0].obj.Tabs == Name.S
        assert after.Root.Outlines.First.Title == before.Root.Outlines.First.Title == "Violences"
        assert after.pages[0].obj.Annots[0].A.URI == "https://exemple.fr"
        assert after.Root.MarkInfo.Marked


def test_an_independent_reader_finds_the_same_tags(raw: bytes, tmp_path: Path) -> None:
    if not shutil.which("pdfinfo"):
        pytest.skip("poppler's pdfinfo is not installed")

    def struct(pdf: bytes) -> list[str]:
        command = ["pdfinfo", "-struct-text", str(written(tmp_path, pdf))]
        lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
        return [
            line for line in lines if "/" not in line and "Object" not in line
        ]  # attributes, object numbers

    found = struct(raw)
    assert any("H1" in line for line in found) and any("Violences" in line for line in found)
    assert struct(pressed(raw)) == found


def test_drawing_and_words_are_not_touched(raw: bytes, tmp_path: Path) -> None:
    done = pressed(raw)
    with Pdf.open(io.BytesIO(raw)) as before, Pdf.open(io.BytesIO(done)) as after:
        assert after.pages[0].Contents.read_raw_bytes() == before.pages[0].Contents.read_raw_bytes()
        assert after.check_pdf_syntax() == []
    pdfium = pytest.importorskip("pypdfium2")
    texts = []
    for pdf in (raw, done):
        document = pdfium.PdfDocument(pdf)
        page = document[0]
        text = page.get_textpage()
        texts.append(text.get_text_bounded())
        text.close()
        page.close()
        document.close()
    assert texts[0] == texts[1] and "Violences" in texts[0]


# --- metadata and determinism --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "tag"), [("Nord & Sud <3919>", "fr"), ("لا تتركوا شيئا", "ar"), ("求助", "zh-Hans")]
)
def test_title_and_language_stand_where_readers_look(
    raw: bytes, tmp_path: Path, title: str, tag: str
) -> None:
    path = written(tmp_path, pressed(raw, title=title, tag=tag))
    with pikepdf.open(path) as document:
        assert document.docinfo["/Title"] == title
        assert document.Root.Metadata.get("/Filter") is None, "some readers look for a plain packet"
        assert document.open_metadata()["dc:language"] == {tag}
    tags = inspect(path).tags
    assert (tags.title, tags.language, tags.title_shown) == (title, tag, True)


def test_the_moment_of_typesetting_leaves_no_trace(tmp_path: Path) -> None:
    one, other = (typeset(tmp_path, BODY, made_at=moment) for moment in (1_700_000_000, 1_800_000_000))
    assert one != other and b"2023" in one
    assert pressed(one) == pressed(other)
    screens = [finish_screen(pdf, A4.trim_mm, "Titre", "fr") for pdf in (one, other)]
    assert screens[0] == screens[1]
    for word in (
        b"CreationDate",
        b"ModDate",
        b"CreateDate",
        b"ModifyDate",
        b"MetadataDate",
        b"2023",
        b"pikepdf",
    ):
        assert word not in screens[0]


def test_finishing_twice_changes_nothing(raw: bytes) -> None:
    once = pressed(raw)
    assert pressed(once) == once


def test_another_title_is_another_file_with_another_id(raw: bytes) -> None:
    with Pdf.open(io.BytesIO(pressed(raw))) as one, Pdf.open(io.BytesIO(pressed(raw, title="B"))) as other:
        assert one.trailer.ID[0] != other.trailer.ID[0]


_FINISH = """
import hashlib, sys
from kit.render.pdf import finish_print, finish_screen
pdf = open(sys.argv[1], "rb").read()
print(hashlib.sha256(finish_print(pdf, (210, 297), 3, 10, "T", "fr")).hexdigest())
print(hashlib.sha256(finish_screen(pdf, (210, 297), "T", "fr")).hexdigest())
"""


def test_two_processes_write_the_same_bytes(raw: bytes, tmp_path: Path) -> None:
    path = written(tmp_path, raw)
    running = [
        subprocess.Popen(
            [sys.executable, "-c", _FINISH, str(path)], stdout=subprocess.PIPE, text=True,
            cwd=Path(__file__).parent.parent.parent,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
        )
        for seed, zone in (("1", "UTC"), ("2", "Pacific/Auckland"))
    ]  # fmt: skip
    said = [process.communicate(timeout=60)[0] for process in running]
    assert said[0] == said[1] and len(said[0].split()) == 2
