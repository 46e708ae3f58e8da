"""What adding a language or a format takes: a row, and for a language its texts. Nothing else knows them by name."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from kit.load import Loaded, load
from kit.model.artifact import Report
from kit.model.storyboard import Cut
from kit.page import render_pages
from kit.plan import plan
from kit.posts.post_queue import queue
from kit.render.typeset import Typesetter
from kit.render.visual import render_visual
from kit.tables.formats import FORMATS, Rect
from kit.tables.languages import LANGUAGES
from kit.tables.platforms import PLATFORMS, Media
from tests.support.campaign import narrowed
from tests.support.posts import make_kit


def with_italian(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Loaded:
    """A row, `languages/it.yaml`, and the campaign's own lines. The words stay Portuguese."""
    row = replace(LANGUAGES["pt"], code="it", tag="it", native_name="Italiano")
    monkeypatch.setitem(LANGUAGES, "it", row)
    narrowed(folder, languages=("fr", "it"), prints=("card", "receipt"), clip_languages=("it",))
    shutil.copy(folder / "languages" / "pt.yaml", folder / "languages" / "it.yaml")
    campaign = folder / "campaign.yaml"
    text = campaign.read_text(encoding="utf-8")
    campaign.write_text(text.replace("\ntexts:\n", "\ntexts:\n  it: languages/it.yaml\n"), encoding="utf-8")
    return load(folder)


def test_a_language_is_a_row_and_a_file_of_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = with_italian(tmp_path, monkeypatch)
    jobs = plan(loaded.campaign, loaded.theme, loaded.storyboards)
    for made in (jobs.visuals, jobs.prints, jobs.receipts, jobs.posts):
        own = [[job for job in made if job.language == code] for code in ("fr", "it")]
        assert len(own[0]) == len(own[1]) > 0
    assert {clip.language for clip in jobs.clips} == {"it"}
    pages = render_pages(loaded.campaign, loaded.theme, [], Report(findings=()), {}, {}, loaded.resources)
    assert [page.path for page in pages] == ["index.html", "fr/index.html", "it/index.html"]
    assert '<html lang="it" dir="ltr">' in pages[2].html and "Italiano" in pages[0].html
    typesetter = Typesetter(loaded.resources)
    drawn = next(
        render_visual(job, typesetter, tmp_path, "d") for job in jobs.visuals if job.language == "it"
    )
    assert (tmp_path / drawn[0].path).is_file()


def test_a_screen_format_of_a_known_family_is_a_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = replace(
        FORMATS["landscape"], id="wall", width_px=2400, height_px=1350, safe=Rect(60, 60, 2280, 1230)
    )
    monkeypatch.setitem(FORMATS, "wall", row)
    loaded = load(narrowed(tmp_path, formats=("wall",)))
    jobs = plan(loaded.campaign, loaded.theme, loaded.storyboards).visuals
    assert {job.format for job in jobs} == {"wall"}
    typesetter = Typesetter(loaded.resources)
    made = [a for job in jobs[:2] for a in render_visual(job, typesetter, tmp_path, "d")]
    masters = [a for a in made if a.of is None]
    assert {(a.width, a.height) for a in masters} == {(2400, 1350)}
    pages = render_pages(loaded.campaign, loaded.theme, made, Report(findings=()), {}, {}, loaded.resources)
    assert "<h3>wall</h3>" in pages[0].html, "named by its id where the languages have no name for it"


def test_a_platform_that_takes_text_alone_is_sent_the_text_of_a_slot_with_a_picture(
    campaign_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = replace(PLATFORMS["threads"], media=Media(max_files=0), pictures=(), clips=(), post_format="")
    loaded, manifest, _ = make_kit(campaign_folder)
    monkeypatch.setitem(PLATFORMS, "threads", row)
    assert loaded.schedule
    found = queue(manifest, loaded.schedule, loaded.campaign)
    assert found.blocked == ()
    assert {bool(post.media) for post in found.posts if post.platform == "threads"} == {False}
    assert all(post.media for post in found.posts if post.platform != "threads")
    jobs = plan(loaded.campaign, loaded.theme, {}).posts
    assert not any(job.media for job in jobs if job.platform == "threads")


def test_a_cut_that_names_no_shapes_is_made_in_every_shape_of_its_rate() -> None:
    assert {"signage", "signage-portrait"} <= set(Cut(fps=25).shapes)
    assert {"story", "feed-4x5", "square", "wide", "x"} <= set(Cut(fps=30).shapes)
    assert set(Cut(fps=25).shapes).isdisjoint(Cut(fps=30).shapes)
    assert Cut(fps=30, formats=("wide",)).shapes == ("wide",)
