from __future__ import annotations

import itertools
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from icalendar import Calendar, Event

from kit.posts.export import EXPORTERS, ExportRequest
from kit.posts.post_queue import queue
from tests.support.posts import make_kit

MADE = datetime(2026, 11, 1, tzinfo=UTC)
LATER = datetime(2026, 11, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def job(shipped_copy: Path) -> ExportRequest:
    loaded, manifest, _ = make_kit(shipped_copy)
    assert loaded.schedule
    found = queue(manifest, loaded.schedule, loaded.campaign)
    return ExportRequest(found, manifest, loaded.schedule, loaded.resources, MADE, "https://example.org/kit")


def ics(job: ExportRequest) -> bytes:
    data = EXPORTERS["ics"](job).files["plan.ics"]
    assert isinstance(data, bytes)
    return data


def events(data: bytes) -> dict[str, Event]:
    found = [part for part in Calendar.from_ical(data).walk() if isinstance(part, Event)]
    assert len({str(event["UID"]) for event in found}) == len(found)
    return {str(event["UID"]): event for event in found}


def changed(job: ExportRequest, before: bytes, **update: object) -> ExportRequest:
    """The same plan a day later with its first post changed."""
    first, *rest = job.queue.posts
    posts = (first.model_copy(update=update), *rest)
    return replace(
        job, queue=job.queue.model_copy(update={"posts": posts}), made=LATER, before={"plan.ics": before}
    )


def test_every_post_is_an_event_in_utc_with_an_alarm(job: ExportRequest) -> None:
    found = events(ics(job))
    assert sorted(event.decoded("DTSTART") for event in found.values()) == [
        post.due for post in job.queue.posts
    ]
    for event in found.values():
        (alarm,) = event.subcomponents
        assert alarm.name == "VALARM" and alarm.decoded("TRIGGER") == timedelta(minutes=-15)
        assert event.decoded("SEQUENCE") == 0 and event.decoded("DTSTAMP") == MADE
    said = "".join(str(event["DESCRIPTION"]) for event in found.values())
    assert all(post.text in said and post.media[0].alt in said for post in job.queue.posts)


def test_lines_are_folded_at_75_bytes_and_end_in_crlf(job: ExportRequest) -> None:
    lines = ics(job).split(b"\r\n")
    assert lines[-1] == b"" and all(len(line) <= 75 and b"\n" not in line for line in lines)


def test_exporting_again_without_a_change_is_the_same_bytes(job: ExportRequest) -> None:
    before = ics(job)
    assert ics(replace(job, made=LATER, before={"plan.ics": before})) == before


@pytest.mark.parametrize("update", [{"text": "Autre texte"}, {"due": datetime(2026, 11, 24, 9, tzinfo=UTC)}])
def test_a_changed_post_keeps_its_uid_and_gets_the_next_sequence(
    job: ExportRequest, update: dict[str, object]
) -> None:
    before = ics(job)
    after = events(ics(changed(job, before, **update)))
    assert after.keys() == events(before).keys()
    moved = [event for event in after.values() if event.decoded("SEQUENCE") == 1]
    assert len(moved) == 1 and moved[0].decoded("DTSTAMP") == LATER
    again = changed(job, ics(changed(job, before, **update)), text="Encore")
    assert sorted(event.decoded("SEQUENCE") for event in events(ics(again)).values())[-1] == 2


def test_a_post_that_is_gone_is_cancelled_once_and_not_forgotten(job: ExportRequest) -> None:
    fewer = replace(
        job, queue=job.queue.model_copy(update={"posts": job.queue.posts[1:]}), made=LATER,
        before={"plan.ics": ics(job)},
    )  # fmt: skip
    gone = [event for event in events(ics(fewer)).values() if event.get("STATUS") == "CANCELLED"]
    assert len(gone) == 1 and gone[0].decoded("SEQUENCE") == 1 and not gone[0].subcomponents
    assert ics(replace(fewer, before={"plan.ics": ics(fewer)})) == ics(fewer)
    back = events(ics(replace(job, made=LATER, before={"plan.ics": ics(fewer)})))
    assert not any("STATUS" in event for event in back.values())
    assert max(event.decoded("SEQUENCE") for event in back.values()) == 2


@pytest.mark.parametrize("broken", [b"", b"nothing", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"])
def test_a_broken_earlier_calendar_counts_as_none(job: ExportRequest, broken: bytes) -> None:
    assert len(events(ics(replace(job, before={"plan.ics": broken})))) == len(job.queue.posts)


def test_postiz_bodies_have_utc_dates_pictures_and_alternative_text(job: ExportRequest) -> None:
    data = EXPORTERS["postiz"](job).files["posts.json"]
    assert isinstance(data, bytes)
    paths = {artifact.path for artifact in job.manifest.artifacts}
    for body, post in zip(json.loads(data), job.queue.posts, strict=True):
        assert body.keys() == {"type", "date", "shortLink", "tags", "posts"}
        assert body["type"] == "schedule" and body["date"].endswith("Z")
        assert datetime.fromisoformat(body["date"]) == post.due
        (entry,) = body["posts"]
        assert entry.keys() == {"integration", "value", "settings"} and entry["settings"]["__type"]
        (value,) = entry["value"]
        assert value["content"] == post.text
        for image, media in zip(value["image"], post.media, strict=True):
            assert image["path"].removeprefix("https://example.org/kit/") in paths
            assert image["alt"] == media.alt


def test_postiz_is_told_what_it_refuses_a_post_without(job: ExportRequest) -> None:
    """`@IsIn` of x.dto.ts and instagram.dto.ts (postiz-app @74b01ad): without them every post is a 400."""
    needed = {"x": {"who_can_reply_post": "everyone"}, "instagram": {"post_type": "post"}}
    first = job.queue.posts[0]
    posts = tuple(first.model_copy(update={"platform": name, "slot": name}) for name in (*needed, "bluesky"))
    data = EXPORTERS["postiz"](replace(job, queue=job.queue.model_copy(update={"posts": posts}))).files
    assert isinstance(data["posts.json"], bytes)
    told = [body["posts"][0]["settings"] for body in json.loads(data["posts.json"])]
    assert told == [{"__type": post.platform, **needed.get(post.platform, {})} for post in posts]


class _Page(HTMLParser):
    """What a page fetches, names and labels."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


def pages(job: ExportRequest) -> dict[str, _Page]:
    files = EXPORTERS["sheet"](job).files
    return {name: _Page(data.decode()) for name, data in files.items() if isinstance(data, bytes)}


def test_there_is_a_sheet_for_each_day_with_every_text_time_and_picture(job: ExportRequest) -> None:
    found = pages(job)
    assert set(found) == {"2026-11-18.html", "2026-11-22.html", "2026-11-24.html", "2026-11-25.html"}
    for post in job.queue.posts:
        page = found[f"{post.local[:10]}.html"]
        assert post.text in page.words and post.media[0].alt in page.words
        assert post.local[11:] in page.words and f"{post.due:%Y-%m-%d %H:%MZ}" in page.words


def test_a_sheet_fetches_nothing_from_outside_and_its_pictures_are_there(job: ExportRequest) -> None:
    files = EXPORTERS["sheet"](job).files
    for page in pages(job).values():
        asked = [value for tag, attrs in page.tags for key, value in attrs.items() if key in ("src", "href")]
        assert asked and all(value in files for value in asked)
        assert not any(tag in ("link", "iframe") for tag, _ in page.tags)


def test_a_sheet_is_accessible(job: ExportRequest) -> None:
    for page in pages(job).values():
        attributes = [attrs for _, attrs in page.tags]
        ids = [attrs["id"] for attrs in attributes if attrs.get("id")]
        assert len(ids) == len(set(ids))
        assert all(attrs.get("alt") for tag, attrs in page.tags if tag == "img")
        assert all(attrs["data-copy"] in ids for attrs in attributes if "data-copy" in attrs)
        assert all(attrs["aria-labelledby"] in ids for attrs in attributes if "aria-labelledby" in attrs)
        assert ("html", {"lang": "fr"}) in page.tags
        levels = [int(tag[1]) for tag, _ in page.tags if tag in ("h1", "h2", "h3")]
        assert levels[0] == 1 and all(after <= before + 1 for before, after in itertools.pairwise(levels))
        assert any(attrs.get("aria-live") for attrs in attributes)


def test_a_text_is_never_markup_on_a_sheet(job: ExportRequest) -> None:
    nasty = '<script>alert(1)</script> & "x"'
    post = job.queue.posts[0].model_copy(update={"text": nasty, "handle": nasty})
    one = replace(job, queue=job.queue.model_copy(update={"posts": (post,)}))
    (page,) = pages(one).values()
    assert nasty in page.words
    assert sum(tag == "script" for tag, _ in page.tags) == 1


def test_a_sheet_says_that_it_is_a_draft_until_facts_are_verified_and_words_are_read(
    job: ExportRequest,
) -> None:
    assert all("à ne pas publier" in page.words for page in pages(job).values())
    facts = tuple(fact.model_copy(update={"verified_on": MADE.date()}) for fact in job.manifest.facts)
    reviews = {
        code: review.model_copy(update={"state": "signed"}) for code, review in job.manifest.reviews.items()
    }
    signed = job.manifest.model_copy(update={"facts": facts, "reviews": reviews})
    assert not any("à ne pas publier" in page.words for page in pages(replace(job, manifest=signed)).values())
