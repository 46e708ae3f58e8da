"""The values a page template is given: finished strings and addresses, so the template computes nothing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PageFile:
    """One file to download. `href` is None when a check refused it."""

    id: str
    label: str
    href: str | None
    name: str
    sizes: list[str]


@dataclass(frozen=True)
class PagePicture:
    """A visual: its thumbnail (None when there is none to show) and its files."""

    title: str
    short: str
    full: str
    thumbnail: str | None
    width: int
    height: int
    files: list[PageFile]


@dataclass(frozen=True)
class Shelf:
    """Pictures of one format side by side. `shape` chooses the width of the columns."""

    title: str
    size: str
    shape: str
    platforms: str
    pictures: list[PagePicture]


@dataclass(frozen=True)
class PageClip:
    """A clip with what makes it accessible; only the files are left when it was refused."""

    title: str
    size: str
    short: str
    video: str | None
    poster: str | None
    captions: str | None
    width: int
    height: int
    files: list[PageFile]
    transcript: list[str]


@dataclass(frozen=True)
class PagePost:
    """A text to copy. `text` is None when a check refused it."""

    id: str
    title: str
    text: str | None
    count: str
    alt: str | None
    picture: PageFile | None


@dataclass(frozen=True)
class ToolLink:
    """A vital tool as a link. `spoken` is how a screen reader should say a number that it would
    otherwise read as thousands.
    """

    href: str | None
    head: str
    tail: str
    beside: str | None
    is_address: bool
    spoken: str | None
    purpose: str
    icon: str


@dataclass(frozen=True)
class ToolGroup:
    """One of the two groups: told apart by word, shape and pictogram, never by colour alone."""

    label: str
    emergency: bool
    icon: str
    tools: list[ToolLink]


@dataclass(frozen=True)
class FactRow:
    """A fact with its proof."""

    id: str
    value: str
    source: str | None
    source_name: str
    source_date: str
    verified_on: str | None


@dataclass(frozen=True)
class PrintShelf:
    """Print pieces of one format. `files` of each piece: the printer's first, then the screen's."""

    title: str
    size: str
    pieces: list[tuple[str, list[PageFile]]]


@dataclass(frozen=True)
class SchemeEntry:
    """One scheme of the directory. `href` is None where there is nothing to dial or open."""

    href: str | None
    shown: str
    spoken: str | None
    ltr: bool
    name: str
    purpose: str
    source: str
