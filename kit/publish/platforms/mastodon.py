"""Mastodon and servers that speak its API, through Mastodon.py.

Three nets under one post: the Idempotency-Key, the account's own timeline, and uploads that belong to one
post alone. How many of them a server has is read from its version; what is not known counts as missing.
"""

from __future__ import annotations

import html
import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests

from kit.errors import InputError
from kit.model.post import Post, PostMedia
from kit.publish.fits import misfits, outlived
from kit.publish.http_outcome import (
    CLOCKS_APART,
    TIME_LIMIT_S,
    answered,
    said,
    session_fault,
    timed_session,
    unprepared,
)
from kit.publish.protocol import (
    Attempt,
    Duplicate,
    Limits,
    Notes,
    NotPrepared,
    NotSent,
    Posted,
    Prepared,
    RemoteRef,
    Resend,
    Result,
    Save,
    Unknown,
    Unreadable,
)
from kit.tables.credentials import by_role
from kit.tables.languages import LANGUAGES
from kit.tables.platforms import PLATFORMS
from kit.text.compare import plain_words
from kit.text.length import mastodon, without_servers

_log = logging.getLogger("kit.publish")

POLLS, NAP_S = 20, 2.0
"""How often an upload's processing is asked after, and the wait between. Later passes go on."""
PAGES, PAGE = 5, 40
"""Of the timeline; 40 posts is the most that one call gives (docs.joinmastodon.org, 2026-11-23)."""
_DEFAULTS = {
    "max_characters": 500, "max_media_attachments": 4, "characters_reserved_per_url": 23,
    "image_size_limit": 16_777_216, "video_size_limit": 103_809_024,
}  # fmt: skip
_HONOURS_KEY = re.compile(r"(\d+)\.\d+\.\d+(?:-?(?:alpha|beta|rc|nightly)[\w.-]*)?")
"""Mastodon itself, also before a release. `2.7.2 (compatible; Pleroma …)`, forks (`+glitch`) and GoToSocial
(`0.17.3`) are not known to honour the key, so a person is asked there."""
_BREAK, _TAG = re.compile(r"<br ?/?>|</p>", re.I), re.compile(r"<[^>]*>")


