"""The campaign: one frozen value that holds everything `campaign.yaml` and its neighbours say."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AnyUrl, Field, PositiveInt, StringConstraints, model_validator

from kit.model.base import FilePath, Line, Model, Slug
from kit.model.facts import Fact, Group, Territory, Tool
from kit.model.texts import LanguageTexts
from kit.tables.platforms import PLATFORMS

_Hashtag = Annotated[str, StringConstraints(pattern=r"^#[^\W\d_]\w{0,59}$")]


class Emitter(Model):
    """Who sends the kit. The law wants an emitter named; without one nothing is published."""

    name: Line
    url: AnyUrl | None = None
    logo: FilePath | None = None
    printer: Line | None = None


class Brand(Model):
    """`theme` names a file of `templates/themes`: a palette and fonts, never Python."""

    theme: Slug = "nuit"


class Piece(Model):
    """One picture idea, drawn in many formats. `lit` of the 25 ticks are lit: its place in the story."""

    id: Slug
    layout: Literal["overview", "tool", "witness"]
    tools: tuple[Line, ...] = Field(min_length=1)
    lit: Annotated[int, Field(ge=0, le=25)]
    formats: tuple[Line, ...] | None = None

    @model_validator(mode="after")
    def _one_tool(self) -> Self:
        if self.layout == "tool" and len(self.tools) != 1:
            raise ValueError("layout: tool shows exactly one tool")
        return self


class Clips(Model):
    """Which clips are rendered: a storyboard of `templates/clips`, in these shapes and languages."""

    languages: tuple[Line, ...] = ()
    formats: tuple[Line, ...] = ("story",)
    storyboards: tuple[Slug, ...] = ("main",)


class Posts(Model):
    """Which platforms get a text for each piece."""

    platforms: tuple[Line, ...] = tuple(sorted(PLATFORMS))
    pieces: tuple[Slug, ...] | None = None


class Campaign(Model):
    """The whole description, after short forms were written out.

    `constants` are the only numbers besides facts that texts may show (25 seconds, 4 tools).
    """

    campaign: Literal[1]
    slug: Slug
    title: Line
    hashtag: _Hashtag
    edition: Annotated[int, Field(ge=2017, le=2100)]
    day: date
    use_until: date
    territory: tuple[Territory, ...] = ("metropole", "drom")
    emitter: Emitter | None
    exit_url: AnyUrl
    constants: dict[str, PositiveInt]
    brand: Brand = Brand()
    groups: tuple[Group, ...] = Field(min_length=1)
    tools: tuple[Tool, ...] = Field(min_length=1)
    languages: tuple[Line, ...] = Field(min_length=1)
    formats: tuple[Line, ...] = Field(min_length=1)
    pieces: tuple[Piece, ...] = Field(min_length=1)
    clips: Clips = Clips()
    posts: Posts = Posts()
    texts: dict[str, LanguageTexts]

    @model_validator(mode="after")
    def _day_is_in_the_edition(self) -> Self:
        if self.day.year != self.edition:
            raise ValueError(f"day: {self.day} is not in edition {self.edition}")
        if self.use_until < self.day:
            raise ValueError(f"use_until: {self.use_until} is before the day, {self.day}")
        return self

    @property
    def facts(self) -> dict[str, Fact]:
        """Every fact by id, in the order of the file."""
        return {fact.id: fact for tool in self.tools for fact in tool.facts.values()}

    def tool(self, tool_id: str) -> Tool:
        """The tool of that id; the loader has made sure that it exists."""
        return next(tool for tool in self.tools if tool.id == tool_id)

    def group(self, group_id: str) -> Group:
        """The group of that id; the loader has made sure that it exists."""
        return next(group for group in self.groups if group.id == group_id)


