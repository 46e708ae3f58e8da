"""The print rules, fault by fault: a good file passes all of them, each fault is found under its code."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import Image

from kit.check.print import PRINT_CHECKS
from kit.check.runner import run_checks
from kit.check.subject import Subject
from kit.model.artifact import Artifact, Level, Report
from kit.model.campaign import Campaign
from kit.render.pdf import finish_print, finish_screen
from kit.tables.prints import MAX_INK_PERCENT, PRINTS
from tests.support.pdfs import BLACK, SVG, typeset, without_font_files

GOOD = f"""= Violences
3919 #link("https://exemple.fr")[ici]
#figure(rect(fill: cmyk(0%, 60%, 90%, 0%), stroke: {BLACK}), alt: "carré")
"""


def look(path: Path, format_id: str = "a5", **fields: Any) -> Report:
    """All print checks on one file, the press master unless `fields` say otherwise."""
    made = {"id": f"print/fr/{format_id}/overview", "kind": "print", "media_type": "application/pdf"} | fields
    artifact = Artifact(
        language="fr",
        direction="ltr",
        format=format_id,
        path=path.name,
        bytes=1,
        sha256="0",
        digest="0",
        **made,
    )
    return run_checks(
        [Subject(artifact, path, Campaign.model_construct(), date(2026, 11, 25), ())], PRINT_CHECKS
    )


def look_on_screen(path: Path, format_id: str = "a5", **fields: Any) -> Report:
    master = f"print/fr/{format_id}/overview"
    return look(path, format_id, id=f"{master}.screen", of=master, **fields)


def codes(report: Report, level: Level = Level.FAIL) -> list[str]:
    """Codes of that level, each once, in the report's order."""
    return list(dict.fromkeys(f.code for f in report.findings if f.level is level))


def press(folder: Path, body: str = GOOD, format_id: str = "a5") -> Path:
    """A finished file for the press."""
    row = PRINTS[format_id]
    around = 2 * (row.bleed_mm + row.marks_mm)
    pdf = typeset(folder, body, (row.trim_mm[0] + around, row.trim_mm[1] + around))
    path = folder / "press.pdf"
    path.write_bytes(finish_print(pdf, row.trim_mm, row.bleed_mm, row.marks_mm, "Titre", "fr"))
    return path


def screen(folder: Path, body: str = GOOD, format_id: str = "a5") -> Path:
    """A finished file for the screen."""
    row = PRINTS[format_id]
    path = folder / "screen.pdf"
    path.write_bytes(finish_screen(typeset(folder, body, row.trim_mm), row.trim_mm, "Titre", "fr"))
    return path


def spoilt(path: Path, change: Any) -> Path:
    """The same file after `change` had its way with it."""
    with Pdf.open(io.BytesIO(path.read_bytes())) as document:
        change(document)
        document.save(path)
    return path


# --- good files ----------------------------------------------------------------------------------


@pytest.mark.parametrize("format_id", PRINTS)
def test_a_good_file_passes_in_every_format(tmp_path: Path, format_id: str) -> None:
    body = "#set text(size: 4pt)\nun" + "#pagebreak() deux" * (PRINTS[format_id].pages - 1)
    report = look(press(tmp_path, body, format_id), format_id)
    assert report.findings == () and report.passed == 6
    report = look_on_screen(screen(tmp_path, body, format_id), format_id)
    assert report.findings == () and report.passed == 4


def test_the_good_page_of_these_tests_is_good(tmp_path: Path) -> None:
    assert look(press(tmp_path)).findings == () and look_on_screen(screen(tmp_path)).findings == ()


def test_other_files_are_not_looked_at(tmp_path: Path) -> None:
    for fields in ({"kind": "report"}, {"media_type": "image/png"}):
        assert look(tmp_path / "absent.pdf", **fields) == Report()


# --- reading -------------------------------------------------------------------------------------


def test_a_broken_or_missing_file_is_named_once_and_the_rest_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.7\nno more")
    for path in (tmp_path / "x.pdf", tmp_path / "absent.pdf"):
        report = look(path)
        assert codes(report) == ["print-unreadable"] and report.passed == 0
        assert set(codes(report, Level.SKIP)) == {
            "print-box",
            "print-font",
            "print-rgb",
            "print-ink",
            "print-black",
        }


def test_a_locked_file_is_unreadable(tmp_path: Path) -> None:
    path = press(tmp_path)
    with Pdf.open(io.BytesIO(path.read_bytes())) as document:
        document.save(path, encryption=pikepdf.Encryption(owner="o", user="u"))
    assert "password" in look(path).findings[0].message


# --- boxes ---------------------------------------------------------------------------------------


def test_the_file_of_another_format_has_the_wrong_boxes(tmp_path: Path) -> None:
    report = look(press(tmp_path), "a4")
    assert codes(report) == ["print-box"] and len(report.findings) == 3


def moved_trim(document: Pdf) -> None:
    x0, y0, x1, y1 = (float(v) for v in document.pages[0].trimbox)
    document.pages[0].trimbox = Array([x0 + 1, y0, x1 + 1, y1])