class Mastodon:
    """One account. `nap` waits between polls."""

    platform = "mastodon"
    resend = Resend.IDEMPOTENCY_KEY
    earliest = timedelta(minutes=6)
    """Mastodon takes a post to keep if its time is more than five minutes ahead (2026-11-23)."""

    def __init__(
        self,
        base_url: str,
        access_token: str,
        folder: Path,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        nap: Callable[[float], None] = time.sleep,
        time_limit_s: float = TIME_LIMIT_S,
    ) -> None:
        import mastodon as library

        self._session = timed_session(time_limit_s)
        self._client = library.Mastodon(
            api_base_url=base_url,
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
        self._folder, self._now, self._nap = folder, now, nap
        self._limits: Limits | None = None
        self._me: str | None = None

    # what the server takes

    def limits(self) -> Limits:
        """What the server says of itself, by v2 or, where it has none, by v1."""
        if self._limits is None:
            self._limits = _limits_of(self._instance())
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
                raise unprepared(session_fault(self._session, error, self._now())) from error
            found = answered(answer)
            if answer.ok and found.get("version"):
                return found
            if version == "v1" or answer.status_code not in (404, 405, 410, 501):
                fault = session_fault(self._session, requests.HTTPError(), self._now())
                raise unprepared(replace(fault, why=f"the server does not say what it is ({fault.why})"))
        raise AssertionError("unreachable")

    def validate(self, post: Post, limits: Limits) -> list[str]:
        """The common rules with the server's own limits, and its kinds and sizes of files."""
        says = limits.extra

        def count(text: str) -> int:
            return mastodon(text, int(says.get("url_length", _DEFAULTS["characters_reserved_per_url"])))

        faults = misfits(post, PLATFORMS["mastodon"], limits, count)
        for medium in post.media:
            if (types := says.get("types")) and medium.media_type not in types.split():
                faults.append(f"{medium.path} is {medium.media_type}, which this server does not take")
            most = int(says.get("video_pixels" if medium.is_video else "image_pixels", 0))
            if most and (pixels := (medium.width or 0) * (medium.height or 0)) > most:
                faults.append(f"{medium.path} has {pixels:,} pixels, and this server takes {most:,}")
        return faults

    # preparing

    def prepare(self, post: Post, known: Notes, save: Save) -> Prepared:
        """Upload with alternative text, and wait. No captions: Mastodon takes none, so they are in the picture."""
        notes = {} if outlived(known, self._now()) else dict(known)

        def keep(found: Notes) -> None:
            notes.update(found)
            save(found)

        for place, medium in enumerate(post.media):
            own = f"{place}."
            if own + "id" not in notes:
                keep(self._upload(medium, own))
            if notes[own + "state"] != "ready":
                self._wait(notes[own + "id"], own)
                keep({own + "state": "ready"})
        return Prepared(notes)

    def _upload(self, medium: PostMedia, own: str) -> Notes:
        path = self._folder / medium.path
        with path.open("rb") as file:
            try:
                # the pictures are laid out around their centre, and so they are to be cropped
                self._client.media_post(
                    file, medium.media_type, description=medium.alt, focus=(0.0, 0.0), file_name=path.name
                )
            except Exception as error:  # whatever Mastodon.py makes of it: the answer itself is looked at
                if not self._ok():
                    raise unprepared(session_fault(self._session, error, self._now())) from error
        made = answered(self._session.last)
        if not made.get("id"):
            raise NotPrepared(NotSent("the server's answer names no upload"))
        state = "ready" if self._status() == 200 and made.get("url") else "processing"
        return {own + "id": str(made["id"]), own + "at": self._now().isoformat(), own + "state": state}

    def _wait(self, media_id: str, own: str) -> None:
        """Ask after an upload until it is ready: posting before is refused. Raises NotPrepared."""
        for _ in range(POLLS):
            try:
                self._client.media(media_id)
            except Exception as error:  # whatever Mastodon.py makes of it: the answer itself is looked at
                if not self._ok():
                    fault = session_fault(self._session, error, self._now())
                    gone = (own + "id",) if self._status() in (404, 422) else ()
                    raise unprepared(fault, stale=gone) from error
            if self._status() == 200 and answered(self._session.last).get("url"):
                return
            self._nap(NAP_S)
        raise NotPrepared(NotSent("the server is still processing the file"))

    def _status(self) -> int | None:
        return self._session.last.status_code if self._session.last is not None else None

    def _ok(self) -> bool:
        return self._session.last is not None and self._session.last.ok

    # publishing

    def send(self, post: Post, prepared: Prepared, attempt: Attempt) -> Result:
        """POST /api/v1/statuses, always public: an account's own default may be another."""
        if (fault := self._publish(post, prepared, attempt, None)) is not None:
            return fault
        made, media = answered(self._session.last), post.media
        if not made.get("id"):
            return Unknown("the server answered without the post's id", self._status())
        if len(made.get("media_attachments") or ()) < len(media):
            _log.warning("%s: the server left a file out of the post", post.key)
        return Posted(RemoteRef(str(made["id"]), made.get("url") or None))

    def _publish(
        self, post: Post, prepared: Prepared, attempt: Attempt, at: datetime | None
    ) -> Result | None:
        """The one call; what went wrong with it, or None."""
        notes = prepared.notes
        if outlived(notes, self._now()):
            return NotSent("the uploads are too old", stale=tuple(notes))
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
            if not self._ok():
                return self._refused(error, attempt)
        return None

    def _refused(self, error: Exception, attempt: Attempt) -> Result:
        fault, answer = session_fault(self._session, error, self._now()), self._session.last
        words = said(answer).lower() if answer is not None and answer.status_code == 422 else ""
        if "not finished processing" in words:
            return NotSent(fault.why, status=422)
        if "already attached" in words:
            # not found and attached are one answer; only an earlier try of ours can have attached it
            if attempt.number > 1:
                return Duplicate(fault.why, status=422)
            return NotSent(fault.why, status=422, stale=tuple(attempt.notes))
        return fault

    # keeping it until its time

    def hand_off(self, post: Post, prepared: Prepared, attempt: Attempt) -> Result:
        """The same call with `scheduled_at`, to Mastodon itself alone: a server that passes over what it
        does not know would publish at once.
        """
        if self.limits().extra["honours_key"] != "yes":
            return NotSent("this server is not known to keep a post until its time", permanent=True)
        if (fault := self._publish(post, prepared, attempt, post.due)) is not None:
            return fault
        kept = answered(self._session.last)
        if not kept.get("id") or not kept.get("scheduled_at"):
            return Unknown("the server did not answer that it keeps the post", self._status())
        return Posted(RemoteRef(str(kept["id"])))

    def kept(self, post: Post, attempt: Attempt) -> RemoteRef | Unreadable | None:
        """Read what the server keeps: the post with our upload, else the one with our very words and time."""
        media = _uploads(attempt.notes)
        try:
            found = list(self._kept())
        except _TooMany:
            return Unreadable(f"the server keeps more than {PAGES * PAGE} posts")
        except Exception as error:  # whatever Mastodon.py makes of it: the answer itself is looked at
            return Unreadable(session_fault(self._session, error, self._now()).why)
        for each in found:
            same = (
                each["params"]["text"] == post.text
                and datetime.fromisoformat(each["scheduled_at"]) == post.due
            )
            if media & {str(file["id"]) for file in each["media_attachments"]} or same:
                return RemoteRef(str(each["id"]))
        return None

    def _kept(self) -> Iterator[Mapping[str, Any]]:
        before: str | None = None
        for _ in range(PAGES):
            self._client.scheduled_statuses(limit=PAGE, max_id=before)
            page = self._page()
            yield from page
            if len(page) < PAGE:
                return
            before = str(page[-1]["id"])
        raise _TooMany

    def take_back(self, ref: RemoteRef) -> NotSent | Unknown | None:
        """Delete what is kept. One that is not there any more may be out."""
        try:
            self._client.scheduled_status_delete(ref.remote_id)
        except Exception as error:  # whatever Mastodon.py makes of it: the answer itself is looked at
            if self._ok():
                return None
            if self._status() == 404:
                return Unknown("the server no longer keeps it", 404)
            return session_fault(self._session, error, self._now())
        return None

    # looking for it

    def find(self, post: Post, attempt: Attempt) -> RemoteRef | Unreadable | None:
        """Read the own timeline since the attempt: a post with our upload, else one with our very words."""
        media = _uploads(attempt.notes)
        words = plain_words(without_servers(post.text))
        try:
            posts = list(self._timeline(attempt.started - CLOCKS_APART))
        except _TooMany:
            return Unreadable(f"there are more than {PAGES * PAGE} posts since then")
        except Exception as error:  # whatever Mastodon.py makes of it: the answer itself is looked at
            return Unreadable(session_fault(self._session, error, self._now()).why)
        for each in posts:
            if media & {str(file["id"]) for file in each["media_attachments"]}:
                return RemoteRef(str(each["id"]), each.get("url"))
        for each in posts:
            if plain_words(_as_read(each["content"])) == words:
                return RemoteRef(str(each["id"]), each.get("url"))
        return None

    def _timeline(self, since: datetime) -> Iterator[Mapping[str, Any]]:
        if self._me is None:
            self._client.account_verify_credentials()
            self._me = str(answered(self._session.last)["id"])
        before: str | None = None
        for _ in range(PAGES):
            self._client.account_statuses(self._me, exclude_reblogs=True, limit=PAGE, max_id=before)
            page = self._page()
            # by time, not by id: not every server's ids tell the time
            recent = [each for each in page if datetime.fromisoformat(each["created_at"]) >= since]
            yield from recent
            if len(recent) < len(page) or not page:
                return
            before = str(page[-1]["id"])
        raise _TooMany

    def _page(self) -> list[Mapping[str, Any]]:
        assert self._session.last is not None
        page = self._session.last.json()
        if not isinstance(page, list):
            raise ValueError("the answer is no list")
        return page

    def delete(self, ref: RemoteRef) -> NotSent | Unknown | None:
        """Take a post back. One that is gone already is gone."""
        try:
            self._client.status_delete(ref.remote_id)
        except Exception as error:  # whatever Mastodon.py makes of it: the answer itself is looked at
            if self._ok() or self._status() in (404, 410):
                return None
            return session_fault(self._session, error, self._now())
        return None


def connect(secrets: Mapping[str, str], folder: Path, media_base_url: str | None) -> Mastodon:
    """The account of these credentials. Media are uploaded, so no public address is needed.

    Raises InputError for a server without https: the token would travel in the open.
    """
    given = by_role("mastodon", secrets)
    if not given["base_url"].startswith("https://"):
        raise InputError(
            "the address of a Mastodon server begins with https://",
            "mend the credential *_BASE_URL; over http anyone on the way could post in your name",
        )
    return Mastodon(given["base_url"], given["access_token"], folder)


class _TooMany(Exception):
    """The timeline is longer than we read."""


def _limits_of(instance: Mapping[str, Any]) -> Limits:
    """The limits in an answer of v2 or v1; Mastodon's own where a server does not say."""
    configuration = _part(instance, "configuration")
    statuses, files = _part(configuration, "statuses"), _part(configuration, "media_attachments")
    version = str(instance["version"])
    known = _HONOURS_KEY.fullmatch(version)
    types = files.get("supported_mime_types")
    # Pleroma and older servers say the length of a post outside of `configuration`
    longest = _number(instance, "max_toot_chars") or _DEFAULTS["max_characters"]
    return Limits(
        max_text=_number(statuses, "max_characters") or longest,
        max_media=_number(statuses, "max_media_attachments") or _DEFAULTS["max_media_attachments"],
        max_image_bytes=_number(files, "image_size_limit") or _DEFAULTS["image_size_limit"],
        max_video_bytes=_number(files, "video_size_limit") or _DEFAULTS["video_size_limit"],
        max_alt=_number(files, "description_limit") or PLATFORMS["mastodon"].max_alt,
        extra={
            "version": version,
            "honours_key": "yes" if known and int(known[1]) >= 4 else "no",
            "url_length": str(
                _number(statuses, "characters_reserved_per_url") or _DEFAULTS["characters_reserved_per_url"]
            ),
            "image_pixels": str(_number(files, "image_matrix_limit")),
            "video_pixels": str(_number(files, "video_matrix_limit")),
            "types": " ".join(map(str, types)) if isinstance(types, list) else "",
        },
    )


def _uploads(notes: Notes) -> set[str]:
    return {value for name, value in notes.items() if name.endswith(".id")}


def _part(answer: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = answer.get(name)
    return found if isinstance(found, Mapping) else {}


def _number(answer: Mapping[str, Any], name: str) -> int:
    """A positive whole number, or 0 where the server says none."""
    found = answer.get(name)
    return found if isinstance(found, int) and found > 0 else 0


def _as_read(content: str) -> str:
    """The words of a post's HTML; hidden parts of shortened addresses are words too."""
    return html.unescape(_TAG.sub("", _BREAK.sub(" ", content)))
