"""X as its API documentation, tweepy's source and public reports of its answers describe it (2026-11-23).

`late`: how many readings of the timeline a new post is missing from; of several, a scenario's faults say which,
so that a seed is always the same scenario. `filters`: whether the same words are
refused; in the harness they are not, since how long X remembers is not known.
"""

from __future__ import annotations

import base64
import html
import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from kit.publish.platforms.x import X
from kit.publish.protocol import Resend
from tests.publish.harness.faulty import TIME_LIMIT_S, Asked, Faulty, Said
from tests.publish.harness.row import DUE, LATE, Row, make_post
from tests.publish.harness.with_media import SMALL_FILES, small_clip

ME = "2244994945"
TOKEN = f"{ME}-access"
_EPOCH_MS = 1_288_834_974_657
_LINK = re.compile(r"https?://\S*[^\s.,]|\b(?:[a-z-]+\.)+(?:fr|org)\b")


def problem(status: int, title: str, detail: str, **more: Any) -> Said:
    """X's errors: RFC 7807, with `errors` where parameters are to blame."""
    body = {"title": title, "detail": detail, "type": "about:blank", "status": status}
    return Said(body | more, status)


class FakeX(Faulty):
    """One account, @one."""

    def __init__(self, now: datetime, *, late: tuple[int, ...] = (0,), filters: bool = True) -> None:
        # a day ahead: whatever a scenario's clock says, a post is newer than the attempt
        self.now = now + timedelta(days=1)
        self.late, self.filters = late, filters
        super().__init__()

    def begin(self) -> None:
        self.lag = self.late[sum(fault is None for fault in self.faults) % len(self.late)]
        self.out: list[dict[str, Any]] = []
        self.uploads: dict[str, dict[str, Any]] = {}
        self.ids = 0
        self.pending = 1
        self.page = 100

    def publishes(self, asked: Asked) -> bool:
        return (asked.method, asked.path) == ("POST", "/2/tweets")

    def count(self, text: str) -> int:
        with self.lock:
            return sum(post["plain"] == text for post in self.out)

    def refusal(self, fault: str) -> Said:
        if fault == "403":
            return problem(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content.")
        if fault == "429":
            said = problem(429, "Too Many Requests", "Too Many Requests")
            return Said(said.body, 429, {"x-rate-limit-remaining": "0", "Retry-After": "60"})
        if fault == "503":
            return Said(b"<html><body>Over capacity</body></html>", 503, {"Content-Type": "text/html"})
        return problem(500, "Internal Server Error", "Something is broken. Please let us know.")

    def answer(self, asked: Asked) -> Said | None:
        if f'oauth_token="{TOKEN}"' not in asked.headers.get("Authorization", ""):
            return problem(401, "Unauthorized", "Unauthorized")
        what = f"{asked.method} {re.sub(r'[0-9]{5,}', ':id', asked.path)}"
        number = next(iter(re.findall(r"[0-9]{5,}", asked.path)), "")
        if what == "POST /2/media/upload":
            return self._whole(asked.json)
        if what == "POST /2/media/upload/initialize":
            return self._begun(asked.json)
        if what == "POST /2/media/upload/:id/append":
            return self._appended(self.uploads[number], asked.json)
        if what == "POST /2/media/upload/:id/finalize":
            return self._finished(self.uploads[number])
        if what == "GET /2/media/upload":
            return self._status(asked.query)
        if what == "POST /2/media/metadata":
            return self._metadata(asked.json)
        if what == "POST /2/media/subtitles":
            return self._subtitles(asked.json)
        if what == "POST /2/tweets":
            return self._post(asked.json)
        if what == "GET /2/users/me":
            return Said({"data": {"id": ME, "name": "One", "username": "one"}})
        if what == "GET /2/users/:id/tweets" and number == ME:
            return self._timeline(asked.query)
        if what == "DELETE /2/tweets/:id":
            gone = [post for post in self.out if post["id"] == number]
            self.out = [post for post in self.out if post not in gone]
            return Said({"data": {"deleted": bool(gone)}}) if gone else problem(404, "Not Found", "Not Found")
        return None

    # media

    def _whole(self, body: dict[str, Any]) -> Said:
        assert body["media_category"] in ("tweet_image", "subtitles")
        upload = self._made(body["media_category"], body["media_type"])
        upload["data"] = base64.b64decode(body["media"], validate=True)
        upload["done"] = True
        return Said({"data": _told(upload)})

    def _begun(self, body: dict[str, Any]) -> Said:
        upload = self._made(body["media_category"], body["media_type"])
        upload["total"] = body["total_bytes"]
        return Said({"data": _told(upload)})

    def _made(self, category: str, media_type: str) -> dict[str, Any]:
        number = self._next()
        kind = {"tweet_image": "3", "tweet_video": "7", "subtitles": "17"}[category]
        upload = {"id": number, "key": f"{kind}_{number}", "category": category, "type": media_type}
        self.uploads[number] = upload | {"pieces": {}, "done": False, "polls": 0, "alt": None, "tracks": []}
        return self.uploads[number]

    def _appended(self, upload: dict[str, Any], body: dict[str, Any]) -> Said:
        piece = base64.b64decode(body["media"], validate=True)
        if len(piece) > 2_000_000:
            return problem(431, "Request Header Fields Too Large", "")
        upload["pieces"][body["segment_index"]] = piece
        return Said({"data": {"expires_at": 1_795_700_000}})

    def _finished(self, upload: dict[str, Any]) -> Said:
        upload["data"] = b"".join(upload["pieces"][index] for index in sorted(upload["pieces"]))
        if len(upload["data"]) != upload["total"]:
            return problem(400, "Invalid Request", "Segments do not add up to provided total file size.")
        upload["done"] = True
        if upload["category"] != "tweet_video":
            return Said({"data": _told(upload)})
        return Said(
            {"data": _told(upload) | {"processing_info": {"state": "pending", "check_after_secs": 1}}}
        )

    def _status(self, query: Any) -> Said:
        assert query["command"] == "STATUS"
        upload = self.uploads[query["media_id"]]
        upload["polls"] += 1
        if upload.get("broken"):
            error = {"code": 1, "name": "InvalidMedia", "message": "Unsupported video format"}
            info: dict[str, Any] = {"state": "failed", "error": error}
        elif upload["polls"] > self.pending:
            upload["ready"] = True
            info = {"state": "succeeded", "progress_percent": 100}
        else:
            info = {"state": "in_progress", "check_after_secs": 5, "progress_percent": 40}
        return Said({"data": _told(upload) | {"processing_info": info}})

    def _metadata(self, body: dict[str, Any]) -> Said:
        upload, alt = self.uploads[body["id"]], body["metadata"]["alt_text"]["text"]
        if not 0 < len(alt) <= 1000:
            return problem(400, "Invalid Request", "alt text is too long")
        upload["alt"] = alt
        return Said({"data": {"id": body["id"], "associated_metadata": {"alt_text": {"text": alt}}}})

    def _subtitles(self, body: dict[str, Any]) -> Said:
        track = body["subtitles"]
        file = self.uploads[track["id"]]
        assert body["media_category"] == "TweetVideo" and re.fullmatch("[A-Z]{2}", track["language_code"])
        assert file["category"] == "subtitles" and file["type"] in ("text/vtt", "text/srt")
        self.uploads[body["id"]]["tracks"].append(
            (track["language_code"], track["display_name"], file["data"])
        )
        return Said({"data": {"id": body["id"], "associated_subtitles": [track]}})

    # posts

    def _post(self, body: dict[str, Any]) -> Said:
        named = body.get("media", {}).get("media_ids", [])
        media = [self.uploads.get(number) for number in named]
        if not all(m and m["done"] and (m["category"] != "tweet_video" or m.get("ready")) for m in media):
            errors = [{"parameters": {"media.media_ids": named}, "message": "Your media IDs are invalid."}]
            return problem(
                400, "Invalid Request", "One or more parameters to your request was invalid.", errors=errors
            )
        if self.filters and any(post["plain"] == body["text"] for post in self.out):
            return self.refusal("403")
        return Said({"data": {"id": self.add(body["text"], media), "text": body["text"]}}, 201)

    def add(self, text: str, media: list[Any] | None = None, at: datetime | None = None) -> str:
        """A post on the account's timeline, as readers and the API see it."""
        number = self._next(at)
        links: list[dict[str, str]] = []

        def shortened(found: re.Match[str]) -> str:
            target = found.group() if "://" in found.group() else f"http://{found.group()}"
            links.append({"url": f"https://t.co/{len(self.out):04d}{len(links):06d}", "expanded_url": target})
            return links[-1]["url"]

        shown = html.escape(_LINK.sub(shortened, text), quote=False)
        post: dict[str, Any] = {"id": number, "plain": text, "reads": 0, "entities": {"urls": links}}
        if media:
            own = f"https://t.co/m{len(self.out):09d}"
            shown += f" {own}"
            for each in media:
                target = f"https://x.com/one/status/{number}/photo/1"
                links.append({"url": own, "expanded_url": target, "media_key": each["key"]})
            post["attachments"] = {"media_keys": [each["key"] for each in media]}
        self.out.append(post | {"text": shown})
        return number

    def _timeline(self, query: Any) -> Said:
        seen = []
        for post in reversed(self.out):
            if int(post["id"]) > int(query["since_id"]):
                post["reads"] += 1
                if post["reads"] > self.lag:
                    seen.append(post)
        start, size = int(query.get("pagination_token", 0)), min(int(query["max_results"]), self.page)
        shown = [
            {k: v for k, v in post.items() if k not in ("plain", "reads")}
            for post in seen[start : start + size]
        ]
        meta: dict[str, Any] = {"result_count": len(shown)}
        if start + size < len(seen):
            meta["next_token"] = str(start + size)
        return Said({"data": json.loads(json.dumps(shown)), "meta": meta} if shown else {"meta": meta})

    def _next(self, at: datetime | None = None) -> str:
        self.ids += 1
        ms = int((at or self.now).timestamp() * 1000) - _EPOCH_MS
        return str((ms << 22) + self.ids)


def _told(upload: dict[str, Any]) -> dict[str, Any]:
    return {"id": upload["id"], "media_key": upload["key"], "expires_after_secs": 86_400}


def _x() -> Row:
    """A clip with captions; nothing of X's own keeps a second post away, and reading lags behind."""
    names = ("consumer_key", "consumer_secret", "access_token_secret")
    secrets = {"access_token": TOKEN} | dict.fromkeys(names, "secret")

    def connect(port: int, now: datetime, folder: Path) -> X:
        return X(
            secrets, folder, base=f"http://127.0.0.1:{port}", now=lambda: now, sleep=lambda _: None,
            time_limit_s=TIME_LIMIT_S,
        )  # fmt: skip

    post = small_clip(make_post("x"))
    return Row(Resend.NEVER, connect, post, lambda: FakeX(DUE, late=LATE, filters=False), SMALL_FILES)


ROWS = {"x": _x()}
