"""X, through tweepy: OAuth 1 user tokens, media by v2, and no way at all to make a second post impossible.

tweepy 4.17 uploads media by v1.1, which X has retired, holds its host in a local variable and has no
time limit: hence `client.request` for every call that writes, and a session of our own
(docs.x.com and tweepy's source, 2026-11-23).
"""

from __future__ import annotations

import base64
import html
import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from kit.model.post import Post, PostMedia
from kit.publish import protocol
from kit.publish.http_outcome import CLOCKS_APART, said, timed_session, unprepared
from kit.publish.platforms.adapter import Adapter
from kit.publish.platforms.find_post import Row, look, paged
from kit.publish.platforms.uploads import Notebook, fresh, outlived, read_media
from kit.publish.platforms.x_login import identify, log_in
from kit.publish.validate import Validated, limits_of
from kit.publish.wire import TIME_LIMIT_S
from kit.tables.credentials import by_role
from kit.tables.languages import LANGUAGES
from kit.text.compare import same_text

_log = logging.getLogger("kit.publish")

CHUNK = 1024 * 1024
"""Of a file, before base64 makes a third more of it: 5 MB in one call were refused with 431 (2026-11-23)."""
POLLS, LONGEST_POLL_S = 12, 5.0
"""How often a clip's processing is asked after, and the longest wait between. Later passes go on."""
PAGES = 5
_EPOCH_MS = 1_288_834_974_657
"""X's ids count milliseconds from here, shifted by 22 bits."""
_OWN_MEDIA = re.compile(r"/status/\d+/(?:photo|video)/\d+$")
_SUBTITLE_TYPES = {"text/vtt": "text/vtt", "text/srt": "text/srt", "application/x-subrip": "text/srt"}


