"""Publishing in two phases, as Instagram and Threads do it: make a container, wait, publish that container.

A container is published once and says whether it was. So after an unanswered call the same one is
published again; a new one is made only when the ledger knows that the old one cannot be out.
"""

from __future__ import annotations

import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from kit.model.post import Post, PostMedia
from kit.publish import protocol
from kit.publish.platforms.find_post import of_this_attempt
from kit.publish.platforms.graph import (
    CONTAINER,
    FULL,
    Graph,
    id_of,
    is_about_token,
    is_absent,
    is_not_found_yet,
    moment,
    rows_of,
)
from kit.publish.platforms.http_client import Failed, deleted, looks, poll_ended, preparing
from kit.publish.platforms.media_urls import PublicFiles
from kit.publish.platforms.uploads import Notebook
from kit.publish.validate import Validated, limits_of
from kit.publish.wire import TIME_LIMIT_S
from kit.tables.platforms import PLATFORMS
from kit.text.compare import same_text

_UNNAMED = "container/"
"""Before an id: the post is out in this container, but its own id could not be read."""
_LIVES = timedelta(hours=24)
"""A container: the newest try of one may be long after the one that published it."""
_NOT_FOUND_TRIES = 2
"""After more tries than this that found no such container, finished as it is, a new one is made, and only
on exactly that code (trypost #280)."""
_FOR_GOOD = re.compile(
    r"\b(2207004|2207005|2207009|2207010|2207023|2207026|2207028|3600[0-4]|352)\b|\bINVALID_"
)
"""In a container's error: the file itself is not taken, so making another container would not help."""


@dataclass(frozen=True)
class Dialect:
    """What one of both platforms calls things. `item` gives the fields of one file's container."""

    platform: str
    make: str
    publish: str
    listing: str
    quota: str
    status: str
    reason: str
    text: str
    item: Callable[[PostMedia, str, bool], dict[str, str]]
    text_only: Mapping[str, str]


