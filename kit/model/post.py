"""A post as it will go out: what `queue` makes of manifest and schedule, and everything after it carries."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, NamedTuple
from urllib.parse import quote

from kit.model.artifact import is_video_type
from kit.model.base import Model


class PostKey(NamedTuple):
    """What makes a post itself: one row of the ledger. Slot ids are written by hand, never derived.

    An edited text, time or picture is the same post, changed; so it cannot go out twice.
    """

    slug: str
    edition: int
    platform: str
    account: str
    slot: str

    def __str__(self) -> str:
        return "/".join((self.slug, str(self.edition), self.platform, self.account, self.slot))


class PostMedia(Model):
    """One file of a post, as the manifest lists it. `path` is relative to the kit's folder.

    `captions` is the `.vtt` of a clip: artifact id, path and sha256; used where sidecars are taken.
    """

    artifact: str
    path: str
    sha256: str
    media_type: str
    bytes: int
    width: int | None = None
    height: int | None = None
    duration_s: float | None = None
    alt: str
    captions: PostMedia | None = None

    @property
    def is_video(self) -> bool:
        """Whether it moves: a clip, not a picture."""
        return is_video_type(self.media_type)

    def url_below(self, base: str) -> str:
        """Its public address, where `base` is the address that the kit's folder is served from."""
        return f"{base.rstrip('/')}/{quote(self.path)}"


class Post(Model):
    """One post, final: nothing of it is written or looked up again when it is sent.

    `language` is the BCP 47 tag of the text, `review` the campaign's language code it belongs to.
    `due` is in UTC; `local` and `zone` are the wall clock it was meant in. `not_after` is when a
    late post stops being wanted without a person's word. `links` are the addresses in the text.
    `length`/`limit` are counted by the platform's own rule.
    """

    slug: str
    edition: int
    platform: str
    account: str
    handle: str
    slot: str
    piece: str
    artifact: str
    language: str
    review: str
    text: str
    media: tuple[PostMedia, ...] = ()
    facts: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    due: datetime
    local: str
    zone: str
    not_after: datetime
    length: int
    limit: int
    usd: float = 0.0

    @property
    def key(self) -> PostKey:
        """Its identity in the ledger."""
        return PostKey(self.slug, self.edition, self.platform, self.account, self.slot)

    def payload(self) -> dict[str, Any]:
        """What a person approves: all that readers will see, and when; hashed and frozen at approval."""
        return self.model_dump(mode="json", exclude={"usd", "length", "limit"})


class Blocked(Model):
    """Why a slot of the schedule is no post that may go out: a FAIL, no text, no picture, a past time."""

    key: PostKey
    code: str
    why: str
    fix: str = ""


class Queue(Model):
    """Every post of a schedule, in the order of time, and what keeps others from being one."""

    queue: Literal[1] = 1
    slug: str
    edition: int
    posts: tuple[Post, ...] = ()
    blocked: tuple[Blocked, ...] = ()
