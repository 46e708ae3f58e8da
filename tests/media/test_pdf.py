"""Real PDFs from Typst, and hand-made ones where Typst is too well behaved: the reader says what each holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import Image

from kit.media.pdf import CmykColour, Font, PdfFacts, inspect
from tests.support.pdfs import BLACK, SVG, drawn, form, typeset, without_font_files

Read = Callable[..., PdfFacts]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Typeset this body, or take this document, and inspect it."""

    def reading(what: str | Pdf, **options: Any) -> PdfFacts:
        path = tmp_path / "read.pdf"
        if isinstance(what, str):
            path.write_bytes(typeset(tmp_path, what, **options))
        else:
            what.save(path)
        return inspect(path)

    return reading


# --- boxes ---------------------------------------------------------------------------------------


def test_boxes_are_read_in_millimetres(read: Read) -> None:
    (page,) = read("x", page_mm=(70, 50)).pages
    assert (page.media.w, page.media.h) == pytest.approx((70, 50), abs=0.01)
    assert page.trim is None and page.bleed is None and page.crop is None


def test_a_page_in_larger_units_is_measured_in_them(read: Read) -> None:
    document = drawn(b"")
    document.pages[0].obj.UserUnit = 2
    document.pages[0].obj.Rotate = -90
    (page,) = read(document).pages
    assert page.media.w == pytest.approx(200 * 25.4 / 72) and page.rotation == 270


def test_corners_may_come_in_any_order(read: Read) -> None:
    document = drawn(b"")
    document.pages[0].obj.TrimBox = Array([90, 80, 10, 20])
    trim = read(document).pages[0].trim
    assert trim is not None and trim.x == pytest.approx(10 * 25.4 / 72) and trim.h > 0


# --- colours -------------------------------------------------------------------------------------


def test_a_cmyk_page_holds_cmyk_and_nothing_else(read: Read) -> None:
    facts = read(f"Texte #rect(fill: cmyk(100%, 0%, 20%, 0%), stroke: {BLACK})")
    assert facts.colours == {"DeviceCMYK"}
    assert facts.cmyk_colours == (
        CmykColour(0, 0, 0, 100, False),
        CmykColour(0, 0, 0, 100, True),
        CmykColour(100, 0, 20, 0, False),
    )
    assert facts.unmeasured == () and facts.cmyk_colours[-1].coverage == 120


@pytest.mark.parametrize(
    ("body", "colour"),
    [
        ("#rect(fill: rgb(200, 0, 0))", "ICCBased-3"),
        ('#image("s.svg", alt: "carré")', "ICCBased-3"),
        ("#text(fill: luma(0))[noir]", "ICCBased-1"),
        ("#rect(fill: gradient.linear(red, blue))", "ICCBased-3"),
        ("#rect(fill: tiling(size: (5pt, 5pt))[#rect(fill: red)])", "ICCBased-3"),
    ],
)
def test_typst_turns_these_into_something_else_than_cmyk(
    read: Read, tmp_path: Path, body: str, colour: str
) -> None:
    (tmp_path / "s.svg").write_text(SVG)
    assert colour in read(body).colours


@pytest.mark.parametrize(
    ("content", "colours"),
    [
        (b"1 0 0 rg 0 0 9 9 re n", set()),
        (b"1 0 0 rg 0 0 9 9 re f", {"DeviceRGB"}),
        (b"1 0 0 rg 0 0 9 9 re S", {"DeviceGray"}),
        (b"1 0 0 RG 0 0 9 9 re b*", {"DeviceRGB", "DeviceGray"}),
        (b"q 1 0 0 rg Q 0 0 9 9 re f", {"DeviceGray"}),
        (b"/DeviceCMYK cs 0 0 9 9 re f", {"DeviceCMYK"}),
        (b"Q Q EMC 0 1 0 0 k 0 0 9 9 re F", {"DeviceCMYK"}),
        (b"BI /W 1 /H 1 /BPC 8 /CS /RGB ID abc EI", {"DeviceRGB"}),
        (b"0 0 0 1 k BI /W 1 /H 1 /IM true ID a EI", {"DeviceCMYK"}),
        (b"BT 1 0 0 rg 3 Tr (unseen) Tj ET", set()),
        (b"BT 1 0 0 rg 1 Tr (outlined) Tj ET", {"DeviceGray"}),
        (b"BT 1 0 0 rg 2 Tr (both) Tj ET", {"DeviceRGB", "DeviceGray"}),
    ],
)
def test_a_colour_counts_when_it_is_painted(read: Read, content: bytes, colours: set[str]) -> None:
    assert read(drawn(content)).colours == colours


