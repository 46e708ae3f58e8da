"""Mastodon and servers that speak its API, through Mastodon.py.

Three nets under one post: the Idempotency-Key, the account's own timeline, and uploads that belong to one
post alone. How many of them a server has is read from its version; what is not known counts as missing.
"""

from __future__ import annotations

import html
import io
import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests

from kit.model.post import Post, PostMedia
from kit.publish import protocol
from kit.publish.http_outcome import CLOCKS_APART, said, timed_session, unprepared
from kit.publish.platforms.adapter import Adapter
from kit.publish.platforms.find_post import Row, look, paged
from kit.publish.platforms.mastodon_instance import limits_of
from kit.publish.platforms.mastodon_login import identify, log_in
from kit.publish.platforms.uploads import Notebook, fresh, outlived, read_media
from kit.publish.validate import Validated
from kit.publish.wire import TIME_LIMIT_S
from kit.tables.credentials import by_role
from kit.tables.languages import LANGUAGES
from kit.text.compare import same_text
from kit.text.foreign_json import read_json
from kit.text.length import without_servers
from kit.text.web_address import server_address

_log = logging.getLogger("kit.publish")

POLLS, POLL_S = 20, 2.0
"""How often an upload's processing is asked after, and the wait between. Later passes go on."""
PAGES, PAGE = 5, 40
"""Of the timeline; 40 posts is the most that one call gives (docs.joinmastodon.org, 2026-11-23)."""
_BREAK, _TAG = re.compile(r"<br ?/?>|</p>", re.I), re.compile(r"<[^>]*>")