class Containers(Validated, ABC):
    """One account on Instagram or Threads. `files` is where the public can fetch the kit's folder."""

    dialect: Dialect
    resend = protocol.Resend.SAME_CONTAINER

    def __init__(
        self,
        user: str,
        token: str,
        files: str | None,
        *,
        base: str | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
        time_limit_s: float = TIME_LIMIT_S,
    ) -> None:
        self._is, self._user, self._now, self._sleep = self.dialect, user, now, sleep
        self.platform = self._is.platform
        self._graph = Graph(base or self.base_for(token), token, now, time_limit_s)
        self._files = PublicFiles(files, PLATFORMS[self.platform].name, time_limit_s)

    @abstractmethod
    def base_for(self, token: str) -> str:
        """The API's address for this token."""

    def limits(self) -> protocol.Limits:
        """The platform's limits, and how many posts of the moving 24 hours are used."""
        with preparing():
            used, total = self._quota()
        return replace(
            limits_of(self.platform), extra={"quota_used": str(used), "quota_total": str(total)}
        )  # fmt: skip

    def prepare(self, post: Post, known: protocol.Notes, save: protocol.Save) -> protocol.Prepared:
        """Make the container, unless there is one, and wait until it can be published."""
        book = Notebook(known, save)
        with preparing():
            if CONTAINER not in book.notes:
                self._room()
                book.keep({CONTAINER: self._make(post, book)})
            self._await(book.notes[CONTAINER], (CONTAINER, *_items(post)))
        return protocol.Prepared(book.notes)

    def send(self, post: Post, prepared: protocol.Prepared, attempt: protocol.Attempt) -> protocol.Result:
        """Publish the container."""
        container = prepared.notes[CONTAINER]
        try:
            answer = self._graph.post(f"/{self._user}/{self._is.publish}", creation_id=container)
            found = id_of(answer)
        except Failed as fault:
            return self._refused(fault, container, attempt)
        return protocol.Posted(protocol.RemoteRef(found, self._address(found)))

    def find(self, post: Post, attempt: protocol.Attempt) -> protocol.RemoteRef | protocol.Unreadable | None:
        """Ask the container whether it is out; then name the post by its words and its time."""
        container = attempt.notes.get(CONTAINER)
        if container is None:
            return protocol.Unreadable("this attempt names no container")
        try:
            if self._status(container)[0] != "PUBLISHED":
                return None
        except Failed as fault:
            return protocol.Unreadable(f"the container cannot be read: {fault}")
        return self._named(post, attempt) or protocol.RemoteRef(_UNNAMED + container)

    def delete(self, ref: protocol.RemoteRef) -> protocol.NotSent | protocol.Unknown | None:
        """Delete the post; its container alone does not lead to it."""
        if ref.remote_id.startswith(_UNNAMED):
            return protocol.NotSent(
                "its id could not be read when it was found: delete it in the app", permanent=True
            )
        return deleted(lambda: self._graph.delete(f"/{ref.remote_id}"), is_absent)

    def _refused(self, fault: Failed, container: str, attempt: protocol.Attempt) -> protocol.Result:
        """What an answer other than success means, when the container has been asked as well.

        Why: a container that is out already is refused under codes that nobody documents, and an
        earlier, unanswered call may have published it.
        """
        result = fault.result
        if not isinstance(result, protocol.NotSent) or result.status is None or is_about_token(fault):
            return result
        try:
            status, _ = self._status(container)
        except Failed:
            return (
                result if result.stale or result.not_before else protocol.Unknown(result.why, result.status)
            )
        if status == "PUBLISHED":
            return protocol.Duplicate(f"the container is out already ({result.why})", status=result.status)
        lost = is_not_found_yet(fault) and attempt.number > _NOT_FOUND_TRIES
        if lost or status in ("EXPIRED", "ERROR"):
            return protocol.NotSent(
                result.why, status=result.status, stale=(CONTAINER, *_children(attempt.notes))
            )
        return result

    def _make(self, post: Post, book: Notebook) -> str:
        if not post.media:
            return self._new({**self._is.text_only, self._is.text: post.text})
        if len(post.media) == 1:
            fields = self._is.item(post.media[0], self._files.checked(post.media[0]), False)
            return self._new({**fields, self._is.text: post.text})
        for name, medium in zip(_items(post), post.media, strict=True):
            if name not in book.notes:
                fields = self._is.item(medium, self._files.checked(medium), True)
                book.keep({name: self._new({**fields, "is_carousel_item": "true"})})
        for name in _items(post):
            self._await(book.notes[name], (name,))
        children = ",".join(book.notes[name] for name in _items(post))
        return self._new({"media_type": "CAROUSEL", "children": children, self._is.text: post.text})

    def _new(self, fields: Mapping[str, str]) -> str:
        return id_of(self._graph.post(f"/{self._user}/{self._is.make}", None, **fields))

    def _await(self, container: str, stale: tuple[str, ...]) -> None:
        """Until it is ready. Raises NotPrepared: `stale` names what to make anew when it never will be."""
        for _ in looks(self._sleep):
            try:
                status, reason = self._status(container)
            except Failed as fault:
                if is_absent(fault):
                    raise protocol.NotPrepared(
                        protocol.NotSent(f"the container is gone: {fault}", stale=stale)
                    ) from fault
                raise
            if status in ("FINISHED", "PUBLISHED"):
                return
            if status in ("EXPIRED", "ERROR"):
                for_good = bool(_FOR_GOOD.search(reason))
                why = f"the container is {status.lower()}: {reason or 'no reason given'}"
                raise protocol.NotPrepared(protocol.NotSent(why, permanent=for_good, stale=stale))
        raise poll_ended(PLATFORMS[self.platform].name)

    def _status(self, container: str) -> tuple[str, str]:
        """FINISHED, IN_PROGRESS, PUBLISHED, EXPIRED or ERROR, and the reason. Raises Failed."""
        fields = f"{self._is.status},{self._is.reason}"
        body = self._graph.get(f"/{container}", fields=fields)
        status = body.get(self._is.status)
        if not isinstance(status, str) or not status:
            raise Failed(protocol.Unknown("the container's status cannot be read"))
        return status, str(body.get(self._is.reason) or "")

    def _quota(self) -> tuple[int, int]:
        """Posts of the last 24 hours, and how many there may be. Raises Failed."""
        rows = rows_of(self._graph.get(f"/{self._user}/{self._is.quota}", fields="quota_usage,config"))
        try:
            return int(rows[0]["quota_usage"]), int(rows[0]["config"]["quota_total"])
        except (IndexError, KeyError, TypeError, ValueError) as error:
            raise Failed(protocol.Unknown("the quota cannot be read")) from error

    def _room(self) -> None:
        used, total = self._quota()
        if used >= total:
            why = f"{used} of {total} posts of the last 24 hours are used"
            raise protocol.NotPrepared(protocol.NotSent(why, not_before=self._now() + FULL))

    def _named(self, post: Post, attempt: protocol.Attempt) -> protocol.RemoteRef | None:
        """The post itself among the newest, never simply the newest (trypost #281)."""
        fields = f"id,{self._is.text},permalink,timestamp"
        try:
            rows = rows_of(self._graph.get(f"/{self._user}/{self._is.listing}", fields=fields, limit="50"))
        except Failed:
            return None
        ours = [
            row
            for row in rows
            if same_text(row.get(self._is.text), post.text)
            and of_this_attempt(moment(row.get("timestamp")), attempt, _LIVES)
            and row.get("id")
        ]
        return (
            protocol.RemoteRef(str(ours[0]["id"]), _text(ours[0].get("permalink")))
            if len(ours) == 1
            else None
        )

    def _address(self, found: str) -> str | None:
        """Where the post can be read; it is out, whether this is answered or not."""
        try:
            return _text(self._graph.get(f"/{found}", fields="permalink").get("permalink"))
        except Failed:
            return None


def _items(post: Post) -> tuple[str, ...]:
    """The notes of a carousel's items."""
    return tuple(f"item{number}" for number in range(len(post.media))) if len(post.media) > 1 else ()


def _children(notes: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in notes if name.startswith("item"))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def picture_or_clip(medium: PostMedia, address: str) -> dict[str, str]:
    """The field that names a file's public address."""
    return {"video_url": address} if medium.is_video else {"image_url": address}
