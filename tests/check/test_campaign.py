"""What is said of the campaign as a whole: what publishing would refuse on the day."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from kit.check import check_campaign
from kit.load import load
from kit.model.artifact import Finding, Level
from kit.model.campaign import Campaign

ROOT = Path(__file__).parent.parent.parent
TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def campaign() -> Campaign:
    return load(ROOT).campaign


def with_review_by(campaign: Campaign, day: date, **more: object) -> Campaign:
    tool = campaign.tool("3919")
    number = tool.facts["number"].model_copy(update={"review_by": day, **more})
    edited = tool.model_copy(update={"facts": {**tool.facts, "number": number}})
    tools = tuple(edited if each.id == "3919" else each for each in campaign.tools)
    return campaign.model_copy(update={"tools": tools})


def review_due(campaign: Campaign, today: date = TODAY) -> list[Finding]:
    return [f for f in check_campaign(campaign, today).findings if f.code == "fact-review-due"]


def test_a_review_that_lapses_before_the_day_is_a_warning_while_there_is_time(campaign: Campaign) -> None:
    (finding,) = review_due(with_review_by(campaign, campaign.day - timedelta(days=1)))
    assert finding.level is Level.WARN and "3919.number" in finding.message


def test_a_review_that_is_due_on_the_day_itself_is_in_time(campaign: Campaign) -> None:
    """As in publishing, which refuses from the day after on."""
    assert review_due(with_review_by(campaign, campaign.day)) == []


def test_after_the_day_a_review_is_due_by_today(campaign: Campaign) -> None:
    edited = with_review_by(campaign, campaign.day)
    assert len(review_due(edited, campaign.day + timedelta(days=1))) == 1


def test_a_fact_of_the_past_is_not_looked_at_again(campaign: Campaign) -> None:
    assert review_due(with_review_by(campaign, TODAY, status="historique")) == []


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8000/away", "https://localhost/", "https://a.localhost/"]
)
def test_a_quick_exit_to_the_readers_own_machine_fails(campaign: Campaign, address: str) -> None:
    edited = Campaign.model_validate(campaign.model_dump() | {"exit_url": address})
    (finding,) = [f for f in check_campaign(edited, TODAY).findings if f.code == "exit-not-public"]
    assert finding.level is Level.FAIL


@pytest.mark.parametrize("address", ["http://example.org/", "https://192.0.2.1/", "https://a@example.org/"])
def test_a_quick_exit_that_opens_for_nobody_or_hides_its_host_is_refused(
    campaign: Campaign, address: str
) -> None:
    with pytest.raises(ValueError, match="exit_url"):
        Campaign.model_validate(campaign.model_dump() | {"exit_url": address})
