"""LinkedIn, for an organisation or a member: files are uploaded first, then one call makes the post.

There is no key for a post. What protects is LinkedIn's own notice of a duplicate, which names the post,
and the list of an organisation's posts; a member's posts can be read by nobody.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from kit.errors import InputError
from kit.model.post import Post, PostMedia
from kit.publish import protocol
from kit.publish.platforms.adapter import Adapter
from kit.publish.platforms.find_post import Row, of_this_attempt, pick
from kit.publish.platforms.http_client import (
    Calls,
    Failed,
    deleted,
    looks,
    object_of,
    parsed,
    poll_ended,
    preparing,
)
from kit.publish.platforms.linkedin_login import identify, log_in
from kit.publish.platforms.linkedin_text import little, plain
from kit.publish.platforms.subrip import locale, subrip
from kit.publish.platforms.uploads import Notebook, read_media
from kit.publish.validate import Validated, limits_of
from kit.publish.wire import TIME_LIMIT_S
from kit.tables.credentials import by_role
from kit.text.compare import same_text
from kit.text.web_address import is_safe

_log = logging.getLogger("kit.publish")

BASE = "https://api.linkedin.com"
SITE = "https://www.linkedin.com/feed/update"
VERSION = "202605"
"""The month whose API is spoken; read 2026-11-23. LinkedIn keeps a version for at least a year."""
OLD_AFTER_MONTHS = 10
_AUTHOR = re.compile(r"urn:li:(organization|person):[\w-]+")
_POST = re.compile(r"urn:li:(?:share|ugcPost|activity):\d+")
_NO_CAPTIONS = "captions_refused"
_MOST = 50
_EPOCH = datetime.fromtimestamp(0, UTC)


class LinkedIn(Validated):
    """One author."""

    platform = "linkedin"
    resend = protocol.Resend.NEVER

    def __init__(
        self,
        author: str,
        token: str,
        folder: Path,
        *,
        base: str = BASE,
        version: str = VERSION,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
        time_limit_s: float = TIME_LIMIT_S,
    ) -> None:
        if not _AUTHOR.fullmatch(author):
            raise InputError(
                f"{author!r} is not an author on LinkedIn",
                "*_AUTHOR is urn:li:organization:NUMBER, or urn:li:person:ID for a member",
            )
        self._author, self._folder, self._base = author, folder, base
        self._now, self._sleep = now, sleep
        headers = {"Linkedin-Version": version, "X-Restli-Protocol-Version": "2.0.0"}
        self._calls = Calls(base, token, headers, time_limit_s)
        self._version, self._warning = version, version_warning(version, now().date())
        if self._warning:
            _log.warning("%s", self._warning)

    def limits(self) -> protocol.Limits:
        """The platform's row: there is no address to ask. `extra` names the version, and warns of its age."""
        extra = {"version": self._version} | ({"warning": self._warning} if self._warning else {})
        return replace(limits_of(self.platform), extra=extra)

    def prepare(self, post: Post, known: protocol.Notes, save: protocol.Save) -> protocol.Prepared:
        """Upload what is not there yet, and wait until LinkedIn can show it."""
        book = Notebook(known, save)
        with preparing():
            for number, medium in enumerate(post.media):
                name, kind = _note(number, medium)
                if name not in book.notes:
                    made = self._video(medium, post, book) if medium.is_video else self._image(medium)
                    book.keep({name: made})
                self._await(kind, book.notes[name], name)
        return protocol.Prepared(book.notes)

    def send(self, post: Post, prepared: protocol.Prepared, attempt: protocol.Attempt) -> protocol.Result:
        """The post."""
        body = {
            "author": self._author,
            "commentary": little(post.text),
            "visibility": "PUBLIC",
            "distribution": {
                "feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []
            },
            "lifecycleState": "PUBLISHED",
            "isReshareDisabledByAuthor": False,
            **_content(post, prepared.notes),
        }  # fmt: skip
        try:
            answer = self._asked("POST", "/rest/posts", json=body)
        except Failed as fault:
            return fault.result
        found = answer.headers.get("x-restli-id", "")
        if not _POST.fullmatch(found):
            return protocol.Unknown(f"{answer.status_code}: the answer names no post", answer.status_code)
        return protocol.Posted(_ref(found))

    def find(self, post: Post, attempt: protocol.Attempt) -> protocol.RemoteRef | protocol.Unreadable | None:
        """Among the organisation's newest posts: by its own upload, or by its words since the attempt began."""
        if not self._author.startswith("urn:li:organization:"):
            return protocol.Unreadable("LinkedIn lets nobody read a member's posts")
        try:
            answer = self._asked(
                "GET", "/rest/posts", headers={"X-RestLi-Method": "FINDER"},
                params={"q": "author", "author": self._author, "count": str(_MOST), "sortBy": "CREATED"},
            )  # fmt: skip
            rows = object_of(answer, self._now()).get("elements")
        except Failed as fault:
            return protocol.Unreadable(f"{fault} (reading needs r_organization_social)")
        if not isinstance(rows, list):
            return protocol.Unreadable("the list of posts cannot be read")
        ours = _ours([row for row in rows if isinstance(row, dict)], post, attempt)
        return _ref(str(ours.get("id"))) if ours else None

    def delete(self, ref: protocol.RemoteRef) -> protocol.NotSent | protocol.Unknown | None:
        """Delete the post; LinkedIn answers a second time as the first."""
        address = f"/rest/posts/{quote(ref.remote_id, safe='')}"
        return deleted(
            lambda: self._asked("DELETE", address, headers={"X-RestLi-Method": "DELETE"}),
            lambda fault: fault.result.status == 404,
        )

    def _asked(self, method: str, address: str, **how: Any) -> httpx.Response:
        """One call, and its answer if it is a success. Raises Failed."""
        answer = self._calls.ask(method, address, **how)
        if answer.is_success:
            return answer
        body = parsed(answer)
        why = str(body.get("message") or body.get("code") or "") if isinstance(body, dict) else ""
        if "DUPLICATE_POST" in answer.text:
            named = _POST.search(answer.text)
            hint = _ref(named[0]) if named else None
            raise Failed(protocol.Duplicate(f"{answer.status_code}: {why}", hint, answer.status_code), body)
        if answer.status_code == 426:
            why = f"426: LinkedIn no longer speaks version {self._version}: a newer edition of the kit is needed"
            raise Failed(protocol.NotSent(why, permanent=True, status=426), body)
        if answer.status_code == 401:
            why = f"{why} (the token has expired or was withdrawn: `kit accounts login`)"
        object_of(answer, self._now(), why)
        raise AssertionError("an answer that is no success has been read as one")

    def _begun(self, kind: str, **request: Any) -> dict[str, Any]:
        """What an upload needs. Raises Failed."""
        body = {"initializeUploadRequest": {"owner": self._author, **request}}
        answer = self._asked("POST", f"/rest/{kind}", params={"action": "initializeUpload"}, json=body)
        value = object_of(answer, self._now()).get("value")
        if not isinstance(value, dict):
            raise Failed(protocol.Unknown("the answer names no upload"))
        return value

    def _image(self, medium: PostMedia) -> str:
        data = read_media(self._folder, medium)
        begun = self._begun("images")
        self._put(begun.get("uploadUrl"), content=data, headers={"Content-Type": medium.media_type})
        return _urn(begun, "image")

    def _video(self, medium: PostMedia, post: Post, book: Notebook) -> str:
        captions = medium.captions if _NO_CAPTIONS not in book.notes else None
        data = read_media(self._folder, medium)
        begun = self._begun(
            "videos", fileSizeBytes=medium.bytes, uploadCaptions=captions is not None, uploadThumbnail=False
        )
        video, parts = _urn(begun, "video"), []
        for first, last, address in _instructions(begun, medium.bytes):
            answer = self._put(
                address, content=data[first : last + 1], headers={"Content-Type": "application/octet-stream"}
            )
            parts.append(answer.headers.get("etag", "").strip('"'))
        if captions is not None:
            self._captions(begun.get("captionsUploadUrl"), captions, post.language, book)
        done = {
            "video": video, "uploadToken": str(begun.get("uploadToken") or ""), "uploadedPartIds": parts
        }  # fmt: skip
        self._asked(
            "POST", "/rest/videos", params={"action": "finalizeUpload"}, json={"finalizeUploadRequest": done}
        )
        return video

    def _captions(self, address: object, captions: PostMedia, language: str, book: Notebook) -> None:
        """Refused captions are left out at the next try: what is said stands in the picture as well."""
        spoken, country = locale(language)
        metadata = {
            "format": "SRT", "formattedForEasyReader": True, "largeText": True, "source": "USER_PROVIDED",
            "locale": {"country": country, "language": spoken.upper()}, "transcriptType": "CLOSED_CAPTION",
        }  # fmt: skip
        text = subrip(read_media(self._folder, captions).decode())
        files = {
            "metadata": (None, json.dumps(metadata), "application/json"),
            "file": ("captions.srt", text.encode(), "application/x-subrip"),
        }
        try:
            self._put(address, method="POST", files=files)
        except Failed as fault:
            if isinstance(fault.result, protocol.NotSent) and fault.result.permanent:
                book.keep({_NO_CAPTIONS: "yes"})
                why = f"LinkedIn does not take the captions file ({fault}): the clip goes without it"
                raise protocol.NotPrepared(protocol.NotSent(why)) from fault
            raise

    def _put(self, address: object, method: str = "PUT", **how: Any) -> httpx.Response:
        """Upload to an address that LinkedIn has named. Raises Failed for one outside LinkedIn."""
        if not isinstance(address, str):
            raise Failed(protocol.Unknown("the answer names no address to upload to"))
        host, home = _host(address), _host(self._base)
        if not is_safe(address) or (host != home and not host.endswith(".linkedin.com")):
            raise Failed(
                protocol.NotSent(f"LinkedIn names {host!r} to upload to: the token is not sent there")
            )
        return self._asked(method, address, **how)

    def _await(self, kind: str, urn: str, name: str) -> None:
        """Until it can be shown. Raises NotPrepared."""
        for _ in looks(self._sleep):
            try:
                answer = self._asked("GET", f"/rest/{kind}/{quote(urn, safe='')}")
            except Failed as fault:
                if fault.result.status == 403:  # not every token may read what it has uploaded
                    return
                raise
            status = object_of(answer, self._now()).get("status")
            if status == "AVAILABLE":
                return
            if status == "PROCESSING_FAILED":
                raise protocol.NotPrepared(
                    protocol.NotSent("LinkedIn could not process the file", stale=(name,))
                )
        raise poll_ended("LinkedIn")


