"""Facts: the values a person in danger will read, each with where it comes from.

A number is never a bare string: it has a source, a date, a person who checked it (or nobody yet),
and the area it is valid in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from kit.model.base import (
    Address,
    Clock,
    Day,
    Flag,
    Id,
    Line,
    Model,
    Name,
    Violation,
    duplicates,
    entry,
    quoted,
)
from kit.tables.characters import digits_in

Channel = Literal["voice", "sms", "chat", "web", "app", "person"]
LinkScheme = Literal["tel", "sms", "https"]
Confidence = Literal["A", "B", "C", "K"]
Territory = Literal["metropole", "drom", "nc", "pf", "com"]
Lapse = Literal["past", "ended", "not yet", "unreviewed"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _a_day_that_exists(text: str) -> str:
    try:
        date.fromisoformat(text if len(text) == 10 else f"{text}-01-01"[:10])
    except ValueError:
        raise ValueError(f"{text} is a day that does not exist") from None
    return text


SourceDate = Annotated[
    str,
    StringConstraints(pattern=r"^20[0-9]{2}(-(0[1-9]|1[0-2])(-[0-9]{2})?)?$"),
    AfterValidator(_a_day_that_exists),
]
"""As exact as the source is: `2026-02-04`, `2023-11` or `2020`. Sorts as text."""

_SPACES = re.compile(r"[^\S\n\r\t]+")


def _plain_spaces(value: object) -> object:
    """Spaces of every kind are plain, single ones: official pages part a number with no-break spaces."""
    return _SPACES.sub(" ", value).strip() if isinstance(value, str) else value


def _plain_digits(value: str) -> str:
    if other := next((c for c in value if not c.isascii() and digits_in(c)), None):
        raise ValueError(f"{quoted(value)} holds {other!r}, which is no digit of a keypad; type 0 to 9")
    return value


FactValue = Annotated[
    str,
    BeforeValidator(_plain_spaces),
    StringConstraints(min_length=1, max_length=120, pattern=r"^[^\n\r\t]*$"),
    AfterValidator(_plain_digits),
]

_TIME = re.compile(r"[0-9]{2}:[0-9]{2}")
_PHONE = re.compile(r"\+?[0-9]+( [0-9]+)*")
_HTTPS = re.compile(
    r"https://(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])?"
    r"(?:[/?#](?![^?#]*[\"'<>\\^`{|}])[!-~]*)?",
    re.I,
)
"""A host by its ASCII name, no user before it and no port after it, and nothing that ends an attribute."""
_SHOWN_ADDRESS = re.compile(r"(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]+", re.I)


def _end_of_day(value: object) -> object:
    """`24:00` is how people write the end of a day; it is stored as 23:59:59.999999."""
    return time.max if value == "24:00" else value


class Opening(Model):
    """Open on `days`, from one wall-clock time to another (local time of the service)."""

    days: tuple[Weekday, ...] = Field(min_length=1)
    opens: Clock
    closes: Annotated[Clock, BeforeValidator(_end_of_day)]

    @classmethod
    def violations(cls, given: Mapping[str, Any]) -> Iterable[Violation]:
        """Open before closed (times compare as they are written), and no day twice."""
        opens, closes = str(given.get("opens")), str(given.get("closes"))
        if _TIME.match(opens) and _TIME.match(closes) and opens >= closes:
            yield ("opens",), "opens must be earlier than closes"
        yield from duplicates(given.get("days"), ("days",))


class Hours(Model):
    """When a service answers. Structured, so that one formatter a language writes it.

    YAML may say `hours: always`; after loading there is only this form.
    """

    always: Flag = False
    openings: tuple[Opening, ...] = ()

    @classmethod
    def violations(cls, given: Mapping[str, Any]) -> Iterable[Violation]:
        """One form, not both and not neither."""
        always = str(given.get("always", False)).lower()
        if always in ("true", "false") and (always == "true") == bool(given.get("openings")):
            yield (), "write either `always` or a list of openings (days, opens, closes)"


class Source(Model):
    """Where a fact was read. `date` is the source's own date, not the day we read it."""

    url: Address
    date: SourceDate
    confidence: Confidence


class Fact(Model):
    """One attribute of a tool (`3919.hours`), proven by one dated source.

    Exactly one of `value` (printed as it stands), `hours` (formatted per language) and `word`
    (looked up in each language's vocabulary, for facts such as "free").
    Flags sit here and not on the tool: `web.url` may be printed while `web.status` may not.
    """

    id: Line
    tool: Line
    value: FactValue | None = None
    hours: Hours | None = None
    word: Line | None = None
    source_url: Address | None = None
    source_date: SourceDate | None = None
    confidence: Confidence
    verified_on: Day | None = None
    verified_by: Line | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None
    review_by: Day | None = None
    territory: tuple[Territory, ...] = Field(min_length=1)
    channel: Channel
    emergency: Flag
    link: LinkScheme | None = None
    never_link_as: tuple[LinkScheme, ...] = ()
    print_ok: Flag = True
    status: Literal["current", "historique"] = "current"
    conflicts: tuple[Annotated[str, StringConstraints(max_length=400)], ...] = ()

    def lapses(self, day: date) -> Iterator[tuple[Lapse, str]]:
        """Why this fact may not be published on that day, by its status and its dates.

        The words go on after its id. Publishing refuses by this, and the check warns of it beforehand.
        """
        if self.status != "current":
            yield "past", "is a fact of the past"
        if self.valid_to and self.valid_to < day:
            yield "ended", f"held until {self.valid_to}"
        if self.valid_from and self.valid_from > day:
            yield "not yet", f"does not hold before {self.valid_from}"
        if self.review_by and self.review_by < day:
            yield "unreviewed", f"was to be looked at again by {self.review_by}"

    @classmethod
    def violations(cls, given: Mapping[str, Any]) -> Iterable[Violation]:
        """One value, with a source, a whole signature, and a link that dials or opens it."""
        held = [name for name in ("value", "hours", "word") if given.get(name) is not None]
        if len(held) != 1:
            has = " and ".join(held) or "none"
            yield (), f"needs exactly one of value, hours, word; it has {has}"
        start, end = given.get("valid_from"), given.get("valid_to")
        if start and end and str(start) > str(end):
            yield ("valid_from",), "valid_from is later than valid_to"
        signed = [name for name in ("verified_on", "verified_by") if given.get(name) is not None]
        if len(signed) == 1:
            yield (signed[0],), "verified_on and verified_by go together: a date and who checked"
        if given.get("source_url") is None and given.get("confidence") in ("A", "B", "C"):
            yield (), "has no source; name one, or say confidence: K (unsourced)"
        yield from _broken_link(given)


