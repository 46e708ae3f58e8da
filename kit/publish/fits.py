"""What a platform would refuse in a post, in words, before anything is uploaded. No network.

The queue has looked at most of this against `kit.tables.platforms`; here the finished post meets what
the server itself says that it takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from kit.model.post import Post, PostMedia
from kit.publish.protocol import Limits, Notes
from kit.tables.platforms import Platform

UPLOAD_LIVES = timedelta(hours=20)
"""X and Mastodon drop what was uploaded and not posted after 24 hours (their documentation, 2026-11-23); four
are kept for clocks and delays."""
VIDEO_TYPES = ("video/mp4",)
CAPTION_TYPES = ("text/vtt", "application/x-subrip", "text/srt")


def misfits(post: Post, platform: Platform, limits: Limits, count: Callable[[str], int]) -> list[str]:
    """Everything that does not fit, each in a sentence that says the measure and the limit."""
    return [*_text(post, platform, limits, count), *_media(post.media, platform, limits)]


def _text(
    post: Post, platform: Platform, limits: Limits, count: Callable[[str], int]
) -> Iterator[str]:  # fmt: skip
    if not post.text.strip():
        yield "the text is empty"
    if (length := count(post.text)) > limits.max_text:
        yield f"the text is {length} long as {platform.name} counts, and {limits.max_text} is its limit"
    if platform.max_bytes is not None and (size := len(post.text.encode())) > platform.max_bytes:
        yield f"the text is {size} bytes long, and {platform.max_bytes} is {platform.name}'s limit"


def _media(media: Sequence[PostMedia], platform: Platform, limits: Limits) -> Iterator[str]:
    if platform.needs_media and not media:
        yield f"{platform.name} takes no post without a picture or a clip"
    if len(media) > limits.max_media:
        yield f"there are {len(media)} files, and {platform.name} takes {limits.max_media}"
    if len(media) > 1 and any(medium.is_video for medium in media):
        yield f"{platform.name} takes one clip alone, not with other files"
    for medium in media:
        yield from _medium(medium, platform, limits)


def _medium(medium: PostMedia, platform: Platform, limits: Limits) -> Iterator[str]:
    path, most = medium.path, limits.max_video_bytes if medium.is_video else limits.max_image_bytes
    if medium.media_type not in (*platform.image_types, *VIDEO_TYPES):
        yield f"{path} is {medium.media_type}, which {platform.name} does not take"
    if most is not None and medium.bytes > most:
        yield f"{path} has {medium.bytes:,} bytes, and {platform.name} takes {most:,}"
    if not medium.alt.strip():
        yield f"{path} has no alternative text"
    if limits.max_alt is not None and len(medium.alt) > limits.max_alt:
        yield f"the alternative text of {path} has {len(medium.alt)} characters, and {limits.max_alt} is the limit"
    if medium.captions is not None and medium.captions.media_type not in CAPTION_TYPES:
        yield f"{medium.captions.path} is {medium.captions.media_type}, which is no file of captions"


def outlived(notes: Notes, now: datetime) -> bool:
    """Whether an upload of a post (its hour is in a note `<place>.at`) is too old to be posted with.

    Why before the call: a server may take the post and leave the picture out.
    """
    hours = (datetime.fromisoformat(value) for name, value in notes.items() if name.endswith(".at"))
    return any(now - at > UPLOAD_LIVES for at in hours)
