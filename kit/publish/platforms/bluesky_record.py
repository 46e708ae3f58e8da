"""A post as a record of Bluesky, and what Bluesky would refuse of it. No network."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kit.model.post import Post, PostMedia
from kit.publish.protocol import Limits, Notes
from kit.tables.platforms import PLATFORMS
from kit.text.length import graphemes, hashtag_places, hashtags, length, web_addresses

if TYPE_CHECKING:
    from atproto import client_utils, models  # type: ignore[import-untyped]

COLLECTION = "app.bsky.feed.post"
ROW = PLATFORMS["bluesky"]
MOST_IMAGES = 4
MOST_VIDEO_BYTES = 50_000_000
"""What bsky.social takes as a blob. Other servers take 5 MiB unless they are set up for more, and say so."""
_MOST_VIDEO_S = 180.0
_MOST_VIDEO_ALT = 1000
_MOST_CAPTION_BYTES = 20_000
_LONGEST_TAG = 64
"""Lexicons app.bsky.embed.video and richtext.facet; three minutes by the app's own word (2026-11-23)."""
_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"
_DAY_US = 86_400_000_000
_FILE = "file-"
FILES = tuple(f"{_FILE}{number}{kind}" for number in range(MOST_IMAGES) for kind in ("", ".vtt"))
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
        return models.blob_ref.BlobRef.model_validate_json(notes[name])

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


def faults(post: Post, limits: Limits) -> list[str]:
    """What Bluesky would refuse, in words."""
    return [*_text_faults(post, limits), *_media_faults(post, limits)]


def _text_faults(post: Post, limits: Limits) -> Iterator[str]:
    count, size = length(post.text, ROW), len(post.text.encode())
    if count > limits.max_text:
        yield f"the text has {count} characters, Bluesky takes {limits.max_text}"
    if ROW.max_bytes is not None and size > ROW.max_bytes:
        yield f"the text has {size} bytes, Bluesky takes {ROW.max_bytes}"
    if not post.text.strip() and not post.media:
        yield "there is neither text nor a picture"
    for tag in hashtags(post.text):
        if graphemes(tag) > _LONGEST_TAG:
            yield f"the hashtag #{tag} has more than {_LONGEST_TAG} characters"


def _media_faults(post: Post, limits: Limits) -> Iterator[str]:
    videos = [medium for medium in post.media if medium.is_video]
    if videos and len(post.media) > 1:
        yield "a clip goes alone: Bluesky takes one, or up to four pictures"
    if len(post.media) > limits.max_media:
        yield f"there are {len(post.media)} pictures, Bluesky takes {limits.max_media}"
    for medium in post.media:
        yield from _video_faults(medium, limits) if medium.is_video else _image_faults(medium, limits)
        if not medium.alt.strip():
            yield f"{medium.path} has no alternative text"


def _image_faults(image: PostMedia, limits: Limits) -> Iterator[str]:
    if image.media_type not in ROW.image_types:
        yield f"{image.path} is {image.media_type}, Bluesky takes {', '.join(ROW.image_types)} and video/mp4"
    if limits.max_image_bytes is not None and image.bytes > limits.max_image_bytes:
        yield f"{image.path} has {image.bytes} bytes, Bluesky takes {limits.max_image_bytes} for a picture"
    if limits.max_alt is not None and graphemes(image.alt) > limits.max_alt:
        yield f"the alternative text of {image.path} is longer than {limits.max_alt} characters"


def _video_faults(clip: PostMedia, limits: Limits) -> Iterator[str]:
    if clip.media_type != "video/mp4":
        yield f"{clip.path} is {clip.media_type}, Bluesky takes video/mp4"
    if limits.max_video_bytes is not None and clip.bytes > limits.max_video_bytes:
        yield f"{clip.path} has {clip.bytes} bytes, Bluesky takes {limits.max_video_bytes} for a clip"
    if clip.duration_s is not None and clip.duration_s > _MOST_VIDEO_S:
        yield f"{clip.path} lasts {clip.duration_s:.0f} s, Bluesky takes {_MOST_VIDEO_S:.0f} s"
    if graphemes(clip.alt) > _MOST_VIDEO_ALT:
        yield f"the alternative text of {clip.path} is longer than {_MOST_VIDEO_ALT} characters"
    captions = clip.captions
    if captions is not None and captions.media_type != "text/vtt":
        yield f"{captions.path} is {captions.media_type}, Bluesky takes captions as text/vtt"
    if captions is not None and captions.bytes > _MOST_CAPTION_BYTES:
        yield f"{captions.path} has {captions.bytes} bytes, Bluesky takes {_MOST_CAPTION_BYTES} for captions"
