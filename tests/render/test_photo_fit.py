"""A sender's logo and a piece's photo leave the words and numbers of a page their room."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from kit.check.picture import PICTURE_CHECKS
from kit.check.runner import run_checks
from kit.check.subject import Subject
from kit.errors import InputError
from kit.load import Loaded, load
from kit.model.plan import VisualJob
from kit.plan import plan
from kit.render.photo_fit import beside_photo
from kit.render.print import render_print
from kit.render.typeset import DoesNotFit, RawBoxes, Typesetter
from kit.render.visual import render_visual
from tests.readers import pdf_reader
from tests.support.campaign import copy_campaign
from tests.support.stills import Still, found, off_the_page, overlaps, set_stills, strays, too_small

SENDER = "Communauté d'agglomération Saint-Germain Boucles de Seine"
DAY = date(2026, 11, 25)


def with_guests(folder: Path, *, logo: bool, photo: bool) -> Loaded:
    """The shipped campaign, sent by somebody with a long name or a logo; a photo on every piece."""
    path = copy_campaign(folder) / "campaign.yaml"
    text = path.read_text(encoding="utf-8")
    lines = [f'  name: "{SENDER}"', *(["  logo: logo.png"] if logo else [])]
    text, count = re.subn(r"^emitter: null.*$", "\n".join(["emitter:", *lines]), text, flags=re.M)
    assert count == 1
    if logo:
        logo_picture = Image.new("RGBA", (900, 300))
        ImageDraw.Draw(logo_picture).ellipse((10, 10, 890, 290), fill=(20, 60, 150, 255))
        logo_picture.save(folder / "logo.png")
    if photo:
        text, count = re.subn(r"(lit: \d+)\}", r"\1, photo: {file: rue.png, focus: [0.5, 0.4]}}", text)
        assert count == 6
        grain = np.random.default_rng(25).integers(0, 256, (300, 400, 3), dtype=np.uint8)
        Image.fromarray(grain).resize((2800, 2100)).save(folder / "rue.png")
    path.write_text(text, encoding="utf-8")
    return load(folder)


def stills_of(loaded: Loaded, *languages: str) -> list[Still]:
    jobs = plan(loaded.campaign, loaded.theme, {}).visuals
    return set_stills(loaded, [job for job in jobs if not languages or job.language in languages])


def faults(stills: list[Still]) -> list[str]:
    return [
        *found(stills, overlaps), *found(stills, strays), *found(stills, off_the_page), *found(stills, too_small),
        *(line for still in stills for line in still.faint),
    ]  # fmt: skip


def names(stills: list[Still]) -> dict[str, list[str]]:
    """The marks of every still that has room for one: wordless formats and round pieces have not."""
    return {s.job.id: [b.text for b in s.boxes if b.role == "logo"] for s in stills}


@pytest.mark.slow
def test_a_sender_with_a_long_name_fits_every_still_in_nine_languages(tmp_path: Path) -> None:
    stills = stills_of(with_guests(tmp_path, logo=False, photo=False))
    assert len(stills) == 9 * 79
    assert faults(stills) == []
    families = ("portrait", "square", "landscape")
    signed = {name: marks for name, marks in names(stills).items() if marks}
    assert set(signed) == {s.job.id for s in stills if s.job.screen.family in families}
    assert all(marks == [SENDER] for marks in signed.values())


@pytest.fixture(scope="module")
def guests(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """Logo and photo."""
    return with_guests(tmp_path_factory.mktemp("guests"), logo=True, photo=True)


@pytest.fixture(scope="module")
def stills(guests: Loaded) -> list[Still]:
    """The mirrored one and the longest; every language is slow."""
    return stills_of(guests, "ar", "uk")


def test_logo_and_photo_leave_the_words_their_room(stills: list[Still]) -> None:
    assert faults(stills) == []


def test_no_word_and_no_mark_stands_on_a_photo(stills: list[Still]) -> None:
    covered = []
    for still in stills:
        screen, share = still.job.screen, still.photo or 0
        for box in still.boxes:
            if screen.family != "landscape":
                free = box.y >= screen.height_px * share - 0.5
            elif still.job.language == "ar":
                free = box.x >= screen.width_px * share - 0.5
            else:
                free = box.x + box.w <= screen.width_px * (1 - share) + 0.5
            # the barrier of a story runs on behind nothing
            if not free and box.role != "ticks":
                covered.append(f"{still.job.id}: {box.text!r}")
    assert covered == []


def test_most_sheets_keep_their_photo_and_the_others_say_that_it_stepped_aside(stills: list[Still]) -> None:
    shown = [still for still in stills if still.photo]
    aside = [still for still in stills if still.photo == 0]
    assert len(shown) > 2 * len(aside) > 0
    # four tools on a low page leave it no column
    assert {s.photo for s in aside if s.job.layout != "tool"} == {0.0}
    assert {s.photo for s in stills if s.job.screen.family in ("banner", "avatar", "flanks")} == {None}


def test_on_paper_too_a_photo_gives_way(guests: Loaded, tmp_path: Path) -> None:
    wanted = {"a4/tool-17", "a5/tool-3919", "tearoff/overview", "sticker/tool-17"}
    prints = plan(guests.campaign, guests.theme, {}).prints
    jobs = [job for job in prints if job.id.removeprefix("print/uk/") in wanted]
    typesetter = Typesetter(guests.resources)
    made = [one for job in jobs for one in render_print(job, typesetter, tmp_path, "digest")]
    shares = {(one.language, one.format, one.piece): one.photo for one in made}
    assert {shares["uk", "a4", "tool-17"], shares["uk", "a5", "tool-3919"]} <= {0.2, 0.15, 0.11}
    assert shares["uk", "sticker", "tool-17"] is None
    assert shares["uk", "tearoff", "overview"] is not None
    for artifact in made:
        assert pdf_reader.faults(artifact, tmp_path / artifact.path) == []


def drawn(sizes: dict[float, float | None]) -> Any:
    """A drawing whose number has a size for each share, or does not fit at None."""

    def draw(share: float, *, shown: bool) -> tuple[float, RawBoxes]:
        del shown
        size = sizes[share]
        if size is None:
            raise DoesNotFit("too long")
        return share, [{"role": "number", "size_px": size}, {"role": "body", "size_px": 1}]

    return draw


@pytest.mark.parametrize(
    ("sizes", "share"),
    [
        ({0: 90, 0.2: 90, 0.15: 90, 0.11: 90}, 0.2),
        ({0: 90, 0.2: None, 0.15: 90, 0.11: 90}, 0.15),
        ({0: 90, 0.2: 59, 0.15: 59, 0.11: 60}, 0.11),  # a number that would lose more than a third
        ({0: 90, 0.2: None, 0.15: None, 0.11: 59}, 0.0),
        ({0: 90, 0.2: None, 0.15: None, 0.11: None}, 0.0),
    ],
)
def test_the_largest_photo_that_leaves_words_and_numbers_their_room_is_taken(
    guests: Loaded, sizes: dict[float, float | None], share: float
) -> None:
    job = next(j for j in plan(guests.campaign, guests.theme, {}).visuals if j.photo)
    made, boxes, taken = beside_photo(job, "portrait", drawn(sizes))
    assert (made, taken) == (share, share) and boxes[0]["role"] == "number"


def test_words_that_fit_on_no_sheet_are_told_and_not_the_photo_blamed(guests: Loaded) -> None:
    job = next(j for j in plan(guests.campaign, guests.theme, {}).visuals if j.photo)
    with pytest.raises(DoesNotFit, match="too long"):
        beside_photo(job, "portrait", drawn({0: None, 0.2: None, 0.15: None, 0.11: None}))


def still_of(loaded: Loaded, name: str) -> VisualJob:
    return next(job for job in plan(loaded.campaign, loaded.theme, {}).visuals if job.id == name)


def test_a_photo_that_stepped_aside_is_a_warning_and_one_that_shows_is_none(
    guests: Loaded, tmp_path: Path
) -> None:
    typesetter = Typesetter(guests.resources)
    codes: dict[str, list[str]] = {}
    for name in ("visual/fr/link/overview", "visual/fr/feed-4x5/tool-17"):
        for artifact in render_visual(still_of(guests, name), typesetter, tmp_path, "digest"):
            subject = Subject(artifact, tmp_path / artifact.path, guests.campaign, DAY, ())
            codes[artifact.id] = [finding.code for finding in run_checks([subject], PICTURE_CHECKS).findings]
    assert codes.pop("visual/fr/link/overview") == ["photo-left-out"]  # once, not for each of its copies
    assert all(found == [] for found in codes.values())


def test_a_photo_that_is_too_small_is_an_error_with_its_name(tmp_path: Path) -> None:
    loaded = with_guests(tmp_path, logo=False, photo=True)
    Image.new("RGB", (300, 200)).save(tmp_path / "rue.png")
    with pytest.raises(InputError, match=r"^rue\.png: is 300 × 200 px, too small"):
        set_stills(loaded, [still_of(loaded, "visual/fr/square/tool-17")])
