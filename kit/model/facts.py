"""Facts: the values a person in danger will read, each with where it comes from.

Fields follow the data model of the campaign's research (2026-11-23): a number is never a bare
string; it has a source, a date, a person who checked it (or nobody yet), and a place it holds in.
"""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Literal, Self

from pydantic import AnyUrl, BeforeValidator, Field, StringConstraints, model_validator

from kit.model.base import Flag, Line, Model

Channel = Literal["voice", "sms", "chat", "web", "app"]
LinkScheme = Literal["tel", "sms", "https"]
Confidence = Literal["A", "B", "C", "K"]
Territory = Literal["metropole", "drom", "nc", "pf", "com"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
FactValue = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\n\r\t]*$")]


def _clock(value: object) -> object:
    """`24:00` is how people write the end of a day; it is stored as 23:59:59.999999."""
    return time.max if value == "24:00" else value


class Opening(Model):
    """Open on `days`, from one wall-clock time to another (local time of the service)."""

    days: tuple[Weekday, ...] = Field(min_length=1)
    opens: Annotated[time, BeforeValidator(_clock)]
    closes: Annotated[time, BeforeValidator(_clock)]

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError("opens must be earlier than closes")
        return self


class Hours(Model):
    """When a service answers. Structured, so that one formatter a language writes it.

    YAML may say `hours: always`; after loading there is only this form.
    """

    always: Flag = False
    openings: tuple[Opening, ...] = ()

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if self.always == bool(self.openings):
            raise ValueError("write either `always` or a list of openings (days, opens, closes)")
        return self


class Source(Model):
    """Where a fact was read. `date` is the source's own date, not the day we read it."""

    url: AnyUrl
    date: date
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
    source_url: AnyUrl | None = None
    source_date: date | None = None
    confidence: Confidence
    verified_on: date | None = None
    verified_by: Line | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    review_by: date | None = None
    territory: tuple[Territory, ...] = Field(min_length=1)
    channel: Channel
    emergency: Flag
    link: LinkScheme | None = None
    never_link_as: tuple[LinkScheme, ...] = ()
    print_ok: Flag = True
    status: Literal["current", "historique"] = "current"
    conflicts: tuple[Annotated[str, StringConstraints(max_length=400)], ...] = ()

    @model_validator(mode="after")
    def _is_one_fact(self) -> Self:
        given = [name for name in ("value", "hours", "word") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"needs exactly one of value, hours, word; it has {given or 'none'}")
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            raise ValueError("valid_from is later than valid_to")
        if self.link and self.link in self.never_link_as:
            raise ValueError(f"link: {self.link} is also listed in never_link_as")
        if (self.verified_on is None) != (self.verified_by is None):
            raise ValueError("verified_on and verified_by go together: a date and who checked")
        if self.source_url is None and self.confidence != "K":
            raise ValueError("has no source; name one, or say confidence: K (unsourced)")
        return self


class Group(Model):
    """One of the two groups of tools. `emergency` decides shape, word and pictogram."""

    id: Line
    emergency: Flag


class Tool(Model):
    """One vital tool. `shown_as` names the fact that is its picture: a number or an address."""

    id: Line
    group: Line
    shown_as: Line
    pictogram: Line
    facts: dict[str, Fact]

    @property
    def picture(self) -> Fact:
        """The fact whose value is the tool's number or address."""
        return self.facts[self.shown_as]
