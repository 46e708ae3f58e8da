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
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from kit.errors import InputError
from kit.model.post import Post, PostMedia
from kit.publish.http_outcome import TIME_LIMIT_S
from kit.publish.platforms.http_client import Calls, Failed, looks, object_of, parsed, poll_ended, preparing
from kit.publish.platforms.linkedin_text import little, plain
from kit.publish.platforms.matching import of_this_attempt, same_text
from kit.publish.platforms.subrip import locale, subrip
from kit.publish.platforms.takes import Takes, refusals
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
from kit.tables.platforms import PLATFORMS

_log = logging.getLogger("kit.publish")

BASE = "https://api.linkedin.com"
SITE = "https://www.linkedin.com/feed/update"
VERSION = "202605"
"""The month whose API is spoken; read 2026-11-23. LinkedIn keeps a version for at least a year."""
OLD_AFTER_MONTHS = 10
_TAKES = Takes(
    max_media=20, video_bytes=500_000_000, video_s=(3, 600), video_ratio=(1 / 2.4, 2.4),
    image_least=(552, 276),
)  # fmt: skip
_AUTHOR = re.compile(r"urn:li:(organization|person):[\w-]+")
_POST = re.compile(r"urn:li:(?:share|ugcPost|activity):\d+")
_NO_CAPTIONS = "captions_refused"
_MOST = 50


class LinkedIn:
    """One author."""

    platform = "linkedin"
    resend = Resend.NEVER

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

    def limits(self) -> Limits:
        """The platform's row: there is no address to ask. `extra` names the version, and warns of its age."""
        row = PLATFORMS[self.platform]
        extra = {"version": self._version} | ({"warning": self._warning} if self._warning else {})
        return Limits(
            row.max_text, _TAKES.max_media, row.max_image_bytes, _TAKES.video_bytes, row.max_alt, extra
        )  # fmt: skip

    def validate(self, post: Post, limits: Limits) -> list[str]:
        """What the platform would refuse."""
        return refusals(post, _TAKES, limits)

    def prepare(self, post: Post, known: Notes, save: Save) -> Prepared:
        """Upload what is not there yet, and wait until LinkedIn can show it."""
        notes = dict(known)

        def keep(name: str, value: str) -> None:
            notes[name] = value
            save({name: value})

        with preparing():
            for number, medium in enumerate(post.media):
                name, kind = _note(number, medium)
                if name not in notes:
                    keep(
                        name,
                        self._video(medium, post, notes, keep) if medium.is_video else self._image(medium),
                    )
                self._await(kind, notes[name], name)
        return Prepared(notes)

    def send(self, post: Post, prepared: Prepared, attempt: Attempt) -> Result:
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
            return Unknown(f"{answer.status_code}: the answer names no post", answer.status_code)
        return Posted(_ref(found))

    def find(self, post: Post, attempt: Attempt) -> RemoteRef | Unreadable | None:
        """Among the organisation's newest posts: by its own upload, or by its words since the attempt began."""
        if not self._author.startswith("urn:li:organization:"):
            return Unreadable("LinkedIn lets nobody read a member's posts")
        try:
            answer = self._asked(
                "GET", "/rest/posts", headers={"X-RestLi-Method": "FINDER"},
                params={"q": "author", "author": self._author, "count": str(_MOST), "sortBy": "CREATED"},
            )  # fmt: skip
            rows = object_of(answer, self._now()).get("elements")
        except Failed as fault:
            return Unreadable(f"{fault} (reading needs r_organization_social)")
        if not isinstance(rows, list):
            return Unreadable("the list of posts cannot be read")
        ours = [row for row in rows if isinstance(row, dict) and _is_ours(row, post, attempt)]
        return _ref(str(ours[0].get("id"))) if ours else None

    def delete(self, ref: RemoteRef) -> NotSent | Unknown | None:
        """Delete the post; LinkedIn answers a second time as the first."""
        try:
            self._asked(
                "DELETE",
                f"/rest/posts/{quote(ref.remote_id, safe='')}",
                headers={"X-RestLi-Method": "DELETE"},
            )
        except Failed as fault:
            if fault.result.status == 404:
                return None
            return fault.result if isinstance(fault.result, NotSent) else Unknown(str(fault))
        return None

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
            raise Failed(Duplicate(f"{answer.status_code}: {why}"[:300], hint, answer.status_code), body)
        if answer.status_code == 426:
            why = f"426: LinkedIn no longer speaks version {self._version}: a newer edition of the kit is needed"
            raise Failed(NotSent(why, permanent=True, status=426), body)
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
            raise Failed(Unknown("the answer names no upload"))
        return value

    def _image(self, medium: PostMedia) -> str:
        begun = self._begun("images")
        data = (self._folder / medium.path).read_bytes()
        self._put(begun.get("uploadUrl"), content=data, headers={"Content-Type": medium.media_type})
        return _urn(begun, "image")

    def _video(
        self, medium: PostMedia, post: Post, notes: Mapping[str, str], keep: Callable[[str, str], None]
    ) -> str:
        captions = medium.captions if _NO_CAPTIONS not in notes else None
        begun = self._begun(
            "videos", fileSizeBytes=medium.bytes, uploadCaptions=captions is not None, uploadThumbnail=False
        )
        video, parts = _urn(begun, "video"), []
        with (self._folder / medium.path).open("rb") as file:
            for first, last, address in _instructions(begun, medium.bytes):
                file.seek(first)
                answer = self._put(
                    address, content=file.read(last - first + 1),
                    headers={"Content-Type": "application/octet-stream"},
                )  # fmt: skip
                parts.append(answer.headers.get("etag", "").strip('"'))
        if captions is not None:
            self._captions(begun.get("captionsUploadUrl"), captions, post.language, keep)
        done = {
            "video": video, "uploadToken": str(begun.get("uploadToken") or ""), "uploadedPartIds": parts
        }  # fmt: skip
        self._asked(
            "POST", "/rest/videos", params={"action": "finalizeUpload"}, json={"finalizeUploadRequest": done}
        )
        return video

    def _captions(
        self, address: object, captions: PostMedia, language: str, keep: Callable[[str, str], None]
    ) -> None:
        """Refused captions are left out at the next try: what is said stands in the picture as well."""
        spoken, country = locale(language)
        metadata = {
            "format": "SRT", "formattedForEasyReader": True, "largeText": True, "source": "USER_PROVIDED",
            "locale": {"country": country, "language": spoken.upper()}, "transcriptType": "CLOSED_CAPTION",
        }  # fmt: skip
        text = subrip((self._folder / captions.path).read_text("utf-8"))
        files = {
            "metadata": (None, json.dumps(metadata), "application/json"),
            "file": ("captions.srt", text.encode(), "application/x-subrip"),
        }
        try:
            self._put(address, method="POST", files=files)
        except Failed as fault:
            if isinstance(fault.result, NotSent) and fault.result.permanent:
                keep(_NO_CAPTIONS, "yes")
                why = f"LinkedIn does not take the captions file ({fault}): the clip goes without it"
                raise NotPrepared(NotSent(why)) from fault
            raise

    def _put(self, address: object, method: str = "PUT", **how: Any) -> httpx.Response:
        """Upload to an address that LinkedIn has named. Raises Failed for one outside LinkedIn."""
        if not isinstance(address, str):
            raise Failed(Unknown("the answer names no address to upload to"))
        host, home = urlsplit(address).hostname or "", urlsplit(self._base).hostname
        if host != home and not host.endswith(".linkedin.com"):
            raise Failed(NotSent(f"LinkedIn names {host!r} to upload to: the token is not sent there"))
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
                raise NotPrepared(NotSent("LinkedIn could not process the file", stale=(name,)))
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