class Mastodon(Validated):
    """One account. `sleep` waits between polls."""

    platform = "mastodon"
    resend = protocol.Resend.IDEMPOTENCY_KEY
    earliest = timedelta(minutes=6)
    """Mastodon takes a post to keep if its time is more than five minutes ahead (2026-11-23)."""

    def __init__(
        self,
        base_url: str,
        access_token: str,
        folder: Path,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
        time_limit_s: float = TIME_LIMIT_S,
    ) -> None:
        import mastodon as library

        self._session = timed_session(time_limit_s)
        self._client = library.Mastodon(
            api_base_url=server_address(base_url),
            access_token=access_token,
            session=self._session,
            request_timeout=time_limit_s,
            ratelimit_method="throw",  # "wait" sleeps for minutes, and then posts again
            # a version given and checked: else each upload first asks for it, or goes to the old address
            mastodon_version="4.3.0",
            version_check_mode="created",
            lang="en",  # refusals come in the account's language otherwise, and could not be told apart
        )
        self._token = access_token
        self._folder, self._now, self._sleep = folder, now, sleep
        self._limits: protocol.Limits | None = None
        self._me: str | None = None

    # what the server takes

    def limits(self) -> protocol.Limits:
        """What the server says of itself, by v2 or, where it has none, by v1."""
        if self._limits is None:
            self._limits = limits_of(self._instance())
        return self._limits

    def _instance(self) -> Mapping[str, Any]:
        # not by Mastodon.py: it asks for /api/v2/instance/, which GoToSocial answers with a redirect
        for version in ("v2", "v1"):
            try:
                answer = self._session.get(
                    f"{self._client.api_base_url}/api/{version}/instance",
                    headers={"Authorization": f"Bearer {self._token}"},
                    auth=lambda request: request,  # else a .netrc file would replace the token
                )
            except requests.RequestException as error:
                raise unprepared(self._session.fault(error, self._now())) from error
            found = self._session.body
            if answer.ok and found.get("version"):
                return found
            if version == "v1" or answer.status_code not in (404, 405, 410, 501):
                fault = self._session.fault(requests.HTTPError(), self._now())
                raise unprepared(replace(fault, why=f"the server does not say what it is ({fault.why})"))
        raise AssertionError("unreachable")

    # preparing

    def prepare(self, post: Post, known: protocol.Notes, save: protocol.Save) -> protocol.Prepared:
        """Upload with alternative text, and wait. No captions: Mastodon takes none, so they are in the picture."""
        book = Notebook(fresh(known, self._now()), save)
        for place, medium in enumerate(post.media):
            own = f"{place}."
            if own + "id" not in book.notes:
                book.keep(self._upload(medium, own))
            if book.notes[own + "state"] != "ready":
                self._wait(book.notes[own + "id"], own)
                book.keep({own + "state": "ready"})
        return protocol.Prepared(book.notes)

    def _upload(self, medium: PostMedia, own: str) -> protocol.Notes:
        file, name = io.BytesIO(read_media(self._folder, medium)), Path(medium.path).name
        try:
            # the pictures are laid out around their centre, and so they are to be cropped
            self._client.media_post(
                file, medium.media_type, description=medium.alt, focus=(0.0, 0.0), file_name=name
            )
        except Exception as error:  # whatever Mastodon.py makes of it: the answer itself is looked at
            if not self._session.ok:
                raise unprepared(self._session.fault(error, self._now())) from error
        made = self._session.body
        if not made.get("id"):
            raise protocol.NotPrepared(protocol.NotSent("the server's answer names no upload"))
        state = "ready" if self._session.status == 200 and made.get("url") else "processing"
        return {own + "id": str(made["id"]), own + "at": self._now().isoformat(), own + "state": state}

    def _wait(self, media_id: str, own: str) -> None:
        """Ask after an upload until it is ready: posting before is refused. Raises NotPrepared."""
        for _ in range(POLLS):
            try:
                self._client.media(media_id)
            except Exception as error:  # whatever Mastodon.py makes of it: the answer itself is looked at
                if not self._session.ok:
                    fault = self._session.fault(error, self._now())
                    gone = (own + "id",) if self._session.status in (404, 422) else ()
                    raise unprepared(fault, stale=gone) from error
            if self._session.status == 200 and self._session.body.get("url"):
                return
            self._sleep(POLL_S)
        raise protocol.NotPrepared(protocol.NotSent("the server is still processing the file"))

    # publishing

    def send(self, post: Post, prepared: protocol.Prepared, attempt: protocol.Attempt) -> protocol.Result:
        """POST /api/v1/statuses, always public: an account's own default may be another."""
        if (fault := self._publish(post, prepared, attempt, None)) is not None:
            return fault
        made, media = self._session.body, post.media
        if not made.get("id"):
            return protocol.Unknown("the server answered without the post's id", self._session.status)
        if len(made.get("media_attachments") or ()) < len(media):
            _log.warning("%s: the server left a file out of the post", post.key)
        return protocol.Posted(protocol.RemoteRef(str(made["id"]), made.get("url") or None))

    def _publish(
        self, post: Post, prepared: protocol.Prepared, attempt: protocol.Attempt, at: datetime | None
    ) -> protocol.Result | None:
        """The one call; what went wrong with it, or None."""
        notes = prepared.notes
        if outlived(notes, self._now()):
            return protocol.NotSent("the uploads are too old", stale=tuple(notes))
        media = [notes[f"{place}.id"] for place in range(len(post.media))]
        try:
            self._client.status_post(
                post.text,
                media_ids=media or None,
                visibility="public",
                language=LANGUAGES[post.review].primary_subtag,
                idempotency_key=attempt.key,
                scheduled_at=at,
            )
        except Exception as error:  # whatever Mastodon.py makes of it: the answer itself is looked at
            if not self._session.ok:
                return self._refused(error, attempt)
        return None

    def _refused(self, error: Exception, attempt: protocol.Attempt) -> protocol.Result:
        fault, answer = self._session.fault(error, self._now()), self._session.last
        words = said(answer).lower() if answer is not None and answer.status_code == 422 else ""
        if "not finished processing" in words:
            return protocol.NotSent(fault.why, status=422)
        if "already attached" in words:
            # not found and attached are one answer; only an earlier try of ours can have attached it
            if attempt.number > 1:
                return protocol.Duplicate(fault.why, status=422)
            return protocol.NotSent(fault.why, status=422, stale=tuple(attempt.notes))
        return fault

    # keeping it until its time

    def hand_off(self, post: Post, prepared: protocol.Prepared, attempt: protocol.Attempt) -> protocol.Result:
        """The same call with `scheduled_at`, to Mastodon itself alone: a server that passes over what it
        does not know would publish at once.
        """
        if self.limits().extra["honours_key"] != "yes":
            return protocol.NotSent("this server is not known to keep a post until its time", permanent=True)
        if (fault := self._publish(post, prepared, attempt, post.due)) is not None:
            return fault
        kept = self._session.body
        if not kept.get("id") or not kept.get("scheduled_at"):
            return protocol.Unknown("the server did not answer that it keeps the post", self._session.status)
        return protocol.Posted(protocol.RemoteRef(str(kept["id"])))

    def kept(self, post: Post, attempt: protocol.Attempt) -> protocol.RemoteRef | protocol.Unreadable | None:
        """Read what the server keeps: the post with our upload, else the one with our very words and time."""
        found = look(
            self._kept(),
            lambda row: _has_upload(row, attempt.notes),
            lambda row: (
                row["params"]["text"] == post.text and datetime.fromisoformat(row["scheduled_at"]) == post.due
            ),
            lambda error: self._session.fault(error, self._now()).why,
        )
        return protocol.RemoteRef(str(found["id"])) if isinstance(found, Mapping) else found

    def _kept(self) -> Iterator[Row]:
        def read(after: str | None) -> tuple[Sequence[Row], str | None]:
            self._client.scheduled_statuses(limit=PAGE, max_id=after)
            page = self._page()
            return page, None if len(page) < PAGE else str(page[-1]["id"])

        return paged(read, PAGES, f"the server keeps more than {PAGES * PAGE} posts")

    def take_back(self, ref: protocol.RemoteRef) -> protocol.NotSent | protocol.Unknown | None:
        """Delete what is kept. One that is not there any more may be out."""
        try:
            self._client.scheduled_status_delete(ref.remote_id)
        except Exception as error:  # whatever Mastodon.py makes of it: the answer itself is looked at
            if self._session.ok:
                return None
            if self._session.status == 404:
                return protocol.Unknown("the server no longer keeps it", 404)
            return self._session.fault(error, self._now())
        return None

    # looking for it

    def find(self, post: Post, attempt: protocol.Attempt) -> protocol.RemoteRef | protocol.Unreadable | None:
        """Read the own timeline since the attempt: a post with our upload, else one with our very words."""
        words = without_servers(post.text)
        found = look(
            self._timeline(attempt.started - CLOCKS_APART),
            lambda row: _has_upload(row, attempt.notes),
            lambda row: same_text(_as_read(row["content"]), words),
            lambda error: self._session.fault(error, self._now()).why,
        )
        return protocol.RemoteRef(str(found["id"]), found.get("url")) if isinstance(found, Mapping) else found

    def _timeline(self, since: datetime) -> Iterator[Row]:
        if self._me is None:
            self._client.account_verify_credentials()
            self._me = str(self._session.body["id"])

        def read(after: str | None) -> tuple[Sequence[Row], str | None]:
            self._client.account_statuses(self._me, exclude_reblogs=True, limit=PAGE, max_id=after)
            page = self._page()
            # by time, not by id: not every server's ids tell the time
            recent = [each for each in page if datetime.fromisoformat(each["created_at"]) >= since]
            return recent, None if len(recent) < len(page) or not page else str(page[-1]["id"])

        yield from paged(read, PAGES, f"there are more than {PAGES * PAGE} posts since then")

    def _page(self) -> list[Mapping[str, Any]]:
        assert self._session.last is not None
        page = read_json(self._session.last.content)
        if not isinstance(page, list):
            raise ValueError("the answer is no list")
        return page

    def delete(self, ref: protocol.RemoteRef) -> protocol.NotSent | protocol.Unknown | None:
        """Take a post back. One that is gone already is gone."""
        try:
            self._client.status_delete(ref.remote_id)
        except Exception as error:  # whatever Mastodon.py makes of it: the answer itself is looked at
            if self._session.ok or self._session.status in (404, 410):
                return None
            return self._session.fault(error, self._now())
        return None


def _has_upload(row: Row, notes: protocol.Notes) -> bool:
    ours = {value for name, value in notes.items() if name.endswith(".id")}
    return not ours.isdisjoint(str(file["id"]) for file in row["media_attachments"])


def _as_read(content: str) -> str:
    """The words of a post's HTML; hidden parts of shortened addresses are words too."""
    return html.unescape(_TAG.sub("", _BREAK.sub(" ", content)))


def connect(secrets: Mapping[str, str], folder: Path, media_base_url: str | None) -> Mastodon:
    """The account of these credentials. Media are uploaded, so no public address is needed.

    Raises InputError for a server without https: the token would travel in the open.
    """
    given = by_role("mastodon", secrets)
    return Mastodon(given["base_url"], given["access_token"], folder)


ADAPTER = Adapter(connect, log_in, identify)
