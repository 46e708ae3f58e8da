"""A post as a record of Bluesky. No network."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kit.model.post import Post, PostMedia
from kit.publish.protocol import Notes
from kit.tables.platforms import PLATFORMS
from kit.text.foreign_json import read_model
from kit.text.length import hashtag_places, web_addresses

if TYPE_CHECKING:
    from atproto import client_utils, models  # type: ignore[import-untyped]

COLLECTION = "app.bsky.feed.post"
_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"
_DAY_US = 86_400_000_000
_FILE = "file-"
FILES = tuple(
    f"{_FILE}{number}{kind}"
    for number in range(PLATFORMS["bluesky"].media.max_files)
    for kind in ("", ".vtt")
)
"""Names of the notes that hold an uploaded file."""


def record_key(edition: int, key: str) -> str:
    """The record's key: a TID, 13 characters, made of the post's key alone.

    Why not of the due time: a post that is moved by five minutes is the same post, also to a second
    ledger. The time in it lies on the first of January of the edition, chosen by the key: the format
    wants a time, nobody reads it, and one in the future could be refused.
    """
    chance = int(hashlib.sha256(key.encode()).hexdigest(), 16)
    start = int(datetime(edition, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000
    value = (start + chance % _DAY_US) << 10 | chance // _DAY_US % 1024
    return "".join(_DIGITS[value >> shift & 31] for shift in range(60, -1, -5))


def files(post: Post) -> Iterator[tuple[str, PostMedia]]:
    """Each file to be uploaded, with the name of its note."""
    for number, medium in enumerate(post.media):
        yield f"{_FILE}{number}", medium
        if medium.captions is not None:
            yield f"{_FILE}{number}.vtt", medium.captions


def record(post: Post, notes: Notes) -> models.AppBskyFeedPost.Record:
    """The record of a prepared post; the same notes give the same bytes, so that putting it again changes nothing."""
    from atproto import models

    rich = rich_text(post.text, post.links)
    return models.AppBskyFeedPost.Record(
        created_at=notes["created"],
        text=post.text,
        langs=[post.language],
        facets=rich.build_facets() or None,
        embed=_embed(post, notes) if post.media else None,
    )


def _embed(post: Post, notes: Notes) -> models.AppBskyEmbedImages.Main | models.AppBskyEmbedVideo.Main:
    from atproto import models

    def blob(name: str) -> models.blob_ref.BlobRef:
        return read_model(models.blob_ref.BlobRef, notes[name])

    def ratio(medium: PostMedia) -> models.AppBskyEmbedDefs.AspectRatio | None:
        if medium.width is None or medium.height is None:
            return None
        return models.AppBskyEmbedDefs.AspectRatio(width=medium.width, height=medium.height)

    first = post.media[0]
    if first.is_video:
        caption = models.AppBskyEmbedVideo.Caption
        return models.AppBskyEmbedVideo.Main(
            video=blob(f"{_FILE}0"),
            alt=first.alt,
            aspect_ratio=ratio(first),
            captions=[caption(lang=post.language, file=blob(f"{_FILE}0.vtt"))] if first.captions else None,
        )
    return models.AppBskyEmbedImages.Main(
        images=[
            models.AppBskyEmbedImages.Image(alt=m.alt, image=blob(f"{_FILE}{n}"), aspect_ratio=ratio(m))
            for n, m in enumerate(post.media)
        ]
    )


def rich_text(text: str, links: tuple[str, ...]) -> client_utils.TextBuilder:
    """The text with its links and hashtags marked, in UTF-8 bytes.

    A bare domain becomes a link only if it is one of the post's own: a full stop without a space
    («la nuit.la») would otherwise send a reader to a stranger.
    """
    from atproto import client_utils

    marks: list[tuple[int, int, str]] = []
    for match in web_addresses(text):
        marks.append((*match.span(), match.group()))
    for link in links:
        shown = re.escape(link.split("://", 1)[-1].rstrip("/"))
        # as a whole, not as a part of a longer address
        for match in re.finditer(rf"(?<![\w.@#/-]){shown}/?(?![\w@/-]|\.\w)", text):
            marks.append((*match.span(), link))
    for match in hashtag_places(text):
        marks.append((*match.span(), match.group()))
    rich, done = client_utils.TextBuilder(), 0
    for start, end, target in sorted(marks, key=lambda mark: (mark[0], -mark[1])):
        if start < done:  # within an address that is marked already
            continue
        rich.text(text[done:start])
        if target.startswith("#"):
            rich.tag(target, target[1:])
        else:
            rich.link(text[start:end], target)
        done = end
    return rich.text(text[done:])
