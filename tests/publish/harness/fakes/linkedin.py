"""LinkedIn's Posts, Images and Videos API (learn.microsoft.com, li-lms-2026-05)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from kit.publish.platforms.linkedin import LinkedIn
from kit.publish.platforms.linkedin_text import plain
from kit.publish.protocol import Resend
from tests.publish.harness.fakes.files import no_sleep, row_with_picture
from tests.publish.harness.fakes.forms import parts_of
from tests.publish.harness.fakes.graph import HERE
from tests.publish.harness.faulty import TIME_LIMIT_S, Asked, Faulty, Said

TOKEN = "AQXtoken-that-nobody-may-read"
ORGANISATION = "urn:li:organization:2414183"
MEMBER = "urn:li:person:1234"
PART = 1000


class FakeLinkedIn(Faulty):
    """`slow`: looks at an upload until it is available."""

    version = "202605"
    slow = 1

    def begin(self) -> None:
        self.uploads: dict[str, dict[str, Any]] = {}
        self.posts: dict[str, dict[str, Any]] = {}
        self.elsewhere = self.unread = self.refuses_captions = self.failed = False
        self.upload_host = self.base

    def publishes(self, asked: Asked) -> bool:
        return asked.method == "POST" and asked.path == "/rest/posts"

    def count(self, text: str) -> int:
        with self.lock:
            return sum(plain(post["commentary"]) == text for post in self.posts.values())

    def refusal(self, fault: str) -> Said:
        if fault == "503":
            return Said(b"<html>Service Unavailable</html>", 503, {"Content-Type": "text/html"})
        if fault == "403":  # a notice that names a post which nobody can find (composio #2710)
            return self._duplicate("urn:li:share:7431329065766260736")
        status = int(fault[:3])
        return Said({"message": "Resource level throttle limit reached", "status": status}, status)

    def _duplicate(self, urn: str) -> Said:
        told = f"com.linkedin.content.common.exception.BadRequestResponseException: Content is a duplicate of {urn}"
        errors = [{"description": "Duplicate post is detected", "input": {}, "code": "DUPLICATE_POST"}]
        kind = "com.linkedin.common.error.BadRequest"
        return Said(
            {
                "errorDetailType": kind,
                "message": told,
                "errorDetails": {"inputErrors": errors},
                "status": 422,
            },
            422,
        )

    def answer(self, asked: Asked) -> Said | None:
        parts = [unquote(part) for part in asked.path.lstrip("/").split("/")]
        if asked.headers.get("Authorization") != f"Bearer {TOKEN}":
            told = {"status": 401, "serviceErrorCode": 65600, "code": "INVALID_ACCESS_TOKEN"}
            return Said({**told, "message": "Invalid access token"}, 401)
        if asked.headers.get("Linkedin-Version") != self.version:
            return Said({"status": 426, "code": "NONEXISTENT_VERSION", "message": "not active"}, 426)
        match asked.method, parts:
            case "POST", ["rest", ("images" | "videos") as kind]:
                begin = asked.query.get("action") == "initializeUpload"
                return (
                    self._begin(kind[:-1], asked.json["initializeUploadRequest"])
                    if begin
                    else self._end(asked)
                )
            case (("PUT" | "POST"), ["dms-uploads", urn, part]):
                return self._upload(asked, self.uploads[urn], part)
            case "GET", ["rest", ("images" | "videos"), urn] if urn in self.uploads:
                upload = self.uploads[urn]
                upload["looks"] += 1
                ready = "AVAILABLE" if upload["looks"] > self.slow else "PROCESSING"
                return Said({"id": urn, "status": "PROCESSING_FAILED" if self.failed else ready})
            case "POST", ["rest", "posts"]:
                return self._post(asked.json)
            case "GET", ["rest", "posts"] if asked.query.get("q") == "author":
                if self.unread:
                    return Said({"status": 403, "message": "Not enough permissions to access: posts"}, 403)
                rows = [p for p in reversed(self.posts.values()) if p["author"] == asked.query["author"]]
                return Said({"elements": rows, "paging": {"start": 0, "count": 50}})
            case "DELETE", ["rest", "posts", urn]:
                self.posts.pop(urn, None)
                return Said(b"", 204)
        return None

    def _begin(self, kind: str, request: dict[str, Any]) -> Said:
        urn = f"urn:li:{kind}:C{len(self.uploads)}"
        self.uploads[urn] = {"request": request, "parts": {}, "looks": 0, "ended": kind == "image"}
        address = f"{self.upload_host}/dms-uploads/{urn}"
        if kind == "image":
            return Said({"value": {"uploadUrl": f"{address}/0", "image": urn, "uploadUrlExpiresAt": 1}})
        size = request["fileSizeBytes"]
        rows = [
            {"firstByte": first, "lastByte": min(first + PART, size) - 1, "uploadUrl": f"{address}/{n}"}
            for n, first in enumerate(range(0, size, PART))
        ]
        value = {"video": urn, "uploadInstructions": rows, "uploadToken": "", "uploadUrlsExpireAt": 1}
        if request["uploadCaptions"]:
            value["captionsUploadUrl"] = f"{address}/captions"
        return Said({"value": value})

    def _upload(self, asked: Asked, upload: dict[str, Any], part: str) -> Said:
        if part == "captions":
            if self.refuses_captions:
                return Said({"status": 400, "message": "captions"}, 400)
            upload["captions"] = parts_of(asked)
            return Said(b"", 201)
        upload["parts"][part] = asked.body
        return Said(b"", 201, {"ETag": f'"part-{part}"'})

    def _end(self, asked: Asked) -> Said:
        request = asked.json["finalizeUploadRequest"]
        upload = self.uploads[request["video"]]
        if request["uploadedPartIds"] != [f"part-{n}" for n in range(len(upload["parts"]))]:
            return Said({"status": 400, "message": "parts"}, 400)
        upload["ended"] = True
        return Said(b"", 200)

    def _post(self, body: dict[str, Any]) -> Said:
        content = body.get("content", {})
        shown = content.get("multiImage", {}).get("images") or [
            content[name] for name in ("media",) if name in content
        ]
        if not all(self.uploads.get(each["id"], {}).get("ended") for each in shown):
            return Said({"status": 400, "message": "media"}, 400)
        twin = next(
            (urn for urn, post in self.posts.items() if post["commentary"] == body["commentary"]), None
        )
        if twin:
            return self._duplicate(twin)
        urn = f"urn:li:share:{7000000000000000000 + len(self.posts)}"
        at = int(HERE.timestamp() * 1000)
        self.posts[urn] = {"id": urn, **body, "createdAt": at, "publishedAt": at}
        return Said(b"", 201, {"x-restli-id": urn})


def _connect(port: int, now: datetime, folder: Path) -> LinkedIn:
    return LinkedIn(
        ORGANISATION, TOKEN, folder, base=f"http://127.0.0.1:{port}", now=lambda: now, sleep=no_sleep,
        time_limit_s=TIME_LIMIT_S,
    )  # fmt: skip


ROWS = {"linkedin": row_with_picture("linkedin", Resend.NEVER, _connect, FakeLinkedIn)}
