"""The campaign: one frozen value that holds everything that `campaign.yaml` and the files beside it say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from kit.model.base import (
    Address,
    Day,
    FilePath,
    Id,
    Line,
    Model,
    Name,
    PublicAddress,
    Slug,
    Version,
    Violation,
)  # fmt: skip
from kit.model.facts import Fact, Group, Scheme, Service, Territory, Tool
from kit.model.texts import LanguageTexts
from kit.tables.clips import TICKS
from kit.tables.hashtags import CAMPAIGN_HASHTAG, LONGEST_HASHTAG
from kit.tables.platforms import PLATFORMS

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}$")
_Hashtag = Annotated[str, StringConstraints(pattern=CAMPAIGN_HASHTAG, max_length=LONGEST_HASHTAG)]
_MOST = 99
_LONGEST_COUNT = 9
"""Two digits: a constant is a count, and no helpline that people dial by a longer number."""
_COUNTED: dict[str, tuple[str, str]] = {
    "tools": ("tools", "`tools` lists"),
    "groups": ("groups", "`groups` lists"),
    "languages": ("languages", "`languages` lists"),
}
"""Constants that count a list of the campaign: the list, and how a message calls it."""


class Emitter(Model):
    """Who sends the kit. The law wants an emitter named; without one nothing is published."""

    name: Line
    url: Address | None = None
    logo: FilePath | None = None
    printer: Line | None = None


class Brand(Model):
    """`theme` names a file of `templates/themes`: a palette and fonts, never Python."""

    theme: Slug = "nuit"


Share = Annotated[float, Field(ge=0, le=1)]


class Photo(Model):
    """A photo for a piece. `focus` is the point that must stay in every crop, as shares of its size.

    It is set in two colours of the palette, beside the text and never under it.
    """

    file: FilePath
    focus: tuple[Share, Share] = (0.5, 0.5)


class Piece(Model):
    """One picture idea, drawn in many formats. `lit` of the 25 ticks are lit: its place in the story."""

    id: Id
    layout: Literal["overview", "tool", "witness"]
    tools: tuple[Line, ...] = Field(min_length=1)
    lit: Annotated[int, Field(ge=0, le=TICKS)]
    formats: tuple[Line, ...] | None = None
    photo: Photo | None = None

    @classmethod
    def violations(cls, given: Mapping[str, Any]) -> Iterable[Violation]:
        """A tool's own piece shows that tool alone."""
        tools = given.get("tools")
        if given.get("layout") == "tool" and isinstance(tools, (list, tuple)) and len(tools) > 1:
            yield ("tools",), "layout: tool shows exactly one tool"


class Clips(Model):
    """Which clips are rendered: storyboards of `templates/clips`, in these shapes and languages.

    `loops` are the storyboards that `--extras` makes once for each tool, in shapes of their own.
    """

    languages: tuple[Line, ...] = ()
    formats: tuple[Line, ...] = ("story",)
    storyboards: tuple[Id, ...] = ("main",)
    loops: tuple[Id, ...] = ("loop",)


class Prints(Model):
    """Which print formats are made of the pieces: posters, card, tear-off sheet, stickers, till receipt."""

    formats: tuple[Line, ...] = ()


class Directory(Model):
    """Where the directory of other schemes is made: screen cards and leaflets."""

    formats: tuple[Line, ...] = ()
    prints: tuple[Line, ...] = ()


class Posts(Model):
    """Which platforms get a text for each piece."""

    platforms: tuple[Line, ...] = tuple(sorted(PLATFORMS))
    pieces: tuple[Slug, ...] | None = None


class Campaign(Model):
    """The whole description, after short forms were written out.

    `constants` are the only numbers besides facts that texts may show (25 seconds, 4 tools). The list is
    closed and each is held to what it counts: any other number in a text is a fact, with its source.
    """

    campaign: Version
    slug: Id
    title: Line
    hashtag: _Hashtag
    edition: Annotated[int, Field(ge=2017, le=2100)]
    day: Day
    use_until: Day
    territory: tuple[Territory, ...] = ("metropole", "drom")
    emitter: Emitter | None
    exit_url: PublicAddress
    constants: dict[Name, Annotated[int, Field(ge=1, le=_MOST)]]
    brand: Brand = Brand()
    groups: tuple[Group, ...] = Field(min_length=1)
    tools: tuple[Tool, ...] = Field(min_length=1)
    schemes: tuple[Scheme, ...] = ()
    languages: tuple[Line, ...] = Field(min_length=1)
    formats: tuple[Line, ...] = Field(min_length=1)
    pieces: tuple[Piece, ...] = Field(min_length=1)
    prints: Prints = Prints()
    directory: Directory = Directory()
    clips: Clips = Clips()
    posts: Posts = Posts()
    texts: dict[str, LanguageTexts]

    @classmethod
    def violations(cls, given: Mapping[str, Any]) -> Iterable[Violation]:
        """The day is in the edition's year, and the kit may be used on it."""
        day, edition, until = (str(given.get(key, "")) for key in ("day", "edition", "use_until"))
        if _DAY.match(day) and edition.isdecimal() and day[:4] != edition:
            yield ("day",), f"{day} is not in edition {edition}"
        if _DAY.match(day) and _DAY.match(until) and until < day:
            yield ("use_until",), f"{until} is before the day, {day}"
        yield from _miscounted(given)

    @property
    def services(self) -> tuple[Service, ...]:
        """The tools, then the schemes: all that holds facts."""
        return (*self.tools, *self.schemes)

    @property
    def facts(self) -> dict[str, Fact]:
        """Every fact by id, in the order of the file."""
        return {fact.id: fact for service in self.services for fact in service.facts.values()}

    @property
    def listed_schemes(self) -> tuple[Scheme, ...]:
        """The schemes that the directory shows, in the order of the file."""
        return tuple(scheme for scheme in self.schemes if scheme.listed(self.territory))

    def tool(self, tool_id: str) -> Tool:
        """The tool of that id; the loader has made sure that it exists."""
        return next(tool for tool in self.tools if tool.id == tool_id)

    def group(self, group_id: str) -> Group:
        """The group of that id; the loader has made sure that it exists."""
        return next(group for group in self.groups if group.id == group_id)


def _miscounted(given: Mapping[str, Any]) -> Iterable[Violation]:
    """Constants that are no count of anything, or another one than is counted."""
    constants = given.get("constants")
    for name, value in constants.items() if isinstance(constants, Mapping) else ():
        counted = _COUNTED.get(name) if isinstance(name, str) else None
        if name == "seconds":
            wanted, what = TICKS, "the clip lights a tick a second,"
        elif counted is None:
            known = ", ".join(("seconds", *_COUNTED))
            wrong = f"is no constant; there are {known}, and any other number is a fact with its source"
            yield ("constants", name), wrong
            continue
        elif isinstance(entries := given.get(counted[0]), (list, tuple)):
            wanted, what = len(entries), counted[1]
        else:
            continue  # said already, by the list
        if str(value).isdecimal() and len(str(value)) <= _LONGEST_COUNT and int(value) != wanted:
            yield ("constants", name), f"is {int(value)}, but {what} {wanted}; write {wanted}"
