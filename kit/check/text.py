"""Checks of post texts by each platform's own counting rule."""

from __future__ import annotations

from collections.abc import Iterator

from kit.check.finding import fail, warn
from kit.check.runner import Check
from kit.check.subject import Subject
from kit.model.artifact import Finding
from kit.tables.characters import without_unseen
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
        yield fail(
            subject, "text-too-long", f"too long for {platform.name}", str(count), str(platform.max_text),
            f"shorten it by {count - platform.max_text}",
        )  # fmt: skip
    size = len(text.encode())
    if platform.max_bytes and size > platform.max_bytes:
        yield fail(
            subject, "text-too-long", f"too many bytes for {platform.name}", str(size), str(platform.max_bytes),
            "shorten it",
        )  # fmt: skip


def _empty(subject: Subject) -> Iterator[Finding]:
    if not without_unseen(_whole(subject)).strip():
        yield fail(
            subject, "text-empty", "the post says nothing", "no words", "a text",
            "write it, or fix the template that makes it",
        )  # fmt: skip


def _hashtags(subject: Subject) -> Iterator[Finding]:
    platform = PLATFORMS[subject.artifact.platforms[0]]
    tags = hashtags(_whole(subject))
    if platform.max_hashtags is not None and len(tags) > platform.max_hashtags:
        yield fail(
            subject, "too-many-hashtags", f"{platform.name} takes fewer", str(len(tags)),
            str(platform.max_hashtags), "keep the campaign's own",
        )  # fmt: skip
    wanted = subject.campaign.hashtag.removeprefix("#")
    if wanted not in tags:
        yield warn(
            subject, "hashtag-missing", "the campaign's hashtag is not in the text", ", ".join(tags) or "none",
            subject.campaign.hashtag, "add it at the end",
        )  # fmt: skip


def _media(subject: Subject) -> Iterator[Finding]:
    if not subject.artifact.media:
        yield warn(
            subject, "post-without-picture", "no visual of this piece exists in the platform's format", "none",
            PLATFORMS[subject.artifact.platforms[0]].post_format, "add the format to `formats`",
        )  # fmt: skip


def _is_post(subject: Subject) -> bool:
    return subject.artifact.kind == "post"


def _wants_picture(subject: Subject) -> bool:
    return _is_post(subject) and not PLATFORMS[subject.artifact.platforms[0]].text_only


TEXT_CHECKS: tuple[Check[Subject], ...] = (
    Check("text-too-long", "A platform cuts or refuses a longer text, and the number is often last.",
          _length, applies=_is_post),
    Check("text-empty", "An empty template of a campaign made empty posts, and nothing failed (2026-12-01).",
          _empty, applies=_is_post),
    Check("too-many-hashtags", "Instagram takes five since 2025-12-18, Threads one, Bluesky eight.",
          _hashtags, ("too-many-hashtags", "hashtag-missing"), _is_post),
    Check("post-without-picture", "The number is read off the picture.", _media, applies=_wants_picture),
)  # fmt: skip
