"""What every exporter is given, and what it returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from kit.errors import InputError
from kit.model.artifact import Manifest
from kit.model.post import Post, PostMedia, Queue
from kit.model.schedule import Schedule
from kit.resources import Resources
from kit.text.web_address import media_base


@dataclass(frozen=True)
class ExportRequest:
    """One export. `made` is the moment it is made; `before` the files of the last one, by name.

    `media_base` is where `dist/<slug>` is served from; the tools fetch pictures themselves.
    `date_format` is for the two tools whose own documentation leaves it open.
    """

    queue: Queue
    manifest: Manifest
    schedule: Schedule
    resources: Resources
    made: datetime
    media_base: str | None = None
    date_format: str | None = None
    before: Mapping[str, bytes] = field(default_factory=dict)

    def zone(self, account: str) -> ZoneInfo:
        """The zone an account's channel is set to in the other tool."""
        return ZoneInfo(self.schedule.account(account).zone or self.schedule.zone)

    def url(self, media: PostMedia) -> str:
        """The public address of a file of the kit.

        Raises InputError without a base, for one that no tool can fetch from, and for a file that
        the manifest does not list with these very bytes.
        """
        base = self.media_base
        if base is None:
            raise InputError(
                "this tool fetches pictures from the web: --media-base-url is missing",
                "give the public address that the kit's folder is served from, such as "
                "https://example.org/kit/",
            )
        media_base(base)
        if not any(a.path == media.path and a.sha256 == media.sha256 for a in self.manifest.artifacts):
            raise InputError(f"{media.path} is not a file of this kit", "run `kit build`")
        return media.url_below(base)

    def by_account(self) -> dict[str, list[Post]]:
        """The posts of each account, in the order of time; accounts in the order of the file."""
        posts: dict[str, list[Post]] = {account.id: [] for account in self.schedule.accounts}
        for post in self.queue.posts:
            posts[post.account].append(post)
        return {account: own for account, own in posts.items() if own}


@dataclass(frozen=True)
class Exported:
    """Files by name: bytes, or the path of a kit's file to copy. `posts` are those that stand in the files.

    `notes` say what the tool cannot take.
    """

    files: dict[str, bytes | Path]
    posts: tuple[Post, ...]
    notes: tuple[str, ...] = ()
