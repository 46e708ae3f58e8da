"""Every file that a piece comes as: how its id and its path end, and what it is for. Ids and paths are a contract."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from kit.tables.prints import RECEIPT

Kind = Literal[
    "visual", "print", "clip", "captions", "transcript", "poster", "post",
    "bundle", "page", "report", "plan", "loop", "data",
]  # fmt: skip
PieceFamily = Literal["visual", "print", "clip", "post"]


class Role(StrEnum):
    """What a file is for. A `variant` is a post in an account's own words."""

    MASTER = "master"
    UPLOAD = "upload"
    THUMBNAIL = "thumbnail"
    SCREEN = "screen"
    PLAIN_TEXT = "plain-text"
    EBU = "ebu"
    SILENT = "silent"
    ANIMATION = "animation"
    CAPTIONS = "captions"
    TRANSCRIPT = "transcript"
    DESCRIPTION = "description"
    POSTER = "poster"
    ALT = "alt"
    VARIANT = "variant"


@dataclass(frozen=True)
class FileRow:
    """One file of a piece. `suffix` ends the id and is empty for the master, `ending` ends the path."""

    suffix: str
    ending: str
    role: Role
    kind: Kind
    media_type: str


_PLAIN = "text/plain; charset=utf-8"
FOLDERS: dict[PieceFamily, str] = {
    "visual": "visuals/{language}/{format}/{name}",
    "print": "print/{language}/{name}-{format}",
    "clip": "clips/{language}/{name}-{format}",
    "post": "posts/{language}/{format}/{name}",
}
"""Where the files of a family lie in the output folder, without what they end in."""
_VISUAL = (
    FileRow("", "png", Role.MASTER, "visual", "image/png"),
    FileRow("jpg", "jpg", Role.UPLOAD, "visual", "image/jpeg"),
    FileRow("webp", "webp", Role.THUMBNAIL, "visual", "image/webp"),
)
_PRINT = (
    FileRow("", "pdf", Role.MASTER, "print", "application/pdf"),
    FileRow("screen", "screen.pdf", Role.SCREEN, "print", "application/pdf"),
)
_RECEIPT = (
    FileRow("", "png", Role.MASTER, "print", "image/png"),
    FileRow("txt", "txt", Role.PLAIN_TEXT, "print", _PLAIN),
)
_CLIP = (
    FileRow("", "mp4", Role.MASTER, "clip", "video/mp4"),
    FileRow("ebu", "ebu.mp4", Role.EBU, "clip", "video/mp4"),
    FileRow("silent", "silent.mp4", Role.SILENT, "clip", "video/mp4"),
    FileRow("webp", "webp", Role.ANIMATION, "loop", "image/webp"),
    FileRow("gif", "gif", Role.ANIMATION, "loop", "image/gif"),
    FileRow("srt", "srt", Role.CAPTIONS, "captions", "application/x-subrip"),
    FileRow("vtt", "vtt", Role.CAPTIONS, "captions", "text/vtt"),
    FileRow("txt", "txt", Role.TRANSCRIPT, "transcript", "text/plain"),
    FileRow("ad", "ad.txt", Role.DESCRIPTION, "data", "text/plain"),
    FileRow("jpg", "jpg", Role.POSTER, "poster", "image/jpeg"),
)
_POST = (
    FileRow("", "txt", Role.MASTER, "post", _PLAIN),
    FileRow("alt", "alt.txt", Role.ALT, "data", _PLAIN),
)


def file_rows(family: PieceFamily, format_id: str) -> tuple[FileRow, ...]:
    """The files of a piece in a format. A till receipt is a print without a PDF."""
    if (family, format_id) == ("print", RECEIPT.id):
        return _RECEIPT
    return {"visual": _VISUAL, "print": _PRINT, "clip": _CLIP, "post": _POST}[family]
