"""What a PDF holds, as frozen values: pages, fonts, inks, pictures and tags."""

from __future__ import annotations

from dataclasses import dataclass


class NotAPdf(ValueError):
    """The file is no PDF, or a broken, encrypted or far too large one; the message says which."""


@dataclass(frozen=True)
class BoxMm:
    """A page box in mm, `x` and `y` from the origin of the page, at the lower left."""

    x: float
    y: float
    w: float
    h: float


@dataclass(frozen=True)
class Page:
    """One page. A box that the page does not name is None, though readers then assume another.

    `untagged` counts what is painted outside tags and artifacts; `tab_order` is "S" where links
    are reached in the order of the tags.
    """

    media: BoxMm
    crop: BoxMm | None
    bleed: BoxMm | None
    trim: BoxMm | None
    rotation: int
    tab_order: str | None
    untagged: int
    links: tuple[str, ...]


@dataclass(frozen=True, order=True)
class Font:
    """One font a page may use. A Type 3 font carries its drawings with it."""

    name: str
    embedded: bool


@dataclass(frozen=True, order=True)
class CmykColour:
    """One CMYK colour that something is painted with, in percent. `in_text`: type is set in it."""

    c: float
    m: float
    y: float
    k: float
    in_text: bool

    @property
    def coverage(self) -> float:
        """Sum of the four inks in percent."""
        return self.c + self.m + self.y + self.k


@dataclass(frozen=True)
class EmbeddedImage:
    """One image. Coverage in percent: of the worst pixel, and of the worst block of 8 × 8.

    Why both: JPEG overshoots at edges (an edge at 279 % has pixels of 302 % at quality 90,
    measured), but ink dries by area, 0.7 mm at 300 ppi. None where it is no CMYK.
    """

    colour: str
    width: int
    height: int
    max_coverage: float | None = None
    area_coverage: float | None = None


@dataclass(frozen=True)
class Tags:
    """What a screen reader needs. `title` is that of the XMP packet, which PDF/UA asks for.

    `roles` counts the elements of the tree by standard role; a figure needs Alt or ActualText.
    """

    has_tree: bool
    marked: bool
    language: str | None
    title: str | None
    title_shown: bool
    ua_part: str | None
    roles: tuple[tuple[str, int], ...]
    figures_without_alt: int


@dataclass(frozen=True)
class PdfFacts:
    """One PDF. `colours` are names like DeviceCMYK, ICCBased-3 or Separation(DeviceCMYK).

    `unmeasured` names what is painted in CMYK but whose inks could not be read.
    """

    pages: tuple[Page, ...]
    fonts: tuple[Font, ...]
    colours: frozenset[str]
    cmyk_colours: tuple[CmykColour, ...]
    images: tuple[EmbeddedImage, ...]
    unmeasured: tuple[str, ...]
    tags: Tags
