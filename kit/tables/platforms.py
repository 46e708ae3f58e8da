"""What each platform takes, costs and asks for: one row a platform, and nothing about it anywhere else.

RULE = the platform rejects or cuts; where sources disagree the stricter value is kept. Read
2026-11-23 from the addresses in `source`; a row older than six months is a reason to look again. How a
text is counted is in `kit.text.length`; how a platform is published to, in `kit.publish.platforms`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Counting = Literal["x", "graphemes", "mastodon", "threads", "characters", "utf16"]
Tappable = Literal["bare", "with-scheme", "marked", "never", "unstated"]
"""What of an address in a text can be tapped: a bare domain too; only what begins with https://; what the
publisher marks; nothing. `unstated`: the platform documents no rule, and posts keep what people read."""


@dataclass(frozen=True)
class Role:
    """One thing a publisher needs. A credential whose name ends in `suffix` is it (`kit.tables.credentials`).

    `name` is what the publisher calls it. `default` stands where an optional one is not given. What is
    not `secret` (an address, a handle, an id) may be shown and stays readable in logs. `lasts_days`: how
    long the platform's tokens work, where they end by themselves.
    """

    name: str
    what: str
    secret: bool = True
    default: str | None = None
    lasts_days: int | None = None

    @property
    def suffix(self) -> str:
        """How the credential's name ends: `ACCESS_TOKEN`."""
        return self.name.upper()

    @property
    def optional(self) -> bool:
        """Whether the publisher can do without it."""
        return self.default is not None


@dataclass(frozen=True)
class Price:
    """What a platform's API bills, in US dollars: a post, one with a link, the alternative text of one file.

    `read`: one post read, when a lost answer is looked for.
    """

    post: float
    post_with_link: float
    alt: float
    read: float


@dataclass(frozen=True)
class Media:
    """What the files of one post may be, from the addresses in `source`. None: the platform states no limit.

    `ratio` is width through height, lowest and highest. `mixed`: pictures and clips in one post. Captions
    are the types that are uploaded, or that the upload is made of.
    """

    max_files: int = 4
    mixed: bool = False
    image_least_px: tuple[int, int] = (0, 0)
    image_ratio: tuple[float, float] | None = None
    video_types: tuple[str, ...] = ("video/mp4",)
    max_video_bytes: int | None = None
    video_s: tuple[float, float] | None = None
    max_video_width_px: int | None = None
    video_ratio: tuple[float, float] | None = None
    max_video_alt: int | None = None
    caption_types: tuple[str, ...] = ("text/vtt", "application/x-subrip", "text/srt")
    max_caption_bytes: int | None = None


@dataclass(frozen=True, kw_only=True)
class Destination:
    """Where files of the kit are shown. `pictures` and `clips` are the formats that it takes as they are.

    `clips` begins with the one that it shows largest: a post takes the first of them that was made.
    """

    id: str
    name: str
    pictures: tuple[str, ...] = ()
    clips: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Platform(Destination):
    """One row. `max_text` is counted by `counting`; `max_bytes` is a second, UTF-8 limit.

    `wording` says which of a language's two texts of a post it is given; `post_format` which picture.
    `max_alt` is in characters (Unicode code points). `roles` are the credentials of an account; without
    any, posts are written for the platform and taken there by hand. `one_text`: the same text may stand
    once on the whole platform, not once an account. `tappable`: which addresses become links.
    `server_in_handle`: the schedule writes `@name@server`, the server itself says `name`.
    """

    counting: Counting
    max_text: int
    max_alt: int = 0
    post_format: str = ""
    wording: Literal["short", "long"] = "long"
    max_hashtags: int | None = None
    max_hashtag_length: int | None = None
    max_bytes: int | None = None
    max_image_bytes: int = 1_000_000
    image_types: tuple[str, ...] = ("image/jpeg", "image/png")
    needs_media: bool = False
    media: Media = field(default_factory=Media)
    roles: tuple[Role, ...] = ()
    price: Price | None = None
    one_text: bool = False
    tappable: Tappable = "unstated"
    server_in_handle: bool = False
    read_on: date = date(2026, 11, 23)
    source: str = ""

    @property
    def text_only(self) -> bool:
        """Whether a post takes no file (`Media(max_files=0)`): it goes without the picture of its slot."""
        return self.media.max_files == 0


