"""What a platform takes, looked at before anything leaves the house; in words that a person understands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kit.model.post import Post, PostMedia
from kit.publish.protocol import Limits
from kit.tables.platforms import PLATFORMS
from kit.text.length import length

VIDEO_TYPES = ("video/mp4",)


@dataclass(frozen=True)
class Takes:
    """One platform's rules for media (platforms.md §1, §2, 2026-11-23); text and images stand in its row.

    `ratio` is width through height, lowest and highest. `mixed`: pictures and clips in one post.
    """

    max_media: int
    video_bytes: int
    video_s: tuple[float, float]
    video_width: int | None = None
    video_ratio: tuple[float, float] | None = None
    image_ratio: tuple[float, float] | None = None
    image_least: tuple[int, int] = (0, 0)
    mixed: bool = False


def refusals(post: Post, takes: Takes, limits: Limits) -> list[str]:
    """Every reason why this platform would refuse the post, or why its readers could not read it."""
    platform = PLATFORMS[post.platform]
    found = []
    if (count := length(post.text, platform)) > limits.max_text:
        found.append(f"the text has {count} characters by {platform.name}'s count, {limits.max_text} fit")
    if not post.media and platform.needs_media:
        found.append(f"{platform.name} takes no post without a picture or a clip")
    if not post.media and not post.text.strip():
        found.append("there is neither a text nor a picture")
    if len(post.media) > limits.max_media:
        found.append(f"{len(post.media)} files, {platform.name} takes {limits.max_media}")
    clips = sum(medium.is_video for medium in post.media)
    if not takes.mixed and clips and len(post.media) > 1:
        found.append(f"{platform.name} takes one clip alone, or pictures")
    for medium in post.media:
        faults = _clip(medium, takes, limits) if medium.is_video else _picture(medium, post, takes, limits)
        found += [f"{medium.path}: {fault}" for fault in (*faults, *_alt(medium, limits))]
    return found


def _alt(medium: PostMedia, limits: Limits) -> Iterator[str]:
    if not medium.alt.strip():
        yield "has no alternative text"
    if limits.max_alt is not None and len(medium.alt) > limits.max_alt:
        yield f"the alternative text has {len(medium.alt)} characters, {limits.max_alt} fit"


def _picture(medium: PostMedia, post: Post, takes: Takes, limits: Limits) -> Iterator[str]:
    types = PLATFORMS[post.platform].image_types
    if medium.media_type not in types:
        yield f"is {medium.media_type}, taken are {', '.join(types)}"
    if limits.max_image_bytes is not None and medium.bytes > limits.max_image_bytes:
        yield f"has {medium.bytes:,} bytes, {limits.max_image_bytes:,} fit"
    if medium.width and medium.height:
        wide, high = takes.image_least
        if medium.width < wide or medium.height < high:
            yield f"is {medium.width}×{medium.height}, at least {wide}×{high} is taken"
        yield from _ratio(medium.width, medium.height, takes.image_ratio)


def _clip(medium: PostMedia, takes: Takes, limits: Limits) -> Iterator[str]:
    if medium.media_type not in VIDEO_TYPES:
        yield f"is {medium.media_type}, taken is {', '.join(VIDEO_TYPES)}"
    if limits.max_video_bytes is not None and medium.bytes > limits.max_video_bytes:
        yield f"has {medium.bytes:,} bytes, {limits.max_video_bytes:,} fit"
    shortest, longest = takes.video_s
    if medium.duration_s is not None and not shortest <= medium.duration_s <= longest:
        yield f"lasts {medium.duration_s:g} s, taken are {shortest:g} to {longest:g} s"
    if medium.width and medium.height:
        if takes.video_width is not None and medium.width > takes.video_width:
            yield f"is {medium.width} px wide, {takes.video_width} fit"
        yield from _ratio(medium.width, medium.height, takes.video_ratio)


def _ratio(width: int, height: int, between: tuple[float, float] | None) -> Iterator[str]:
    if between is not None and not between[0] <= width / height <= between[1]:
        yield f"is {width / height:.2f} times as wide as high, taken are {between[0]:g} to {between[1]:g}"
