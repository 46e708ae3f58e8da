"""A Facebook page: photos are uploaded unpublished and attached to one post; a clip is uploaded in parts.

Facebook has no key for a post, so an unknown outcome is looked for in what the page shows and has
scheduled. A clip's id is known before it is published, and says itself whether it was.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kit.model.post import Post, PostMedia
from kit.publish import protocol
from kit.publish.http_outcome import CLOCKS_APART
from kit.publish.platforms.adapter import Adapter
from kit.publish.platforms.facebook_login import identify, log_in
from kit.publish.platforms.find_post import Row, of_this_attempt, pick
from kit.publish.platforms.graph import (
    VERSION,
    Graph,
    id_of,
    is_absent,
    is_invalid,
    moment,
    rows_of,
)
from kit.publish.platforms.http_client import Failed, deleted, preparing
from kit.publish.platforms.subrip import locale, subrip
from kit.publish.platforms.uploads import Notebook, read_media
from kit.publish.validate import Validated, limits_of
from kit.publish.wire import TIME_LIMIT_S
from kit.tables.credentials import by_role
from kit.text.compare import same_text

_log = logging.getLogger("kit.publish")

BASE = f"https://graph.facebook.com/{VERSION}"
SITE = "https://www.facebook.com"
_CLIP = ("session", "video", "offset", "end")
"""Notes of an upload in parts: where it stands, so that a restart goes on from there."""
_MOST = 100


class Facebook(Validated):
    """One page, with the page's own token."""

    platform = "facebook"
    resend = protocol.Resend.NEVER

    def __init__(
        self,
        page: str,
        token: str,
        folder: Path,
        *,
        base: str = BASE,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        time_limit_s: float = TIME_LIMIT_S,
    ) -> None:
        self._page, self._folder = page, folder
        self._graph = Graph(base, token, now, time_limit_s)

    def limits(self) -> protocol.Limits:
        """The platform's row: a page has no address to ask for its limits."""
        return limits_of(self.platform)

    def prepare(self, post: Post, known: protocol.Notes, save: protocol.Save) -> protocol.Prepared:
        """Upload the photos with their alternative text, or the clip; nothing of it is public."""
        book = Notebook(known, save)
        with preparing():
            for name, medium in _photos(post):
                if name not in book.notes:
                    book.keep({name: self._photo(medium)})
            if clip := _clip_of(post):
                self._upload(clip, book)
        return protocol.Prepared(book.notes)

    def send(self, post: Post, prepared: protocol.Prepared, attempt: protocol.Attempt) -> protocol.Result:
        """The post, or the end of the clip's upload, which is what publishes it."""
        try:
            if clip := _clip_of(post):
                return self._publish_clip(post, clip, prepared.notes)
            return self._publish(post, prepared.notes)
        except Failed as fault:
            stale = tuple(name for name, _ in _photos(post))
            if stale and isinstance(fault.result, protocol.NotSent) and is_invalid(fault):
                # an unpublished photo lives for a day: let a person's next try make them anew
                return protocol.NotSent(
                    fault.result.why, permanent=True, status=fault.result.status, stale=stale
                )
            return fault.result

    def find(self, post: Post, attempt: protocol.Attempt) -> protocol.RemoteRef | protocol.Unreadable | None:
        """The clip itself; else the page's posts and scheduled posts, by photo, or by words and time."""
        try:
            if (video := attempt.notes.get("video")) and (found := self._published(video)):
                return found
            since = str(int((attempt.started - CLOCKS_APART).timestamp()))
            for edge in ("feed", "scheduled_posts"):
                rows = self._rows(edge, since)
                if row := _ours(rows, post, attempt):
                    found_id = id_of(row)
                    return protocol.RemoteRef(found_id, str(row.get("permalink_url") or f"{SITE}/{found_id}"))
                if len(rows) >= _MOST:
                    return protocol.Unreadable(f"the page has more than {_MOST} posts since then")
        except Failed as fault:
            return protocol.Unreadable(str(fault))
        return None

    def delete(self, ref: protocol.RemoteRef) -> protocol.NotSent | protocol.Unknown | None:
        """Delete the post or the clip."""
        return deleted(lambda: self._graph.delete(f"/{ref.remote_id}"), is_absent)

    def _photo(self, medium: PostMedia) -> str:
        data = read_media(self._folder, medium)
        files = {"source": (Path(medium.path).name, data, medium.media_type)}
        return id_of(
            self._graph.post(f"/{self._page}/photos", files, published="false", alt_text_custom=medium.alt)
        )

    def _upload(self, clip: PostMedia, book: Notebook) -> None:
        """In the parts that the platform asks for. Raises NotPrepared."""
        notes, data = book.notes, read_media(self._folder, clip)
        if "session" not in notes:
            begun = self._graph.post(f"/{self._page}/videos", upload_phase="start", file_size=str(clip.bytes))
            book.keep({
                "session": id_of(begun, "upload_session_id"), "video": id_of(begun, "video_id"),
                "offset": id_of(begun, "start_offset"), "end": id_of(begun, "end_offset"),
            })  # fmt: skip
        while (start := int(notes["offset"])) < (end := int(notes["end"])):
            part = {"video_file_chunk": (Path(clip.path).name, data[start:end], clip.media_type)}
            try:
                went = self._graph.post(
                    f"/{self._page}/videos", part, upload_phase="transfer",
                    upload_session_id=notes["session"], start_offset=str(start),
                )  # fmt: skip
            except Failed as fault:
                if isinstance(fault.result, protocol.NotSent) and fault.result.permanent:
                    raise protocol.NotPrepared(protocol.NotSent(fault.result.why, stale=_CLIP)) from fault
                raise
            moved = id_of(went, "start_offset")
            if int(moved) <= start:
                raise protocol.NotPrepared(
                    protocol.NotSent("the upload of the clip does not move", stale=_CLIP)
                )
            book.keep({"offset": moved, "end": id_of(went, "end_offset")})

    def _publish(self, post: Post, notes: protocol.Notes) -> protocol.Posted:
        form = {"message": post.text}
        attached = [{"media_fbid": notes[name]} for name, _ in _photos(post)]
        if attached:
            form["attached_media"] = json.dumps(attached)
        found = id_of(self._graph.post(f"/{self._page}/feed", None, **form))
        return protocol.Posted(protocol.RemoteRef(found, f"{SITE}/{found}"))

    def _publish_clip(self, post: Post, clip: PostMedia, notes: protocol.Notes) -> protocol.Result:
        answer = self._graph.post(
            f"/{self._page}/videos", None, upload_phase="finish", upload_session_id=notes["session"],
            description=post.text, published="true",
        )  # fmt: skip
        if answer.get("success") is not True:
            return protocol.Unknown("the end of the upload was answered without «success»")
        if clip.captions is not None:
            self._captions(notes["video"], clip.captions, post.language)
        return protocol.Posted(protocol.RemoteRef(notes["video"], f"{SITE}/{notes['video']}"))

    def _captions(self, video: str, captions: PostMedia, language: str) -> None:
        """Beside what stands in the picture already, so that a refusal must not undo a post that is out."""
        name = f"captions.{'_'.join(locale(language))}.srt"
        try:
            text = subrip(read_media(self._folder, captions).decode())
            self._graph.post(
                f"/{video}/captions", {"captions_file": (name, text.encode(), "application/x-subrip")},
                default_locale="none",
            )  # fmt: skip
        except (Failed, protocol.NotPrepared, ValueError) as fault:
            _log.warning("the clip is out, its captions file was not taken: %s", fault)

    def _published(self, video: str) -> protocol.RemoteRef | None:
        """The clip, if it is out. Raises Failed when it cannot be read."""
        try:
            found = self._graph.get(f"/{video}", fields="published,permalink_url")
        except Failed as fault:
            if is_absent(fault):  # before its upload has ended a clip cannot be read
                return None
            raise
        if found.get("published") is not True:
            return None
        link = found.get("permalink_url")
        return protocol.RemoteRef(video, f"{SITE}{link}" if str(link).startswith("/") else f"{SITE}/{video}")

    def _rows(self, edge: str, since: str) -> list[dict[str, Any]]:
        fields = "id,message,created_time,permalink_url,attachments{target,subattachments{target}}"
        query = {"fields": fields, "limit": str(_MOST)}
        if edge == "feed":
            query["since"] = since
        return rows_of(self._graph.get(f"/{self._page}/{edge}", **query))