def version_warning(version: str, today: date) -> str | None:
    """What is to be said of a version that LinkedIn may soon refuse; None for a young one."""
    months = (today.year - int(version[:4])) * 12 + today.month - int(version[4:])
    if months <= OLD_AFTER_MONTHS:
        return None
    return f"LinkedIn's API version {version} is {months} months old and may be refused from now on"


def _note(number: int, medium: PostMedia) -> tuple[str, str]:
    """The note that holds an upload's urn, and what LinkedIn calls its kind."""
    return ("video", "videos") if medium.is_video else (f"image{number}", "images")


def _content(post: Post, notes: protocol.Notes) -> dict[str, Any]:
    """The files of a post. Alternative text is for pictures: a clip has no field for it."""
    if not post.media:
        return {}
    shown = [
        {"id": notes[_note(number, m)[0]]} | ({} if m.is_video else {"altText": m.alt})
        for number, m in enumerate(post.media)
    ]
    return {"content": {"multiImage": {"images": shown}} if len(shown) > 1 else {"media": shown[0]}}


def _ours(rows: list[dict[str, Any]], post: Post, attempt: protocol.Attempt) -> Row | None:
    """By an upload of this post, or by its words since the attempt began."""
    uploads = [json.dumps(value) for value in attempt.notes.values() if value.startswith("urn:li:")]

    def has_upload(row: Row) -> bool:
        content = json.dumps(row.get("content"))
        return any(urn in content for urn in uploads)

    def says_it(row: Row) -> bool:
        created = row.get("publishedAt") or row.get("createdAt")
        at = _EPOCH + timedelta(milliseconds=created) if isinstance(created, int) else None
        return same_text(plain(str(row.get("commentary") or "")), post.text) and of_this_attempt(at, attempt)

    return pick(rows, has_upload, says_it)


