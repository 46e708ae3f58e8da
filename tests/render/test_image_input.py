"""Pictures from someone else: every mode comes out right, everything else is a clear refusal."""

from __future__ import annotations

import base64
import io
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from kit.errors import InputError, WorkError
from kit.render import bitmap
from kit.render import svg_picture as drawing
from kit.render.bitmap import open_picture
from kit.render.image_file import is_svg
from kit.render.svg_picture import svg_picture

RED, BLUE = (200, 30, 40), (20, 40, 180)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 40 20">{}</svg>'
DOT = '<circle cx="20" cy="10" r="8" fill="#C81E28"/>'


def halves(size: tuple[int, int] = (64, 32)) -> Image.Image:
    """Red on the left, blue on the right."""
    picture = Image.new("RGB", size, RED)
    picture.paste(BLUE, (size[0] // 2, 0, *size))
    return picture


def saved(target: Path, picture: Image.Image, **options: Any) -> Path:
    picture.save(target, **options)
    return target


def noise(size: tuple[int, int] = (64, 64)) -> Image.Image:
    return Image.fromarray(np.random.default_rng(7).integers(0, 256, (*size, 3), dtype=np.uint8))


def refused(path: Path, name: str = "partner/logo.png", opener: Callable[..., Any] = open_picture) -> str:
    """What a person is told; checked to name the file and not where it lies."""
    with pytest.raises(InputError) as caught:
        opener(path, name) if opener is open_picture else opener(path, name, 80)
    text = str(caught.value)
    assert all(line.startswith(name + ":") for line in text.splitlines())
    assert str(path.parent) not in text and "Traceback" not in text
    return text


def refused_svg(path: Path, content: str | bytes) -> str:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return refused(path, "logo.svg", svg_picture)


def near(pixel: object, colour: tuple[int, ...], by: int = 6) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(a - b) <= by for a, b in zip(pixel, colour, strict=True))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_mode_of_png_becomes_rgba(tmp_path: Path, mode: str) -> None:
    grey = halves().convert("L")
    if mode == "I;16":
        stored = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    else:
        stored = (halves() if mode in ("P", "RGB", "RGBA") else grey).convert(mode)
    picture = open_picture(saved(tmp_path / "a.png", stored), "a.png")
    expected = stored.convert("RGBA") if mode != "I;16" else grey.convert("RGBA")
    assert picture.mode == "RGBA"
    assert picture.tobytes() == expected.tobytes()


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_every_mode_of_jpeg_becomes_rgba(tmp_path: Path, mode: str, progressive: bool) -> None:
    path = saved(tmp_path / "a.jpg", halves().convert(mode), quality=95, progressive=progressive)
    picture = open_picture(path, "a.jpg")
    left = RED if mode != "L" else (halves().convert("L").getpixel((0, 0)),) * 3
    assert picture.mode == "RGBA"
    assert near(picture.getpixel((8, 8)), (*left, 255))


def test_adobes_inverted_cmyk_is_not_a_negative(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.jpg", Image.new("CMYK", (32, 32), (0, 0, 0, 0)))
    assert b"Adobe" in path.read_bytes()
    assert near(open_picture(path, "a.jpg").getpixel((9, 9)), (255, 255, 255, 255))


def test_a_palette_with_half_transparent_entries_keeps_them(tmp_path: Path) -> None:
    picture = Image.new("P", (3, 1))
    picture.putpalette([*RED, *BLUE, 0, 0, 0])
    picture.putdata([0, 1, 2])
    opened = open_picture(saved(tmp_path / "a.png", picture, transparency=bytes([255, 128, 0])), "a.png")
    assert [opened.getpixel((x, 0)) for x in range(3)] == [(*RED, 255), (*BLUE, 128), (0, 0, 0, 0)]


@pytest.mark.parametrize(("mode", "clear"), [("1", 0), ("L", 7), ("RGB", RED)])
def test_one_colour_declared_transparent_is(tmp_path: Path, mode: str, clear: Any) -> None:
    picture = Image.new(mode, (2, 1), clear)
    picture.putpixel((1, 0), (255, 255, 255) if mode == "RGB" else 255)
    opened = open_picture(saved(tmp_path / "a.png", picture, transparency=clear), "a.png")
    assert opened.getchannel("A").tobytes() == b"\0\xff"


def png(header: tuple[int, ...], rows: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG chunk by chunk, as Pillow would never write it."""
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", *header)),
        *chunks,
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )


def test_sixteen_bits_of_colour_and_alpha_are_scaled(tmp_path: Path) -> None:
    pixel = struct.pack(">4H", 0xC812, 0x1E34, 0x2856, 0x80FF)
    (tmp_path / "a.png").write_bytes(png((1, 1, 16, 6, 0, 0, 0), b"\0" + pixel))
    assert near(open_picture(tmp_path / "a.png", "a.png").getpixel((0, 0)), (0xC8, 0x1E, 0x28, 0x80), 1)


@pytest.mark.parametrize("kind", [0, 2])
def test_a_transparent_colour_of_sixteen_bits_is_read_without_a_stumble(tmp_path: Path, kind: int) -> None:
    value = struct.pack(">H", 0x1234) * (1 if kind == 0 else 3)
    rows = b"\0" + value + b"\xff\xff" * (len(value) // 2)
    (tmp_path / "a.png").write_bytes(png((2, 1, 16, kind, 0, 0, 0), rows, (b"tRNS", value)))
    picture = open_picture(tmp_path / "a.png", "a.png")
    assert picture.getpixel((1, 0)) == (255, 255, 255, 255)
    if kind == 0:
        assert picture.getpixel((0, 0)) == (0x12, 0x12, 0x12, 0)


SIDES = {
    1: ("top", "left"),
    2: ("top", "right"),
    3: ("bottom", "right"),
    4: ("bottom", "left"),
    5: ("left", "top"),
    6: ("right", "top"),
    7: ("right", "bottom"),
    8: ("left", "bottom"),
}
"""EXIF 2.32: the side of the scene that the first stored row and the first stored column show."""


@pytest.mark.parametrize("orientation", SIDES)
@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_all_eight_orientations_give_the_same_upright_picture(
    tmp_path: Path, orientation: int, suffix: str
) -> None:
    upright = Image.new("RGB", (48, 32), RED)
    upright.paste(BLUE, (0, 0, 16, 16))
    upright.paste((255, 255, 255), (32, 16, 48, 32))
    row, column = SIDES[orientation]
    stored = np.asarray(upright)
    if row in ("left", "right"):
        stored = stored.swapaxes(0, 1)
    stored = stored[::-1] if row in ("bottom", "right") else stored
    stored = stored[:, ::-1] if column in ("bottom", "right") else stored
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"quality": 100, "subsampling": 0} if suffix == "jpg" else {}
    path = saved(
        tmp_path / f"a.{suffix}", Image.fromarray(np.ascontiguousarray(stored)), exif=exif, **options
    )
    opened = np.asarray(open_picture(path, "a").convert("RGB")).astype(int)
    assert opened.shape == (32, 48, 3)
    assert np.abs(opened - np.asarray(upright)).max() <= 4


def swapped_profile() -> bytes:
    """sRGB with the red and the green primary exchanged.

    Trap: a new profile carries the second it was made in, so that the length of a file with one changes as
    the clock ticks, and with it what the damaging test draws. The date is set by hand.
    """
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = data[:24] + struct.pack(">6H", 2026, 11, 25, 0, 0, 0) + data[36:]
    head = data[:400].replace(b"rXYZ", b"tmp!").replace(b"gXYZ", b"rXYZ").replace(b"tmp!", b"gXYZ")
    return head + data[400:]


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_an_embedded_profile_is_obeyed(tmp_path: Path, mode: str) -> None:
    path = saved(tmp_path / "a.png", Image.new(mode, (4, 4), "#FF0000"), icc_profile=swapped_profile())
    assert near(open_picture(path, "a.png").getpixel((0, 0)), (0, 255, 0, 255), 3)


@pytest.mark.parametrize("profile", [b"nonsense", swapped_profile()[:300]])
def test_a_broken_profile_is_ignored(tmp_path: Path, profile: bytes) -> None:
    path = saved(tmp_path / "a.png", halves(), icc_profile=profile)
    assert open_picture(path, "a.png").convert("RGB").tobytes() == halves().tobytes()


def test_a_profile_of_other_colours_than_the_picture_is_ignored(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.jpg", halves().convert("CMYK"), icc_profile=swapped_profile(), quality=95)
    assert near(open_picture(path, "a.jpg").getpixel((8, 8)), (*RED, 255))


def test_metadata_is_dropped_even_when_it_is_broken(tmp_path: Path) -> None:
    path = saved(
        tmp_path / "a.jpg", halves().convert("L"), exif=b"Exif\0\0MM\0*junk", comment=b"48.85 N 2.35 E"
    )
    picture = open_picture(path, "a.jpg")
    again = io.BytesIO()
    picture.convert("RGB").save(again, "JPEG")
    assert picture.info == {}
    assert b"48.85" not in again.getvalue()


def test_content_decides_and_not_the_suffix(tmp_path: Path) -> None:
    path = tmp_path / "photo.gif"
    halves().save(path, "PNG")
    assert open_picture(path, "photo.gif").size == (64, 32)


def test_a_phones_jpeg_with_a_preview_behind_it_is_one_picture(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.jpg", halves(), format="MPO", save_all=True, append_images=[halves((8, 8))])
    assert open_picture(path, "a.jpg").size == (64, 32)


def test_a_picture_of_many_megapixels_is_shrunk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bitmap, "WORKING_PIXELS", 500)
    for mode in ("RGB", "RGBA", "P", "L"):
        picture = open_picture(saved(tmp_path / f"{mode}.png", halves().convert(mode)), "a.png")
        assert picture.size == (31, 15)


def test_a_huge_progressive_jpeg_is_decoded_at_half_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bitmap, "_PROGRESSIVE_PIXELS", 500)
    assert open_picture(saved(tmp_path / "a.jpg", halves(), progressive=True), "a").size == (32, 16)
    assert open_picture(saved(tmp_path / "b.jpg", halves()), "b").size == (64, 32)


@pytest.mark.parametrize(
    ("width", "height"), [(100_000, 100_000), (2**31 - 1, 2**31 - 1), (12_001, 1), (9_000, 9_000)]
)
def test_a_png_that_declares_a_bomb_is_refused_by_its_header(tmp_path: Path, width: int, height: int) -> None:
    (tmp_path / "a.png").write_bytes(png((width, height, 8, 6, 0, 0, 0), b"\0" * 1000))
    said = refused(tmp_path / "a.png")
    assert "12,000 px a side and 60 megapixels" in said and "export it smaller" in said


def test_a_jpeg_that_declares_a_bomb_is_refused_by_its_header(tmp_path: Path) -> None:
    data = bytearray(saved(tmp_path / "a.jpg", halves()).read_bytes())
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", 65_000, 65_000)
    (tmp_path / "a.jpg").write_bytes(data)
    assert "60 megapixels" in refused(tmp_path / "a.jpg")


def test_a_jpeg_of_endless_scans_is_refused(tmp_path: Path) -> None:
    data = saved(tmp_path / "a.jpg", halves()).read_bytes()
    (tmp_path / "a.jpg").write_bytes(data[:-2] + b"\xff\xda\0\x08\x01\x01\0\0\0\0" * 50 + data[-2:])
    assert "scans" in refused(tmp_path / "a.jpg")


def test_a_text_chunk_that_unpacks_to_gigabytes_is_refused(tmp_path: Path) -> None:
    bomb = (b"zTXt", b"Comment\0\0" + zlib.compress(b"A" * 30_000_000))
    (tmp_path / "a.png").write_bytes(png((1, 1, 8, 0, 0, 0, 0), b"\0\0", bomb))
    assert "broken" in refused(tmp_path / "a.png")


@pytest.mark.parametrize("suffix", ["jpg", "png"])
@pytest.mark.parametrize("kept", [20, 200, 2000])
def test_a_cut_short_picture_is_refused(tmp_path: Path, suffix: str, kept: int) -> None:
    path = saved(tmp_path / f"a.{suffix}", noise())
    path.write_bytes(path.read_bytes()[:kept])
    assert "broken or cut-short" in refused(path)


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"GIF89a", "a GIF"),
        (b"II*\0", "a TIFF"),
        (b"%PDF-1.7", "a PDF"),
        (b"8BPS", "a Photoshop file"),
        (b"PK\x03\x04", "a ZIP archive"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "a WebP"),
        (b"\0\0\0\x18ftypheic", "a HEIC"),
        (b"<svg/>", "an SVG"),
        (b"MZ\x90\0", "not a picture"),
    ],
)
def test_what_is_no_png_or_jpeg_is_named_as_what_it_is(tmp_path: Path, start: bytes, kind: str) -> None:
    (tmp_path / "logo.png").write_bytes(start + bytes(100))
    assert (
        refused(tmp_path / "logo.png")
        == f"partner/logo.png: is {kind}"
        + (" or other text" if kind == "an SVG" else " this kit knows" if kind == "not a picture" else "")
        + "; save it as PNG or JPEG"
    )


def test_an_animated_png_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", halves(), save_all=True, append_images=[noise((32, 64))])
    assert "animated" in refused(path)


def test_a_file_over_the_limit_is_refused_without_reading_all_of_it(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", halves())
    os.truncate(path, 3_000_000_000)
    assert "is 3000.0 MB; at most 20 MB" in refused(path)


def test_what_is_no_file_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "loop.png").symlink_to(tmp_path / "loop.png")
    assert "is empty" in refused(tmp_path / "empty.png")
    assert "is a folder" in refused(tmp_path / "folder.png")
    assert "cannot be read" in refused(tmp_path / "loop.png")
    assert "is not there" in refused(tmp_path / "missing.png")
    assert "cannot be read" in refused(tmp_path / "nul\0.png")
    assert "cannot be read" in refused(tmp_path / ("long" * 100))
    assert "cannot be read" in refused(tmp_path / "empty.png" / "a.png")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with a name are a thing of Unix")
def test_a_pipe_is_refused_before_anyone_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    assert "not an ordinary file" in refused(tmp_path / "pipe.png")
    assert not is_svg(tmp_path / "pipe.png")


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), suffix=st.sampled_from(["jpg", "png"]))
def test_a_damaged_picture_is_opened_or_refused_and_nothing_else(
    tmp_path: Path, data: st.DataObject, suffix: str
) -> None:
    path = saved(tmp_path / f"a.{suffix}", noise((16, 16)), icc_profile=swapped_profile())
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    try:
        assert open_picture(path, "a").mode == "RGBA"
    except InputError as error:
        assert str(error).startswith("a: ")


def test_an_svg_is_drawn_at_the_width_asked_for_and_transparent(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text("\ufeff" + SVG.format(DOT), encoding="utf-8")
    picture = svg_picture(tmp_path / "a.svg", "a.svg", 80)
    assert is_svg(tmp_path / "a.svg")
    assert picture.mode == "RGBA" and picture.size == (80, 40)
    assert picture.getpixel((40, 20)) == (0xC8, 0x1E, 0x28, 255)
    assert picture.getpixel((0, 0)) == (0, 0, 0, 0)


def test_gradients_reuse_and_embedded_pictures_are_allowed(tmp_path: Path) -> None:
    inner = base64.b64encode(saved(tmp_path / "in.png", Image.new("RGB", (4, 4), BLUE)).read_bytes()).decode()
    (tmp_path / "a.svg").write_text(
        SVG.format(
            '<style>.a{fill:url(#g)}</style><defs><linearGradient id="g"><stop stop-color="#C81E28"/>'
            '</linearGradient><rect id="r" class="a" width="20" height="20"/></defs><use xlink:href="#r"/>'
            f'<image x="20" width="20" height="20" href="data:image/png;base64,{inner[:20]}\n{inner[20:]}"/>'
        )
    )
    picture = svg_picture(tmp_path / "a.svg", "a.svg", 80)
    assert picture.getpixel((20, 20)) == (0xC8, 0x1E, 0x28, 255)
    assert picture.getpixel((60, 20)) == (*BLUE, 255)


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("<script>alert(1)</script>", "a script"),
        ('<rect onload="alert(1)"/>', "a script in onload="),
        ("<foreignObject/>", "foreignObject"),
        ("<text>3919</text>", "convert text to outlines"),
        ("<animate/>", "an animation"),
        ('<image href="https://tracker.example/a.png"/>', "outside the file"),
        ('<image xlink:href="b.png"/>', "outside the file"),
        ('<use href="other.svg#a"/>', "outside the file"),
        ('<a href="javascript:alert(1)"/>', "outside the file"),
        ('<image href="data:image/svg+xml;base64,PHN2Zy8+"/>', "outside the file"),
        ('<rect fill="url(https://tracker.example/p)"/>', "outside the file"),
        ("<rect style=\"fill: URL( 'b.svg#p' )\"/>", "outside the file"),
        ('<s:rect xmlns:s="http://www.w3.org/2000/svg" s:mask="url(//x)"/>', "outside the file"),
        ('<rect FILTER="url(//x)"/>', "outside the file"),
        ('<rect clip-path="u\\72l(//x)"/>', "hide an address"),
        ("<style>@import 'a.css';</style>", "a stylesheet from elsewhere"),
        ("<style>a{fill:/**/url(//x)}</style>", "outside the file"),
        ("<style>a{fill:u\\72l(//x)}</style>", "hide an address"),
        ("<?xml-stylesheet href='a.css'?>", "a stylesheet from elsewhere"),
        ('<image href="data:image/png;base64,!!!"/>', "embedded picture that is broken"),
        ('<image href="data:image/png;base64,R0lGODlh"/>', "a picture that is a GIF"),
        ("<g>" * 100 + "</g>" * 100, "nested more than 64 deep"),
        ("<g/>" * 20_001, "more than 20,000 elements"),
    ],
)
def test_whatever_runs_loads_or_explodes_in_an_svg_is_refused(tmp_path: Path, inside: str, said: str) -> None:
    assert said in refused_svg(tmp_path / "a.svg", SVG.format(inside))


@pytest.mark.parametrize(
    "attribute",
    [
        r'i:export-filename="C:\Users\exemple\logo.png"',
        r'i:onion="C:\a"',
        r'id="a\b"',
        'aria-label="url(https://example.org)"',
        'data-note="@import"',
    ],
)
def test_what_an_editor_notes_in_an_svg_is_no_style(tmp_path: Path, attribute: str) -> None:
    note = f'<g xmlns:i="http://www.inkscape.org/namespaces/inkscape" {attribute}>{DOT}</g>'
    (tmp_path / "a.svg").write_text(SVG.format(note))
    assert svg_picture(tmp_path / "a.svg", "a.svg", 80).getbbox() is not None


def test_a_bomb_embedded_in_an_svg_is_refused_by_its_header(tmp_path: Path) -> None:
    bomb = base64.b64encode(png((50_000, 50_000, 8, 6, 0, 0, 0), b"")).decode()
    said = refused_svg(tmp_path / "a.svg", SVG.format(f'<image href="data:image/png;base64,{bomb}"/>'))
    assert "holds a picture that" in said and "60 megapixels" in said
    large = base64.b64encode(png((5_000, 5_000, 8, 6, 0, 0, 0), b"")).decode()
    said = refused_svg(tmp_path / "a.svg", SVG.format(f'<image href="data:image/png;base64,{large}"/>'))
    assert "more than 24 megapixels" in said


def test_a_billion_laughs_are_refused_before_the_first(tmp_path: Path) -> None:
    laughs = "".join(f'<!ENTITY l{n} "' + f"&l{n - 1};" * 10 + '">' for n in range(1, 10))
    said = refused_svg(
        tmp_path / "a.svg", f'<!DOCTYPE svg [<!ENTITY l0 "ha">{laughs}]>' + SVG.format("<g>&l9;</g>")
    )
    assert "has a DOCTYPE" in said


def test_an_svg_of_a_billion_uses_is_refused(tmp_path: Path) -> None:
    uses = [f'<use href="#a{n}"/>' * 10 for n in range(9)]
    groups = "".join(f'<g id="a{n}">{inside}</g>' for n, inside in enumerate(uses, 1))
    assert "cannot be drawn" in refused_svg(tmp_path / "a.svg", SVG.format(f'<g id="a0">{DOT}</g>{groups}'))


def test_an_svg_that_takes_too_long_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "DRAWING_SECONDS", 0.01)
    assert "to draw; export it simplified" in refused_svg(tmp_path / "a.svg", SVG.format(DOT))


def test_all_that_is_wrong_with_an_svg_is_said_at_once_with_its_place(tmp_path: Path) -> None:
    said = refused_svg(tmp_path / "a.svg", SVG.format("\n<script/>\n  <text>x</text>")).splitlines()
    assert [line.split(": ")[0] for line in said] == ["logo.svg:2:1", "logo.svg:3:3"]
    assert len(refused_svg(tmp_path / "a.svg", SVG.format("<script/>" * 500)).splitlines()) == 20


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<svg viewBox='0 0 1 1'>\n<g>\n</svg>", "logo.svg:3:3: is not readable as SVG: mismatched tag"),
        ("<svg><g/></svg>", "has no size"),
        ("<svg width='100%' height='100%'/>", "has no size"),
        ("<svg viewBox='0 0 0 5'/>", "has no size"),
        ("<svg width='1e999' height='1'/>", "has no size"),
        ("<svg viewBox='0 0 1 5000'/>", "too tall for its width"),
        ("<html><body/></html>", "starts with <html>"),
        ("just words", "logo.svg:1:1: is not readable as SVG"),
        ("<svg>\n<!-- é -->".encode("latin-1"), "logo.svg:2:6: is not UTF-8"),
        ("<svg/>".encode("utf-16"), "is not UTF-8"),
        (b"", "is empty"),
        (b" " * 2_000_001, "at most 2 MB"),
    ],
)
def test_an_svg_that_is_none_says_why(tmp_path: Path, content: str | bytes, said: str) -> None:
    assert said in refused_svg(tmp_path / "a.svg", content)


def test_a_typesetter_that_does_not_start_is_no_fault_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.svg").write_text(SVG.format(DOT))
    monkeypatch.setattr(drawing, "_DRAW", "import nothing_of_this_name")
    with pytest.raises(WorkError, match="nothing_of_this_name"):
        svg_picture(tmp_path / "a.svg", "a.svg", 80)
