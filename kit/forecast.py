"""What a schedule will need and cost, said before anything is posted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kit.model.artifact import variant_id
from kit.model.plan import Plan
from kit.model.schedule import Schedule
from kit.render.post import fill
from kit.resources import Resources
from kit.tables.platforms import price_on_x
from kit.words.count import x_has_url


@dataclass(frozen=True)
class XForecast:
    """Posts on X, how many of them carry a link, and the price in US dollars."""

    posts: int
    with_link: int
    usd: float


def x_forecast(schedule: Schedule | None, plan: Plan, resources: Resources) -> XForecast:
    """The price of the schedule's posts on X; a bare domain makes a post thirteen times dearer."""
    jobs = {job.id: job for job in plan.posts if job.platform == "x"}
    posts = with_link = 0
    usd = 0.0
    for slot in schedule.slots if schedule else ():
        for name in slot.accounts:
            account = schedule.account(name) if schedule else None
            if account is None or account.platform != "x":
                continue
            common = f"post/{account.language}/x/{slot.piece}"
            job = jobs.get(variant_id(common, slot.id, name) if name in slot.variants else common)
            if job is None:
                continue
            linked = x_has_url(fill(job, resources))
            posts += 1
            with_link += linked
            usd += price_on_x(linked, 0 if slot.media == "none" else 1)
    return XForecast(posts, with_link, usd)


def credentials_needed(schedule: Schedule | None) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each account with the names (never the values) of what it must be given."""
    for account in schedule.accounts if schedule else ():
        yield f"{account.id} ({account.platform}, {account.handle})", account.credentials
