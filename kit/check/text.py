"""Checks of post texts by each platform's own counting rule."""

from __future__ import annotations

from collections.abc import Iterator

from kit.check.runner import Check
from kit.check.subject import Subject
from kit.model.artifact import Finding, Level
from kit.tables.platforms import PLATFORMS
from kit.text.length import hashtags, length


def _whole(subject: Subject) -> str:
    """The file itself, not its paragraphs: line ends count on every platform."""
    return subject.path.read_text(encoding="utf-8").removesuffix("\n")


def _length(subject: Subject) -> Iterator[Finding]:
    platform = PLATFORMS[subject.artifact.platforms[0]]
    text = _whole(subject)
    count = length(text, platform)
    if count > platform.max_text:
        yield Finding(
            level=Level.FAIL, code="text-too-long", artifact=subject.artifact.id,
            message=f"too long for {platform.name}", measured=str(count), limit=str(platform.max_text),
            fix=f"shorten it by {count - platform.max_text}",
        )  # fmt: skip
    size = len(text.encode())
    if platform.max_bytes and size > platform.max_bytes:
        yield Finding(
            level=Level.FAIL, code="text-too-long", artifact=subject.artifact.id,
            message=f"too many bytes for {platform.name}", measured=str(size), limit=str(platform.max_bytes),
            fix="shorten it",
        )  # fmt: skip


def _hashtags(subject: Subject) -> Iterator[Finding]:
    platform = PLATFORMS[subject.artifact.platforms[0]]
    tags = hashtags(_whole(subject))
    if platform.max_hashtags is not None and len(tags) > platform.max_hashtags:
        yield Finding(
            level=Level.FAIL, code="too-many-hashtags", artifact=subject.artifact.id,
            message=f"{platform.name} takes fewer", measured=str(len(tags)), limit=str(platform.max_hashtags),
            fix="keep the campaign's own",
        )  # fmt: skip
    wanted = subject.campaign.hashtag.removeprefix("#")
    if wanted not in tags:
        yield Finding(
            level=Level.WARN, code="hashtag-missing", artifact=subject.artifact.id,
            message="the campaign's hashtag is not in the text", measured=", ".join(tags) or "none",
            limit=subject.campaign.hashtag, fix="add it at the end",
        )  # fmt: skip


def _media(subject: Subject) -> Iterator[Finding]:
    if not subject.artifact.media:
        yield Finding(
            level=Level.WARN, code="post-without-picture", artifact=subject.artifact.id,
            message="no visual of this piece exists in the platform's format", measured="none",
            limit=PLATFORMS[subject.artifact.platforms[0]].post_format, fix="add the format to `formats`",
        )  # fmt: skip


def _is_post(subject: Subject) -> bool:
    return subject.artifact.kind == "post"


TEXT_CHECKS: tuple[Check[Subject], ...] = (
    Check("text-too-long", "A platform cuts or refuses a longer text, and the number is often last.",
          _length, applies=_is_post),
    Check("too-many-hashtags", "Instagram takes five since 2025-12-18, Threads one, Bluesky eight.",
          _hashtags, ("too-many-hashtags", "hashtag-missing"), _is_post),
    Check("post-without-picture", "The number is read off the picture.", _media, applies=_is_post),
)  # fmt: skip
