"""`plan.ics`: one event a post, with an alarm, for the calendar of whoever posts by hand."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from icalendar import Alarm, Calendar, Event

from kit.model.post import Post, Queue
from kit.posts.export.request import Exported, ExportRequest
from kit.tables.platforms import PLATFORMS
from kit.text.names import harmless_name

FILE = "plan.ics"
REMIND = timedelta(minutes=15)
LASTS = timedelta(minutes=10)
_DIGEST = "X-KIT-DIGEST"


def calendar(request: ExportRequest) -> Exported:
    """The plan as iCalendar; compared with the last export, so that a changed event replaces the old one."""
    manifest = request.manifest
    name = harmless_name(manifest.title, manifest.slug, [fact.value for fact in manifest.facts])
    return Exported(
        {FILE: calendar_bytes(request.queue, name, request.made, request.before.get(FILE))},
        request.queue.posts,
    )


def calendar_bytes(queue: Queue, title: str, made: datetime, before: bytes | None = None) -> bytes:
    """RFC 5545 text. The UID is the post's identity and never changes; times are in UTC.

    `before` is the last export: what changed gets the next SEQUENCE and the stamp `made`, what did
    not keeps both, and what is gone is cancelled. Why: without SEQUENCE a calendar keeps the old
    time of a moved post. A `before` that cannot be read counts as none.
    """
    old = _events(before)
    whole = Calendar()
    whole.add("prodid", "-//nerienlaisserpasser-kit//schedule//FR")
    whole.add("version", "2.0")
    whole.add("method", "PUBLISH")
    whole.add("x-wr-calname", title)
    for post in queue.posts:
        whole.add_component(_event(post, made, old.pop(uid(post), None)))
    for gone in old.values():
        if str(gone.get("STATUS")) != "CANCELLED":
            gone["SEQUENCE"] = _sequence(gone) + 1
            gone.pop("DTSTAMP")
            gone.add("dtstamp", made)
            gone["STATUS"] = "CANCELLED"
            gone.subcomponents.clear()
        whole.add_component(gone)
    return bytes(whole.to_ical())


def uid(post: Post) -> str:
    """The same for ever for one post, whatever its text, time or picture."""
    return f"{hashlib.sha256(str(post.key).encode()).hexdigest()[:32]}@{post.slug}"


def _events(before: bytes | None) -> dict[str, Event]:
    if before is None:
        return {}
    try:
        return {
            str(part["UID"]): part for part in Calendar.from_ical(before).walk() if isinstance(part, Event)
        }
    except (ValueError, KeyError, AttributeError):
        return {}


def _sequence(event: Event) -> int:
    return int(str(event.get("SEQUENCE", 0)))


def _event(post: Post, made: datetime, old: Event | None) -> Event:
    platform = PLATFORMS[post.platform].name
    pictures = "\n\n".join(f"{media.path}\n{media.alt}" for media in post.media)
    said = f"{post.text}\n\n{pictures}".strip()
    digest = hashlib.sha256(f"{post.due:%Y%m%dT%H%M%SZ}\n{post.handle}\n{said}".encode()).hexdigest()[:16]
    same = old is not None and str(old.get(_DIGEST)) == digest and "STATUS" not in old
    event = Event()
    event.add("uid", uid(post))
    event.add("dtstamp", old.decoded("DTSTAMP") if old and same else made.astimezone(UTC))
    event.add("sequence", _sequence(old) + (not same) if old else 0)
    event.add("dtstart", post.due)
    event.add("dtend", post.due + LASTS)
    event.add("summary", f"{platform} {post.handle}: {post.piece}")
    event.add("description", said)
    event.add(_DIGEST, digest)
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"{platform} {post.handle}: {post.piece}")
    alarm.add("trigger", -REMIND)
    event.add_component(alarm)
    return event
