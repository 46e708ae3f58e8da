"""A Mastodon server as its documentation and source describe it, and one that only speaks its API (2026-11-23).

`late`: how many readings of the timeline a new post is missing from; of several, a scenario's faults say which,
so that a seed is always the same scenario. `version` says who answers; `honours`,
whether a second request with a known key gives the first one's post, and an upload belongs to one post.
"""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from kit.publish.platforms.mastodon import Mastodon
from kit.publish.protocol import Resend
from tests.publish.harness.faulty import TIME_LIMIT_S, Asked, Faulty, Said
from tests.publish.harness.row import DUE, LATE, Row, make_post
from tests.publish.harness.with_media import SMALL_FILES, small_clip

ME, TOKEN = "109348", "a-mastodon-token"
_LINK = re.compile(r"https?://\S*[^\s.,]")
_MENTION = re.compile(r"@(\w+)@([\w.]+\w)")


class FakeMastodon(Faulty):
    """One account, @one."""

    def __init__(
        self,
        now: datetime,
        *,
        late: tuple[int, ...] = (0,),
        version: str = "4.5.2",
        honours: bool = True,
        v2: bool = True,
    ) -> None:
        # a day ahead: whatever a scenario's clock says, a post is newer than the attempt
        self.now = now + timedelta(days=1)
        self.clock = now - timedelta(hours=12)
        self.late, self.version, self.honours, self.v2 = late, version, honours, v2
        super().__init__()

    def begin(self) -> None:
        self.lag = self.late[sum(fault is None for fault in self.faults) % len(self.late)]
        self.out: list[dict[str, Any]] = []
        self.keeps: list[dict[str, Any]] = []
        self.uploads: dict[str, dict[str, Any]] = {}
        self.keys: dict[str, str] = {}
        self.ids = 1000
        self.pending = 1
        self.page = 40

    def publishes(self, asked: Asked) -> bool:
        return (asked.method, asked.path) == ("POST", "/api/v1/statuses")

    def count(self, text: str) -> int:
        with self.lock:
            return sum(post["plain"] == text for post in self.out)

    def refusal(self, fault: str) -> Said:
        if fault == "403":  # Mastodon knows no duplicate; this is what it says in place of a commit
            return _error(
                422, "Cannot attach files that have not finished processing. Try again in a moment!"
            )
        if fault == "429":
            reset = {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "0", "Retry-After": "60"}
            return Said({"error": "Too many requests"}, 429, reset)
        if fault == "503":
            return Said(b"<html><body>We're sorry</body></html>", 503, {"Content-Type": "text/html"})
        return _error(500, "Internal Server Error")

    def answer(self, asked: Asked) -> Said | None:
        if asked.headers.get("Authorization") != f"Bearer {TOKEN}":
            return _error(401, "The access token is invalid")
        what = f"{asked.method} {re.sub(r'[0-9]{4,}', ':id', asked.path)}"
        number = next(iter(re.findall(r"[0-9]{4,}", asked.path)), "")
        if what == "GET /api/v2/instance":
            return self._instance() if self.v2 else _error(404, "Not Found")
        if what == "GET /api/v1/instance":
            return self._older_instance()
        if what == "POST /api/v2/media":
            return self._upload(asked)
        if what == "GET /api/v1/media/:id":
            return self._media(number)
        if what == "POST /api/v1/statuses":
            return self._post(parse_qs(asked.body.decode()), asked.headers.get("Idempotency-Key", ""))
        if what == "GET /api/v1/accounts/verify_credentials":
            return Said({"id": ME, "username": "one", "acct": "one"})
        if what == "GET /api/v1/accounts/:id/statuses" and number == ME:
            return self._timeline(asked.query)
        if what == "DELETE /api/v1/statuses/:id":
            gone = [post for post in self.out if post["id"] == number]
            self.out = [post for post in self.out if post not in gone]
            return Said(_shown(gone[0])) if gone else _error(404, "Record not found")
        if what == "GET /api/v1/scheduled_statuses":
            older = (
                k for k in reversed(self.keeps) if int(k["id"]) < int(asked.query.get("max_id", "9" * 9))
            )
            return Said(
                [{n: v for n, v in k.items() if n != "form"} for k in older][: int(asked.query["limit"])]
            )
        if what == "DELETE /api/v1/scheduled_statuses/:id":
            gone = [kept for kept in self.keeps if kept["id"] == number]
            self.keeps = [kept for kept in self.keeps if kept not in gone]
            for file in (file for kept in gone for file in kept["media_attachments"]):
                del self.uploads[file["id"]]  # they go with what they are attached to
            return Said({}) if gone else _error(404, "Record not found")
        return None

    def publish_kept(self) -> None:
        """Their time has come."""
        for kept in self.keeps:
            files = [file["id"] for file in kept["media_attachments"]]
            self.add(kept["params"]["text"], files, form=kept["form"])
        self.keeps = []

    def _keep(self, text: str, named: list[str], form: dict[str, list[str]]) -> Said:
        at = datetime.fromisoformat(form["scheduled_at"][0])
        if at <= self.clock + timedelta(minutes=5):
            return _error(422, "Validation failed: Scheduled at must be in the future")
        number = self._next()
        for name in named:
            self.uploads[name]["post"] = number
        self.keeps.append({
            "id": number, "scheduled_at": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}", "params": {"text": text},
            "media_attachments": [{"id": name} for name in named], "form": form,
        })  # fmt: skip
        return Said({name: value for name, value in self.keeps[-1].items() if name != "form"})

    def _instance(self) -> Said:
        statuses = {"max_characters": 500, "max_media_attachments": 4, "characters_reserved_per_url": 23}
        files = {
            "supported_mime_types": ["image/jpeg", "image/png", "video/mp4"], "description_limit": 1500,
            "image_size_limit": 16_777_216, "image_matrix_limit": 33_177_600,
            "video_size_limit": 103_809_024, "video_frame_rate_limit": 120, "video_matrix_limit": 8_294_400,
        }  # fmt: skip
        limits = {"statuses": statuses, "media_attachments": files}
        return Said({"domain": "social.example", "version": self.version, "configuration": limits})

    def _older_instance(self) -> Said:
        return Said({"uri": "social.example", "version": self.version, "max_toot_chars": 5000})

    # media

    def _upload(self, asked: Asked) -> Said:
        head = f"Content-Type: {asked.headers['Content-Type']}\r\n\r\n".encode()
        parts: dict[str, Any] = {}
        for part in message_from_bytes(head + asked.body, policy=policy.HTTP).iter_parts():
            name = str(part.get_param("name", header="content-disposition"))
            sent: Any = part.get_payload(decode=True)
            parts[name] = (part.get_content_type(), sent) if name == "file" else sent.decode()
        media_type, data = parts["file"]
        number = self._next()
        self.uploads[number] = {
            "id": number, "type": media_type, "data": data, "alt": parts.get("description"),
            "focus": parts.get("focus"), "polls": 0, "post": None, "ready": media_type.startswith("image/"),
        }  # fmt: skip
        return self._told(number, 200 if self.uploads[number]["ready"] else 202)

    def _media(self, number: str) -> Said:
        upload = self.uploads.get(number)
        if upload is None or upload["post"]:
            return _error(404, "Record not found")
        if upload.get("broken"):
            return _error(422, "There was an error processing the media attachment")
        upload["polls"] += 1
        upload["ready"] = upload["ready"] or upload["polls"] > self.pending
        return self._told(number, 200 if upload["ready"] else 206)

    def _told(self, number: str, status: int) -> Said:
        upload = self.uploads[number]
        url = f"https://files.social.example/{number}" if upload["ready"] else None
        kind = upload["type"].partition("/")[0]
        return Said({"id": number, "type": kind, "url": url, "description": upload["alt"]}, status)

    # posts

    def _post(self, form: dict[str, list[str]], key: str) -> Said:
        if self.honours and key in self.keys:
            return Said(_shown(next(post for post in self.out if post["id"] == self.keys[key])))
        named = form.get("media_ids[]", [])
        lacking = [n for n in named if n not in self.uploads or (self.uploads[n]["post"] and self.honours)]
        if lacking:
            return _error(422, f"Media {', '.join(lacking)} not found or already attached to another post")
        if not all(self.uploads[number]["ready"] for number in named):
            return self.refusal("403")
        (text,) = form["status"]
        if len(text) > 500:
            return _error(422, "Validation failed: Text character limit of 500 exceeded")
        if "scheduled_at" in form and self.honours:
            return self._keep(text, named, form)
        number = self.add(text, named, form=form)
        if key:
            self.keys[key] = number
        return Said(_shown(self.out[-1]))

    def add(self, text: str, media: list[str] = [], at: datetime | None = None, **more: Any) -> str:  # noqa: B006
        """A post on the account's timeline, as readers and the API see it."""
        number = self._next()
        shown = html.escape(text, quote=True).replace("&#x27;", "&#39;")
        shown = _MENTION.sub(r'<a href="https://\2/@\1">@<span>\1</span></a>', _LINK.sub(_linked, shown))
        shown = "".join(f"<p>{part}</p>" for part in shown.replace("\n\n", "\0").split("\0"))
        for name in media:
            self.uploads[name]["post"] = number
        self.out.append({
            "id": number, "plain": text, "reads": 0, "content": shown.replace("\n", "<br />"),
            "created_at": (at or self.now).astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "url": f"https://social.example/@one/{number}", "media_attachments": [{"id": name} for name in media],
        } | more)  # fmt: skip
        return number

    def _timeline(self, query: Any) -> Said:
        seen = []
        for post in reversed(self.out):
            if "max_id" not in query or int(post["id"]) < int(query["max_id"]):
                post["reads"] += 1
                if post["reads"] > self.lag:
                    seen.append(_shown(post))
        return Said(seen[: min(int(query["limit"]), self.page)])

    def _next(self) -> str:
        self.ids += 1
        return str(self.ids)


