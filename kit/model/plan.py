"""Jobs: what is to be made, with every string already final.

A job holds exactly what its files show and no more. That is what makes "touch one word, redraw
only what shows it" true: the digest of a job is the hash of these fields.
"""

from __future__ import annotations

from typing import Literal

from kit.model.base import Model
from kit.model.ids import ArtifactId
from kit.model.storyboard import Motion
from kit.tables.clips import CLIPS, ClipFormat
from kit.tables.formats import FORMATS, Format
from kit.tables.prints import PRINTS, PrintFormat

Preset = Literal["veryfast", "medium"]
"""How much time x264 takes for a clip; `medium` is for the release."""


class ResolvedTheme(Model):
    """A theme for one language: its palette and the fonts of its script, from `templates/themes/*.yaml`. Colours are `#RRGGBB`.

    `display` and `text` are font lists: where the first lacks a character the next is taken.
    `inks` are the same colours for print, in per cent of C, M, Y and K.
    """

    id: str
    ink: str
    paper: str
    accent: str
    accent_text: str
    field: str
    field_ink: str
    quiet: str
    inks: dict[str, tuple[float, float, float, float]]
    number_family: str
    address_family: str
    address_weight: int
    display: tuple[str, ...]
    display_weight: int
    text: tuple[str, ...]
    text_weight: int
    text_bold_weight: int

    @property
    def faces(self) -> frozenset[tuple[str, int]]:
        """Every family and weight that is set with it."""
        return frozenset(
            [(self.number_family, self.display_weight), (self.address_family, self.address_weight)]
            + [(family, self.display_weight) for family in self.display]
            + [(f, w) for f in self.text for w in (self.text_weight, self.text_bold_weight)]
        )


class ToolView(Model):
    """A tool as a piece shows it: strings of one language, facts already written out."""

    id: str
    number: str
    is_address: bool
    beside: str | None
    name: str
    purpose: str
    group: str
    group_label: str
    emergency: bool
    pictogram: str


class SchemeView(Model):
    """An entry of the directory. `shown` is its number, its address or a word such as "En pharmacie"."""

    id: str
    shown: str
    is_address: bool
    is_word: bool
    name: str
    purpose: str
    source: str


class Mark(Model):
    """Who sends the kit, or a partner: a name, and a logo that takes the name's place where there is one."""

    name: str
    logo: str | None = None


class PhotoView(Model):
    """A photo of a piece, by its path in the campaign folder."""

    file: str
    focus: tuple[float, float]


class Job(Model):
    """One thing to make. `id` is the master artifact's id; `facts` and `links` are what it shows."""

    id: str
    piece: str
    language: str
    format: str
    facts: tuple[str, ...]
    links: tuple[str, ...]

    @property
    def identity(self) -> ArtifactId:
        """The master's id, taken apart. Raises ValueError where it is none."""
        return ArtifactId.parse(self.id)


class Composition(Job):
    """What stills and print pieces have in common: one layout with its strings."""

    layout: Literal["overview", "tool", "witness", "directory"]
    theme: ResolvedTheme
    tools: tuple[ToolView, ...]
    schemes: tuple[SchemeView, ...] = ()
    headline: str
    body: str | None
    aside: str | None
    hashtag: str
    day: str
    sources: str | None
    rights: str
    marks: tuple[Mark, ...] = ()
    photo: PhotoView | None = None
    lit: int
    alt_short: str

    @property
    def own_files(self) -> tuple[str, ...]:
        """Other people's files that the layout shows, by their path in the campaign folder."""
        return (*(mark.logo for mark in self.marks if mark.logo), *([self.photo.file] if self.photo else []))


class VisualJob(Composition):
    """A still: PNG master, upload JPEG and a small WebP for the page."""

    kind: Literal["visual"] = "visual"

    @property
    def screen(self) -> Format:
        """The row of the format table."""
        return FORMATS[self.format]


class PrintJob(Composition):
    """A print piece: a PDF for the printer, in CMYK with bleed and marks, and a tagged one for the screen.

    `cover` is the neutral first page of a card; `legal` the printer and the line on litter;
    `code_to` the official address of the QR code with the address that stands beside it in print.
    """

    kind: Literal["print"] = "print"
    title: str
    cover: str | None
    legal: str | None
    code_to: tuple[str, str] | None = None

    @property
    def paper(self) -> PrintFormat:
        """The row of the print table."""
        return PRINTS[self.format]


class ReceiptJob(Composition):
    """The till receipt: a 1-bit picture, and the same as plain text of 32 columns.

    `notes` are the sources line in pieces that each fit a till's line: no date is broken.
    """

    kind: Literal["receipt"] = "receipt"
    notes: tuple[str, ...]


class ClipScene(Model):
    """One scene of a clip: when it stands, and the strings it shows.

    `caption` is what sidecars and a voice say; the on-screen text is that same sentence.
    `described` is what is seen, for those who cannot see it.
    """

    id: str
    layout: Literal["hook", "tool", "end"]
    from_s: float
    to_s: float
    tool: ToolView | None
    line: str
    caption: str
    described: tuple[str, ...] = ()
    enter: Motion | None = None
    leave: Motion | None = None


class ClipJob(Job):
    """A clip and its accessibility set: mp4, srt, vtt, transcript, poster.

    A `loop` is silent and also comes as animated pictures. `signer` says that there is a film of an
    interpreter: the layout then keeps their place free.
    """

    kind: Literal["clip"] = "clip"
    theme: ResolvedTheme
    loop: bool = False
    duration_s: float
    fps: int
    poster_s: float
    tick_s: float = 1.0
    scenes: tuple[ClipScene, ...]
    tools: tuple[ToolView, ...]
    hashtag: str
    day: str
    sources: str
    rights: str
    alt_short: str
    description_title: str = ""
    silent: bool = False
    signer: bool = False
    preset: Preset = "veryfast"

    @property
    def screen(self) -> ClipFormat:
        """The row of the clip format table."""
        return CLIPS[self.format]


class SoundJob(Job):
    """A finished clip with another sound: `ebu` for broadcast and screens, `silent` without a track.

    `of` is the clip; its pictures are copied as they are, not encoded again.
    """

    kind: Literal["sound"] = "sound"
    of: str
    role: Literal["ebu", "silent"]
    duration_s: float


class PostJob(Job):
    """The text of one post for one platform, and the alt text of its picture.

    `fields` is what the jinja2 template may use; `media` are artifact ids. `of` names the common
    post of the piece where an account of the schedule has its own words.
    """

    kind: Literal["post"] = "post"
    of: str | None = None
    platform: str
    fields: dict[str, str]
    media: tuple[str, ...]
    alt_short: str


class Plan(Model):
    """Everything a build makes, in the order it is made: visuals first, clips last."""

    visuals: tuple[VisualJob, ...] = ()
    prints: tuple[PrintJob, ...] = ()
    receipts: tuple[ReceiptJob, ...] = ()
    posts: tuple[PostJob, ...] = ()
    clips: tuple[ClipJob, ...] = ()
    sounds: tuple[SoundJob, ...] = ()

    @property
    def jobs(self) -> tuple[Job, ...]:
        """All jobs in build order."""
        return (*self.visuals, *self.prints, *self.receipts, *self.posts, *self.clips, *self.sounds)