class X(Validated):
    """One account. `base` sends every call to another host after it was signed; `sleep` waits between polls."""

    platform = "x"
    resend = protocol.Resend.NEVER

    def __init__(
        self,
        secrets: Mapping[str, str],
        folder: Path,
        *,
        base: str | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
        time_limit_s: float = TIME_LIMIT_S,
    ) -> None:
        import tweepy  # type: ignore[import-untyped]

        for name in ("tweepy", "requests_oauthlib", "oauthlib"):
            logging.getLogger(name).setLevel(logging.INFO)  # at DEBUG they print tokens and signatures
        self._session = timed_session(time_limit_s, base)
        # never wait_on_rate_limit: it sleeps, and then sends the post again
        self._client = tweepy.Client(**secrets, return_type=dict, wait_on_rate_limit=False)
        self._client.session = self._session
        self._folder, self._now, self._sleep = folder, now, sleep
        self._me: str | None = None

    def limits(self) -> protocol.Limits:
        """X's published limits: there is nothing to ask."""
        return limits_of(self.platform)

    # preparing

    def prepare(self, post: Post, known: protocol.Notes, save: protocol.Save) -> protocol.Prepared:
        """Upload, wait for clips, then alternative text and captions: what is noted is not done again."""
        book = Notebook(fresh(known, self._now()), save)
        for place, medium in enumerate(post.media):
            self._prepare_one(post, medium, f"{place}.", book)
        return protocol.Prepared(book.notes)

    def _prepare_one(self, post: Post, medium: PostMedia, own: str, book: Notebook) -> None:
        notes, keep = book.notes, book.keep
        if own + "id" not in notes:
            category = "tweet_video" if medium.is_video else "tweet_image"
            made = self._upload(medium, medium.media_type, category)
            state = made.get("processing_info", {}).get("state", "succeeded")
            # one commit for all of it: an upload without its hour would never be thought too old
            keep({
                own + "id": str(made["id"]), own + "key": str(made.get("media_key", "")),
                own + "at": self._now().isoformat(), own + "state": state,
                own + "alt": "", own + "captions": "",
            })  # fmt: skip
        media_id = notes[own + "id"]
        if notes[own + "state"] != "succeeded":
            self._wait(media_id, own)
            keep({own + "state": "succeeded"})
        if not notes[own + "alt"]:
            keep({own + "alt": self._describe(medium, media_id)})
        if medium.captions is not None and not notes[own + "captions"]:
            keep({own + "captions": self._caption(post, media_id, medium.captions)})

    def _describe(self, medium: PostMedia, media_id: str) -> str:
        """Give alternative text. Only of a clip may it be refused: X's older documentation names pictures only."""
        alt = {"alt_text": {"text": medium.alt}}
        try:
            self._call("POST", "/2/media/metadata", {"id": media_id, "metadata": alt})
        except protocol.NotPrepared as fault:
            if not medium.is_video or fault.result.status != 400:
                raise
            _log.warning("%s goes out without alternative text: %s", medium.path, fault.result.why)
            return "refused"
        return "given"

    def _caption(self, post: Post, media_id: str, captions: PostMedia) -> str:
        language = LANGUAGES[post.review]
        made = self._upload(captions, _SUBTITLE_TYPES[captions.media_type], "subtitles")
        track = {
            "id": str(made["id"]), "language_code": language.primary_subtag.upper(),
            "display_name": language.native_name,
        }  # fmt: skip
        body = {"id": media_id, "media_category": "TweetVideo", "subtitles": track}
        self._call("POST", "/2/media/subtitles", body)
        return str(made["id"])

    def _upload(self, medium: PostMedia, media_type: str, category: str) -> Mapping[str, Any]:
        """In one call where it is small; else begun, appended piece by piece, and finished."""
        data = read_media(self._folder, medium)
        if category != "tweet_video" and medium.bytes <= CHUNK:
            whole = {
                "media": _base64(data),
                "media_category": category,
                "media_type": media_type,
            }
            return self._made("POST", "/2/media/upload", whole)
        begun = {"media_type": media_type, "media_category": category, "total_bytes": medium.bytes}
        upload = f"/2/media/upload/{self._made('POST', '/2/media/upload/initialize', begun)['id']}"
        for index, piece in enumerate(_pieces(data)):
            self._call("POST", f"{upload}/append", {"media": _base64(piece), "segment_index": index})
        return self._made("POST", f"{upload}/finalize", None)

    def _wait(self, media_id: str, own: str) -> None:
        """Ask after a clip until it is ready; raises NotPrepared when it is not in time, or never will be."""
        for _ in range(POLLS):
            asked = {"command": "STATUS", "media_id": media_id}
            found = self._made("GET", "/2/media/upload", None, asked).get("processing_info", {})
            if found.get("state", "succeeded") == "succeeded":
                return
            if found["state"] == "failed":
                why = found.get("error", {}).get("message") or "X could not process the file"
                raise protocol.NotPrepared(protocol.NotSent(str(why), stale=(own + "id",)))
            self._sleep(min(float(found.get("check_after_secs", 1)), LONGEST_POLL_S))
        raise protocol.NotPrepared(protocol.NotSent("X is still processing the clip"))

    def _made(
        self, method: str, path: str, body: Mapping[str, Any] | None, params: Mapping[str, str] | None = None
    ) -> Mapping[str, Any]:
        """The `data` of an answer about media. Raises NotPrepared when there is none."""
        self._call(method, path, body, params)
        data = self._session.body.get("data")
        if not isinstance(data, Mapping) or not data.get("id"):
            raise protocol.NotPrepared(protocol.NotSent(f"X's answer to {path} names no upload"))
        return data

    def _call(
        self, method: str, path: str, body: Mapping[str, Any] | None, params: Mapping[str, str] | None = None
    ) -> None:
        """A call that publishes nothing. Raises NotPrepared."""
        try:
            self._client.request(method, path, params=params, json=body, user_auth=True)
        except Exception as error:  # whatever tweepy makes of it: the answer itself is looked at
            self._unprepared(error)

    def _unprepared(self, error: Exception) -> NoReturn:
        raise unprepared(self._session.fault(error, self._now())) from error

    # publishing

    def send(self, post: Post, prepared: protocol.Prepared, attempt: protocol.Attempt) -> protocol.Result:
        """POST /2/tweets. Uploads past their time are not tried: they are made anew."""
        notes = prepared.notes
        if outlived(notes, self._now()):
            return protocol.NotSent("the uploads are too old", stale=tuple(notes))
        body: dict[str, Any] = {"text": post.text}
        if post.media:
            body["media"] = {"media_ids": [notes[f"{place}.id"] for place in range(len(post.media))]}
        try:
            self._client.request("POST", "/2/tweets", json=body, user_auth=True)
        except Exception as error:  # whatever tweepy makes of it: the answer itself is looked at
            return self._refused(error, notes)
        data = self._session.body.get("data")
        if not isinstance(data, Mapping) or not data.get("id"):
            return protocol.Unknown("X answered without the post's id", self._session.status)
        return protocol.Posted(_ref(post, str(data["id"])))

    def _refused(self, error: Exception, notes: protocol.Notes) -> protocol.Result:
        fault, answer = self._session.fault(error, self._now()), self._session.last
        if answer is None:
            return fault
        words = said(answer).lower()
        if answer.status_code == 403 and "duplicate" in words:
            return protocol.Duplicate(fault.why, status=403)
        if answer.status_code == 400 and "media id" in words:
            return protocol.NotSent(fault.why, status=400, stale=tuple(notes))
        return fault

    # looking for it

    def find(self, post: Post, attempt: protocol.Attempt) -> protocol.RemoteRef | protocol.Unreadable | None:
        """Read the own timeline since the attempt: a post with our upload, else one with our very words."""
        media = {
            _media_number(value) for name, value in attempt.notes.items() if name.endswith(".key") and value
        }
        found = look(
            self._timeline(attempt.started - CLOCKS_APART),
            lambda row: (
                not media.isdisjoint(map(_media_number, row.get("attachments", {}).get("media_keys", ())))
            ),
            lambda row: same_text(_as_written(row), post.text),
            lambda error: self._session.fault(error, self._now()).why,
        )
        return _ref(post, str(found["id"])) if isinstance(found, Mapping) else found

    def _timeline(self, since: datetime) -> Iterator[Row]:
        if self._me is None:
            self._me = str(self._client.get_me(user_auth=True)["data"]["id"])
        asked = {
            "since_id": (int(since.timestamp() * 1000) - _EPOCH_MS) << 22, "max_results": 100,
            "tweet_fields": ["created_at", "entities", "attachments"], "expansions": ["attachments.media_keys"],
        }  # fmt: skip

        def read(after: str | None) -> tuple[Sequence[Row], str | None]:
            more = {} if after is None else {"pagination_token": after}
            page = self._client.get_users_tweets(self._me, user_auth=True, **asked, **more)
            return page.get("data", ()), page["meta"].get("next_token")

        yield from paged(read, PAGES, f"there are more than {PAGES * 100} posts since then")

    def delete(self, ref: protocol.RemoteRef) -> protocol.NotSent | protocol.Unknown | None:
        """Take a post back. One that is gone already is gone."""
        try:
            deleted = self._client.delete_tweet(ref.remote_id, user_auth=True)["data"]["deleted"]
        except Exception as error:  # whatever tweepy makes of it: the answer itself is looked at
            return None if self._session.status == 404 else self._session.fault(error, self._now())
        return (
            None
            if deleted is True
            else protocol.Unknown("X does not say that it is deleted", self._session.status)
        )


def _ref(post: Post, number: str) -> protocol.RemoteRef:
    return protocol.RemoteRef(number, f"https://x.com/{post.handle.lstrip('@')}/status/{number}")


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _pieces(data: bytes) -> Iterator[bytes]:
    return (data[start : start + CHUNK] for start in range(0, len(data), CHUNK))


def _media_number(key: str) -> str:
    """The number in a media key: what stands before it says the kind, and may change with processing."""
    return key.rpartition("_")[2]


def _as_written(tweet: Mapping[str, Any]) -> str:
    """A post's text with its addresses as they were written, and without the address of its own media."""
    text = html.unescape(str(tweet.get("text", "")))
    for link in tweet.get("entities", {}).get("urls", ()):
        target = str(link.get("expanded_url", link["url"]))
        own = "media_key" in link or _OWN_MEDIA.search(target)  # the address of its picture is X's addition
        text = text.replace(link["url"], "" if own else target)
    return text


def connect(secrets: Mapping[str, str], folder: Path, media_base_url: str | None) -> X:
    """The account of these credentials. Media are uploaded, so no public address is needed."""
    return X(by_role("x", secrets), folder)


ADAPTER = Adapter(connect, log_in, identify)
