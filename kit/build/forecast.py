"""What a schedule will need and cost, said before anything is posted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kit.model.ids import ArtifactId
from kit.model.plan import Plan
from kit.model.schedule import Schedule
from kit.render.post import fill
from kit.resources import Resources
from kit.tables.credentials import role_of
from kit.tables.platforms import PLATFORMS, price_of
from kit.text.length import has_link

LOOKS = 2
"""How often a post whose outcome is unknown is looked for before a person is asked."""


@dataclass(frozen=True)
class XForecast:
    """Posts on X, how many of them carry a link, and the price in US dollars.

    `usd` is posts and alternative texts; `alt_usd` the latter alone. `reads_usd` comes on top at most:
    if every answer were lost, and every post looked for twice.
    """

    posts: int
    with_link: int
    usd: float
    alt_usd: float = 0.0
    reads_usd: float = 0.0


def x_forecast(schedule: Schedule | None, plan: Plan, resources: Resources) -> XForecast:
    """The price of the schedule's posts on X; a bare domain makes a post thirteen times dearer."""
    jobs = {job.id: job for job in plan.posts if job.platform == "x"}
    posts = with_link = media = 0
    usd = 0.0
    for slot in schedule.slots if schedule else ():
        for name in slot.accounts:
            account = schedule.account(name) if schedule else None
            if account is None or account.platform != "x":
                continue
            common = ArtifactId("post", account.language, "x", slot.piece)
            job = jobs.get(str(common.variant(slot.id, name) if name in slot.variants else common))
            if job is None:
                continue
            linked = has_link(fill(job, resources), PLATFORMS["x"])
            posts += 1
            with_link += linked
            shown = 0 if slot.media == "none" else 1
            media += shown
            usd += price_of("x", linked, shown)
    price = PLATFORMS["x"].price
    assert price is not None
    return XForecast(posts, with_link, usd, media * price.alt, posts * LOOKS * price.read)


def credentials_needed(schedule: Schedule | None) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each account that the schedule names, with the names (never the values) of what it must be given."""
    for account in schedule.accounts if schedule else ():
        yield f"{account.id} ({account.platform}, {account.handle})", account.credentials


def tokens_that_end(schedule: Schedule | None) -> Iterator[tuple[str, str, int]]:
    """Account, credential and days, for tokens that stop working by themselves."""
    for account in schedule.accounts if schedule else ():
        for name in account.credentials:
            if (role := role_of(account.platform, name)) and role.lasts_days:
                yield account.id, name, role.lasts_days
