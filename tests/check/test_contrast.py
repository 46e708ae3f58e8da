"""Contrast, measured: pictures whose colours are known, and real visuals spoilt one text at a time."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from kit.check.contrast import CONTRAST_CHECKS
from kit.check.runner import run_checks
from kit.check.subject import Subject
from kit.load import load
from kit.media.contrast import contrast_ratio
from kit.media.text_contrast import TextContrast, measure
from kit.model.artifact import Artifact, Box, Finding
from kit.model.campaign import Campaign
from kit.model.plan import VisualJob
from kit.plan import plan
from kit.render.typeset import Typesetter
from kit.render.visual import render_visual

ROOT = Path(__file__).parent.parent.parent
FONTS = ROOT / "fonts"
HEAVY = FONTS / "bricolage-grotesque" / "BricolageGrotesque_800ExtraBold.ttf"
THIN = FONTS / "atkinson-hyperlegible-next" / "AtkinsonHyperlegibleNext_400Regular.ttf"
DAY = date(2026, 11, 25)
INK, PAPER, ORANGE, QUIET, DULL = "#160A26", "#FFF4EA", "#F58220", "#46345F", "#C9B8A8"
SIZE = (1080, 560)
AT = (60, 60)
Edges = tuple[float, float, float, float]


@pytest.fixture(scope="module")
def campaign() -> Campaign:
    return load(ROOT).campaign


def grey_at(ratio: float, ground: str = "#000000") -> str:
    """The grey whose contrast with the ground comes nearest."""
    greys = [f"#{v:02X}{v:02X}{v:02X}" for v in range(256)]
    return min(greys, key=lambda grey: abs(contrast_ratio(grey, ground) - ratio))


def letters(text: str, size: int, font: Path) -> tuple[ImageFont.FreeTypeFont, Edges]:
    face = ImageFont.truetype(str(font), size)
    return face, ImageDraw.Draw(Image.new("L", (1, 1))).textbbox(AT, text, font=face)


def box_of(text: str, size: int, font: Path = THIN, role: str = "body") -> Box:
    left, top, right, bottom = letters(text, size, font)[1]
    return Box.model_validate(
        {
            "role": role,
            "text": text,
            "x": left,
            "y": top,
            "w": right - left,
            "h": bottom - top,
            "size": size,
        }
    )


def picture(ground: str) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", SIZE, ground)
    return image, ImageDraw.Draw(image)


def written(
    text: str = "Alerter sans parler", size: int = 44, ink: str = PAPER, ground: str = INK, font: Path = THIN
) -> tuple[Image.Image, Box]:
    image, draw = picture(ground)
    draw.text(AT, text, ink, letters(text, size, font)[0])
    return image, box_of(text, size, font)


def through_jpeg(image: Image.Image, folder: Path, quality: int) -> Image.Image:
    image.save(folder / "p.jpg", "JPEG", quality=quality, subsampling=0)
    with Image.open(folder / "p.jpg") as saved:
        rgb: Image.Image = saved.convert("RGB")
    return rgb


def findings(campaign: Campaign, path: Path, boxes: list[Box], **fields: object) -> tuple[Finding, ...]:
    artifact = Artifact.model_validate(
        {"language": "fr", "direction": "ltr", "bytes": 0, "sha256": "", "digest": "", "id": "visual/fr/square/t",
         "kind": "visual", "path": path.name, "media_type": "image/png", "width": SIZE[0], "height": SIZE[1],
         "boxes": boxes, **fields}
    )  # fmt: skip
    return run_checks([Subject(artifact, path, campaign, DAY, ())], CONTRAST_CHECKS).findings


def codes(campaign: Campaign, folder: Path, image: Image.Image, box: Box, suffix: str = "png") -> list[str]:
    path = folder / f"t.{suffix}"
    quality: dict[str, Any] = {} if suffix == "png" else {"quality": 92}
    image.save(path, **quality)
    media_type = f"image/{'jpeg' if suffix == 'jpg' else suffix}"
    return [str(f.level) for f in findings(campaign, path, [box], media_type=media_type)]


# limits


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp"])
@pytest.mark.parametrize(
    ("role", "below", "above"), [("body", 4.45, 4.6), ("hashtag", 4.45, 4.6), ("number", 6.9, 7.1)]
)
def test_a_hair_below_the_limit_fails_and_a_hair_above_passes(
    campaign: Campaign, tmp_path: Path, role: str, below: float, above: float, suffix: str
) -> None:
    for ratio, expected in ((below, ["FAIL"]), (above, [])):
        image, _ = written("3919", 120, grey_at(ratio), "#000000", HEAVY)
        assert codes(campaign, tmp_path, image, box_of("3919", 120, HEAVY, role), suffix) == expected


def test_the_limit_is_met_to_two_decimals_in_a_master(campaign: Campaign, tmp_path: Path) -> None:
    for ink, expected in (("#777777", ["FAIL"]), ("#767676", [])):  # 4.48 and 4.54 on white
        image, box = written("Être écoutée", 44, ink, "#FFFFFF")
        assert codes(campaign, tmp_path, image, box) == expected


@pytest.mark.parametrize(("ratio", "expected"), [(2.8, ["WARN"]), (3.1, []), (3.8, [])])
def test_a_drawn_logo_only_warns_below_what_leaves_it_without_a_plate(
    campaign: Campaign, tmp_path: Path, ratio: float, expected: list[str]
) -> None:
    image, _ = written("Asso", 120, grey_at(ratio), "#000000", HEAVY)
    assert codes(campaign, tmp_path, image, box_of("Asso", 120, HEAVY, "logo")) == expected


def test_the_name_of_a_sender_that_is_set_in_type_is_text_like_any_other(
    campaign: Campaign, tmp_path: Path
) -> None:
    image, _ = written("Asso", 120, grey_at(3.8), "#000000", HEAVY)
    set_in_type = box_of("Asso", 120, HEAVY, "logo").model_copy(update={"font": "Atkinson 700"})
    assert codes(campaign, tmp_path, image, set_in_type) == ["FAIL"]


def test_a_finding_about_a_logo_says_that_the_logo_is_meant(campaign: Campaign, tmp_path: Path) -> None:
    image, _ = written("Asso", 120, QUIET, INK, HEAVY)
    image.save(tmp_path / "t.png")
    (finding,) = findings(campaign, tmp_path / "t.png", [box_of("Asso", 120, HEAVY, "logo")])
    assert "the logo of 'Asso'" in finding.message and finding.limit == "3.0:1"


def test_an_address_has_a_numbers_limit(campaign: Campaign, tmp_path: Path) -> None:
    address = "arretonslesviolences.gouv.fr"
    image, _ = written(address, 48, grey_at(6.0), "#000000", HEAVY)
    assert codes(campaign, tmp_path, image, box_of(address, 48, HEAVY, "number")) == ["FAIL"]
    assert codes(campaign, tmp_path, image, box_of(address, 48, HEAVY, "body")) == []


def test_a_finding_names_text_colours_ratio_and_limit(campaign: Campaign, tmp_path: Path) -> None:
    image, box = written("17", 200, QUIET, INK, HEAVY)
    image.save(tmp_path / "t.png")
    (finding,) = findings(campaign, tmp_path / "t.png", [box.model_copy(update={"role": "number"})])
    assert (finding.code, finding.measured, finding.limit) == ("contrast-too-low", "1.7:1", "7.0:1")
    assert "'17'" in finding.message and f"{QUIET} on {INK}" in finding.message


def test_a_ratio_just_below_its_limit_is_not_rounded_up_to_it(campaign: Campaign, tmp_path: Path) -> None:
    image, box = written("3919", 120, "#777777", "#FFFFFF", HEAVY)
    image.save(tmp_path / "t.png")
    assert [f.measured for f in findings(campaign, tmp_path / "t.png", [box])] == ["4.4:1"]


# what is measured is what was painted


@pytest.mark.parametrize(
    ("ink", "ground"), [(PAPER, INK), (INK, ORANGE), (ORANGE, INK), ("#A84A00", "#FFF0E0")]
)
@pytest.mark.parametrize(
    ("text", "size", "font"), [("17", 400, HEAVY), ("3919", 120, HEAVY), ("25 novembre 2026", 44, THIN)]
)
@pytest.mark.parametrize("quality", [92, 54])
def test_jpeg_is_measured_within_five_per_cent(
    tmp_path: Path, ink: str, ground: str, text: str, size: int, font: Path, quality: int
) -> None:
    image, box = written(text, size, ink, ground, font)
    seen = measure(through_jpeg(image, tmp_path, quality), box)
    assert seen.ratio == pytest.approx(contrast_ratio(ink, ground), rel=0.05)


@pytest.mark.parametrize(
    ("ink", "ground"), [(PAPER, INK), (INK, PAPER), ("#FFFFFF", "#000000"), (ORANGE, INK)]
)
@pytest.mark.parametrize("text", ["Alerter sans parler", "25 novembre 2026", "arretonslesviolences.gouv.fr"])
def test_thin_type_of_twelve_pixels_is_measured_within_ten_per_cent(ink: str, ground: str, text: str) -> None:
    image, box = written(text, 12, ink, ground)
    assert measure(image, box).ratio == pytest.approx(contrast_ratio(ink, ground), rel=0.1)


@pytest.mark.parametrize("x", [60, 61, 62, 63])
def test_small_type_smeared_by_jpeg_is_not_taken_for_its_smear(tmp_path: Path, x: int) -> None:
    text, ink, ground = "arretonslesviolences.gouv.fr", "#0B9348", "#4C1509"
    image, draw = picture(ground)
    draw.text((x, AT[1]), text, ink, letters(text, 28, THIN)[0])
    box = box_of(text, 28).model_copy(update={"x": float(x)})
    seen = measure(through_jpeg(image, tmp_path, 54), box)
    assert seen.ratio == pytest.approx(contrast_ratio(ink, ground), rel=0.15)


def test_ink_that_covers_most_of_its_box_is_not_taken_for_the_ground() -> None:
    image, box = written("17", 500, INK, ORANGE, HEAVY)
    ImageDraw.Draw(image).rectangle((box.x + 20, box.y, box.x + box.w - 20, box.y + box.h - 1), fill=INK)
    assert measure(image, box) == TextContrast(contrast_ratio(INK, ORANGE), INK, ORANGE)


@pytest.mark.parametrize(("size", "font"), [(28, THIN), (120, HEAVY)])
@pytest.mark.parametrize("rule", [PAPER, QUIET])
def test_a_rule_through_the_text_is_neither_ink_nor_ground(size: int, font: Path, rule: str) -> None:
    for ink in (PAPER, "#7A6A8A"):
        image, box = written("Alerter", size, ink, INK, font)
        middle = box.y + box.h // 2
        ImageDraw.Draw(image).rectangle((0, middle, SIZE[0], middle + 2), fill=rule)
        ImageDraw.Draw(image).rectangle((box.x + box.w // 2, 0, box.x + box.w // 2 + 2, SIZE[1]), fill=rule)
        assert measure(image, box).ratio == pytest.approx(contrast_ratio(ink, INK), rel=0.02)


@pytest.mark.parametrize("padding", [4, 12, 30])
@pytest.mark.parametrize("size", [28, 120])
def test_text_on_a_rounded_plate_is_measured_on_the_plate(size: int, padding: int) -> None:
    image, draw = picture(INK)
    box = box_of("3919", size, HEAVY)
    edges = (box.x - padding, box.y - padding, box.x + box.w + padding, box.y + box.h + padding)
    draw.rounded_rectangle(edges, radius=min(size / 2, 30), fill=ORANGE)
    draw.text(AT, "3919", INK, letters("3919", size, HEAVY)[0])
    assert measure(image, box).ratio == pytest.approx(contrast_ratio(INK, ORANGE), rel=0.02)


@pytest.mark.parametrize("grain", [4, 8])
def test_the_grain_of_a_photo_is_not_taken_for_ink(grain: int) -> None:
    image, box = written("Alerter sans parler", 44, PAPER, "#3A4A3A")
    box = box.model_copy(update={"w": box.w + 200})  # a short last line leaves room without ink
    chance = np.random.default_rng(25)
    noisy = np.asarray(image) + chance.normal(0, grain, (*image.size[::-1], 1))
    seen = measure(Image.fromarray(noisy.clip(0, 255).astype(np.uint8)), box)
    assert seen.ratio == pytest.approx(contrast_ratio(PAPER, "#3A4A3A"), rel=0.1)


# the worst part counts


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
@pytest.mark.parametrize(("text", "size", "font"), [("114", 400, HEAVY), ("Alerter sans parler", 44, THIN)])
def test_text_over_two_grounds_is_judged_by_the_worse(text: str, size: int, font: Path, share: float) -> None:
    image, draw = picture(INK)
    box = box_of(text, size, font)
    draw.rectangle((box.x + share * box.w, 0, *SIZE), fill=DULL)
    draw.text(AT, text, PAPER, letters(text, size, font)[0])
    assert measure(image, box).ratio == pytest.approx(contrast_ratio(PAPER, DULL), rel=0.03)


def test_a_line_that_runs_into_its_own_colour_fails() -> None:
    image, draw = picture(INK)
    box = box_of("Alerter sans parler", 44)
    draw.rectangle((box.x + 0.5 * box.w, 0, *SIZE), fill=PAPER)
    draw.text(AT, "Alerter sans parler", PAPER, letters("Alerter sans parler", 44, THIN)[0])
    assert measure(image, box).ratio < 2


def test_one_faint_word_among_strong_ones_counts() -> None:
    image, box = written("Alerter sans parler", 60)
    ImageDraw.Draw(image).text(AT, "Alerter", QUIET, letters("Alerter", 60, THIN)[0])
    assert measure(image, box).ratio == pytest.approx(contrast_ratio(QUIET, INK), rel=0.05)


def test_one_faint_line_among_strong_ones_counts() -> None:
    image, draw = picture(INK)
    face = letters("x", 44, THIN)[0]
    for row, ink in enumerate((PAPER, QUIET, PAPER)):
        draw.text((60, 60 + 57 * row), "Alerter sans parler", ink, face)
    box = box_of("Alerter sans parler", 44)
    box = box.model_copy(update={"h": box.h + 2 * 57})
    assert measure(image, box).ratio == pytest.approx(contrast_ratio(QUIET, INK), rel=0.05)


# nothing to see


@pytest.mark.parametrize("ink", [INK, "#1A0E2A"])
@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_invisible_text_fails(campaign: Campaign, tmp_path: Path, ink: str, suffix: str) -> None:
    image, box = written("3919", 120, ink, INK, HEAVY)
    assert measure(image, box) == TextContrast(1.0)
    assert codes(campaign, tmp_path, image, box, suffix) == ["FAIL"]


def test_specks_do_not_pass_for_text() -> None:
    image, box = written("3919", 120, INK, INK, HEAVY)
    for number in range(12):
        left = box.x + 20 * number
        ImageDraw.Draw(image).rectangle((left, box.y + 9, left + 3, box.y + 11), fill=PAPER)
    assert measure(image, box) == TextContrast(1.0)


def test_flat_colour_is_reported_as_one_to_one(campaign: Campaign, tmp_path: Path) -> None:
    picture(INK)[0].save(tmp_path / "t.png")
    assert [f.measured for f in findings(campaign, tmp_path / "t.png", [box_of("17", 60)])] == ["1.0:1"]


def test_a_box_outside_the_picture_shows_nothing() -> None:
    box = box_of("17", 60).model_copy(update={"x": 2000.0})
    assert measure(picture(INK)[0], box) == TextContrast(1.0)


def test_a_box_over_the_edge_is_measured_as_far_as_it_goes() -> None:
    image, box = written("Alerter sans parler", 44)
    cut = image.crop((0, 0, int(box.x + box.w / 2), SIZE[1]))
    assert measure(cut, box).ratio == pytest.approx(contrast_ratio(PAPER, INK), rel=0.03)


# what is looked at


def test_only_text_in_pictures_is_looked_at(campaign: Campaign, tmp_path: Path) -> None:
    picture(INK)[0].save(tmp_path / "t.png")
    box = box_of("17", 60)
    assert findings(campaign, tmp_path / "t.png", [box.model_copy(update={"text": ""})]) == ()
    assert findings(campaign, tmp_path / "t.png", [box], kind="clip", media_type="video/mp4") == ()
    assert [f.level for f in findings(campaign, tmp_path / "t.png", [box], kind="poster")] == ["FAIL"]


def test_a_file_that_cannot_be_looked_at_is_a_skip_and_not_a_pass(campaign: Campaign, tmp_path: Path) -> None:
    (tmp_path / "t.png").write_text("no picture")
    Image.new("RGB", (20, 20)).save(tmp_path / "small.png")
    for name in ("t.png", "small.png", "missing.png"):
        assert [f.level for f in findings(campaign, tmp_path / name, [box_of("17", 60)])] == ["SKIP"]


def test_other_pixel_formats_are_measured_too() -> None:
    image, box = written("3919", 120, PAPER, INK, HEAVY)
    for other in (image.convert("RGBA"), image.quantize(64), image.convert("L")):
        assert measure(other, box).ratio == pytest.approx(contrast_ratio(PAPER, INK), rel=0.03)


# real visuals


@cache
def kit() -> tuple[Typesetter, dict[str, VisualJob]]:
    loaded = load(ROOT)
    return Typesetter(loaded.resources), {
        job.id: job for job in plan(loaded.campaign, loaded.theme, {}).visuals
    }


def drawn(out: Path, job_id: str, **colours: str) -> list[Artifact]:
    """The artifacts of one visual of the kit, with another palette where colours are given."""
    typesetter, jobs = kit()
    job = jobs[job_id]
    recoloured = job.model_copy(update={"theme": job.theme.model_copy(update=colours)})
    return render_visual(recoloured, typesetter, out, "digest")


def failing(campaign: Campaign, folder: Path, artifacts: list[Artifact]) -> list[tuple[str | None, str]]:
    subjects = [Subject(a, folder / a.path, campaign, DAY, ()) for a in artifacts]
    return [(f.artifact, f.message) for f in run_checks(subjects, CONTRAST_CHECKS).findings]


@pytest.mark.parametrize("job_id", ["visual/fr/feed-4x5/overview", "visual/fr/x-header/tool-17"])
def test_a_real_visual_passes_as_master_and_as_copy(campaign: Campaign, tmp_path: Path, job_id: str) -> None:
    assert failing(campaign, tmp_path, drawn(tmp_path, job_id)) == []


def test_the_same_visual_in_a_colour_near_its_ground_fails(campaign: Campaign, tmp_path: Path) -> None:
    artifacts = drawn(tmp_path, "visual/fr/feed-4x5/overview", paper="#6A5A7A", field_ink="#8A4A10")
    texts = [box.text for box in artifacts[0].boxes if box.text]
    assert len(failing(campaign, tmp_path, artifacts)) == 2 * len(texts)


def test_an_emergency_number_needs_more_than_its_label(campaign: Campaign, tmp_path: Path) -> None:
    artifacts = drawn(tmp_path, "visual/fr/feed-4x5/overview", field_ink="#3A2A20")  # 5.2:1 on the field
    numbers = {
        repr(b.text) for a in artifacts for b in a.boxes if b.role == "number" and b.text in ("17", "114")
    }
    assert {message.split(" cannot")[0] for _, message in failing(campaign, tmp_path, artifacts)} == numbers


def test_each_text_that_is_faded_is_found_and_no_other(campaign: Campaign, tmp_path: Path) -> None:
    """A mutation a box: its pixels are drawn towards the ground they stand on."""
    master = drawn(tmp_path, "visual/fr/feed-4x5/overview")[0]
    with Image.open(tmp_path / master.path) as image:
        pixels = np.asarray(image.convert("RGB"))
    missed = []
    for box in (b for b in master.boxes if b.text):
        left, top, right, bottom = (
            int(box.x) - 1,
            int(box.y) - 1,
            int(box.x + box.w) + 2,
            int(box.y + box.h) + 2,
        )
        ground = pixels[top - 1, left - 1].astype(float)
        spoilt = pixels.copy()
        region = spoilt[top:bottom, left:right]
        region[:] = (ground + 0.35 * (region - ground)).round()
        Image.fromarray(spoilt).save(tmp_path / master.path, compress_level=1)
        found = failing(campaign, tmp_path, [master])
        if [message.split(" cannot")[0] for _, message in found] != [repr(box.text)]:
            missed.append((box.text, found))
    assert missed == []
