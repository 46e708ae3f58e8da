"""The reader that proves pictures is proved first: one digit, one dot, one wrong code must be caught."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import segno
from PIL import Image, ImageDraw

from kit.load import load
from kit.model.artifact import Artifact, Box
from kit.model.plan import PrintJob, VisualJob
from kit.plan import plan
from kit.render.print import render_print
from kit.render.typeset import Typesetter
from kit.render.visual import render_visual
from tests.readers.ocr import (
    Question,
    code_pictures,
    cut,
    facts_to_read,
    mistake,
    questions,
    read_codes,
    read_pictures,
    shown_in,
    unshown,
)

ROOT = Path(__file__).parents[2]
VALUES = {
    "3919.number": "3919", "web.address": "arretonslesviolences.gouv.fr", "114.number": "114", "17.number": "17",
    "web.url": "https://arretonslesviolences.gouv.fr", "3919.hours": "24\u00a0h/24 et 7\u00a0j/7",
    "116006.number": "116\u00a0006", "3919.cost": "gratuit", "3919.identity": "anonyme",
}  # fmt: skip
needs_reader = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="tesseract is not installed: make ocr"
)


def job(kind: str) -> VisualJob | PrintJob:
    loaded = load(ROOT)
    todo = plan(loaded.campaign, loaded.theme, {})
    jobs: tuple[VisualJob | PrintJob, ...] = (*todo.visuals, *todo.prints)
    return next(job for job in jobs if job.id == kind)


def drawn(one: VisualJob, out: Path) -> Artifact:
    return render_visual(one, Typesetter(load(ROOT).resources), out, "digest")[0]


def with_number(one: VisualJob, number: str) -> VisualJob:
    tool = one.tools[0].model_copy(update={"number": number})
    return one.model_copy(update={"tools": (tool, *one.tools[1:])})


# --- what is asked -------------------------------------------------------------------------------


def artifact(*texts: str, facts: tuple[str, ...], role: str = "number") -> Artifact:
    boxes = [Box(role=role, text=text, x=0, y=0, w=90, h=40, size=40) for text in texts]  # type: ignore[arg-type]
    return Artifact(
        id="visual/fr/square/x", kind="visual", language="fr", direction="ltr", path="x.png",
        media_type="image/png", bytes=1, sha256="", text=texts, facts=facts, boxes=tuple(boxes), digest="",
    )  # fmt: skip


def test_numbers_and_addresses_are_asked_for_and_words_and_hours_are_not() -> None:
    wanted = facts_to_read(artifact(facts=tuple(VALUES)), VALUES)
    assert wanted == {"3919", "114", "17", "116 006", "arretonslesviolences.gouv.fr"}


def test_a_number_within_another_is_not_that_number() -> None:
    assert shown_in("Le 1143 et le 3919.", ["114", "3919", "17"]) == ("3919",)
    assert shown_in("sur arretonslesviolences.gouv.fr.", ["arretonslesviolences.gouv.fr"])
    assert not shown_in("arretonslesviolences.gouv.fr.example", ["arretonslesviolences.gouv.fr"])
    assert shown_in("116\u00a0006", ["116 006"])


def test_a_fact_that_stands_in_no_text_block_is_a_mistake_of_its_own() -> None:
    lines = list(unshown(artifact("3919", facts=("3919.number", "17.number")), VALUES))
    assert lines == ["visual/fr/square/x: no text block shows 17"]


def test_only_big_numbers_are_read_again_on_a_phone() -> None:
    one = artifact("3919", "arretonslesviolences.gouv.fr", facts=tuple(VALUES))
    assert [(q.facts[0], q.on_phone) for q in questions(one, VALUES, Path())] == [
        ("3919", False), ("3919", True), ("arretonslesviolences.gouv.fr", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said", "fine"),
    [
        ("3919", "3919\n", True),
        ("3919", "3979", False),
        ("3919", "39 19", False),
        ("3919", "13919", False),
        ("116\u00a0006", "116 006", True),
        ("116\u00a0006", "116006", True),
        ("116\u00a0006", "116 008", False),
        ("arretonslesviolences.gouv.fr", "arretonslesviolences\n.gouv.fr", True),
        ("arretonslesviolences.gouv.fr", "arretonslesviolences gouv.fr", False),
        ("arretonslesviolences.gouv.fr", "arretonslesvio1ences.gouv.fr", False),
        ("Danger : 17, ou 114 par SMS", "Danger : 17, ou 114 par SMS", True),
        ("Danger : 17, ou 114 par SMS", "Danger : 17, ou 174 par SMS", False),
        ("Danger : 17, ou 114 par SMS", "Danger : 17, ou 114 par SMS, 3919", False),
    ],
)
def test_every_digit_and_dot_counts(text: str, said: str, fine: bool) -> None:
    box = Box(role="body", text=text, x=0, y=0, w=90, h=40, size=40)
    facts = shown_in(text, [value.replace("\u00a0", " ") for value in VALUES.values()])
    assert facts
    assert (mistake(Question("visual/fr/square/x", Path(), box, facts), said) is None) == fine


def test_light_type_on_dark_comes_to_the_reader_dark_on_light_whatever_its_size() -> None:
    picture = Image.new("RGB", (400, 200), "#160A26")
    ImageDraw.Draw(picture).rectangle((50, 50, 349, 149), "#FFF4EA")
    box = Box(role="number", text="17", x=50, y=50, w=300, h=100, size=200)
    block = np.asarray(cut(picture, box, 1.0, 56))
    assert block[0, 0] == 255 and block[block.shape[0] // 2, block.shape[1] // 2] == 0
    assert block.shape[0] == pytest.approx(108 * 56 / 200 + 48, abs=2)


# --- what is read --------------------------------------------------------------------------------


@needs_reader
@pytest.mark.parametrize("picture", ["visual/fr/square/tool-3919", "visual/tr/story/overview"])
def test_a_good_picture_is_read_without_a_mistake(picture: str, tmp_path: Path) -> None:
    one = drawn(job(picture), tmp_path)  # type: ignore[arg-type]
    count, mistakes = read_pictures([one], VALUES, tmp_path)
    assert count >= 3
    assert mistakes == []


@needs_reader
@pytest.mark.parametrize("number", ["3979", "3819", "3916", "391", "39199"])
def test_a_picture_with_one_digit_changed_is_caught_at_both_sizes(number: str, tmp_path: Path) -> None:
    good = job("visual/fr/square/tool-3919")
    assert isinstance(good, VisualJob)
    honest = drawn(good, tmp_path)
    drawn(with_number(good, number), tmp_path)  # over it, under the same manifest entry
    _, mistakes = read_pictures([honest], VALUES, tmp_path)
    assert len(mistakes) == 2, mistakes
    assert all(f"3919 is read as '{number}'" in line for line in mistakes)
    assert "at 360 px" in "".join(mistakes)


@needs_reader
@pytest.mark.parametrize("address", ["arretonslesviolence.gouv.fr", "arretonslesviolences.gov.fr"])
def test_an_address_with_one_letter_less_is_caught(address: str, tmp_path: Path) -> None:
    good = job("visual/fr/square/tool-web")
    assert isinstance(good, VisualJob)
    honest = drawn(good, tmp_path)
    drawn(with_number(good, address), tmp_path)
    _, mistakes = read_pictures([honest], VALUES, tmp_path)
    assert len(mistakes) == 1 and "arretonslesviolences.gouv.fr is read as" in mistakes[0]


# --- codes ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Artifact]:
    out = tmp_path_factory.mktemp("print")
    one = job("print/fr/a5/tool-web")
    assert isinstance(one, PrintJob)
    return out, render_print(one, Typesetter(load(ROOT).resources), out, "digest")[0]


def test_a_code_leads_to_the_address_that_is_printed_beside_it(sheet: tuple[Path, Artifact]) -> None:
    assert read_codes([sheet[1]], sheet[0]) == (1, [])


def test_a_code_that_leads_elsewhere_is_caught(sheet: tuple[Path, Artifact], tmp_path: Path) -> None:
    loaded = load(ROOT)
    one = job("print/fr/a5/tool-web")
    assert isinstance(one, PrintJob) and one.code_to
    elsewhere = one.model_copy(update={"code_to": ("https://example.org", one.code_to[1])})
    render_print(elsewhere, Typesetter(loaded.resources), tmp_path, "digest")
    count, mistakes = read_codes([sheet[1]], tmp_path)
    assert count == 1
    assert "its code says ['https://example.org']" in mistakes[0]


def test_a_code_without_its_address_in_print_is_caught(sheet: tuple[Path, Artifact]) -> None:
    out, one = sheet
    mute = one.model_copy(update={"text": ("S'informer",)})
    assert "is not printed beside its code" in read_codes([mute], out)[1][0]


def test_a_code_is_looked_at_alone_with_its_quiet_zone(sheet: tuple[Path, Artifact]) -> None:
    out, one = sheet
    codes = [box for box in one.boxes if box.role == "qr"]
    (image,) = code_pictures(out / one.path, codes)
    side = (codes[0].w + 6) * 300 / 25.4
    assert image.size == pytest.approx((side, side), abs=3)
    modules = segno.make("https://arretonslesviolences.gouv.fr", error="m", micro=False).symbol_size(
        border=0
    )[0]
    assert codes[0].w / (modules + 8) > 0.5, "a module is half a millimetre at least"