def _content(post: Post, notes: Notes) -> dict[str, Any]:
    """The files of a post. Alternative text is for pictures: a clip has no field for it."""
    if not post.media:
        return {}
    shown = [
        {"id": notes[_note(number, m)[0]]} | ({} if m.is_video else {"altText": m.alt})
        for number, m in enumerate(post.media)
    ]
    return {"content": {"multiImage": {"images": shown}} if len(shown) > 1 else {"media": shown[0]}}


def _is_ours(row: Mapping[str, Any], post: Post, attempt: Attempt) -> bool:
    uploads = {value for value in attempt.notes.values() if value.startswith("urn:li:")}
    if any(json.dumps(urn) in json.dumps(row.get("content")) for urn in uploads):
        return True
    created = row.get("publishedAt") or row.get("createdAt")
    at = (
        datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=created) if isinstance(created, int) else None
    )
    said = plain(str(row.get("commentary") or ""))
    return same_text(said, post.text) and of_this_attempt(at, attempt)


def _instructions(begun: Mapping[str, Any], size: int) -> list[tuple[int, int, object]]:
    """The parts of an upload: first byte, last byte, address. Raises Failed when they are not the file."""
    rows = begun.get("uploadInstructions")
    try:
        parts = [(int(row["firstByte"]), int(row["lastByte"]), row["uploadUrl"]) for row in rows or ()]
    except (TypeError, KeyError, ValueError):
        parts = []
    if sum(last - first + 1 for first, last, _ in parts) != size:
        raise Failed(Unknown("the parts that LinkedIn asks for are not the clip"))
    return parts


def _urn(begun: Mapping[str, Any], kind: str) -> str:
    found = begun.get(kind)
    if not isinstance(found, str) or not found.startswith(f"urn:li:{kind}:"):
        raise Failed(Unknown(f"the answer names no {kind}"))
    return found


def _ref(urn: str) -> RemoteRef:
    return RemoteRef(urn, f"{SITE}/{urn}/")


def connect(secrets: Mapping[str, str], folder: Path, media_base_url: str | None) -> LinkedIn:
    """The author that these credentials belong to. No network."""
    held = by_role("linkedin", secrets)
    return LinkedIn(held["author"], held["access_token"], folder)