def wider_bleed(document: Pdf) -> None:
    x0, y0, x1, y1 = (float(v) for v in document.pages[0].obj.BleedBox)
    document.pages[0].obj.BleedBox = Array([x0 - 0.3, y0, x1, y1])  # 0.106 mm


def no_trim(document: Pdf) -> None:
    del document.pages[0].obj["/TrimBox"]


def cropped(document: Pdf) -> None:
    document.pages[0].obj.CropBox = document.pages[0].obj.TrimBox


def turned(document: Pdf) -> None:
    document.pages[0].obj.Rotate = 90


def one_page_more(document: Pdf) -> None:
    document.pages.append(document.pages[0])


@pytest.mark.parametrize("change", [moved_trim, wider_bleed, no_trim, cropped, turned, one_page_more])
def test_each_wrong_box_is_found(tmp_path: Path, change: Any) -> None:
    report = look(spoilt(press(tmp_path), change))
    assert codes(report) == ["print-box"] and len(report.findings) == 1


def test_a_twentieth_of_a_millimetre_is_no_fault(tmp_path: Path) -> None:
    def hardly(document: Pdf) -> None:
        x0, y0, x1, y1 = (float(v) for v in document.pages[0].trimbox)
        document.pages[0].trimbox = Array([x0 + 0.14, y0, x1, y1])

    assert look(spoilt(press(tmp_path), hardly)).findings == ()


def test_a_press_file_on_the_screen_has_the_wrong_boxes(tmp_path: Path) -> None:
    assert codes(look_on_screen(press(tmp_path))) == ["print-box"]


def test_a_format_without_a_row_fails(tmp_path: Path) -> None:
    assert codes(look(press(tmp_path), "a7")) == ["print-box"]


# --- fonts and inks ------------------------------------------------------------------------------


def test_a_font_that_is_not_in_the_file_is_named(tmp_path: Path) -> None:
    path = press(tmp_path)
    without_font_files(path.read_bytes()).save(path)
    report = look(path)
    assert codes(report) == ["print-font"] and "AtkinsonHyperlegibleNext" in report.findings[0].message
    assert codes(look_on_screen(path)) == ["print-box", "print-font"]


@pytest.mark.parametrize(
    "body",
    [
        "#rect(fill: rgb(245, 130, 32))",
        '#image("s.svg", alt: "carré")',
        '#image("s.jpg", alt: "carré")',
        "#text(fill: black)[noir]",
        "#rect(fill: gradient.linear(cmyk(0%, 0%, 0%, 9%), cmyk(0%, 9%, 0%, 9%)))",
    ],
)
def test_rgb_and_managed_grey_are_found_in_the_master_only(tmp_path: Path, body: str) -> None:
    (tmp_path / "s.svg").write_text(SVG)
    Image.new("RGB", (9, 9), "red").save(tmp_path / "s.jpg")
    report = look(press(tmp_path, body))
    assert codes(report) == ["print-rgb"] and "ICC" in report.findings[0].measured
    assert look_on_screen(screen(tmp_path, body)).findings == ()


def test_a_picture_indexed_in_rgb_is_rgb(tmp_path: Path) -> None:
    def add(document: Pdf) -> None:
        space = Array([Name.Indexed, Name.DeviceRGB, 0, pikepdf.String("abc")])
        image = document.make_stream(
            b"\0", Subtype=Name.Image, Width=1, Height=1, BitsPerComponent=8, ColorSpace=space
        )
        document.pages[0].obj.Resources.XObject = Dictionary(i=image)
        document.pages[0].contents_add(b"/i Do")

    assert codes(look(spoilt(press(tmp_path), add))) == ["print-rgb"]


@pytest.mark.parametrize(
    ("inks", "found"),
    [
        ("70%, 70%, 70%, 70%", []),  # 280.8 % once Typst has rounded to 1/255
        ("71%, 70%, 70%, 70%", ["print-ink"]),
        ("90%, 90%, 20%, 85%", ["print-ink"]),
        ("0%, 100%, 100%, 0%", []),
    ],
)
def test_the_limit_of_ink_is_exact(tmp_path: Path, inks: str, found: list[str]) -> None:
    assert MAX_INK_PERCENT == 280
    assert codes(look(press(tmp_path, f"#rect(fill: cmyk({inks}))"))) == found


def test_a_stroke_and_a_gradient_can_hold_too_much_ink(tmp_path: Path) -> None:
    full = "cmyk(90%, 90%, 90%, 90%)"
    assert codes(look(press(tmp_path, f"#rect(stroke: {full})"))) == ["print-ink"]
    body = f"#rect(fill: gradient.linear({full}, cmyk(0%, 0%, 0%, 0%), space: cmyk))"
    assert codes(look(press(tmp_path, body))) == ["print-ink"]


