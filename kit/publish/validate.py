"""Whether a post is fit for its platform: one set of rules, from the platform's row and what its server says.

The queue has looked at text and sizes when it made the post; here the finished post meets the limits of
the very server, before anything is uploaded. No network.
"""

from __future__ import annotations

from collections.abc import Iterator

from kit.model.post import Post, PostMedia
from kit.publish.protocol import Limits
from kit.tables.platforms import PLATFORMS, Platform
from kit.text.length import graphemes, hashtags, length, mastodon


def limits_of(platform: str) -> Limits:
    """A row as limits, for platforms whose servers cannot be asked."""
    row = PLATFORMS[platform]
    return Limits(
        row.max_text, row.media.max_files, row.max_image_bytes, row.media.max_video_bytes, row.max_alt
    )


def validate(post: Post, limits: Limits) -> list[str]:
    """Everything that this platform would refuse, or its readers could not read; each with measure and limit.

    Of `limits.extra` these are read, where a server says them: `url_length`, `types` (of files, with
    spaces between), `image_pixels` and `video_pixels`.
    """
    row = PLATFORMS[post.platform]
    return [*_text(post, row, limits), *_number(post, row, limits), *_files(post, row, limits)]


class Validated:
    """What every publisher of ours says of a post: the rules here, whatever the platform."""

    def validate(self, post: Post, limits: Limits) -> list[str]:
        """What this platform would refuse, in words; empty when nothing. No network."""
        return validate(post, limits)


def _text(post: Post, row: Platform, limits: Limits) -> Iterator[str]:
    # also beside a picture: after a lost answer a post is looked for by its words
    if not post.text.strip():
        yield "the text is empty"
    own = limits.extra.get("url_length")
    count = mastodon(post.text, int(own)) if own else length(post.text, row)
    if count > limits.max_text:
        yield f"the text has {count} characters as {row.name} counts, and {limits.max_text} is the limit"
    if row.max_bytes is not None and (size := len(post.text.encode())) > row.max_bytes:
        yield f"the text has {size} bytes, and {row.max_bytes} is the limit"
    for tag in hashtags(post.text):
        if row.max_hashtag_length is not None and graphemes(tag) > row.max_hashtag_length:
            yield f"the hashtag #{tag} has more than {row.max_hashtag_length} characters"


def _number(post: Post, row: Platform, limits: Limits) -> Iterator[str]:
    if row.needs_media and not post.media:
        yield f"{row.name} takes no post without a picture or a clip"
    if len(post.media) > limits.max_media:
        yield f"there are {len(post.media)} files, and {row.name} takes {limits.max_media}"
    if not row.media.mixed and len(post.media) > 1 and any(medium.is_video for medium in post.media):
        yield f"{row.name} takes one clip alone, or pictures"


def _files(post: Post, row: Platform, limits: Limits) -> Iterator[str]:
    for medium in post.media:
        yield from _file(medium, row, limits)
        yield from _alt(medium, row, limits)
        if medium.is_video:
            yield from _clip(medium, row)
        elif medium.width and medium.height:
            wide, high = row.media.image_least_px
            if medium.width < wide or medium.height < high:
                yield f"{_size(medium)}, and {row.name} takes {wide} × {high} at least"
            yield from _ratio(medium, row, row.media.image_ratio)


def _file(medium: PostMedia, row: Platform, limits: Limits) -> Iterator[str]:
    """Type, bytes and pixels."""
    types = row.media.video_types if medium.is_video else row.image_types
    most = limits.max_video_bytes if medium.is_video else limits.max_image_bytes
    if medium.media_type not in types:
        yield f"{medium.path} is {medium.media_type}, and {row.name} takes {', '.join(types)}"
    elif (own := limits.extra.get("types")) and medium.media_type not in own.split():
        yield f"{medium.path} is {medium.media_type}, which this server does not take"
    if most is not None and medium.bytes > most:
        yield f"{medium.path} has {medium.bytes:,} bytes, and {most:,} is the limit"
    pixels = (medium.width or 0) * (medium.height or 0)
    most = int(limits.extra.get("video_pixels" if medium.is_video else "image_pixels", 0))
    if most and pixels > most:
        yield f"{medium.path} has {pixels:,} pixels, and this server takes {most:,}"


def _alt(medium: PostMedia, row: Platform, limits: Limits) -> Iterator[str]:
    """Counted in code points everywhere: as the APIs' `maxLength` counts, and never less than graphemes."""
    if not medium.alt.strip():
        yield f"{medium.path} has no alternative text"
    own = row.media.max_video_alt if medium.is_video else None
    most = limits.max_alt if own is None else own
    if most is not None and len(medium.alt) > most:
        yield f"the alternative text of {medium.path} has {len(medium.alt)} characters, and {most} is the limit"


def _clip(medium: PostMedia, row: Platform) -> Iterator[str]:
    rules, captions = row.media, medium.captions
    if medium.duration_s is not None and rules.video_s is not None:
        shortest, longest = rules.video_s
        if not shortest <= medium.duration_s <= longest:
            yield (
                f"{medium.path} lasts {medium.duration_s:g} s, and {row.name} takes {shortest:g} to {longest:g} s"
            )
    widest = rules.max_video_width_px
    if widest is not None and (medium.width or 0) > widest:
        yield f"{medium.path} is {medium.width} px wide, and {widest} is the limit"
    yield from _ratio(medium, row, rules.video_ratio)
    if captions is not None and captions.media_type not in rules.caption_types:
        takes = ", ".join(rules.caption_types)
        yield f"{captions.path} is {captions.media_type}, and {row.name} takes captions as {takes}"
    most = rules.max_caption_bytes
    if captions is not None and most is not None and captions.bytes > most:
        yield f"{captions.path} has {captions.bytes:,} bytes, and {most:,} is the limit of captions"


def _ratio(medium: PostMedia, row: Platform, between: tuple[float, float] | None) -> Iterator[str]:
    if between is None or not medium.width or not medium.height:
        return
    ratio = medium.width / medium.height
    if not between[0] <= ratio <= between[1]:
        yield (
            f"{_size(medium)}, {ratio:.2f} times as wide as high, and {row.name} takes "
            f"{between[0]:.3g} to {between[1]:.3g}"
        )


def _size(medium: PostMedia) -> str:
    return f"{medium.path} is {medium.width} × {medium.height}"
