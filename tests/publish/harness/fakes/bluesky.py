"""A Bluesky server as far as one account that posts needs it.

Answers and refusals as a PDS 0.4.217 gives them (its source, and measured); `tests/publish/pds` asks the real one.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kit.publish.platforms.bluesky import Bluesky
from kit.publish.protocol import Resend
from tests.publish.harness.faulty import TIME_LIMIT_S, Asked, Faulty, Said
from tests.publish.harness.row import PICTURE, Row, with_picture

HANDLE = "une.test"
PASSWORD = "abcd-efgh-ijkl-mnop"
DID = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"
RESET = datetime(2026, 11, 25, 7, 10, tzinfo=UTC)
"""When the rate limit that the server names ends."""
MOST_IMAGE, MOST_CAPTIONS, MOST_BLOB = 1_000_000, 20_000, 5_242_880
_RKEY = re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")
_XRPC = "/xrpc/com.atproto."


def refusal(fault: str) -> Said:
    """What a PDS says instead. In the place of a passing 403, which it does not have: a session that ended."""
    if fault == "429":
        limits = {"RateLimit-Limit": "5000", "RateLimit-Remaining": "0", "RateLimit-Policy": "5000;w=3600"}
        limits["RateLimit-Reset"] = str(int(RESET.timestamp()))
        return _no("RateLimitExceeded", "Rate Limit Exceeded", 429, limits)
    if fault == "403":
        return _no("ExpiredToken", "Token has expired")
    if fault == "503":
        return Said(b"<html>503 Service Unavailable</html>", 503, {"Content-Type": "text/html"})
    return _no("InternalServerError", "Internal Server Error", 500)


def _no(error: str, message: str, status: int = 400, headers: dict[str, str] | None = None) -> Said:
    return Said({"error": error, "message": message}, status, headers or {})


class FakeBluesky(Faulty):
    """One repository and the blobs of its account."""

    def begin(self) -> None:
        self.records: dict[str, dict[str, Any]] = {}
        self.blobs: dict[str, tuple[str, int]] = {}
        self.sessions = 0
        self.lives_s = 7200.0

    def publishes(self, asked: Asked) -> bool:
        return asked.path.endswith("repo.putRecord")

    def count(self, text: str) -> int:
        with self.lock:
            return sum(record["text"] == text for record in self.records.values())

    def refusal(self, fault: str) -> Said:
        return refusal(fault)

    def answer(self, asked: Asked) -> Said | None:
        call = f"{asked.method} {asked.path.removeprefix(_XRPC)}"
        if call == "POST server.createSession":
            return self._sign_in(asked)
        if call == "GET repo.getRecord":
            return self._get(asked)
        action = {
            "POST server.refreshSession": self._refresh,
            "POST repo.uploadBlob": self._upload,
            "POST repo.putRecord": self._put,
            "POST repo.deleteRecord": self._delete,
        }.get(call)
        if action is None:
            return None
        if not asked.headers.get("Authorization", "").startswith("Bearer "):
            return _no("AuthMissing", "Authentication Required", 401)
        return action(asked)

    def _sign_in(self, asked: Asked) -> Said:
        if (asked.json["identifier"], asked.json["password"]) != (HANDLE, PASSWORD):
            return _no("AuthenticationRequired", "Invalid identifier or password", 401)
        return self._refresh(asked)

    def _refresh(self, asked: Asked) -> Said:
        self.sessions += 1
        tokens = {"accessJwt": _token(self.lives_s), "refreshJwt": _token(7_776_000)}
        return Said({"did": DID, "handle": HANDLE, "active": True, **tokens})

    def _upload(self, asked: Asked) -> Said:
        if len(asked.body) > MOST_BLOB:
            return _no("PayloadTooLarge", "request entity too large", 413)
        cid = cid_of(asked.body)
        # the same bytes keep the type that they first came with
        kind, size = self.blobs.setdefault(cid, (asked.headers["Content-Type"], len(asked.body)))
        return Said({"blob": {"$type": "blob", "ref": {"$link": cid}, "mimeType": kind, "size": size}})

    def _put(self, asked: Asked) -> Said:
        body = asked.json
        record, rkey = body["record"], body["rkey"]
        assert (body["repo"], body["collection"], record["$type"]) == (DID, *["app.bsky.feed.post"] * 2)
        if not _RKEY.fullmatch(rkey):
            return _no("InvalidRequest", f"Invalid record key for app.bsky.feed.post: {rkey}")
        if len(record["text"].encode()) > 3000:
            return _no("InvalidRequest", "Invalid app.bsky.feed.post record: string too big (maximum 3000)")
        for blob, kind, most in _blobs(record.get("embed")):
            if blob["ref"]["$link"] not in self.blobs:
                return _no("BlobNotFound", f"Could not find blob: {blob['ref']['$link']}")
            if not blob["mimeType"].startswith(kind) or blob["size"] > most:
                return _no("InvalidRequest", f'Expected "{kind}" (got "{blob["mimeType"]}"), at most {most}')
        self.records[rkey] = record
        cid = cid_of(json.dumps(record, sort_keys=True).encode())
        return Said({"uri": _uri(rkey), "cid": cid, "validationStatus": "valid"})

    def _get(self, asked: Asked) -> Said:
        assert asked.query["repo"] == DID
        record = self.records.get(asked.query["rkey"])
        if record is None:
            return _no("RecordNotFound", f"Could not locate record: {_uri(asked.query['rkey'])}")
        return Said({"uri": _uri(asked.query["rkey"]), "cid": cid_of(b""), "value": record})

    def _delete(self, asked: Asked) -> Said:
        self.records.pop(asked.json["rkey"], None)
        return Said({})


def _uri(rkey: str) -> str:
    return f"at://{DID}/app.bsky.feed.post/{rkey}"


def _blobs(embed: dict[str, Any] | None) -> list[tuple[dict[str, Any], str, int]]:
    """Each file that a record refers to, with the kind and size that the lexicon lets through."""
    if embed is None:
        return []
    if embed["$type"] == "app.bsky.embed.images":
        return [(image["image"], "image/", MOST_IMAGE) for image in embed["images"]]
    captions = [(each["file"], "text/vtt", MOST_CAPTIONS) for each in embed.get("captions", ())]
    return [(embed["video"], "video/mp4", 100_000_000), *captions]


def cid_of(data: bytes) -> str:
    """A CIDv1 of raw bytes."""
    raw = b"\x01\x55\x12\x20" + hashlib.sha256(data).digest()
    return "b" + base64.b32encode(raw).decode().lower().rstrip("=")


def _token(lives_s: float) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    claims = {"sub": DID, "iat": int(time.time()), "exp": int(time.time() + lives_s)}
    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims)}.{part('signature')}"


def _connect(port: int, now: datetime, folder: Path) -> Bluesky:
    return Bluesky(f"http://127.0.0.1:{port}", HANDLE, PASSWORD, folder, lambda: now, TIME_LIMIT_S)


ROWS = {"bluesky": Row(Resend.SAME_KEY, _connect, with_picture("bluesky"), FakeBluesky, {"one.jpg": PICTURE})}
