"""A logo is trimmed to its ink, and stands where it can be read."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from kit.errors import InputError
from kit.render.logo import CLEAR_SPACE, LONGEST_PX, Logo, plate_for, prepare_logo

DARK, PAPER, VIOLET, ORANGE = "#160A26", "#FFFFFF", "#5B2A86", "#F58220"
PLATES = (PAPER, DARK)


def bar(colour: str | tuple[int, ...], size: tuple[int, int] = (100, 80)) -> Image.Image:
    """A bar of 30 × 20 px on nothing."""
    picture = Image.new("RGBA", size, (0, 0, 0, 0))
    picture.paste(colour, (40, 30, 70, 50))
    return picture


def prepared(folder: Path, picture: Image.Image, suffix: str = "png") -> Logo:
    picture.save(folder / f"logo.{suffix}")
    return prepare_logo(folder / f"logo.{suffix}", f"logo.{suffix}")


def test_transparent_margins_are_trimmed_haze_included(tmp_path: Path) -> None:
    picture = bar(VIOLET)
    picture.putpixel((2, 2), (0, 0, 0, 3))
    logo = prepared(tmp_path, picture)
    assert (logo.width, logo.height, logo.opaque) == (30, 20, False)
    assert [ink.colour for ink in logo.colours] == [VIOLET]


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_margins_of_one_colour_are_trimmed_in_spite_of_jpeg(tmp_path: Path, suffix: str) -> None:
    flat = Image.new("RGB", (100, 80), "#F4F4F4")
    flat.paste(DARK, (40, 30, 70, 50))
    logo = prepared(tmp_path, flat, suffix)
    assert abs(logo.width - 30) <= 4 and abs(logo.height - 20) <= 4
    assert logo.opaque


def test_what_is_deliberately_a_shape_keeps_its_own_margin(tmp_path: Path) -> None:
    picture = Image.new("RGBA", (100, 80), (0, 0, 0, 0))
    picture.paste(ORANGE, (10, 10, 90, 70))
    picture.paste(DARK, (40, 30, 70, 50))
    logo = prepared(tmp_path, picture)
    assert (logo.width, logo.height, logo.opaque) == (80, 60, False)


def test_a_large_logo_is_shrunk_and_a_small_one_is_not_enlarged(tmp_path: Path) -> None:
    large = prepared(tmp_path, Image.linear_gradient("L").resize((3000, 900)).convert("RGB"))
    assert max(large.width, large.height) == LONGEST_PX
    assert prepared(tmp_path, bar(DARK)).width == 30


def test_a_logo_comes_out_the_same_bytes_every_time_without_metadata(tmp_path: Path) -> None:
    picture = bar(VIOLET)
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    picture.save(tmp_path / "a.png", exif=exif, dpi=(300, 300))
    picture.save(tmp_path / "b.png", compress_level=1)
    one, other = (prepare_logo(tmp_path / name, name) for name in ("a.png", "b.png"))
    assert one == other
    assert {one.png[12:16], one.png[37:41]} == {b"IHDR", b"IDAT"}
    with Image.open(io.BytesIO(one.png)) as image:
        assert image.mode == "RGBA" and image.size == (one.width, one.height)


@pytest.mark.parametrize("colour", [(0, 0, 0, 0), (255, 255, 255, 255), (9, 9, 9, 128)])
def test_a_blank_logo_is_refused_unless_it_is_a_shape(tmp_path: Path, colour: tuple[int, ...]) -> None:
    picture = Image.new("RGBA", (40, 40), colour)
    if colour[3] == 128:
        assert prepared(tmp_path, picture).width == 40
        return
    with pytest.raises(InputError, match=r"logo\.png: shows nothing but one colour"):
        prepared(tmp_path, picture)


def test_a_hair_that_shrinking_thins_to_nothing_is_still_a_logo(tmp_path: Path) -> None:
    picture = Image.new("RGBA", (9000, 900), (0, 0, 0, 0))
    for x in (0, 8999):
        picture.putpixel((x, x // 10), (0, 0, 0, 60))
    logo = prepared(tmp_path, picture)
    assert logo.width == LONGEST_PX and sum(ink.weight for ink in logo.colours) == pytest.approx(1)


def test_an_svg_logo_is_drawn_trimmed_and_transparent(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50"><rect x="40" y="10" width="20"'
        f' height="10" fill="{VIOLET}"/></svg>'
    )
    logo = prepare_logo(tmp_path / "logo.png", "logo.png")
    assert logo.width / logo.height == pytest.approx(2, abs=0.02) and logo.width == pytest.approx(480, abs=2)
    assert not logo.opaque and logo.colours[0].colour == VIOLET


def test_weights_of_ink_add_up_to_one_heaviest_first(tmp_path: Path) -> None:
    picture = bar(DARK)
    picture.paste(ORANGE, (40, 30, 49, 50))
    ink = prepared(tmp_path, picture).colours
    assert [(i.colour, round(i.weight, 3), i.alpha) for i in ink] == [(DARK, 0.7, 1.0), (ORANGE, 0.3, 1.0)]


def test_a_logo_that_reads_on_the_ground_needs_no_plate(tmp_path: Path) -> None:
    assert plate_for(prepared(tmp_path, bar(PAPER)), DARK, PLATES) is None
    assert plate_for(prepared(tmp_path, bar(VIOLET)), PAPER, PLATES) is None


def test_a_logo_that_does_not_read_gets_the_plate_it_reads_on(tmp_path: Path) -> None:
    assert plate_for(prepared(tmp_path, bar(VIOLET)), DARK, PLATES) == PAPER
    assert plate_for(prepared(tmp_path, bar(PAPER)), PAPER, PLATES) == DARK
    assert plate_for(prepared(tmp_path, bar(ORANGE)), PAPER, (VIOLET, DARK, PAPER)) == DARK


def test_an_accent_of_a_tenth_may_stay_weak_and_more_may_not(tmp_path: Path) -> None:
    picture = bar(PAPER)
    picture.paste(VIOLET, (40, 30, 43, 50))
    assert plate_for(prepared(tmp_path, picture), DARK, PLATES) is None
    picture.paste(VIOLET, (40, 30, 44, 50))
    assert plate_for(prepared(tmp_path, picture), DARK, (DARK, ORANGE)) == DARK


def test_a_logo_of_colours_that_read_nowhere_together_gets_the_best_plate(tmp_path: Path) -> None:
    picture = bar(PAPER)
    picture.paste(DARK, (40, 30, 50, 50))
    assert plate_for(prepared(tmp_path, picture), VIOLET, PLATES) is not PAPER
    picture.paste(DARK, (40, 30, 65, 50))
    assert plate_for(prepared(tmp_path, picture), VIOLET, PLATES) == PAPER


def test_an_opaque_logo_stands_on_a_plate_of_its_own_colour(tmp_path: Path) -> None:
    flat = Image.new("RGB", (100, 80), "#FDF6E3")
    flat.paste(DARK, (40, 30, 70, 50))
    assert plate_for(prepared(tmp_path, flat), DARK, PLATES) == "#FDF6E3"


def test_a_pane_of_a_fifth_is_judged_as_faint_as_it_is_seen(tmp_path: Path) -> None:
    assert plate_for(prepared(tmp_path, bar((255, 255, 255, 50))), DARK, (VIOLET, DARK)) is not None


def test_soft_edges_of_thin_strokes_do_not_count_as_faint(tmp_path: Path) -> None:
    picture = Image.new("RGBA", (1200, 600), (255, 255, 255, 0))
    draw = ImageDraw.Draw(picture)
    for x in range(0, 1200, 40):
        draw.line((x, 0, x + 200, 600), fill=(255, 255, 255, 255), width=9)
    assert plate_for(prepared(tmp_path, picture.resize((400, 200))), DARK, PLATES) is None


def test_clear_space_is_a_quarter_of_the_height() -> None:
    assert CLEAR_SPACE == 0.25
