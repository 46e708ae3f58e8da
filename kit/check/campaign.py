"""Checks of the campaign as a whole: what publishing will refuse, reported while there is time to fix it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from kit.check.finding import fail, warn
from kit.check.runner import Check
from kit.model.artifact import Finding
from kit.model.base import is_this_machine
from kit.model.campaign import Campaign
from kit.tables.platforms import PLATFORMS

_TABLE_MONTHS = timedelta(days=183)


@dataclass(frozen=True)
class CampaignSubject:
    """The campaign on a given day."""

    campaign: Campaign
    today: date

    @property
    def artifact_id(self) -> None:
        """No artifact: a finding is about the campaign itself."""


def _verified(subject: CampaignSubject) -> Iterator[Finding]:
    pending = [fact.id for fact in subject.campaign.facts.values() if fact.verified_on is None]
    if pending:
        yield warn(
            subject, "fact-not-verified", f"nobody has confirmed: {', '.join(pending)}", f"{len(pending)} facts",
            "none", "open each source, then write verified_on and verified_by; publishing is refused until then",
        )  # fmt: skip


def _review_due(subject: CampaignSubject) -> Iterator[Finding]:
    """On the campaign's day, or today where that is later. A fact of the past is not looked at again."""
    day = max(subject.campaign.day, subject.today)
    due = [
        fact for fact in subject.campaign.facts.values()
        if fact.status == "current" and any(lapse == "unreviewed" for lapse, _ in fact.lapses(day))
    ]  # fmt: skip
    if due:
        yield warn(
            subject, "fact-review-due",
            f"to be looked at again before {day}: {', '.join(fact.id for fact in due)}",
            f"review_by {min(fact.review_by for fact in due if fact.review_by)}", f"{day} or later",
            "open each source, then write verified_on and a later review_by; on that day publishing is refused",
        )  # fmt: skip


def _reviewed(subject: CampaignSubject) -> Iterator[Finding]:
    for code in subject.campaign.languages:
        if subject.campaign.texts[code].review.state != "signed":
            yield warn(
                subject, "language-not-reviewed", f"nobody has signed the texts in {code}", "pending", "signed",
                f"read them, then sign texts.{code}.review; until then only draft archives are made",
            )  # fmt: skip


def _emitter(subject: CampaignSubject) -> Iterator[Finding]:
    if subject.campaign.emitter is None:
        yield warn(
            subject, "emitter-missing", "the kit does not say who sends it", "none", "an emitter",
            "fill in `emitter`; publishing is refused without it",
        )  # fmt: skip


def _tables(subject: CampaignSubject) -> Iterator[Finding]:
    for platform in PLATFORMS.values():
        if subject.today - platform.read_on > _TABLE_MONTHS:
            yield warn(
                subject, "platform-rules-old", f"the rules of {platform.name} may have changed",
                str(platform.read_on), "six months", "look them up again in kit/tables/platforms.py",
            )  # fmt: skip


def _exit(subject: CampaignSubject) -> Iterator[Finding]:
    if is_this_machine(subject.campaign.exit_url):
        yield fail(
            subject, "exit-not-public", "the page's quick exit leads to the reader's own machine",
            str(subject.campaign.exit_url), "a public address", "write https:// and a harmless site in exit_url",
        )  # fmt: skip


def _edition(subject: CampaignSubject) -> Iterator[Finding]:
    if subject.today > subject.campaign.use_until:
        yield warn(
            subject, "edition-over", "this edition is not to be used any more", str(subject.today),
            str(subject.campaign.use_until), "start the next edition",
        )  # fmt: skip


CAMPAIGN_CHECKS: tuple[Check[CampaignSubject], ...] = (
    Check(
        "fact-not-verified", "A fact that no person has confirmed may be built, never published.", _verified
    ),
    Check(
        "fact-review-due",
        "A kit that passes its check is not refused on the day because a review has lapsed (2026-11-30).",
        _review_due,
    ),
    Check(
        "language-not-reviewed",
        "Safety text is never published unread (content rules, 2026-11-23).",
        _reviewed,
    ),
    Check("emitter-missing", "The law wants the sender named (1881 law; brand rules).", _emitter),
    Check(
        "platform-rules-old",
        "Platforms change their rules; a table older than six months is a guess.",
        _tables,
    ),
    Check(
        "exit-not-public", "Who leaves in a hurry must land on a page that opens, and says nothing.", _exit
    ),
    Check("edition-over", "Stale numbers outlive campaigns.", _edition),
)
