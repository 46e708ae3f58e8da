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
from kit.publish.http_outcome import TIME_LIMIT_S
from kit.publish.platforms.graph import (
    VERSION,
    Graph,
    id_of,
    is_absent,
    is_invalid,
    moment,
    rows_of,
)
from kit.publish.platforms.http_client import Failed, preparing
from kit.publish.platforms.matching import SLACK, of_this_attempt, same_text
from kit.publish.platforms.subrip import locale, subrip
from kit.publish.platforms.takes import Takes, refusals
from kit.publish.protocol import (
    Attempt,
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

BASE = f"https://graph.facebook.com/{VERSION}"
SITE = "https://www.facebook.com"
_TAKES = Takes(max_media=10, video_bytes=4_000_000_000, video_s=(1, 14_400))
_CLIP = ("session", "video", "offset", "end")
"""Notes of an upload in parts: where it stands, so that a restart goes on from there."""
_MOST = 100


class Facebook:
    """One page, with the page's own token."""

    platform = "facebook"
    resend = Resend.NEVER

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

    def limits(self) -> Limits:
        """The platform's row: a page has no address to ask for its limits."""
        row = PLATFORMS[self.platform]
        return Limits(
            row.max_text, _TAKES.max_media, row.max_image_bytes, _TAKES.video_bytes, row.max_alt
        )  # fmt: skip

    def validate(self, post: Post, limits: Limits) -> list[str]:
        """What the platform would refuse."""
        return refusals(post, _TAKES, limits)

    def prepare(self, post: Post, known: Notes, save: Save) -> Prepared:
        """Upload the photos with their alternative text, or the clip; nothing of it is public."""
        notes = dict(known)

        def keep(**found: str) -> None:
            notes.update(found)
            save(found)

        with preparing():
            for name, medium in _photos(post):
                if name not in notes:
                    keep(**{name: self._photo(medium)})
            if clip := _clip_of(post):
                self._upload(clip, notes, keep)
        return Prepared(notes)

    def send(self, post: Post, prepared: Prepared, attempt: Attempt) -> Result:
        """The post, or the end of the clip's upload, which is what publishes it."""
        try:
            if clip := _clip_of(post):
                return self._publish_clip(post, clip, prepared.notes)
            return self._publish(post, prepared.notes)
        except Failed as fault:
            stale = tuple(name for name, _ in _photos(post))
            if stale and isinstance(fault.result, NotSent) and is_invalid(fault):
                # an unpublished photo lives for a day: let a person's next try make them anew
                return NotSent(fault.result.why, permanent=True, status=fault.result.status, stale=stale)
            return fault.result

    def find(self, post: Post, attempt: Attempt) -> RemoteRef | Unreadable | None:
        """The clip itself; else the page's posts and scheduled posts, by photo, or by words and time."""
        try:
            if (video := attempt.notes.get("video")) and (found := self._published(video)):
                return found
            since = str(int((attempt.started - SLACK).timestamp()))
            for edge in ("feed", "scheduled_posts"):
                rows = self._rows(edge, since)
                for row in rows:
                    if _is_ours(row, post, attempt):
                        found_id = id_of(row)
                        return RemoteRef(found_id, str(row.get("permalink_url") or f"{SITE}/{found_id}"))
                if len(rows) >= _MOST:
                    return Unreadable(f"the page has more than {_MOST} posts since then")
        except Failed as fault:
            return Unreadable(str(fault))
        return None

    def delete(self, ref: RemoteRef) -> NotSent | Unknown | None:
        """Delete the post or the clip."""
        try:
            self._graph.delete(f"/{ref.remote_id}")
        except Failed as fault:
            if is_absent(fault):
                return None
            return fault.result if isinstance(fault.result, NotSent) else Unknown(str(fault))
        return None

    def _photo(self, medium: PostMedia) -> str:
        path = self._folder / medium.path
        files = {"source": (path.name, path.read_bytes(), medium.media_type)}
        return id_of(
            self._graph.post(f"/{self._page}/photos", files, published="false", alt_text_custom=medium.alt)
        )

    def _upload(self, clip: PostMedia, notes: Mapping[str, str], keep: Callable[..., None]) -> None:
        """In the parts that the platform asks for. Raises NotPrepared."""
        if "session" not in notes:
            begun = self._graph.post(f"/{self._page}/videos", upload_phase="start", file_size=str(clip.bytes))
            keep(
                session=id_of(begun, "upload_session_id"), video=id_of(begun, "video_id"),
                offset=id_of(begun, "start_offset"), end=id_of(begun, "end_offset"),
            )  # fmt: skip
        with (self._folder / clip.path).open("rb") as file:
            while (start := int(notes["offset"])) < (end := int(notes["end"])):
                file.seek(start)
                part = {"video_file_chunk": (Path(clip.path).name, file.read(end - start), clip.media_type)}
                try:
                    went = self._graph.post(
                        f"/{self._page}/videos", part, upload_phase="transfer",
                        upload_session_id=notes["session"], start_offset=str(start),
                    )  # fmt: skip
                except Failed as fault:
                    if isinstance(fault.result, NotSent) and fault.result.permanent:
                        raise NotPrepared(NotSent(fault.result.why, stale=_CLIP)) from fault
                    raise
                moved = id_of(went, "start_offset")
                if int(moved) <= start:
                    raise NotPrepared(NotSent("the upload of the clip does not move", stale=_CLIP))
                keep(offset=moved, end=id_of(went, "end_offset"))

    def _publish(self, post: Post, notes: Notes) -> Posted:
        form = {"message": post.text}
        attached = [{"media_fbid": notes[name]} for name, _ in _photos(post)]
        if attached:
            form["attached_media"] = json.dumps(attached)
        found = id_of(self._graph.post(f"/{self._page}/feed", None, **form))
        return Posted(RemoteRef(found, f"{SITE}/{found}"))

    def _publish_clip(self, post: Post, clip: PostMedia, notes: Notes) -> Result:
        answer = self._graph.post(
            f"/{self._page}/videos", None, upload_phase="finish", upload_session_id=notes["session"],
            description=post.text, published="true",
        )  # fmt: skip
        if answer.get("success") is not True:
            return Unknown("the end of the upload was answered without «success»")
        if clip.captions is not None:
            self._captions(notes["video"], clip.captions, post.language)
        return Posted(RemoteRef(notes["video"], f"{SITE}/{notes['video']}"))

    def _captions(self, video: str, captions: PostMedia, language: str) -> None:
        """Beside what stands in the picture already, so that a refusal must not undo a post that is out."""
        name = f"captions.{'_'.join(locale(language))}.srt"
        try:
            text = subrip((self._folder / captions.path).read_text("utf-8"))
            self._graph.post(
                f"/{video}/captions", {"captions_file": (name, text.encode(), "application/x-subrip")},
                default_locale="none",
            )  # fmt: skip
        except (Failed, OSError, ValueError) as fault:
            _log.warning("the clip is out, its captions file was not taken: %s", fault)

    def _published(self, video: str) -> RemoteRef | None:
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
        return RemoteRef(video, f"{SITE}{link}" if str(link).startswith("/") else f"{SITE}/{video}")

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


def _is_ours(row: Mapping[str, Any], post: Post, attempt: Attempt) -> bool:
    """By a photo that was uploaded for this post alone, or by its words since the attempt began."""
    ours = {attempt.notes[name] for name, _ in _photos(post) if name in attempt.notes}
    if ours & set(_targets(row.get("attachments"))):
        return True
    created = moment(row.get("created_time"))
    return same_text(row.get("message"), post.text) and of_this_attempt(created, attempt)


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
