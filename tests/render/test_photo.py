"""Photos: the crop keeps what matters, the colours stay the palette's, print keeps its ink."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from kit.errors import InputError, WorkError
from kit.render.photo import duotone, duotone_cmyk, focus_box, focus_crop, prepare_photo, to_cmyk_jpeg

DARK, LIGHT = "#160A26", "#F58220"
sides = st.integers(1, 5000)
shares = st.floats(0, 1)
inks = st.tuples(*[st.floats(0, 100)] * 4)


def ramp(size: tuple[int, int] = (256, 64)) -> Image.Image:
    """Black on the left, white on the right."""
    return Image.linear_gradient("L").transpose(Image.Transpose.ROTATE_90).resize(size).convert("RGB")


def noise(seed: int, low: int = 0, high: int = 256, side: int = 24) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(low, high, (side, side, 3), dtype=np.uint8))


def coverage(picture: Image.Image) -> float:
    """Percent of ink of the heaviest pixel."""
    assert picture.mode == "CMYK"
    return float(np.asarray(picture).sum(axis=2, dtype=int).max() / 2.55)


@given(size=st.tuples(sides, sides), target=st.tuples(sides, sides), focus=st.tuples(shares, shares))
def test_a_crop_is_inside_as_large_as_can_be_of_the_right_ratio_and_holds_the_focus(
    size: tuple[int, int], target: tuple[int, int], focus: tuple[float, float]
) -> None:
    left, top, right, bottom = focus_box(size, target, focus)
    width, height = right - left, bottom - top
    assert 0 <= left < right <= size[0] and 0 <= top < bottom <= size[1]
    assert width == size[0] or height == size[1]
    assert (
        abs(width - height * target[0] / target[1]) <= 1 or abs(height - width * target[1] / target[0]) <= 1
    )
    assert left <= focus[0] * size[0] <= right and top <= focus[1] * size[1] <= bottom


@given(size=st.tuples(sides, sides), target=st.tuples(sides, sides), focus=st.tuples(shares, shares))
def test_the_focus_is_in_the_middle_unless_an_edge_is_in_the_way(
    size: tuple[int, int], target: tuple[int, int], focus: tuple[float, float]
) -> None:
    box = focus_box(size, target, focus)
    for axis in (0, 1):
        start, end = box[axis], box[axis + 2]
        off = focus[axis] * size[axis] - (start + end) / 2
        assert abs(off) <= 0.5 or (off < 0 and start == 0) or (off > 0 and end == size[axis])


def test_the_crop_follows_the_focus() -> None:
    left, right = (focus_crop(ramp(), 64, 64, (x, 0.5)).getpixel((32, 32)) for x in (0.1, 0.9))
    assert isinstance(left, tuple) and isinstance(right, tuple)
    assert left[0] < 60 and right[0] > 195


def test_a_photo_may_be_enlarged_by_half_and_no_more() -> None:
    assert focus_crop(Image.new("RGB", (720, 900)), 1080, 1350).size == (1080, 1350)
    with pytest.raises(InputError) as caught:
        focus_crop(Image.new("RGB", (719, 4000)), 1080, 1350, name="photos/rue.jpg")
    assert str(caught.value) == (
        "photos/rue.jpg: is 719 × 4000 px, too small for 1080 × 1350: send one of at least 720 × 900 px"
    )


def test_a_duotone_runs_from_dark_to_light_and_knows_no_other_colour() -> None:
    picture = duotone(ramp(), DARK, LIGHT)
    assert picture.getpixel((0, 0)) == (0x16, 0x0A, 0x26)
    assert picture.getpixel((255, 0)) == (0xF5, 0x82, 0x20)
    pixels = np.asarray(picture).reshape(-1, 3).astype(float)
    way = np.array([0xF5, 0x82, 0x20]) - pixels[0]
    along = (pixels - pixels[0]) @ way / (way @ way)
    assert np.abs(pixels - (pixels[0] + np.outer(along, way))).max() <= 1


def test_a_flat_grey_photo_is_stretched_to_the_whole_range() -> None:
    dull = ramp().point(lambda level: 100 + level // 8)
    assert duotone(dull, "#000000", "#FFFFFF").getextrema() == ((0, 255),) * 3


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "CMYK", "P", "1"])
def test_a_duotone_takes_every_mode(mode: str) -> None:
    assert duotone(ramp().convert(mode), DARK, LIGHT).mode == "RGB"


def test_a_photo_of_one_flat_grey_keeps_it() -> None:
    flat = Image.new("RGB", (9, 9), (100, 100, 100))
    assert duotone(flat, "#000000", "#FFFFFF").getpixel((4, 4)) == (100, 100, 100)


def test_what_is_transparent_in_a_photo_is_paper() -> None:
    picture = ramp().convert("RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, 64, 64))
    assert duotone(picture, "#000000", "#FFFFFF").getpixel((10, 10)) == (255, 255, 255)


def test_a_prepared_photo_is_the_same_bytes_without_metadata(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    noise(1, side=200).save(tmp_path / "a.jpg", exif=exif, comment=b"secret", dpi=(72, 72))
    one, other = (
        prepare_photo(tmp_path / "a.jpg", "a.jpg", 120, 90, (0.3, 0.5), DARK, LIGHT) for _ in range(2)
    )
    assert one == other
    assert b"Exif" not in one and b"secret" not in one
    with Image.open(io.BytesIO(one)) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (120, 90))


def test_a_photo_file_that_is_too_small_is_named(tmp_path: Path) -> None:
    noise(1).save(tmp_path / "a.png")
    with pytest.raises(InputError, match=r"^photos/a\.png: is 24 × 24 px"):
        prepare_photo(tmp_path / "a.png", "photos/a.png", 1080, 1080, (0.5, 0.5), DARK, LIGHT)


@given(dark=inks, light=inks)
def test_a_duotone_in_print_never_has_more_ink_than_its_heavier_end(
    dark: tuple[float, float, float, float], light: tuple[float, float, float, float]
) -> None:
    assert coverage(duotone_cmyk(ramp((256, 1)), dark, light)) <= max(sum(dark), sum(light)) + 0.001


def test_a_duotone_in_print_starts_and_ends_in_its_two_inks() -> None:
    picture = duotone_cmyk(ramp(), (80, 100, 20, 60), (0, 60, 100, 0))
    assert picture.getpixel((0, 0)) == (204, 255, 51, 153)
    assert picture.getpixel((255, 0)) == (0, 153, 255, 0)


@settings(max_examples=40)
@given(
    seed=st.integers(0, 9999),
    bounds=st.tuples(st.integers(0, 250), st.integers(1, 256)).filter(lambda b: b[0] < b[1]),
    most=st.sampled_from([180, 240, 280, 300]),
)
def test_no_decoded_pixel_of_a_print_jpeg_has_too_much_ink(
    seed: int, bounds: tuple[int, int], most: int
) -> None:
    data = to_cmyk_jpeg(noise(seed, *bounds), most_ink=most)
    with Image.open(io.BytesIO(data)) as image:
        assert coverage(image) <= most + 0.001


def test_a_cmyk_picture_of_full_ink_is_held_to_the_limit() -> None:
    with Image.open(io.BytesIO(to_cmyk_jpeg(Image.new("CMYK", (600, 300), (255, 255, 255, 255))))) as image:
        assert 270 <= coverage(image) <= 280
        assert image.info["dpi"] == (300, 300)


def test_greys_are_printed_in_black_alone_and_paper_stays_bare() -> None:
    picture = Image.new("RGBA", (64, 64), "#808080")
    picture.paste((0, 0, 0, 0), (32, 0, 64, 64))
    with Image.open(io.BytesIO(to_cmyk_jpeg(picture))) as image:
        assert image.getpixel((8, 8)) == (0, 0, 0, 127)
        assert image.getpixel((56, 8)) == (0, 0, 0, 0)


def test_what_is_transparent_is_printed_in_the_colour_of_its_ground() -> None:
    data = to_cmyk_jpeg(Image.new("RGBA", (32, 32), (0, 0, 0, 0)), ground="#FF0000")
    with Image.open(io.BytesIO(data)) as image:
        assert image.getpixel((9, 9)) == (0, 255, 255, 0)


def test_a_strip_of_a_tall_picture_is_as_right_as_the_first() -> None:
    with Image.open(io.BytesIO(to_cmyk_jpeg(ramp((16, 600))))) as image:
        assert image.size == (16, 600)
        assert np.array_equal(np.asarray(image)[3], np.asarray(image)[595])


def test_a_limit_that_no_file_can_keep_is_an_error_and_not_an_endless_search() -> None:
    with pytest.raises(WorkError, match="stays over -1 % of ink"):
        to_cmyk_jpeg(ramp(), most_ink=-1)
