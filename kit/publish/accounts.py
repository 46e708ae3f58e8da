"""How an account stands before the day: what it lacks, and whether its token lives until the last slot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from kit.model.schedule import Account, Schedule
from kit.model.wall_time import AmbiguousTime
from kit.publish.secret_store import Found, without
from kit.tables.credentials import role_of
from kit.tables.platforms import PLATFORMS
from kit.text.printable import printable
from kit.text.wall_time import utc_text

Level = Literal["ok", "WARN", "FAIL"]


@dataclass(frozen=True)
class Standing:
    """One account. `places` says where each credential was found, None for one that is not there.

    `last` is the due time of its last slot, `who` what the platform said when it was asked.
    """

    account: Account
    level: Level
    why: tuple[str, ...]
    places: Mapping[str, str | None]
    expires: datetime | None
    last: datetime | None
    who: str | None = None

    def worse(self, level: Level, why: str, who: str | None = None) -> Standing:
        """The same with one more thing against it."""
        graver = level if level == "FAIL" or self.level == "ok" else self.level
        return replace(
            self, level=graver, why=(*self.why, printable(why)), who=printable(who, 100) if who else self.who
        )


def last_slot(schedule: Schedule, account: Account, day: date) -> datetime | None:
    """When the account posts for the last time; None when it never does."""
    due = []
    for slot in schedule.slots:
        if account.id in slot.accounts:
            try:
                due.append(schedule.due(slot, account, day))
            except AmbiguousTime:  # the loader has refused it
                continue
    return max(due, default=None)


def standing(account: Account, found: Mapping[str, Found], last: datetime | None, now: datetime) -> Standing:
    """What files and environment say. A token that ends before the last slot fails: that post is lost."""
    ends = [each.secret.expires for each in found.values() if each.secret.expires]
    expires = min(ends, default=None)
    places = {name: found[name].place if name in found else None for name in account.credentials}
    row = Standing(account, "ok", (), places, expires, last)
    if missing := without(account, found):
        row = row.worse("FAIL", f"needs {', '.join(missing)}")
    if expires is not None and expires <= now:
        return row.worse("FAIL", f"the token has expired {utc_text(expires)}: log in again")
    if expires is not None and last is not None and expires <= last:
        why = f"the token expires {utc_text(expires)}, before the last slot {utc_text(last)}: log in again"
        return row.worse("FAIL", why)
    for name in found:
        role = role_of(account.platform, name)
        if role and role.lasts_days and found[name].secret.expires is None:
            why = f"when {name} expires is not known here; such a token lasts {role.lasts_days} days"
            row = row.worse("WARN", why)
    return row


def asked(row: Standing, who: str | None) -> Standing:
    """What the platform itself has said: whose credentials these are."""
    if who is not None and not is_handle(row.account.platform, row.account.handle, who):
        why = f"the platform says {printable(who, 100)}, the schedule {row.account.handle}"
        return row.worse("FAIL", why, who)
    return replace(row, who=printable(who or row.account.handle, 100))


def is_handle(platform: str, wanted: str, who: str) -> bool:
    """Whether a name that the platform gives is the handle of the schedule.

    Mastodon's server does not say its own name with an account's.
    """
    mine, theirs = wanted.strip("@").casefold(), who.strip("@").casefold()
    return (mine.partition("@")[0] if PLATFORMS[platform].server_in_handle else mine) == theirs
