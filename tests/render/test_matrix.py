"""Every still of the shipped campaign, in nine languages: what is laid out, and what is seen.

Set once a session, so that the whole matrix costs what it must.
"""

from __future__ import annotations

from functools import cache

import pytest

from kit.load import load
from kit.model.artifact import Box
from kit.model.plan import VisualJob
from kit.plan import plan
from kit.tables.formats import FORMATS
from kit.tables.languages import LANGUAGES
from tests.support.campaign import SHIPPED
from tests.support.stills import Still, found, off_the_page, overlaps, set_stills, strays, too_small

CAMPAIGN = load(SHIPPED).campaign
CODES = CAMPAIGN.languages
"""Those that the shipped campaign speaks: a row that it does not use yet is laid out nowhere."""


@pytest.fixture(scope="session")
def matrix() -> dict[str, list[Still]]:
    """By language."""
    loaded = load(SHIPPED)
    stills = set_stills(loaded, plan(loaded.campaign, loaded.theme, {}).visuals)
    return {code: [s for s in stills if s.job.language == code] for code in loaded.campaign.languages}


def test_the_matrix_is_whole(matrix: dict[str, list[Still]]) -> None:
    assert tuple(matrix) == CODES
    cells = {code: {s.job.id.split("/", 2)[2] for s in stills} for code, stills in matrix.items()}
    assert all(own == cells["fr"] for own in cells.values()), "every language has every cell"
    assert {name.split("/")[0] for name in cells["fr"]} == set(CAMPAIGN.formats)
    assert len(cells["fr"]) >= 79, "as many as there were on 2026-11-30, or more"


@pytest.mark.parametrize("code", CODES)
def test_no_two_texts_overlap(matrix: dict[str, list[Still]], code: str) -> None:
    assert found(matrix[code], overlaps) == []


@pytest.mark.parametrize("code", CODES)
def test_every_text_stands_in_its_safe_area_and_under_nothing(
    matrix: dict[str, list[Still]], code: str
) -> None:
    assert found(matrix[code], strays) == []


@pytest.mark.parametrize("code", CODES)
def test_everything_drawn_stays_on_the_page(matrix: dict[str, list[Still]], code: str) -> None:
    assert found(matrix[code], off_the_page) == []


@pytest.mark.parametrize("code", CODES)
def test_text_stands_out_4_5_to_1_on_the_pixels_and_numbers_7(
    matrix: dict[str, list[Still]], code: str
) -> None:
    assert [line for still in matrix[code] for line in still.faint] == []


@pytest.mark.parametrize("code", CODES)
def test_nothing_is_smaller_than_its_floor_at_phone_width(matrix: dict[str, list[Still]], code: str) -> None:
    assert found(matrix[code], too_small) == []


@pytest.mark.parametrize("code", CODES)
def test_the_same_numbers_stand_in_every_language_digit_by_digit(
    matrix: dict[str, list[Still]], code: str
) -> None:
    def numbers(stills: list[Still]) -> dict[str, list[str]]:
        return {
            still.job.id.split("/", 2)[2]: sorted(box.text for box in still.boxes if box.role == "number")
            for still in stills
        }

    own, french = numbers(matrix[code]), numbers(matrix["fr"])
    # a scheme's word, "En pharmacie", is translated
    assert {k: [t for t in v if t[-1].isdigit() or "." in t] for k, v in own.items()} == {
        k: [t for t in v if t[-1].isdigit() or "." in t] for k, v in french.items()
    }


@pytest.mark.parametrize("code", [code for code in CODES if LANGUAGES[code].direction == "rtl"])
def test_a_right_to_left_story_mirrors_inside_the_safe_box_and_not_the_box(
    matrix: dict[str, list[Still]], code: str
) -> None:
    safe = FORMATS["story"].safe
    for still in (s for s in matrix[code] if s.job.format == "story"):
        right = max(box.x + box.w for box in still.texts)
        assert right == pytest.approx(safe.x + safe.w, abs=60), still.job.id


def one_still(format_id: str, *boxes: tuple[float, float, float, float, float]) -> Still:
    """A still that was never drawn, with boxes at x, y, width, height and size."""
    job = next(j for j in plan_of_french() if j.format == format_id)
    placed = [
        Box(role="body", text=f"mot {n}", x=x, y=y, w=w, h=h, size=size)
        for n, (x, y, w, h, size) in enumerate(boxes)
    ]
    return Still(job, tuple(placed))


@cache
def plan_of_french() -> tuple[VisualJob, ...]:
    loaded = load(SHIPPED)
    return tuple(j for j in plan(loaded.campaign, loaded.theme, {}).visuals if j.language == "fr")


def test_the_referee_sees_two_texts_that_touch_by_a_pixel_and_not_two_that_meet() -> None:
    assert overlaps(one_still("square", (100, 100, 200, 50, 50), (299, 149, 200, 50, 50))) != []
    assert overlaps(one_still("square", (100, 100, 200, 50, 50), (300, 100, 200, 50, 50))) == []


@pytest.mark.parametrize(
    ("format_id", "box"),
    [
        ("story", (64, 300, 100, 50, 50)),
        ("story", (100, 1199, 100, 50, 50)),
        ("story", (743, 300, 100, 50, 50)),
        ("x-header", (100, 400, 100, 30, 50)),  # under the account's own picture
        ("avatar", (60, 60, 100, 50, 50)),  # within the safe square, outside the circle
    ],
)
def test_the_referee_sees_a_text_that_leaves_its_safe_area(
    format_id: str, box: tuple[float, float, float, float, float]
) -> None:
    assert len(strays(one_still(format_id, box))) == 1
    assert strays(one_still(format_id, (400, 320, 100, 40, 50))) == []


def test_the_referee_sees_what_leaves_the_page_and_what_is_too_small() -> None:
    assert off_the_page(one_still("square", (1000, 100, 81, 50, 50))) != []
    assert off_the_page(one_still("square", (1000, 100, 80, 50, 50))) == []
    floor = FORMATS["square"].floor_px("body")
    assert too_small(one_still("square", (100, 100, 80, 50, floor - 0.1))) != []
    assert too_small(one_still("square", (100, 100, 80, 50, floor))) == []