@pytest.mark.parametrize(("level", "found"), [(178, []), (190, ["print-ink"])])
def test_a_cmyk_photo_is_measured_by_area(tmp_path: Path, level: int, found: list[str]) -> None:
    """178 is 279 %: its JPEG has single pixels over 280 % at the edge, which is no fault."""
    pixels = np.zeros((64, 64, 4), np.uint8)
    pixels[:, 13:45] = level
    Image.frombytes("CMYK", (64, 64), pixels.tobytes()).save(tmp_path / "p.jpg", quality=75)
    assert codes(look(press(tmp_path, '#image("p.jpg", alt: "photo")'))) == found


def test_inks_that_cannot_be_measured_are_a_blind_spot_not_a_pass(tmp_path: Path) -> None:
    def add(document: Pdf) -> None:
        shading = Dictionary(ShadingType=2, ColorSpace=Name.DeviceCMYK, Function=Dictionary(FunctionType=4))
        document.pages[0].obj.Resources.Shading = Dictionary(s=shading)
        document.pages[0].contents_add(b"/s sh")

    report = look(spoilt(press(tmp_path), add))
    assert codes(report) == [] and codes(report, Level.SKIP) == ["print-ink"]


@pytest.mark.parametrize(
    ("inks", "found"),
    [
        ("75%, 68%, 67%, 50%", True),  # what a picture program makes of RGB black, lightened to 260 %
        ("55%, 55%, 55%, 100%", True),
        ("60%, 60%, 60%, 0%", True),
        ("0%, 0%, 0%, 100%", False),
        ("40%, 40%, 40%, 100%", False),
        ("50%, 80%, 95%, 40%", False),  # a brown
        ("85%, 90%, 20%, 60%", False),  # a violet
    ],
)
def test_four_colour_black_is_found_in_text_only(tmp_path: Path, inks: str, found: bool) -> None:
    assert codes(look(press(tmp_path, f"#text(fill: cmyk({inks}))[3919]"))) == ["print-black"] * found
    assert codes(look(press(tmp_path, f"#rect(fill: cmyk({inks}))"))) == []


# --- tags ----------------------------------------------------------------------------------------


def no_tree(document: Pdf) -> None:
    del document.Root["/StructTreeRoot"]


def not_marked(document: Pdf) -> None:
    del document.Root["/MarkInfo"]


def no_metadata(document: Pdf) -> None:
    del document.Root["/Metadata"]


def title_hidden(document: Pdf) -> None:
    document.Root.ViewerPreferences.DisplayDocTitle = False


def no_language(document: Pdf) -> None:
    del document.Root["/Lang"]


def no_alt(document: Pdf) -> None:
    for thing in document.objects:
        if isinstance(thing, Dictionary) and "/Alt" in thing:
            thing.Alt = pikepdf.String(" ")


def words_beside_the_tags(document: Pdf) -> None:
    document.pages[0].contents_add(b"0 0 0 1 k 0 0 9 9 re f")


def no_tab_order(document: Pdf) -> None:
    del document.pages[0].obj["/Tabs"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (no_tree, "finds no tags"),
        (not_marked, "finds no tags"),
        (no_metadata, "no title"),
        (title_hidden, "file's name"),
        (no_language, "another language"),
        (no_alt, "without a description"),
        (words_beside_the_tags, "outside its tags"),
        (no_tab_order, "Tab key"),
    ],
)
def test_each_missing_piece_of_accessibility_is_found_on_screen(
    tmp_path: Path, change: Any, said: str
) -> None:
    report = look_on_screen(spoilt(screen(tmp_path), change))
    assert codes(report) == ["print-untagged"]
    assert any(said in finding.message for finding in report.findings)


def test_an_untagged_file_is_found(tmp_path: Path) -> None:
    path = tmp_path / "untagged.pdf"
    path.write_bytes(typeset(tmp_path, GOOD, PRINTS["a5"].trim_mm, tagged=False))
    limits = {f.limit for f in look_on_screen(path).findings if f.code == "print-untagged"}
    assert {"StructTreeRoot, Marked", "pdfuaid:part 1", "DisplayDocTitle"} <= limits


def test_the_language_must_be_that_of_the_piece(tmp_path: Path) -> None:
    path = screen(tmp_path)
    artifact = Artifact(
        id="print/ar/a5/x.screen", of="print/ar/a5/x", kind="print", media_type="application/pdf",
        language="ar", direction="rtl", format="a5", path=path.name, bytes=1, sha256="0", digest="0",
    )  # fmt: skip
    subject = Subject(artifact, path, Campaign.model_construct(), date(2026, 11, 25), ())
    assert codes(run_checks([subject], PRINT_CHECKS)) == ["print-untagged"]


def test_every_code_is_declared_once_and_with_a_reason() -> None:
    declared = [code for check in PRINT_CHECKS for code in check.may_yield]
    assert sorted(declared) == [
        "print-black", "print-box", "print-font", "print-ink", "print-rgb", "print-unreadable", "print-untagged",
    ]  # fmt: skip
    assert all(len(check.rationale) > 40 for check in PRINT_CHECKS)