def _broken_link(given: Mapping[str, Any]) -> Iterable[Violation]:
    link, value, never = given.get("link"), given.get("value"), given.get("never_link_as")
    if isinstance(never, (list, tuple)) and link in never:
        yield ("link",), f"link: {link} is also listed in never_link_as"
    value = str(_plain_spaces(value))
    if link == "https" and not value.startswith("https://"):
        yield ("link",), "link: https needs a value that begins with https://"
    elif link == "https" and not _HTTPS.fullmatch(value):
        wanted = "write https://, a domain in plain letters and a path, without user, port, space or quote"
        yield ("value",), f"{quoted(value)} is not an address that may be linked; {wanted}"
    if link in ("tel", "sms") and not _PHONE.fullmatch(value):
        yield ("link",), f"link: {link} needs a number as value{_as_dialled(value)}"


def _as_dialled(value: str) -> str:
    """What is wrong with a number that is one: dots or hyphens where spaces belong."""
    if sum(c.isdigit() for c in value) < 2 or any(c.isalpha() for c in value):
        return ""
    return f", in digits and single spaces, \u00ab116 006\u00bb; not {quoted(value)}"


def leads_where_it_says(shown: str, link: str, value: str) -> bool:
    """Whether a link of this scheme and value carries what is shown: the same digits, or that very host (with www. or not)."""
    if link == "https":
        host = (urlsplit(value).hostname or "").lower()
        address = shown.lower().removeprefix("https://").rstrip("/")
        return value == shown or host in (address, f"www.{address}")
    return re.sub(r"\D", "", value) == re.sub(r"\D", "", shown)


def _disagreeing_links(given: Mapping[str, Any]) -> Iterable[Violation]:
    """Facts that would be linked from what the service shows, and lead elsewhere.

    The page links what is shown by the first fact with a link, and sheets by each web address of the service.
    """
    facts = given.get("facts")
    shown_as = given.get("shown_as")
    if not isinstance(facts, Mapping) or not isinstance(shown_as, str) or shown_as not in facts:
        return
    shown = entry(facts[shown_as], "value")
    if not isinstance(shown, str):
        return  # a word or hours: nothing that a link could contradict
    linked = [
        (name, str(entry(fact, "link")), str(entry(fact, "value")))
        for name, fact in sorted(facts.items(), key=lambda each: each[0] != shown_as)
        if entry(fact, "link") in ("tel", "sms", "https")
        and entry(fact, "link") not in (entry(fact, "never_link_as") or ())
    ]
    address = bool(_SHOWN_ADDRESS.fullmatch(shown.strip().rstrip("/")))
    for place, (name, link, value) in enumerate(linked):
        followed = place == 0 or (address and link == "https")
        if followed and not leads_where_it_says(str(_plain_spaces(shown)), link, value):
            what = f"{link}:{value.replace(' ', '')}" if link != "https" else value
            yield (
                ("facts", name, "value"),
                f"{quoted(shown)} is shown and {quoted(what)} would be opened; a link leads to what is shown",
            )


class Group(Model):
    """One of the two groups of tools. `emergency` decides shape, word and pictogram."""

    id: Id
    emergency: Flag


class Service(Model):
    """What can be reached: facts, and in `shown_as` the one that is its picture, a number or an address."""

    id: Id
    shown_as: Line
    facts: dict[Name, Fact]

    @classmethod
    def violations(cls, given: Mapping[str, Any]) -> Iterable[Violation]:
        """What is linked is what is shown."""
        yield from _disagreeing_links(given)

    @property
    def picture(self) -> Fact:
        """The fact that stands large where the service is shown."""
        return self.facts[self.shown_as]


class Tool(Service):
    """One of the vital tools."""

    group: Line
    pictogram: Line


class Scheme(Service):
    """Another alert or rescue scheme, for the directory; never one of the vital tools.

    Schemes of the past stay in the data, `status: historique`, so that nobody adds them again; they
    are never printed. `audience: perpetrators` never stands on a piece that victims see.
    """

    audience: Literal["everyone", "children", "perpetrators"] = "everyone"

    def listed(self, territory: Iterable[Territory]) -> bool:
        """Whether the directory shows it: current, settled, for victims, and true in the whole territory."""
        shown = self.picture
        return (
            shown.status == "current"
            and shown.print_ok
            and self.audience != "perpetrators"
            and set(territory) <= set(shown.territory)
        )
