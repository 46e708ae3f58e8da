"""One page's place and language, with what each of its parts asks: words, addresses, files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, TypeVar
from urllib.parse import quote

from kit.model.artifact import Artifact
from kit.model.campaign import Campaign
from kit.model.texts import LanguageTexts
from kit.page.parts import PageFile
from kit.resources import Resources
from kit.tables.clips import CLIPS
from kit.tables.kit_files import Role
from kit.tables.languages import LANGUAGES, Language
from kit.text.references import write
from kit.text.typography import NBSP, apply_typography

T = TypeVar("T")

CARRIED = ("visual", "print", "clip", "loop", "captions", "transcript", "poster", "post", "data")
"""Kinds that the page offers; the others are reports, or the page and the archives themselves."""
_SOUNDS = {Role.EBU: "MP4 EBU R128", Role.SILENT: "MP4 silent"}


@dataclass(frozen=True)
class PageContext:
    """One page's place in the folder and its language.

    `own` are the pieces of this language that a page offers, `withheld` the ids that it links to
    nowhere, `posted` the contents of posts and transcripts by artifact id.
    """

    campaign: Campaign
    language: str
    path: str
    own: tuple[Artifact, ...]
    withheld: frozenset[str]
    posted: Mapping[str, str]
    resources: Resources

    @property
    def row(self) -> Language:
        """The row of the language table."""
        return LANGUAGES[self.language]

    @property
    def texts(self) -> LanguageTexts:
        """The campaign's texts in this language, as they were typed."""
        return self.campaign.texts[self.language]

    @property
    def format_names(self) -> dict[str, str]:
        """The names of formats for people, finished; a format without one is not in it."""
        return {name: self.write(text) for name, text in self.texts.page.formats.items()}

    def write(self, text: str) -> str:
        """A finished text of this page's language."""
        return write(self.campaign, self.language, text).text

    def set(self, text: str) -> str:
        """A text that refers to nothing (a value, a name): only set by the language's typography."""
        return apply_typography(text, self.row)

    def words(self) -> dict[str, Any]:
        """All words of the page, finished."""
        raw = self.texts.page.model_dump()
        return {name: _each(self.write, value) for name, value in raw.items()}

    def href(self, path: str) -> str:
        """A file of the kit, relative to this page, so that it opens from a disk as from a server."""
        up = "../" * (len(PurePosixPath(self.path).parts) - 1)
        return up + quote(path)

    def by_path(self) -> list[Artifact]:
        """The pieces of this language, by path."""
        return sorted(self.own, key=lambda a: a.path)

    def masters(self, kind: str) -> list[Artifact]:
        """Originals of a kind, by format and piece in the campaign's order."""
        formats, pieces = list(self.campaign.formats), [piece.id for piece in self.campaign.pieces]
        if kind in ("clip", "loop"):
            formats = list(CLIPS)
        found = [a for a in self.own if a.kind == kind and a.of is None]
        return sorted(found, key=lambda a: (place(formats, a.format), place(pieces, a.piece), a.id))

    def copies(self, master: Artifact) -> list[Artifact]:
        """What was made from an original."""
        return [a for a in self.own if a.of == master.id]

    def title_of(self, artifact: Artifact) -> str:
        """The headline of a piece; a clip, which has none, goes by its short alternative text."""
        words = self.texts
        if artifact.piece in words.pieces:
            return self.write(words.pieces[artifact.piece].headline)
        if (artifact.piece or "").startswith("directory"):
            return self.write(words.directory.headline)
        return artifact.alt.short if artifact.alt else (artifact.piece or artifact.id)

    def file(self, artifact: Artifact) -> PageFile:
        """A download, or the mention that there is none."""
        sizes = [
            f"{artifact.width}{NBSP}×{NBSP}{artifact.height}" if artifact.width else "",
            f"{artifact.duration_s:g}{NBSP}s" if artifact.duration_s else "",
            self._size(artifact.bytes),
        ]
        path = PurePosixPath(artifact.path)
        suffix = path.suffix.removeprefix(".").upper()
        return PageFile(
            id=artifact.id,
            label=_SOUNDS.get(artifact.role) or {"JPG": "JPEG"}.get(suffix, suffix),
            href=None if artifact.id in self.withheld else self.href(artifact.path),
            name=path.name if artifact.format is None else _file_name(artifact),
            sizes=[size for size in sizes if size],
        )

    def _size(self, count: int) -> str:
        """A size for people: whole thousands, above a million whole millions."""
        small, large = map(self.write, self.texts.page.size_units)
        if count < 999_500:
            return f"{max(1, round(count / 1000))}{NBSP}{small}"
        return f"{round(count / 1_000_000)}{NBSP}{large}"


def place(order: Sequence[str], name: str | None) -> int:
    """The place of a name in an order; after all of them where it is not one of them."""
    return order.index(name) if name in order else len(order)


def grouped(items: Iterable[T], key: Callable[[T], str]) -> list[tuple[str, list[T]]]:
    """Items by key, keys in order of first appearance."""
    groups: dict[str, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return list(groups.items())


def _each(write_text: Callable[[str], str], value: Any) -> Any:
    if isinstance(value, str):
        return write_text(value)
    if isinstance(value, dict):
        return {key: _each(write_text, item) for key, item in value.items()}
    return [_each(write_text, item) for item in value]


def _file_name(artifact: Artifact) -> str:
    """A name that still says what it is in a folder of downloads: every format has an `overview`."""
    assert artifact.identity is not None, "only files of pieces are offered"
    name = f"{artifact.piece}-{artifact.format}-{artifact.language}.{artifact.identity.row.ending}"
    return artifact.identity.captions_name or name