_FEED = ("feed-4x5", "square", "avatar")
"""Picture formats that every feed takes."""

_ROWS = (
    Platform(
        id="x", name="X", counting="x", max_text=280, max_alt=1000, post_format="landscape", wording="short",
        max_image_bytes=5_000_000,
        pictures=(*_FEED, "landscape", "x-header"), clips=("x", "square", "wide", "feed-4x5"),
        media=Media(max_video_bytes=512_000_000, video_s=(0.5, 140), video_ratio=(1 / 3, 3)),
        roles=(
            Role("consumer_key", "the app's API key"),
            Role("consumer_secret", "the app's API key secret"),
            Role("access_token", "the account's access token"),
            Role("access_token_secret", "the account's access token secret"),
        ),
        # pay per use, 2026-04-20; reading costs 0.001 where the account itself owns the app
        price=Price(post=0.015, post_with_link=0.20, alt=0.005, read=0.005),
        one_text=True,  # X forbids identical content on several accounts (xdevplatform/docs, 2026-08-22)
        tappable="bare",  # by twitter-text; unverified for the price, 2026-11-23
        source="github.com/xdevplatform/docs, counting-characters and openapi.json, 2026-08-22",
    ),
    Platform(
        id="mastodon", name="Mastodon", counting="mastodon", max_text=500, max_alt=1500,
        post_format="landscape", max_image_bytes=16_000_000, server_in_handle=True,
        tappable="with-scheme",  # github.com/mastodon/mastodon, issues 701 and 14138 («not a bug»), 2026-11-30
        pictures=(*_FEED, "landscape"), clips=("square", "wide", "feed-4x5", "story"),
        roles=(
            Role("base_url", "the server's address, https://…", secret=False),
            Role("access_token", "a token that may read, write statuses and upload media"),
        ),
        source="github.com/mastodon/documentation; instances may set another limit",
    ),
    Platform(
        id="bluesky", name="Bluesky", counting="graphemes", max_text=300, max_alt=2000, post_format="feed-4x5",
        tappable="marked", wording="short", max_bytes=3000, max_hashtags=8, max_hashtag_length=64,
        pictures=(*_FEED, "landscape"), clips=("feed-4x5", "square", "wide", "story"),
        # bsky.social takes blobs of 50 MB; other servers 5 MiB unless they are set up for more, and say
        # so. Three minutes by the app's own word; the rest by the lexicons embed.video and richtext.facet
        media=Media(
            max_video_bytes=50_000_000, video_s=(0, 180), max_video_alt=1000, caption_types=("text/vtt",),
            max_caption_bytes=20_000,
        ),
        roles=(
            Role("handle", "the account's handle or DID", secret=False),
            Role("app_password", "an app password, never the account's own"),
            Role("base_url", "the server's address", secret=False, default="https://bsky.social"),
        ),
        source="github.com/bluesky-social/atproto lexicons; older servers refuse images over 1 MB",
    ),
    Platform(
        id="threads", name="Threads", counting="threads", max_text=500, max_alt=1000, post_format="feed-4x5",
        max_hashtags=1, max_image_bytes=8_000_000,
        pictures=(*_FEED, "landscape"), clips=("feed-4x5", "square", "story", "wide"),
        media=Media(
            max_files=20, mixed=True, image_ratio=(0.1, 10), max_video_bytes=1_000_000_000, video_s=(0.1, 300),
            max_video_width_px=1920,
        ),
        roles=(
            Role("user_id", "the account's number in the Threads API", secret=False),
            Role("access_token", "a long-lived token, 60 days", lasts_days=60),
        ),
        source="Threads API reference; emoji counted as UTF-8 bytes or graphemes: the higher wins",
    ),
    Platform(
        id="instagram", name="Instagram", counting="characters", max_text=2200, max_alt=1000,
        post_format="feed-4x5", max_hashtags=5, max_image_bytes=8_000_000, image_types=("image/jpeg",),
        needs_media=True, tappable="never",  # captions hold no links
        pictures=(*_FEED, "story"), clips=("story", "feed-4x5"),
        media=Media(
            max_files=10, mixed=True, image_ratio=(0.8, 1.91), max_video_bytes=300_000_000, video_s=(3, 900),
            max_video_width_px=1920,
        ),
        roles=(
            Role("user_id", "the number of the professional account", secret=False),
            Role("access_token", "a long-lived token, 60 days", lasts_days=60),
        ),
        source="Instagram Graph API reference, 2026-09-11; five hashtags since 2025-12-18",
    ),
    Platform(
        id="facebook", name="Facebook", counting="utf16", max_text=10_000, max_alt=1000,
        post_format="feed-4x5", max_image_bytes=4_000_000,
        pictures=(*_FEED, "story", "landscape", "link", "facebook-cover"),
        clips=("feed-4x5", "square", "story", "wide"),
        media=Media(
            max_files=10, max_video_bytes=4_000_000_000, video_s=(1, 14_400), caption_types=("text/vtt",)
        ),
        roles=(
            Role("page_id", "the page's number", secret=False),
            Role("page_token", "the page's token, made of a long-lived user token"),
        ),
        source="63,206 by the API, 10,000 by Publer: the stricter is kept",
    ),
    Platform(
        id="linkedin", name="LinkedIn", counting="graphemes", max_text=3000, max_alt=1000,
        post_format="feed-4x5", max_image_bytes=5_000_000,
        pictures=(*_FEED, "landscape", "link", "linkedin-cover"), clips=("feed-4x5", "square", "wide"),
        media=Media(
            max_files=20, image_least_px=(552, 276), max_video_bytes=500_000_000, video_s=(3, 600),
            video_ratio=(1 / 2.4, 2.4), caption_types=("text/vtt",),
        ),
        roles=(
            Role("author", "urn:li:organization:… or urn:li:person:…", secret=False),
            Role(
                "access_token", "a token with w_organization_social or w_member_social, 60 days", lasts_days=60
            ),
        ),
        source="LinkedIn Help a528176, 2026-10-08",
    ),
)  # fmt: skip

PLATFORMS: dict[str, Platform] = {row.id: row for row in _ROWS}
"""Platforms that posts are written for."""

DESTINATIONS: dict[str, Destination] = {
    **{id_: PLATFORMS[id_] for id_ in sorted(PLATFORMS)},
    "tiktok": Destination(id="tiktok", name="TikTok", pictures=("story",), clips=("story",)),
    "whatsapp": Destination(
        id="whatsapp", name="WhatsApp", pictures=("feed-4x5", "square", "story", "link"),
        clips=("story", "feed-4x5", "square", "wide"),
    ),
    "youtube": Destination(id="youtube", name="YouTube", clips=("story", "square")),
}  # fmt: skip
"""All that take files as they are, also those that take no text of ours."""


def takers(kind: Literal["pictures", "clips"], format_id: str) -> tuple[str, ...]:
    """The ids of the destinations that take a picture or a clip of this format."""
    return tuple(row.id for row in DESTINATIONS.values() if format_id in getattr(row, kind))


def price_of(platform: str, linked: bool, media: int) -> float:
    """What one post costs in US dollars, with or without a link, with alternative text for its media."""
    price = PLATFORMS[platform].price
    if price is None:
        return 0.0
    return (price.post_with_link if linked else price.post) + price.alt * media
