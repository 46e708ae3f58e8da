"""A Facebook page, as the Pages API describes it (Meta, 2026-04-17)."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from kit.publish.platforms.facebook import Facebook
from kit.publish.protocol import Resend
from tests.publish.harness.fakes.files import row_with_picture
from tests.publish.harness.fakes.forms import form_of, parts_of
from tests.publish.harness.fakes.graph import ABSENT, TOKEN, FakeGraph, error
from tests.publish.harness.faulty import TIME_LIMIT_S, Asked, Said

PAGE = "546349135390552"
PART = 1000
"""Bytes that a part of a clip has at most."""


class FakeFacebook(FakeGraph):
    def begin(self) -> None:
        self.photos: dict[str, dict[str, Any]] = {}
        self.videos: dict[str, dict[str, Any]] = {}
        self.posts: list[dict[str, Any]] = []
        self.scheduled: list[dict[str, Any]] = []
        self.captions: dict[str, tuple[str, str]] = {}
        self.unread = self.photos_expired = False

    def publishes(self, asked: Asked) -> bool:
        if asked.method != "POST":
            return False
        finish = asked.path.endswith("/videos") and form_of(asked).get("upload_phase") == "finish"
        return finish or asked.path.endswith("/feed")

    def count(self, text: str) -> int:
        with self.lock:
            return sum(post["message"] == text for post in self.posts)

    def turned_down(self) -> Said:
        return error(368, 1390008)

    def asked_for(self, asked: Asked, parts: list[str]) -> Said | None:
        match asked.method, parts:
            case "POST", [page, "photos"] if page == PAGE:
                return self._photo(parts_of(asked))
            case "POST", [page, "feed"] if page == PAGE:
                return self._post(dict(asked.form))
            case "POST", [page, "videos"] if page == PAGE:
                return self._video(asked, form_of(asked))
            case "POST", [video, "captions"] if video in self.videos:
                sent = parts_of(asked)
                name, text = sent["captions_file:filename"].decode(), sent["captions_file"].decode()
                self.captions[video] = name, text
                return Said({"success": True})
            case "GET", [page, ("feed" | "scheduled_posts") as edge] if page == PAGE:
                if self.unread:
                    return error(10, status=403)
                rows = self.scheduled if edge == "scheduled_posts" else self.posts
                since = int(asked.query.get("since", "0"))
                made = (datetime.fromisoformat(row["created_time"]).timestamp() for row in rows)
                return Said({"data": [row for row, at in zip(rows, made, strict=True) if at >= since]})
            case "GET", [video] if self.videos.get(video, {}).get("ended"):
                return Said({"id": video, "published": True, "permalink_url": f"/{PAGE}/videos/{video}/"})
            case "DELETE", [found]:
                kept = [post for post in self.posts if post["id"] != found]
                gone, self.posts = len(kept) < len(self.posts), kept
                return Said({"success": True}) if gone else ABSENT
            case (("GET" | "POST"), [_]):
                return ABSENT
        return None

    def _photo(self, sent: dict[str, bytes]) -> Said:
        if sent["published"] != b"false":
            return error(100, message="a photo must not be published by itself")
        made = str(7000 + len(self.photos))
        self.photos[made] = {"alt": sent["alt_text_custom"].decode(), "data": sent["source"]}
        return Said({"id": made})

    def _post(self, form: dict[str, str]) -> Said:
        attached = [row["media_fbid"] for row in json.loads(form.get("attached_media", "[]"))]
        if self.photos_expired or not set(attached) <= set(self.photos):
            return error(100, message="Invalid parameter: attached_media")
        if self.posts and self.posts[-1]["message"] == form["message"]:
            return error(506, message="Duplicate status message")
        return Said({"id": self._add(form["message"], attached)})

    def _add(self, message: str, attached: list[str]) -> str:
        made = f"{PAGE}_{9000 + len(self.posts)}"
        self.posts.append({
            "id": made, "message": message, "created_time": self.stamp(),
            "permalink_url": f"https://www.facebook.com/{PAGE}/posts/{made}",
            "attachments": {"data": [{"target": {"id": photo}} for photo in attached]},
        })  # fmt: skip
        return made

    def _video(self, asked: Asked, form: dict[str, str]) -> Said | None:
        if form["upload_phase"] == "start":
            made = str(8000 + len(self.videos))
            size = int(form["file_size"])
            self.videos[made] = {"size": size, "data": b""}
            return Said({
                "video_id": made, "upload_session_id": f"s{made}", "start_offset": "0",
                "end_offset": str(min(PART, size)),
            })  # fmt: skip
        video = self.videos.get(form["upload_session_id"][1:])
        if video is None or video.get("ended"):
            return error(100, 1363037)
        if form["upload_phase"] == "transfer":
            return self._transfer(video, int(form["start_offset"]), parts_of(asked)["video_file_chunk"])
        if len(video["data"]) != video["size"]:
            return error(100, 1363032)
        video["ended"] = True
        self._add(form["description"], [])
        return Said({"success": True})

    def _transfer(self, video: dict[str, Any], start: int, part: bytes) -> Said:
        if start == len(video["data"]):
            video["data"] += part
        have = len(video["data"])
        return Said({"start_offset": str(have), "end_offset": str(min(have + PART, video["size"]))})


def _connect(port: int, now: datetime, folder: Path) -> Facebook:
    return Facebook(
        PAGE, TOKEN, folder, base=f"http://127.0.0.1:{port}/v26.0", now=lambda: now,
        time_limit_s=TIME_LIMIT_S,
    )  # fmt: skip


ROWS = {"facebook": row_with_picture("facebook", Resend.NEVER, _connect, FakeFacebook)}
