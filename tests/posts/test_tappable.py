"""Whether a finger can follow the address that a post shows, by each platform's own rule."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from kit.load import load
from kit.model.plan import PostJob
from kit.plan import plan
from kit.publish.platforms.bluesky_record import rich_text
from kit.render.post import fill
from kit.tables.platforms import PLATFORMS
from kit.text.length import length, web_addresses, x_has_url
from kit.text.typography import set_apart

ROOT = Path(__file__).parents[2]
BARE = "arretonslesviolences.gouv.fr"
URL = f"https://{BARE}"


@cache
def written(platform: str) -> list[tuple[PostJob, str]]:
    """Every post of the shipped campaign for this platform that shows the address, with its text."""
    loaded = load(ROOT)
    todo = plan(loaded.campaign, loaded.theme, loaded.storyboards, loaded.schedule)
    texts = [(job, fill(job, loaded.resources)) for job in todo.posts if job.platform == platform]
    shown = [(job, text) for job, text in texts if BARE in text]
    assert {job.language for job, _ in shown} == set(loaded.campaign.languages)
    return shown


def test_twitter_text_links_the_address_on_x_in_every_language() -> None:
    assert [job.id for job, text in written("x") if not x_has_url(text)] == []


def test_mastodon_posts_carry_the_address_with_its_scheme_and_nothing_else_in_it() -> None:
    for job, text in written("mastodon"):
        assert [match.group() for match in web_addresses(text)] == [URL], job.id
        assert text.count(BARE) == 1
        assert {"web.address", "web.url"} <= set(job.facts) and job.links == (URL,)


def test_bluesky_marks_the_address() -> None:
    for job, text in written("bluesky"):
        facets = rich_text(text, job.links).build_facets()
        assert URL in [
            feature.uri for facet in facets for feature in facet.features if hasattr(feature, "uri")
        ]


@pytest.mark.parametrize("platform", ["threads", "facebook", "linkedin", "instagram"])
def test_elsewhere_the_address_stands_as_it_is_read_and_touches_no_word(platform: str) -> None:
    for job, text in written(platform):
        assert re.search(rf"(?<![\w/@.]){re.escape(BARE)}(?![\w/])", text), job.id
        assert URL not in text


def test_every_platform_is_looked_at_here() -> None:
    assert {row.id: row.tappable for row in PLATFORMS.values()} == {
        "x": "bare", "mastodon": "with-scheme", "bluesky": "marked", "instagram": "never",
        "threads": "unstated", "facebook": "unstated", "linkedin": "unstated",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"举报暴力：{BARE}", f"举报暴力： {BARE}"),
        (f"在{BARE}举报", f"在 {BARE} 举报"),
        (f"在 {BARE}。", f"在 {BARE}。"),
        (f"Sur {BARE}, tout", f"Sur {BARE}, tout"),
        (f"{BARE}\n", f"{BARE}\n"),
    ],
)
def test_a_space_parts_an_address_from_chinese(text: str, expected: str) -> None:
    assert set_apart(text, [BARE]) == expected == set_apart(expected, [BARE])


@pytest.mark.parametrize("end", ["", "،", "，获取", "。", "\u2069", "؟", ":", ")"])
def test_mastodon_counts_an_address_as_23_whatever_follows_it(end: str) -> None:
    assert length(f"{URL}{end}", PLATFORMS["mastodon"]) == 23 + len(end)