@pytest.mark.parametrize(
    ("space", "name"),
    [
        (Array([Name.CalRGB, Dictionary(WhitePoint=Array([1, 1, 1]))]), "CalRGB"),
        (Array([Name.Indexed, Name.DeviceRGB, 0, pikepdf.String("abc")]), "Indexed(DeviceRGB)"),
        (Array([Name.Separation, Name.Orange, Name.DeviceCMYK, Dictionary()]), "Separation(DeviceCMYK)"),
        (Array([Name.DeviceN, Array([Name.Orange]), Name.DeviceRGB, Dictionary()]), "DeviceN(DeviceRGB)"),
    ],
)
def test_a_colour_space_is_named_with_what_lies_under_it(read: Read, space: Any, name: str) -> None:
    facts = read(drawn(b"/c cs 0 sc 0 0 9 9 re f", ColorSpace=Dictionary(c=space)))
    assert facts.colours == {name}
    assert facts.unmeasured == ((name,) if "CMYK" in name else ())


def test_colours_are_found_inside_forms_type_3_glyphs_and_annotations(read: Read) -> None:
    document = drawn(b"1 0 0 0 k /outer Do BT /t3 9 Tf (a) Tj ET")
    resources = document.pages[0].obj.Resources
    inner = form(document, b"0 0 9 9 re f 0 1 0 0 k 0 0 9 9 re f")
    resources.XObject = Dictionary(
        outer=form(document, b"/inner Do", Resources=Dictionary(XObject=Dictionary(inner=inner)))
    )
    glyph = document.make_stream(b"9 0 d0 0.5 0 0 rg 0 0 9 9 re f")
    resources.Font = Dictionary(t3=Dictionary(Subtype=Name.Type3, CharProcs=Dictionary(a=glyph)))
    look = form(
        document, b"/CS0 cs 0 0 9 9 re f", Resources=Dictionary(ColorSpace=Dictionary(CS0=Array([Name.Lab])))
    )
    document.pages[0].obj.Annots = Array([Dictionary(Subtype=Name.Stamp, AP=Dictionary(N=look))])
    facts = read(document)
    assert facts.colours == {"DeviceCMYK", "DeviceRGB", "Lab"}
    assert CmykColour(100, 0, 0, 0, False) in facts.cmyk_colours, (
        "a form begins with the colour of its caller"
    )
    assert facts.fonts == (Font("Type3", True),)


def test_what_is_blended_in_rgb_counts_as_rgb(read: Read) -> None:
    document = drawn(b"")
    document.pages[0].obj.Group = Dictionary(S=Name.Transparency, CS=Name.DeviceRGB)
    assert read(document).colours == {"DeviceRGB"}


def test_a_cmyk_gradient_is_measured_at_its_ends(read: Read) -> None:
    ends = "cmyk(100%, 100%, 0%, 0%), cmyk(0%, 0%, 100%, 100%)"
    facts = read(f"#rect(fill: gradient.linear({ends}, space: cmyk))")
    assert facts.colours == {"DeviceCMYK", "Pattern"} and facts.unmeasured == ()
    assert {CmykColour(100, 100, 0, 0, False), CmykColour(0, 0, 100, 100, False)} <= set(facts.cmyk_colours)


def test_a_shading_that_cannot_be_followed_is_named(read: Read) -> None:
    shading = Dictionary(ShadingType=2, ColorSpace=Name.DeviceCMYK, Function=Dictionary(FunctionType=4))
    facts = read(drawn(b"/s sh", Shading=Dictionary(s=shading)))
    assert facts.unmeasured == ("a shading in DeviceCMYK",)


# --- pictures ------------------------------------------------------------------------------------


def cmyk_jpeg(path: Path, inks: tuple[int, int, int, int], size: tuple[int, int] = (30, 20)) -> Path:
    Image.new("CMYK", size, inks).save(path, quality=95, subsampling=0)
    return path


def test_the_inks_of_a_cmyk_jpeg_are_those_that_are_seen(read: Read, tmp_path: Path) -> None:
    """Against an independent reader: were the inks read inverted, a light picture would count as dark."""
    pdfium = pytest.importorskip("pypdfium2")
    cmyk_jpeg(tmp_path / "p.jpg", (51, 0, 0, 0))
    (picture,) = read('#image("p.jpg", alt: "clair", width: 100%)', page_mm=(20, 20)).images
    assert (picture.colour, picture.width, picture.height) == ("DeviceCMYK", 30, 20)
    assert picture.max_coverage == pytest.approx(20, abs=1.5)
    document = pdfium.PdfDocument(tmp_path / "read.pdf")
    shown = np.asarray(document[0].render(scale=1).to_pil().convert("L"))
    document.close()
    assert shown.min() > 180


