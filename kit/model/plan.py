"""Jobs: what is to be made, with every string already resolved.

A job holds exactly what its files show and no more. That is what makes "touch one word, redraw
only what shows it" true: the digest of a job is the hash of these fields.
"""

from __future__ import annotations

from typing import Literal

from kit.model.base import Model
from kit.model.storyboard import Motion
from kit.tables.formats import FORMATS, Format


class Theme(Model):
    """A palette and fonts, from `templates/themes/*.yaml`. Colours are `#RRGGBB`."""

    id: str
    ink: str
    paper: str
    accent: str
    accent_text: str
    field: str
    field_ink: str
    quiet: str
    display_family: str
    display_weight: int
    text_family: str
    text_weight: int
    text_bold_weight: int


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


class Job(Model):
    """One thing to make. `id` is the master artifact's id; `facts` and `links` are what it shows."""

    id: str
    piece: str
    language: str
    format: str
    facts: tuple[str, ...]
    links: tuple[str, ...]


class VisualJob(Job):
    """A still: PNG master and upload JPEG, one layout in one format and language."""

    kind: Literal["visual"] = "visual"
    layout: Literal["overview", "tool", "witness"]
    theme: Theme
    tools: tuple[ToolView, ...]
    headline: str
    body: str | None
    aside: str | None
    hashtag: str
    day: str
    sources: str | None
    rights: str
    lit: int
    alt_short: str

    @property
    def screen(self) -> Format:
        """The row of the format table."""
        return FORMATS[self.format]


class ClipScene(Model):
    """One scene of a clip: when it stands, and the strings it shows.

    `caption` is what sidecars and a voice say; the on-screen text is that same sentence.
    """

    id: str
    layout: Literal["hook", "tool", "end"]
    from_s: float
    to_s: float
    tool: ToolView | None
    line: str
    caption: str
    enter: Motion | None = None
    leave: Motion | None = None


class ClipJob(Job):
    """A clip and its accessibility set: mp4, srt, vtt, transcript, poster."""

    kind: Literal["clip"] = "clip"
    theme: Theme
    duration_s: float
    fps: int
    poster_s: float
    scenes: tuple[ClipScene, ...]
    tools: tuple[ToolView, ...]
    hashtag: str
    day: str
    sources: str
    rights: str
    alt_short: str
    silent: bool = False
    preset: Literal["veryfast", "medium"] = "veryfast"

    @property
    def screen(self) -> Format:
        """The row of the format table."""
        return FORMATS[self.format]


class PostJob(Job):
    """The text of one post for one platform, and the alt text of its picture.

    `fields` is what the jinja2 template may use; `media` are artifact ids.
    """

    kind: Literal["post"] = "post"
    platform: str
    fields: dict[str, str]
    media: tuple[str, ...]
    alt_short: str


class Plan(Model):
    """Everything a build makes, in the order it is made: visuals first, clips last."""

    visuals: tuple[VisualJob, ...] = ()
    posts: tuple[PostJob, ...] = ()
    clips: tuple[ClipJob, ...] = ()

    @property
    def jobs(self) -> tuple[Job, ...]:
        """All jobs in build order."""
        return (*self.visuals, *self.posts, *self.clips)