def _photos(post: Post) -> list[tuple[str, PostMedia]]:
    """Each picture of a post with the note that holds its id."""
    return [(f"photo{number}", m) for number, m in enumerate(post.media) if not m.is_video]


def _clip_of(post: Post) -> PostMedia | None:
    return next((medium for medium in post.media if medium.is_video), None)


def _ours(rows: list[dict[str, Any]], post: Post, attempt: protocol.Attempt) -> Row | None:
    """By a photo that was uploaded for this post alone, or by its words since the attempt began."""
    photos = {attempt.notes[name] for name, _ in _photos(post) if name in attempt.notes}
    return pick(
        rows,
        lambda row: not photos.isdisjoint(_targets(row.get("attachments"))),
        lambda row: (
            same_text(row.get("message"), post.text)
            and of_this_attempt(moment(row.get("created_time")), attempt)
        ),
    )


def _targets(attachments: object) -> Iterator[str]:
    """Ids of the photos in a post, an album's one level down."""
    rows = attachments.get("data") if isinstance(attachments, dict) else None
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict):
            target = row.get("target")
            if isinstance(target, dict) and target.get("id"):
                yield str(target["id"])
            yield from _targets(row.get("subattachments"))


def connect(secrets: Mapping[str, str], folder: Path, media_base_url: str | None) -> Facebook:
    """The page that these credentials belong to. No network."""
    held = by_role("facebook", secrets)
    return Facebook(held["page_id"], held["page_token"], folder)


ADAPTER = Adapter(connect, log_in, identify)
