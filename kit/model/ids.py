"""Identity of the kit's files: the only module that builds ids and paths, and the only one that takes them apart.

The id of a file is its path without root and extension, and a suffix where it is a copy:
`visual/fr/story/overview` and `….jpg`, `clip/fr/story/main` and `….vtt`. Ids and paths are a
contract: other people's programs look files up by them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Self, cast, get_args

from kit.tables.kit_files import FOLDERS, FileRow, Kind, PieceFamily, Role, file_rows
from kit.tables.languages import LANGUAGES

_HTML = "text/html; charset=utf-8"


@cache
def _row_of(family: PieceFamily, format_id: str, suffix: str) -> FileRow | None:
    """Kept: ten thousand posts ask for the same few rows."""
    return next((row for row in file_rows(family, format_id) if row.suffix == suffix), None)


@dataclass(frozen=True)
class ArtifactId:
    """The identity of one file of a piece: `clip/fr/story/main.vtt`.

    `format` is the shape of a clip and the platform of a post. `suffix` is empty for the master.
    `slot` and `account` say whose own words a post is in; both are empty for the common words.
    Raises ValueError where there is no such file.
    """

    family: PieceFamily
    language: str
    format: str
    piece: str
    suffix: str = ""
    slot: str = ""
    account: str = ""

    def __post_init__(self) -> None:
        if (
            self._row() is None
            or (self.slot and self.family != "post")
            or bool(self.slot) != bool(self.account)
        ):
            raise ValueError(f"{self} is no file of a piece")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The identity that is written like this. Raises ValueError for any other text."""
        parts = text.split("/")
        if len(parts) != 4 or parts[0] not in get_args(PieceFamily):
            raise ValueError(f"{text} is not the id of a file of a piece")
        family, language, format_id, last = parts
        piece, *rest = last.split(".")
        suffix = rest.pop() if len(rest) % 2 else ""
        slot, account = rest if len(rest) == 2 else ("", "")
        found = cls(cast(PieceFamily, family), language, format_id, piece, suffix, slot, account)
        if str(found) != text:
            raise ValueError(f"{text} is not the id of a file of a piece")
        return found

    def __str__(self) -> str:
        return ".".join(
            filter(None, (f"{self.family}/{self.language}/{self.format}/{self._name}", self.suffix))
        )

    @property
    def _name(self) -> str:
        """The piece, with slot and account where a post is in an account's own words."""
        return ".".join(filter(None, (self.piece, self.slot, self.account)))

    def _row(self) -> FileRow | None:
        return _row_of(self.family, self.format, self.suffix)

    @property
    def row(self) -> FileRow:
        """The row of the table of files."""
        row = self._row()
        assert row is not None, "refused when it was made"
        return row

    @property
    def is_variant(self) -> bool:
        """Whether it is of an account's own words, or the alternative text beside them."""
        return bool(self.slot)

    @property
    def role(self) -> Role:
        """What the file is for."""
        return Role.VARIANT if self.is_variant and not self.suffix else self.row.role

    @property
    def path(self) -> str:
        """Where the file lies in the output folder."""
        folder = FOLDERS[self.family].format(language=self.language, format=self.format, name=self._name)
        return f"{folder}.{self.row.ending}"

    @property
    def captions_name(self) -> str | None:
        """`main-x.fr_FR.srt`, the one kind of name under which Facebook takes SubRip (error 385: restfb, issue 753).

        None for other files. Two codes of one language (fr, fr-falc) keep apart before the full stop.
        """
        if self.row.media_type != "application/x-subrip":
            return None
        row = LANGUAGES[self.language]
        own = "" if row.code == row.primary_subtag else f"-{row.code}"
        return f"{self._name}-{self.format}{own}.{'_'.join(row.locale)}.{self.row.ending}"

    @property
    def original(self) -> ArtifactId | None:
        """What it is a copy of: the master, or the common words of an account's own. None for an original."""
        if self.suffix:
            return replace(self, suffix="")
        return replace(self, slot="", account="") if self.is_variant else None

    def copy(self, suffix: str) -> ArtifactId:
        """Another file of the same piece, by its suffix."""
        return replace(self, suffix=suffix)

    def variant(self, slot: str, account: str) -> ArtifactId:
        """The post in the words that an account has of its own for a slot of the schedule."""
        return replace(self, slot=slot, account=account)

    def fields(self) -> dict[str, Any]:
        """What the manifest says of the file by its identity alone."""
        return {
            **_common(str(self), self.path, self.row.kind, self.language, self.row.media_type),
            "piece": self.piece,
            "format": self.format,
            "of": str(self.original) if self.original else None,
        }


@dataclass(frozen=True)
class KitFile:
    """The identity of a file of the whole kit: a page, an archive, a report, a plan of posts."""

    id: str
    path: str
    kind: Kind
    language: str
    media_type: str

    def fields(self) -> dict[str, Any]:
        """What the manifest says of the file by its identity alone."""
        return _common(self.id, self.path, self.kind, self.language, self.media_type)


def page_path(language: str | None = None) -> str:
    """The page of a language; without one the root page."""
    return f"{language}/index.html" if language else "index.html"


def page_file(path: str, language: str) -> KitFile:
    """A page, by its path, in the language that it is written in."""
    return KitFile(f"page/{path.removesuffix('.html')}", path, "page", language, _HTML)


def archive_file(slug: str, language: str, *, draft: bool) -> KitFile:
    """The archive of a language; `draft` where nobody has signed its texts."""
    name = f"{slug}-{language}{'-draft' if draft else ''}"
    return KitFile(f"bundle/{language}/{name}", f"bundles/{name}.zip", "bundle", language, "application/zip")


def report_files(language: str) -> tuple[KitFile, KitFile]:
    """The findings, for a program and for a person with a browser."""
    return (
        KitFile("report/report", "report/report.json", "report", language, "application/json"),
        KitFile("report/index", "report/index.html", "report", language, _HTML),
    )


def plan_files(language: str) -> tuple[KitFile, KitFile]:
    """Every post of the kit, and the calendar of those that the schedule names."""
    return (
        KitFile("posts/plan", "posts/plan.json", "plan", language, "application/json"),
        KitFile("posts/plan.calendar", "posts/plan.ics", "plan", language, "text/calendar; charset=utf-8"),
    )


def loop_piece(board: str, tool: str) -> str:
    """The piece that the loop of a tool is: a storyboard of loops is turned once for each."""
    return f"{board}-{tool}"


def tool_of_loop(piece: str, tools: Iterable[str]) -> str | None:
    """The tool of a loop's piece, of those of the campaign; None where it is none of theirs."""
    return next((tool for tool in tools if piece.endswith(f"-{tool}")), None)


def board_of_loop(piece: str, tool: str) -> str:
    """The storyboard that a loop's piece was turned from."""
    return piece.removesuffix(f"-{tool}")


def _common(name: str, path: str, kind: Kind, language: str, media_type: str) -> dict[str, Any]:
    return {
        "id": name,
        "path": path,
        "kind": kind,
        "language": language,
        "direction": LANGUAGES[language].direction,
        "media_type": media_type,
    }


def post_id(language: str, platform: str, piece: str, slot: str = "", account: str = "") -> str:
    """The id of a post's text as a string: `str(ArtifactId(…))`, but asked for ten thousand posts in a quarter of the time."""
    common = _common_post_id(language, platform, piece)
    return f"{common}.{slot}.{account}" if slot else common


@cache
def _common_post_id(language: str, platform: str, piece: str) -> str:
    return str(ArtifactId("post", language, platform, piece))