def _instructions(begun: Mapping[str, Any], size: int) -> list[tuple[int, int, object]]:
    """The parts of an upload: first byte, last byte, address. Raises Failed when they are not the file."""
    rows = begun.get("uploadInstructions")
    try:
        parts = [(int(row["firstByte"]), int(row["lastByte"]), row["uploadUrl"]) for row in rows or ()]
    except (TypeError, KeyError, ValueError):
        parts = []
    if sum(last - first + 1 for first, last, _ in parts) != size:
        raise Failed(protocol.Unknown("the parts that LinkedIn asks for are not the clip"))
    return parts


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _urn(begun: Mapping[str, Any], kind: str) -> str:
    found = begun.get(kind)
    if not isinstance(found, str) or not found.startswith(f"urn:li:{kind}:"):
        raise Failed(protocol.Unknown(f"the answer names no {kind}"))
    return found


def _ref(urn: str) -> protocol.RemoteRef:
    return protocol.RemoteRef(urn, f"{SITE}/{urn}/")


def connect(secrets: Mapping[str, str], folder: Path, media_base_url: str | None) -> LinkedIn:
    """The author that these credentials belong to. No network."""
    held = by_role("linkedin", secrets)
    return LinkedIn(held["author"], held["access_token"], folder)


ADAPTER = Adapter(connect, log_in, identify)
