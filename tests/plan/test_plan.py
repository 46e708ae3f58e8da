"""The plan: every job of the matrix, with exactly the strings and facts it shows."""

from __future__ import annotations

from collections import Counter
from math import ceil
from pathlib import Path

import pytest

from kit.build.forecast import credentials_needed, tokens_that_end, x_forecast
from kit.load import Loaded, load
from kit.model.plan import Plan, PostJob, PrintJob, ReceiptJob
from kit.plan import plan

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return load(ROOT)


@pytest.fixture(scope="module")
def jobs(loaded: Loaded) -> Plan:
    return plan(loaded.campaign, loaded.theme, loaded.storyboards)


def test_the_matrix_of_pieces_and_formats_is_whole_in_every_language(jobs: Plan, loaded: Loaded) -> None:
    """The witness stays off the avatar, the address where it cannot be read; two schemes a card."""
    for language in loaded.campaign.languages:
        drawn = Counter(job.format for job in jobs.visuals if job.language == language)
        cards = ceil(len(loaded.campaign.listed_schemes) / 2)
        expected = dict.fromkeys(loaded.campaign.formats, 6)
        assert drawn == {**expected, "feed-4x5": 6 + cards, "avatar": 4, "videoconf": 5}, language
    assert len({job.id for job in jobs.jobs}) == len(jobs.jobs)


def test_every_language_has_every_print_and_every_post(jobs: Plan, loaded: Loaded) -> None:
    for language in loaded.campaign.languages:
        own = [job for job in jobs.jobs if job.language == language]
        prints = Counter(job.format for job in own if isinstance(job, PrintJob))
        assert prints == {"a4": 7, "a3": 6, "a5": 7, "card": 1, "tearoff": 1, "sticker": 4}, language
        assert sum(isinstance(job, ReceiptJob) for job in own) == 1
        assert sum(isinstance(job, PostJob) for job in own) == 6 * 7


def test_a_job_declares_the_facts_it_shows_and_no_others(jobs: Plan) -> None:
    facts = {job.id: set(job.facts) for job in jobs.visuals}
    assert facts["visual/fr/x-header/tool-17"] == {"17.number"}
    assert facts["visual/fr/feed-4x5/tool-17"] == {"17.number", "114.number"}
    assert facts["visual/fr/x-header/tool-web"] == {"web.address", "web.url"}


def test_an_address_shown_is_a_link(jobs: Plan) -> None:
    for job in jobs.visuals:
        shows = any(tool.is_address for tool in job.tools) or "gouv.fr" in f"{job.body}{job.aside}"
        assert (job.links == ("https://arretonslesviolences.gouv.fr",)) is shows


def test_banners_carry_numbers_and_no_sentence(jobs: Plan) -> None:
    for job in jobs.visuals:
        if job.format == "x-header":
            assert (job.headline, job.body, job.aside) == ("", None, None)


def test_the_sources_line_names_the_oldest_source_shown(jobs: Plan) -> None:
    job = next(j for j in jobs.visuals if j.id == "visual/fr/feed-4x5/tool-114")
    assert job.sources is not None
    assert "vérifié" not in job.sources
    assert job.sources.startswith(
        "Sources\u00a0:\u00a0novembre\u00a02023. "
    )  # 114.cost, older than 114.number


def test_the_clip_says_all_four_tools_within_360_characters(jobs: Plan) -> None:
    said = " ".join(scene.caption for scene in jobs.clips[0].scenes)
    assert len(said) <= 360
    for number in ("3919", "arretonslesviolences.gouv.fr", "17", "114\u00a0par\u00a0SMS"):
        assert number in said


def test_the_price_of_x_tells_posts_with_a_link_apart(loaded: Loaded, jobs: Plan) -> None:
    forecast = x_forecast(loaded.schedule, jobs, loaded.resources)
    assert (forecast.posts, forecast.with_link) == (6, 3)
    assert forecast.usd == pytest.approx(3 * 0.20 + 3 * 0.015 + 6 * 0.005)
    assert forecast.alt_usd == pytest.approx(6 * 0.005)
    assert forecast.reads_usd == pytest.approx(6 * 2 * 0.005)


def test_credentials_are_names_never_values(loaded: Loaded) -> None:
    needed = dict(credentials_needed(loaded.schedule))
    assert all(name.isupper() for names in needed.values() for name in names)
    assert len(needed) == 7


def test_tokens_that_end_by_themselves_are_named_in_the_plan(loaded: Loaded) -> None:
    named = {(account, days) for account, _, days in tokens_that_end(loaded.schedule)}
    assert named == {("threads-fr", 60), ("instagram-fr", 60), ("linkedin-fr", 60)}


def test_without_a_schedule_nothing_is_forecast(jobs: Plan, loaded: Loaded) -> None:
    assert x_forecast(None, jobs, loaded.resources).posts == 0
    assert list(tokens_that_end(None)) == []


def test_a_post_declares_only_the_facts_of_its_own_wording(jobs: Plan) -> None:
    facts = {job.id: set(job.facts) for job in jobs.posts}
    assert "3919.cost" not in facts["post/fr/x/overview"]
    assert "3919.cost" in facts["post/fr/facebook/overview"]


def test_a_face_picture_of_ticks_claims_no_fact_that_it_does_not_show(shipped: Path) -> None:
    loaded = load(shipped)
    faces = [j for j in plan(loaded.campaign, loaded.theme, {}).visuals if j.format == "avatar"]
    for job in (job for job in faces if job.layout == "overview"):
        assert (job.facts, job.links, job.tools) == ((), (), ())
        assert job.alt_short == loaded.campaign.hashtag
    assert all(job.facts for job in faces if job.layout == "tool")


def test_clips_are_planned_with_the_preset_and_with_a_place_for_an_interpreter_where_one_signs(
    loaded: Loaded,
) -> None:
    made = plan(
        loaded.campaign, loaded.theme, loaded.storyboards,
        extras=True, signed_languages=frozenset({"fr"}), preset="medium",
    ).clips  # fmt: skip
    assert {job.preset for job in made} == {"medium"}
    assert {job.signer for job in made if job.language == "fr" and not job.loop} == {True}
    assert not any(job.signer for job in made if job.language != "fr" or job.loop)
