"""The referee is tested too: one pixel, one size, one mode, one missing file must each fail."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tests.support.golden import Different, Tolerance, assert_same


def picture(path: Path, size: tuple[int, int] = (20, 10), mode: str = "RGB") -> Path:
    Image.new(mode, size, "#160A26" if mode == "RGB" else 255).save(path)
    return path


@pytest.fixture(autouse=True)
def _evidence_goes_to_the_test_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.support.golden.REPORT", tmp_path / "report")


def test_equal_pictures_pass_whatever_their_compression(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    Image.open(tmp_path / "a.png").save(tmp_path / "b.png", compress_level=1)
    assert_same(tmp_path / "a.png", tmp_path / "b.png")


def test_one_pixel_fails_and_leaves_evidence(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as image:
        image.putpixel((3, 3), (0x17, 0x0A, 0x26))
        image.save(tmp_path / "b.png")
    with pytest.raises(Different, match=r"0\.5000% of pixels"):
        assert_same(tmp_path / "a.png", tmp_path / "b.png")
    assert {p.name for p in (tmp_path / "report" / "b").iterdir()} == {
        "actual.png",
        "expected.png",
        "diff.png",
    }


def test_another_size_fails_and_is_never_resized(tmp_path: Path) -> None:
    with pytest.raises(Different, match="size"):
        assert_same(picture(tmp_path / "a.png"), picture(tmp_path / "b.png", (10, 5)))


def test_another_mode_fails(tmp_path: Path) -> None:
    with pytest.raises(Different, match="mode"):
        assert_same(picture(tmp_path / "a.png"), picture(tmp_path / "b.png", mode="L"))


def test_a_missing_picture_or_golden_fails(tmp_path: Path) -> None:
    with pytest.raises(Different, match="no picture"):
        assert_same(tmp_path / "none.png", picture(tmp_path / "b.png"))
    with pytest.raises(Different, match="no golden"):
        assert_same(picture(tmp_path / "a.png"), tmp_path / "none.png")


def test_a_tolerance_allows_what_it_says_and_no_more(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    Image.new("RGB", (20, 10), "#180A26").save(tmp_path / "b.png")
    assert_same(tmp_path / "a.png", tmp_path / "b.png", Tolerance(channel=2))
    with pytest.raises(Different):
        assert_same(tmp_path / "a.png", tmp_path / "b.png", Tolerance(channel=1))