@pytest.mark.parametrize(("decode", "percent"), [(None, 40.0), ([1, 0] * 4, 360.0), ([0, 0.5] * 4, 20.0)])
def test_the_inks_of_plain_samples_follow_their_decode_array(
    read: Read, decode: list[float] | None, percent: float
) -> None:
    document = drawn(b"/p Do")
    image = document.make_stream(
        bytes([102, 0, 0, 0]) * 100, Subtype=Name.Image, Width=10, Height=10, BitsPerComponent=8,
        ColorSpace=Name.DeviceCMYK,
    )  # fmt: skip
    if decode:
        image.Decode = Array(decode)
    document.pages[0].obj.Resources.XObject = Dictionary(p=image)
    (picture,) = read(document).images
    assert picture.max_coverage == pytest.approx(percent, abs=0.01)
    assert picture.area_coverage == pytest.approx(percent, abs=0.01)


def test_jpeg_overshoots_at_an_edge_but_not_over_an_area(read: Read, tmp_path: Path) -> None:
    pixels = np.zeros((64, 64, 4), np.uint8)
    pixels[:, 13:45] = 178
    Image.frombytes("CMYK", (64, 64), pixels.tobytes()).save(tmp_path / "p.jpg", quality=75)
    (picture,) = read('#image("p.jpg", alt: "bord")').images
    assert picture.max_coverage is not None and picture.max_coverage > 281
    assert picture.area_coverage is not None and picture.area_coverage < 280


def test_a_cmyk_picture_of_another_kind_is_named_not_guessed(read: Read) -> None:
    document = drawn(b"/p Do")
    document.pages[0].obj.Resources.XObject = Dictionary(
        p=document.make_stream(
            b"", Subtype=Name.Image, Width=1, Height=1, Filter=Name.JPXDecode, ColorSpace=Name.DeviceCMYK
        )
    )
    assert read(document).unmeasured == ("an image in DeviceCMYK",)


# --- fonts, tags, links --------------------------------------------------------------------------


def test_a_font_is_embedded_or_it_is_not(read: Read, tmp_path: Path) -> None:
    (font,) = read("Texte").fonts
    assert font.embedded and font.name.endswith("+AtkinsonHyperlegibleNext-Regular")
    (gone,) = read(without_font_files(typeset(tmp_path, "Texte"))).fonts
    assert not gone.embedded
    helvetica = Dictionary(F=Dictionary(Subtype=Name.Type1, BaseFont=Name.Helvetica))
    assert read(drawn(b"", Font=helvetica)).fonts == (Font("Helvetica", False),)


def test_tags_title_and_language_are_read(read: Read) -> None:
    tags = read('= Titre\nTexte #link("https://exemple.fr")[ici]\n#figure(rect(), alt: "carré")').tags
    assert tags.has_tree and tags.marked and tags.title_shown
    assert (tags.language, tags.title, tags.ua_part) == ("fr", "Titre", "1")
    assert dict(tags.roles) == {"Document": 1, "H1": 1, "P": 1, "Link": 1, "Figure": 1}
    assert tags.figures_without_alt == 0


def test_an_untagged_file_says_so(read: Read) -> None:
    facts = read("Texte", tagged=False)
    assert not facts.tags.has_tree and not facts.tags.marked and facts.tags.ua_part is None
    assert facts.pages[0].untagged > 0


def test_a_role_of_its_own_is_counted_under_the_standard_one(read: Read) -> None:
    document = drawn(b"")
    element = document.make_indirect(Dictionary(S=Name.Dessin, K=Array([0])))
    document.Root.StructTreeRoot = Dictionary(
        K=Array([element, element]), RoleMap=Dictionary(Dessin=Name.Figure)
    )
    tags = read(document).tags
    assert tags.roles == (("Figure", 1),) and tags.figures_without_alt == 1


@pytest.mark.parametrize(
    ("content", "untagged"),
    [
        (b"/P <</MCID 0>> BDC 0 0 9 9 re f EMC", 0),
        (b"/Artifact BMC 0 0 9 9 re f EMC", 0),
        (b"/P <</MCID 0>> BDC /Span BMC 0 0 9 9 re f EMC EMC", 0),
        (b"/P /named BDC 0 0 9 9 re f EMC", 0),
        (b"/Span <</Lang (fr)>> BDC 0 0 9 9 re f EMC", 1),
        (b"/P <</MCID 0>> BDC EMC 0 0 9 9 re f", 1),
        (b"0 0 9 9 re W n", 0),
    ],
)
def test_only_content_outside_tags_and_artifacts_is_untagged(
    read: Read, content: bytes, untagged: int
) -> None:
    named = Dictionary(named=Dictionary(MCID=1))
    assert read(drawn(content, Properties=named)).pages[0].untagged == untagged


def test_links_and_their_order_are_read_page_by_page(read: Read) -> None:
    pages = read('#link("https://exemple.fr/a")[un] #pagebreak() deux').pages
    assert [page.links for page in pages] == [("https://exemple.fr/a",), ()]
    assert pages[0].tab_order == "S"
