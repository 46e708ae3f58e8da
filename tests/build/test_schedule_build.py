"""What a build does with the schedule: plans of the posts, and accounts' own words as texts like others."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from icalendar import Calendar, Event

from kit.build import Built, Request, build_loaded
from kit.load import load
from tests.support.campaign import narrowed

SCHEDULE = """\
schedule: 1
zone: Europe/Paris
accounts:
  - {id: x-fr, platform: x, handle: "@exemple", language: fr,
     credentials: [X_FR_CONSUMER_KEY, X_FR_CONSUMER_SECRET, X_FR_ACCESS_TOKEN, X_FR_ACCESS_TOKEN_SECRET]}
  - {id: x-re, platform: x, handle: "@re", language: fr, zone: Indian/Reunion,
     credentials: [X_RE_CONSUMER_KEY, X_RE_CONSUMER_SECRET, X_RE_ACCESS_TOKEN, X_RE_ACCESS_TOKEN_SECRET]}
slots:
  - {id: day-overview, at: "08:00", piece: overview, accounts: [x-fr]}
  - {id: relay, at: "08:00", each: account, piece: overview, accounts: [x-re],
     variants: {x-re: "WORDS"}}
"""


def built(folder: Path, out: Path, words: str) -> Built:
    (folder / "schedule.yaml").write_text(SCHEDULE.replace("WORDS", words), encoding="utf-8")
    return build_loaded(load(folder), Request(out=out, today=date(2026, 11, 24), workers=2))


@pytest.fixture
def folder(campaign_folder: Path) -> Path:
    narrowed(campaign_folder, formats=("landscape",), platforms=("x",))
    return campaign_folder


def test_the_kit_holds_the_plan_as_json_and_as_a_calendar_with_stable_bytes(folder: Path) -> None:
    kit = built(folder, folder / "one", "Ici aussi : {3919}. Danger immédiat : {17}.").folder
    plan = json.loads((kit / "posts/plan.json").read_text(encoding="utf-8"))
    assert [(post["account"], post["due"]) for post in plan["scheduled"]] == [
        ("x-re", "2026-11-25T04:00:00Z"),
        ("x-fr", "2026-11-25T07:00:00Z"),
    ]
    assert plan["blocked"] == []
    data = (kit / "posts/plan.ics").read_bytes()
    events = [part for part in Calendar.from_ical(data).walk() if isinstance(part, Event)]
    assert sorted(event.decoded("DTSTART") for event in events) == [
        datetime(2026, 11, 25, 4, tzinfo=UTC),
        datetime(2026, 11, 25, 7, tzinfo=UTC),
    ]
    again = built(folder, folder / "two", "Ici aussi : {3919}. Danger immédiat : {17}.").folder
    assert (again / "posts/plan.ics").read_bytes() == data


def test_own_words_are_in_the_manifest_and_in_nothing_that_partners_take(folder: Path) -> None:
    made = built(folder, folder / "one", "Ici aussi : {3919}. Danger immédiat : {17}.")
    own = next(a for a in made.manifest.artifacts if a.id == "post/fr/x/overview.relay.x-re")
    assert (own.of, own.kind, own.piece) == ("post/fr/x/overview", "post", "overview")
    assert "Ici aussi" not in (made.folder / "index.html").read_text(encoding="utf-8")
    (archive,) = (made.folder / "bundles").glob("*.zip")
    names = zipfile.ZipFile(archive).namelist()
    assert "posts/fr/x/overview.txt" in names
    assert not any("relay" in name for name in names)


def test_own_words_that_a_check_refuses_hold_that_post_and_no_other(folder: Path) -> None:
    made = built(folder, folder / "one", "Urgence : appelez le {3919}.")
    assert "post/fr/x/overview.relay.x-re" in made.report.failed
    plan = json.loads((made.folder / "posts/plan.json").read_text(encoding="utf-8"))
    assert [post["account"] for post in plan["scheduled"]] == ["x-fr"]
    (held,) = plan["blocked"]
    assert held["code"] == "artifact-failed" and "help-called-emergency" in held["why"]
