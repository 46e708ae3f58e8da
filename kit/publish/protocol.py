"""What the engine and each platform agree on: prepare, one publishing call, and looking for it afterwards.

The engine owns time, the ledger and every decision to send; a publisher owns the wire. A publisher
never sleeps longer than a poll, never retries the publishing call, and never raises for what the
wire does: it says what is known. What it cannot classify is `Unknown`, since the post may exist.

The states of a post (`records.State`), and what leads from one to the other. `[…]` is a publisher's answer.

    planned ──prepare──► prepared ──send──► sending ──[Posted]──────────────────────────► POSTED
       ▲        │            ▲                 │                                             ▲
       │  [NotPrepared]      │                 ├──[NotSent]──────────────► retry_at          │
       │        └─► retry_at ┘                 ├──[NotSent, permanent]───► FAILED            │
       │            (prepare again)            │                                             │
       │                                       └──[Unknown, Duplicate]─┐                     │
       │            the runner dies while sending ─────────────────────┤                     │
       │                                                               ▼        find: there  │
       │            retry_at ◄─ not there, and `Resend` allows it ── unknown ────────────────┤
       │                                                             reconciling             │
       │                      not there, or not to be read ────────────┴──────► NEEDS_REVIEW │
       │                                                                                     │
       └── taken back ──── handed_off ─────── after its time, find: there ───────────────────┘
                               ▲  └────────── not there ──► NEEDS_REVIEW
    prepared ── hand_off ── sending ──[Posted]┘   (its other answers as above; a refusal waits for its time)

    planned, prepared, retry_at ── later than `not_after` ──► EXPIRED
    NEEDS_REVIEW, EXPIRED, FAILED ── a person: posted, not posted (planned), given up (failed)

An earlier try that may be out makes FAILED and EXPIRED a NEEDS_REVIEW: «certainly not out» would be a lie.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Protocol, runtime_checkable

from kit.model.post import Post
from kit.text.printable import MOST_ID, MOST_RAW, printable
from kit.text.web_address import readable_address

Notes = Mapping[str, str]
"""What a publisher must remember, flat and without secrets: media ids, container id, record key."""
Save = Callable[[Notes], None]
"""Adds to the ledger what a preparing call has answered, at once: a killed runner goes on from there."""


@dataclass(frozen=True)
class Prepared:
    """All is uploaded and processed; only the one publishing call is left."""

    notes: Notes


@dataclass(frozen=True)
class Attempt:
    """The row that was committed before the publishing call. `key` is the same for every try of a post."""

    number: int
    key: str
    started: datetime
    notes: Notes


@dataclass(frozen=True)
class RemoteRef:
    """A post that is out: the platform's id for it and its public address, where it has one.

    Both are a server's words: an id is made printable, and an address that nobody should open is none.
    """

    remote_id: str
    url: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "remote_id", printable(self.remote_id, MOST_ID))
        url = readable_address(self.url)
        object.__setattr__(self, "url", url if url is None or len(url) <= MOST_ID else None)


class _Words:
    """What a server says of a post is printable from here on. Its length is cut after it was blacked out."""

    why: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "why", printable(self.why, MOST_RAW))


@dataclass(frozen=True)
class Posted:
    """It is out."""

    ref: RemoteRef


@dataclass(frozen=True)
class NotSent(_Words):
    """Certainly not out: no connection, or refused before it was read.

    `permanent`: the same post would be refused again. `not_before`: what all rate-limit headers
    together ask for. `stale`: names of notes (a container, media ids) that must be made anew.
    """

    why: str
    permanent: bool = False
    not_before: datetime | None = None
    status: int | None = None
    stale: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unknown(_Words):
    """It may be out: no answer, half an answer, a 5xx, a redirect, anything unforeseen."""

    why: str
    status: int | None = None


@dataclass(frozen=True)
class Duplicate(_Words):
    """The platform says that it has this post already; `hint` is the id it named, if any."""

    why: str
    hint: RemoteRef | None = None
    status: int | None = None


@dataclass(frozen=True)
class Unreadable(_Words):
    """The timeline could not be read: nothing is known, and nothing may be concluded."""

    why: str


Result = Posted | NotSent | Unknown | Duplicate


class Resend(StrEnum):
    """What a platform's own primitive allows after an unknown outcome that was not found again."""

    SAME_KEY = "same key"  # Bluesky: putting the same record again is the same record; safe at once
    SAME_CONTAINER = "same container"  # Instagram, Threads: a container is published once
    IDEMPOTENCY_KEY = "idempotency key"  # Mastodon: honoured for less than an hour, by some servers
    NEVER = "never"  # X, LinkedIn, Facebook: only a person may decide, or `--on-unknown retry`


@dataclass(frozen=True)
class Limits:
    """What the server says that it takes; asked once a run."""

    max_text: int
    max_media: int
    max_image_bytes: int | None = None
    max_video_bytes: int | None = None
    max_alt: int | None = None
    extra: Notes = field(default_factory=dict)


class NotPrepared(Exception):
    """An upload or its processing did not work. Nothing is out; preparing is safe to repeat."""

    def __init__(self, result: NotSent) -> None:
        super().__init__(result.why)
        self.result = result


class Publisher(Protocol):
    """One account on one platform. `folder` of the kit is given when it is made; media paths are inside it."""

    platform: str
    resend: Resend

    def limits(self) -> Limits:
        """What the server takes now. Raises NotPrepared when it cannot be asked."""
        ...

    def validate(self, post: Post, limits: Limits) -> list[str]:
        """What this platform would refuse, in words; empty when nothing. No network."""
        ...

    def prepare(self, post: Post, known: Notes, save: Save) -> Prepared:
        """Upload what `known` lacks, with alternative text and captions, and wait until it is ready.

        Repeatable. Raises NotPrepared.
        """
        ...

    def send(self, post: Post, prepared: Prepared, attempt: Attempt) -> Result:
        """The one publishing call. Once, without redirects, with a time limit."""
        ...

    def find(self, post: Post, attempt: Attempt) -> RemoteRef | Unreadable | None:
        """Look for what this attempt may have published. None: read, and it is not there."""
        ...

    def delete(self, ref: RemoteRef) -> NotSent | Unknown | None:
        """Take a post back, for a recall; None when it is gone."""
        ...


@runtime_checkable
class Keeping(Protocol):
    """What a publisher offers besides when its platform can keep a post until its time.

    `earliest` is the least time before a post's due time at which the platform still takes it.
    """

    earliest: timedelta

    def hand_off(self, post: Post, prepared: Prepared, attempt: Attempt) -> Result:
        """The one call, with the due time. `Posted` names the platform's id of what it keeps."""
        ...

    def kept(self, post: Post, attempt: Attempt) -> RemoteRef | Unreadable | None:
        """Look for it among what the platform keeps. None: read, and it is not there."""
        ...

    def take_back(self, ref: RemoteRef) -> NotSent | Unknown | None:
        """Take back what is kept. None only when it was there and is gone: an id that the platform no
        longer knows may be a post that is out.
        """
        ...


Connect = Callable[[Mapping[str, str], Path, str | None], Publisher]
"""Makes a publisher of secrets (by the names the schedule gives), the kit's folder, and the public
address that media are served from (`--media-base-url`). No network."""
