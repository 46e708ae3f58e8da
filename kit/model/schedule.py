"""The schedule: what is posted when, and from which account. `kit.posts.post_queue` makes posts of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo

from kit.model.base import (
    Clock,
    Id,
    Line,
    Model,
    Slug,
    Version,
    Violation,
    duplicate_ids,
    duplicates,
    entry,
    quoted,
)
from kit.model.texts import LongText, suggestion
from kit.model.wall_time import to_utc, wall_text
from kit.tables.credentials import lacking, role_of
from kit.tables.platforms import PLATFORMS

_NO_PLACES = {
    "localtime": "is the zone of the machine that runs it",
    "posixrules": "is the zone of the machine that runs it",
    "Factory": "is no zone",
}
_FIXED = re.compile(r"(?:Etc/)?GMT[+-]?\d+$")


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _zone(name: str) -> str:
    """An IANA zone name: a naive time posted an hour late is a documented failure elsewhere.

    Some files of the zone database are no place: `localtime` is whoever's machine runs the plan, and
    `Etc/GMT+1` is an hour *behind* UTC.
    """
    if why := _NO_PLACES.get(name) or (_FIXED.match(name) and "is a fixed offset, and its sign is reversed"):
        raise ValueError(f"{quoted(name)} {why}; write a place, such as Europe/Paris, or UTC")
    if name not in _zones():
        raise ValueError(f"{quoted(name)} is not a time zone{suggestion(name, _zones())}")
    return name


def _zone_or_account(name: str) -> str:
    return name if name == "account" else _zone(name)


def _platform(name: str) -> str:
    if name not in PLATFORMS:
        raise ValueError(f"{quoted(name)} is not a platform of the kit{suggestion(name, set(PLATFORMS))}")
    return name


def _piece(name: str, info: ValidationInfo) -> str:
    known = (info.context or {}).get("pieces")
    if known is not None and name not in known:
        raise ValueError(f"{quoted(name)} is not a piece of the campaign{suggestion(name, known)}")
    return name


def _language(name: str, info: ValidationInfo) -> str:
    known = (info.context or {}).get("languages")
    if known is not None and name not in known:
        raise ValueError(f"{quoted(name)} is not a language of the campaign{suggestion(name, known)}")
    return name


Zone = Annotated[str, AfterValidator(_zone)]
NotAfter = Annotated[float, Field(gt=0, le=168)]
_ENV_NAME = r"^[A-Z][A-Z0-9_]{2,63}$"
EnvName = Annotated[str, StringConstraints(pattern=_ENV_NAME)]


Media = Literal["picture", "clip", "none"]
"""What goes with a post: the piece's picture, the language's clip, or nothing."""


class Account(Model):
    """Who posts. `credentials` are *names* of what `kit accounts login` stores, never a secret.

    The end of a name says what it is for (`kit.tables.credentials`). `spacing_min` is the least number
    of minutes between two of its posts: platforms and readers take a burst for a robot.
    """

    id: Id
    platform: Annotated[str, AfterValidator(_platform)]
    handle: Line
    language: Annotated[str, AfterValidator(_language)]
    zone: Zone | None = None
    credentials: tuple[EnvName, ...] = Field(min_length=1)
    spacing_min: Annotated[int, Field(ge=0, le=1440)] = 15

    @classmethod
    def violations(cls, given: Mapping[str, Any]) -> Iterable[Violation]:
        """The credentials are those of the platform: all that it needs, each once, and no other.

        What was written is never repeated: it may be the secret itself.
        """
        platform, names = given.get("platform"), given.get("credentials")
        names = [name for name in _listed(names) if isinstance(name, str)]
        if (
            not isinstance(platform, str)
            or platform not in PLATFORMS
            or not names
            or not all(re.match(_ENV_NAME, name) for name in names)
        ):
            return  # said already, by the field
        roles = PLATFORMS[platform].roles
        if not roles:
            yield ("platform",), f"nothing is published to {platform} from here: post its texts by hand"
            return
        endings = ", ".join(f"_{role.suffix}" for role in roles)
        seen = set()
        for place, name in enumerate(names):
            role = role_of(platform, name)
            if role is None:
                yield ("credentials", place), f"is for nothing here; names for {platform} end in {endings}"
            elif role.name in seen:
                yield ("credentials", place), f"is a second one that ends in _{role.suffix}"
            else:
                seen.add(role.name)
        if missing := lacking(platform, names):
            what = ", ".join(f"a name that ends in _{role.suffix} ({role.what})" for role in missing)
            yield ("credentials",), f"{platform} also needs {what}"


class Slot(Model):
    """One moment: a wall-clock time, days from the campaign's day, and what goes out from where.

    `id` is written by hand and never derived: it is the identity that keeps a post from going out
    twice, so an edited time or text must not change it. `zone: account` (or `each: account`, the same
    in words) is that wall time in each account's own zone, one moment in UTC for each. `variants` are
    an account's own words for this slot. `clip` names a storyboard of the campaign's clips.
    """

    id: Id
    piece: Annotated[str, AfterValidator(_piece)]
    accounts: tuple[Slug, ...] = Field(min_length=1)
    day: Annotated[int, Field(ge=-60, le=60)] = 0
    at: Clock
    zone: Annotated[str, AfterValidator(_zone_or_account)] | None = None
    each: Literal["account"] | None = None
    media: Media = "picture"
    clip: Slug = "main"
    not_after_h: NotAfter | None = None
    variants: dict[Slug, LongText] = {}

    @classmethod
    def violations(cls, given: Mapping[str, Any]) -> Iterable[Violation]:
        """One zone, and words only for accounts that post them."""
        if given.get("each") is not None and given.get("zone") not in (None, "account"):
            yield ("each",), "`each: account` takes each account's own zone; leave `zone` out"
        named, variants = _listed(given.get("accounts")), given.get("variants")
        for name in variants if isinstance(variants, Mapping) else ():
            if isinstance(name, str) and name not in named:
                yield ("variants", name), f"{quoted(name)} is not one of this slot's accounts"


class Schedule(Model):
    """`schedule.yaml`. Days are relative to the campaign's day, so that the plan serves each year.

    `not_after_h`: hours after which a late post waits for a person's word. `budget_usd` and
    `max_links` hold for all posts on X together, where a link makes a post thirteen times dearer.
    """

    schedule: Version
    zone: Zone
    not_after_h: NotAfter = 6
    budget_usd: Annotated[float, Field(ge=0)] | None = None
    max_links: Annotated[int, Field(ge=0)] | None = None
    accounts: tuple[Account, ...] = ()
    slots: tuple[Slot, ...] = ()

    @classmethod
    def violations(cls, given: Mapping[str, Any]) -> Iterable[Violation]:
        """Ids are unique, and a slot names accounts that exist, each once."""
        accounts, slots = given.get("accounts"), given.get("slots")
        yield from duplicate_ids(accounts, "accounts")
        yield from duplicate_ids(slots, "slots")
        known = {str(entry(account, "id")) for account in _listed(accounts)}
        for number, slot in enumerate(_listed(slots)):
            named = _listed(entry(slot, "accounts"))
            for place, name in enumerate(named):
                at = ("slots", number, "accounts", place)
                if isinstance(name, str) and name not in known:
                    yield at, f"{quoted(name)} is not one of `accounts`{suggestion(name, known)}"
            yield from duplicates(named, ("slots", number, "accounts"))

    def account(self, account_id: str) -> Account:
        """The account of that id."""
        return next(account for account in self.accounts if account.id == account_id)

    def zone_of(self, slot: Slot, account: Account) -> ZoneInfo:
        """The zone a slot's time is meant in, for this account."""
        if slot.zone == "account" or slot.each:
            return ZoneInfo(account.zone or self.zone)
        return ZoneInfo(slot.zone or self.zone)

    def due(self, slot: Slot, account: Account, day: date) -> datetime:
        """When a slot's post of this account is due, in UTC, in a campaign whose day this is.

        Raises AmbiguousTime where clocks are changed; the loader refuses such a slot.
        """
        return to_utc(day + timedelta(days=slot.day), slot.at, self.zone_of(slot, account))

    def local(self, slot: Slot, day: date) -> str:
        """The same moment as the slot means it: `2026-11-25 08:00` on a clock on a wall in its zone."""
        return wall_text(day + timedelta(days=slot.day), slot.at)


def _listed(value: Any) -> list[Any] | tuple[Any, ...]:
    return value if isinstance(value, (list, tuple)) else ()
