"""Contact sheets show everything there is, as it is seen: what a sheet leaves out nobody looks at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bench.sheets import CELL, GAP, LABEL, Cell, as_shown, main, montage, on_a_phone
from kit.tables.formats import FORMATS
from tests.support.campaign import narrowed


def test_every_picture_stands_on_the_sheet_whole_and_apart() -> None:
    colours = [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
    red, green, blue = (Cell("x", Image.new("RGB", (40 + n, 30), c)) for n, c in enumerate(colours))
    sheet = np.asarray(montage([[red, green], [blue]]))
    for (left, top), cell, colour in (
        ((GAP, GAP + LABEL), red, colours[0]),
        ((GAP + 40 + GAP, GAP + LABEL), green, colours[1]),
        ((GAP, 2 * GAP + 30 + 2 * LABEL), blue, colours[2]),
    ):
        here = (sheet == colour).all(2)
        rows, columns = np.nonzero(here)
        assert (columns.min(), rows.min()) == (left, top)
        assert here.sum() == cell.image.width * cell.image.height


def test_a_phone_is_360_px_wide_and_grey() -> None:
    seen = on_a_phone(Image.new("RGB", (1080, 1350), "#F58220"))
    assert seen.size == (360, 450)
    red, green, blue = np.asarray(seen)[0, 0]
    assert red == green == blue


@pytest.mark.parametrize("name", ["story", "x-header", "avatar"])
def test_what_a_platform_covers_is_veiled_and_what_it_leaves_is_not(name: str) -> None:
    screen = FORMATS[name]
    plain = Image.new("RGB", (screen.width_px, screen.height_px), "#101010")
    shown = as_shown(plain, screen)
    assert shown.getpixel((2, 2)) != (16, 16, 16)
    assert shown.getpixel((screen.width_px // 2, screen.height_px // 2)) == (16, 16, 16)
    if screen.covered:
        over = screen.covered
        assert shown.getpixel((over.x + over.w // 2, over.y + over.h // 2)) != (16, 16, 16)


def test_a_kit_gives_one_sheet_for_each_way_of_looking(tmp_path: Path) -> None:
    folder = narrowed(tmp_path / "campaign", formats=("story", "square"), prints=("card", "receipt"))
    main(["--campaign", str(folder), "--out", str(tmp_path / "sheets"), "--lang", "fr"])
    names = {path.stem for path in (tmp_path / "sheets").glob("*.png")}
    assert {"language-fr", "print-fr", "phone-fr", "platform-fr", "format-story", "format-square"} <= names
    assert {f"piece-{p}" for p in ("overview", "tool-3919", "tool-web", "witness")} <= names
    with Image.open(tmp_path / "sheets" / "format-story.png") as sheet:
        # six stories, as high as a cell: none is lost
        assert sheet.width == 6 * (round(CELL[1] * 1080 / 1920) + GAP) + GAP
