"""Artifacts, findings and the manifest: all that publishing knows of a build.

Keys and ids are a contract: other people's programs read them, so none is renamed or dropped.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any, Literal

from pydantic import AliasChoices, ConfigDict, Field

from kit.model.base import Model
from kit.model.ids import ArtifactId
from kit.tables.kit_files import Kind, Role

BoxRole = Literal["number", "headline", "body", "hashtag", "date", "logo", "qr", "captions", "ticks"]


class Box(Model):
    """One text block as it was laid out: ink bounds from the top left, origin of every test.

    All lengths, `size` of the font included, are in the artifact's `unit`. In the manifest `size` is
    called `size_px`, in prints too: the key is a contract. `font` is the family and weight it was set
    in, so that each character can be looked up in that very font's cmap. `from_s`/`to_s` say when it
    stands in a clip.
    """

    model_config = ConfigDict(serialize_by_alias=True)

    role: BoxRole
    text: str
    x: float
    y: float
    w: float
    h: float
    size: float = Field(validation_alias=AliasChoices("size", "size_px"), serialization_alias="size_px")
    font: str | None = None
    page: int | None = None
    from_s: float | None = None
    to_s: float | None = None

    @property
    def is_drawn_logo(self) -> bool:
        """Whether a logo stands here as a picture, its name being the text; a name that is set has a font."""
        return self.role == "logo" and self.font is None


class Alt(Model):
    """Alternative text. `short` ≤ 120 characters, `full` ≤ 1,000 and holds all text shown."""

    short: str
    full: str


PARAGRAPH = "\n\n"
"""Between the paragraphs of a post: its `text`, joined by this, is the post to the last character."""


def is_video_type(media_type: str) -> bool:
    """Whether files of this media type are films."""
    return media_type.startswith("video/")


class Artifact(Model):
    """One file of the kit, as the manifest lists it.

    `of` names the master that this file is a copy of. `photo` is how much of the page its photo
    takes, as a share of the height (of the width where it is a column), 0 where it was left out.
    `digest` is the hash of all inputs: an equal digest means the same file would be made again.
    """

    id: str
    kind: Kind
    piece: str | None = None
    language: str
    direction: Literal["ltr", "rtl"]
    format: str | None = None
    platforms: tuple[str, ...] = ()
    of: str | None = None
    path: str
    media_type: str
    bytes: int
    sha256: str
    width: int | None = None
    height: int | None = None
    duration_s: float | None = None
    fps: float | None = None
    alt: Alt | None = None
    photo: float | None = None
    text: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    boxes: tuple[Box, ...] = ()
    digest: str

    @property
    def identity(self) -> ArtifactId | None:
        """Its id, taken apart; None for a file of the whole kit: a page, an archive, a report."""
        try:
            return ArtifactId.parse(self.id)
        except ValueError:
            return None

    @property
    def role(self) -> Role:
        """What the file is for."""
        return self.identity.role if self.identity else Role.MASTER

    @property
    def unit(self) -> Literal["px", "mm"]:
        """What its boxes are measured in: mm from the trimmed edge on paper, px elsewhere."""
        return "mm" if self.media_type == "application/pdf" else "px"

    @property
    def is_variant(self) -> bool:
        """Whether it is of an account's own words: for that account, not for partners."""
        return self.identity is not None and self.identity.is_variant

    @property
    def is_video(self) -> bool:
        """Whether it is a film: a clip or a loop, not the animated picture of a loop."""
        return is_video_type(self.media_type)

    def entry(self) -> dict[str, Any]:
        """The manifest entry: keys that do not apply are left out, the lists always stand."""
        return self.model_dump(mode="json", exclude_none=True)


class Level(StrEnum):
    """How bad. SKIP outranks PASS in a report: a check that did not run is a blind spot."""

    FAIL = "FAIL"
    WARN = "WARN"
    SKIP = "SKIP"
    PASS = "PASS"


class Finding(Model):
    """What one check has to say about one artifact (or about the campaign, `artifact` None).

    `code` is stable and is what tests and people search for; the sentence may improve freely.
    """

    level: Level
    code: str
    artifact: str | None = None
    message: str
    measured: str = ""
    limit: str = ""
    fix: str = ""

    def __str__(self) -> str:
        parts = [
            self.message,
            f"measured {self.measured}" if self.measured else "",
            f"limit {self.limit}" if self.limit else "",
            f"fix: {self.fix}" if self.fix else "",
        ]
        where = f" [{self.artifact}]" if self.artifact else ""
        return f"{self.level} {self.code}: {', '.join(part for part in parts if part)}{where}"


class Report(Model):
    """All findings of a run. PASS is counted, not listed."""

    findings: tuple[Finding, ...] = ()
    passed: int = 0

    @property
    def failed(self) -> frozenset[str]:
        """Ids of the artifacts that must not be handed out or published."""
        return frozenset(f.artifact for f in self.findings if f.level is Level.FAIL and f.artifact)

    @property
    def has_failures(self) -> bool:
        """Whether anything at all failed, the campaign itself included."""
        return any(f.level is Level.FAIL for f in self.findings)

    def count(self, level: Level) -> int:
        """How many findings of that level."""
        return self.passed if level is Level.PASS else sum(f.level is level for f in self.findings)

    def plus(self, other: Report) -> Report:
        """Both reports as one."""
        return Report(findings=self.findings + other.findings, passed=self.passed + other.passed)


class ManifestFact(Model):
    """A fact as the manifest carries it, so that `recall` works on a kit without its YAML."""

    id: str
    value: str
    verified_on: date | None
    source_url: str | None
    source_date: str | None
    status: str


class ReviewState(Model):
    """Whether a person has signed a language."""

    state: str
    by: str | None
    on: date | None


class Manifest(Model):
    """`manifest.json`, version 1: the build ends here, publishing starts here."""

    manifest: Literal[1] = 1
    slug: str
    title: str
    hashtag: str
    edition: int
    kit_version: str
    built_for: date
    languages: tuple[str, ...]
    reviews: dict[str, ReviewState]
    facts: tuple[ManifestFact, ...]
    artifacts: tuple[Artifact, ...]
    findings: tuple[dict[str, str | None], ...] = Field(default=())

    @property
    def failed(self) -> dict[str, str]:
        """The artifacts that failed a check, each with the first finding that says why."""
        return {
            str(f["artifact"]): str(f["message"])
            for f in reversed(self.findings)
            if f.get("level") == "FAIL" and f.get("artifact")
        }

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready, artifacts by id."""
        body = self.model_dump(mode="json", exclude={"artifacts"})
        body["artifacts"] = [a.entry() for a in sorted(self.artifacts, key=lambda a: a.id)]
        return body
