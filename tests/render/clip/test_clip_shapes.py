"""Every clip in every shape and language: inside its box, above its floors, nothing on anything else."""

from __future__ import annotations

from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

from kit.errors import InputError
from kit.load import Loaded, load
from kit.model.plan import ClipJob
from kit.plan.clips import clip
from kit.render.clip.compose import ClipFilm
from kit.render.clip.layers import ClipLayout, set_layers
from kit.render.clip.report import boxes_of
from kit.tables.clips import CLIPS, ClipFormat
from kit.tables.formats import CLIP_MAX_BYTES, Rect
from kit.tables.languages import LANGUAGES

ROOT = Path(__file__).parents[3]
SHAPES = ("story", "feed-4x5", "square", "wide", "x")
SCALE = 0.5
TOUCH_PX = 1 / SCALE  # one drawn pixel
ROWS = sorted(CLIPS.values(), key=lambda row: row.id)


@cache
def loaded() -> Loaded:
    return load(ROOT)


def job_of(language: str, shape: str, name: str = "main", **more: object) -> ClipJob:
    board = loaded().storyboards["loop" if name.startswith("loop-") else name]
    made = clip(loaded().campaign, loaded().theme, name, board, language, shape)
    return made.model_copy(update=more)


def inside(box: tuple[float, float, float, float], room: Rect) -> bool:
    x, y, w, h = box
    return (
        x >= room.x - TOUCH_PX
        and y >= room.y - TOUCH_PX
        and x + w <= room.x + room.w + TOUCH_PX
        and y + h <= room.y + room.h + TOUCH_PX
    )


def apart(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    wide = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    tall = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return wide <= TOUCH_PX or tall <= TOUCH_PX


def faults(job: ClipJob, layout: ClipLayout) -> list[str]:
    """What a viewer could not read on any hold frame: every scene, in px of the full size."""
    film, screen = ClipFilm(job, layout), job.screen
    room, _, place = screen.area(job.signer, LANGUAGES[job.language].direction == "rtl")
    found = []
    for scene in job.scenes:
        middle = (scene.from_s + scene.to_s) / 2
        boxes = [box for box in boxes_of(job, film, still_s=middle) if box.text]
        named = [(box, tuple(v / SCALE for v in (box.x, box.y, box.w, box.h))) for box in boxes]
        for box, at in named:
            if not inside(at, room):  # type: ignore[arg-type]
                found.append(f"{scene.id}: {box.text!r} leaves the safe box: {at}, {room}")
            if place and not apart(at, (place.x, place.y, place.w, place.h)):  # type: ignore[arg-type]
                found.append(f"{scene.id}: {box.text!r} stands on the interpreter")
            floor = screen.floor_px(box.role, address="." in box.text and " " not in box.text)
            if box.size / SCALE < floor - 0.01:
                found.append(f"{scene.id}: {box.text!r} is {box.size / SCALE:.1f} px, the floor {floor:.1f}")
        for (one, a), (other, b) in combinations(named, 2):
            if not apart(a, b):  # type: ignore[arg-type]
                found.append(f"{scene.id}: {one.text!r} stands on {other.text!r}")
        numbers = {box.text for box in boxes if box.role == "number"}
        wanted = {tool.number for tool in ([scene.tool] if scene.tool else job.tools)}
        if scene.layout == "hook":
            wanted = {job.tools[0].number}
        if numbers != wanted:
            found.append(f"{scene.id}: shows {numbers}, not {wanted}")
    return found


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("language", sorted(loaded().campaign.languages))
def test_all_texts_fit_apart_inside_the_safe_box_and_above_their_floors(language: str, shape: str) -> None:
    job = job_of(language, shape)
    assert faults(job, set_layers(job, loaded().resources, SCALE)) == []


@pytest.mark.parametrize("shape", ["signage", "signage-portrait"])
@pytest.mark.parametrize("language", ["ar", "uk"])
def test_signage_fits_too(language: str, shape: str) -> None:
    job = job_of(language, shape)
    assert faults(job, set_layers(job, loaded().resources, SCALE)) == []


@pytest.mark.parametrize("shape", [*SHAPES, "signage-portrait"])
@pytest.mark.parametrize("language", ["fr", "ar", "uk"])
def test_beside_an_interpreter_all_texts_fit_and_keep_off_the_place(language: str, shape: str) -> None:
    """French, mirrored, and the language with the widest letters."""
    job = job_of(language, shape, signer=True)
    layout = set_layers(job, loaded().resources, SCALE)
    assert faults(job, layout) == []
    assert layout.signer is not None and layout.signer_round == (shape in ("story", "x"))
    x, y, w, h = layout.signer
    assert x >= 0 and y >= 0 and x + w <= layout.width and y + h <= layout.height
    assert all(side % 2 == 0 for side in layout.signer)


def test_without_an_interpreter_no_place_is_kept_free() -> None:
    job = job_of("fr", "square")
    assert set_layers(job, loaded().resources, 0.1).signer is None


@pytest.mark.parametrize("language", ["fr", "es", "zh"])
@pytest.mark.parametrize("tool", ["3919", "web", "17", "114"])
def test_a_loop_fits_in_its_shapes(language: str, tool: str) -> None:
    for shape in ("square", "wide"):
        job = job_of(language, shape, f"loop-{tool}")
        assert faults(job, set_layers(job, loaded().resources, SCALE)) == []


def test_a_text_that_fits_nowhere_is_named_in_every_family() -> None:
    for shape in ("story", "square", "wide"):
        job = job_of("fr", shape)
        hook = job.scenes[0].model_copy(update={"line": "Anticonstitutionnellement" * 3})
        with pytest.raises(InputError, match=f"clip/fr/{shape}/main: .*Anticonstitutionnellement"):
            set_layers(job.model_copy(update={"scenes": (hook, *job.scenes[1:])}), loaded().resources, 0.1)


# --- the table --------------------------------------------------------------------------------


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_sides_are_even_and_boxes_inside(row: ClipFormat) -> None:
    assert row.width_px % 2 == row.height_px % 2 == 0
    whole = Rect(0, 0, row.width_px, row.height_px)
    assert inside((row.safe.x, row.safe.y, row.safe.w, row.safe.h), whole)
    signage = row.fps == 25
    assert (row.fps, row.sound) == ((25, False) if signage else (30, True))
    assert row.max_bytes == (100_000_000 if signage else CLIP_MAX_BYTES)
    assert signage or not row.id.startswith("signage")


@pytest.mark.parametrize("rtl", [False, True])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_the_interpreter_has_a_third_or_a_round_inset_and_no_text_on_it(row: ClipFormat, rtl: bool) -> None:
    """Round, at least 360 px at 1080 px, in story and x; a third of the screen elsewhere."""
    assert row.signer is not None
    room, _, place = row.area(True, rtl)
    assert place is not None
    assert row.signer.round or row.id not in ("story", "x")
    if row.signer.round:
        assert place.w == place.h >= 360 * row.width_px / 1080
        assert inside((place.x, place.y, place.w, place.h), row.safe)
    else:
        assert place.w * place.h * 3 == row.width_px * row.height_px
        assert apart((room.x, room.y, room.w, room.h), (place.x, place.y, place.w, place.h))
    assert inside((room.x, room.y, room.w, room.h), row.safe)