def _shown(post: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in post.items() if name not in ("plain", "reads", "form")}


def _linked(found: re.Match[str]) -> str:
    """An address as Mastodon shortens it for the eye: all of it is in the text, parts of it hidden."""
    scheme, rest = found.group().split("//")
    seen, hidden = rest[:20], rest[20:]
    return (
        f'<a href="{found.group()}" rel="nofollow"><span class="invisible">{scheme}//</span>'
        f'<span class="ellipsis">{seen}</span><span class="invisible">{hidden}</span></a>'
    )


def _error(status: int, words: str) -> Said:
    return Said({"error": words}, status)


def _mastodon(resend: Resend, version: str, honours: bool) -> Row:
    """A clip that has to be waited for; `resend` is what may be promised of such a server."""

    def connect(port: int, now: datetime, folder: Path) -> Mastodon:
        return Mastodon(
            f"http://127.0.0.1:{port}", TOKEN, folder, now=lambda: now, sleep=lambda _: None,
            time_limit_s=TIME_LIMIT_S,
        )  # fmt: skip

    post = small_clip(make_post("mastodon"))
    return Row(
        resend,
        connect,
        post,
        lambda: FakeMastodon(DUE, late=LATE, version=version, honours=honours),
        SMALL_FILES,
    )


ROWS = {
    "mastodon": _mastodon(Resend.IDEMPOTENCY_KEY, "4.5.2", honours=True),
    "mastodon-no-key": _mastodon(Resend.NEVER, "0.20.1 git-1a2b3c4", honours=False),
}
