"""The directory: schemes of today with the date of their source, and never one that is over or doubtful."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.load import Loaded, load
from kit.model.plan import Plan, PrintJob, VisualJob
from kit.plan import plan

SHIPPED = Path(__file__).parents[2]
CURRENT = {"119", "pharmacy", "police-chat", "deaf-access", "116006", "3018", "115"}


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return load(SHIPPED)


@pytest.fixture(scope="module")
def jobs(loaded: Loaded) -> Plan:
    return plan(loaded.campaign, loaded.theme, {})


def leaflets(jobs: Plan) -> list[PrintJob]:
    return [job for job in jobs.prints if job.layout == "directory"]


def cards(jobs: Plan, code: str) -> list[VisualJob]:
    return [job for job in jobs.visuals if job.layout == "directory" and job.language == code]


def test_leaflets_and_cards_hold_every_current_scheme_once_in_every_language(
    jobs: Plan, loaded: Loaded
) -> None:
    assert {job.format for job in leaflets(jobs)} == {"a4", "a5"}
    assert len(leaflets(jobs)) == 2 * len(loaded.campaign.languages)
    for job in leaflets(jobs):
        assert {scheme.id for scheme in job.schemes} == CURRENT, job.id
    for code in loaded.campaign.languages:
        shown = [scheme.id for job in cards(jobs, code) for scheme in job.schemes]
        assert sorted(shown) == sorted(CURRENT), code
        assert {job.format for job in cards(jobs, code)} == {"feed-4x5"}


def test_schemes_of_the_lockdowns_stay_in_the_data_flagged_and_are_never_printed(
    jobs: Plan, loaded: Loaded
) -> None:
    past = {fact.id for fact in loaded.campaign.facts.values() if fact.status == "historique"}
    assert {name.split(".")[0] for name in past} == {"lockdown-leaving", "lockdown-malls", "lockdown-nights"}
    for job in (*jobs.visuals, *jobs.prints, *jobs.receipts):
        assert not past & set(job.facts), job.id


def test_a_doubtful_number_and_the_perpetrators_line_stand_on_no_sheet(jobs: Plan) -> None:
    never = {"cfcv.number", "young-chat.address", "perpetrators.number", "nc-line.number", "nc-line.sms"}
    for job in (*jobs.visuals, *jobs.prints, *jobs.receipts):
        assert not never & set(job.facts), job.id


def test_every_entry_carries_the_date_of_its_source(jobs: Plan, loaded: Loaded) -> None:
    years = {str(fact.source_date)[:4] for fact in loaded.campaign.facts.values() if fact.source_date}
    entries = [(job, scheme) for job in (*leaflets(jobs), *jobs.visuals) for scheme in job.schemes]
    assert len(entries) == 3 * len(CURRENT) * len(loaded.campaign.languages)
    for job, scheme in entries:
        assert any(year in scheme.source for year in years), (job.id, scheme.id, scheme.source)


def test_who_reads_about_other_help_is_told_first_where_to_turn_in_danger(jobs: Plan) -> None:
    for job in (*leaflets(jobs), *(job for job in jobs.visuals if job.layout == "directory")):
        assert job.aside and "17" in job.aside and "114" in job.aside, job.id
        assert {"17.number", "114.number"} <= set(job.facts)
