"""The day sheet: an HTML page for each day, for those who post by hand. Works offline, on paper too."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kit.model.post import Post
from kit.posts.export.request import Exported, ExportRequest
from kit.tables.languages import LANGUAGES, Language
from kit.tables.platforms import PLATFORMS
from kit.text.dates import full_date
from kit.text.templates import Template
from kit.text.wall_time import utc_text

_TEMPLATE = Template("sheet", "day.html.j2", html=True, others=("*.j2",))


def day_sheet(request: ExportRequest) -> Exported:
    """`<day>.html` for each day, and the pictures beside them. Days are those of the schedule's zone."""
    zone = ZoneInfo(request.schedule.zone)
    days: dict[str, list[Post]] = {}
    for post in request.queue.posts:
        days.setdefault(f"{post.due.astimezone(zone):%Y-%m-%d}", []).append(post)
    language = LANGUAGES[request.manifest.languages[0]]
    names = {day: _day_text(posts[0], zone, language) for day, posts in sorted(days.items())}
    files: dict[str, bytes | Path] = {}
    for day, posts in days.items():
        values = {
            "title": request.manifest.title, "hashtag": request.manifest.hashtag, "zone": zone.key,
            "lang": language.tag, "day": day, "days": names,
            "draft": _draft(request, posts), "posts": [_view(request, post, zone) for post in posts],
        }  # fmt: skip
        page = _TEMPLATE.fill(request.resources, values, "compare it with the shipped one")
        files[f"{day}.html"] = page.encode()
        for post in posts:
            files |= {_name(media.path): Path(media.path) for media in post.media}
    return Exported(files, request.queue.posts)


def _day_text(post: Post, zone: ZoneInfo, language: Language) -> str:
    """`mercredi 25 novembre 2026`: who stands in for a colleague thinks in days of the week."""
    day = post.due.astimezone(zone).date()
    return f"{language.weekdays[day.weekday()]} {full_date(day, language)}"


def _name(path: str) -> str:
    return f"media/{path.replace('/', '-')}"


def _draft(request: ExportRequest, posts: list[Post]) -> list[str]:
    """Why these posts are not to be sent yet: unread language, unverified fact."""
    reviews, facts = request.manifest.reviews, {fact.id: fact for fact in request.manifest.facts}
    unread = sorted(
        {post.review for post in posts if post.review in reviews and reviews[post.review].state != "signed"}
    )
    unverified = sorted(
        {
            facts[name].value
            for post in posts
            for name in post.facts
            if name in facts and facts[name].verified_on is None
        }
    )
    return [
        *([f"Textes non relus : {', '.join(unread)}."] if unread else []),
        *([f"Informations non vérifiées : {' · '.join(unverified)}."] if unverified else []),
    ]


def _view(request: ExportRequest, post: Post, zone: ZoneInfo) -> dict[str, Any]:
    local = post.due.astimezone(ZoneInfo(post.zone))
    return {
        "id": f"{post.account}-{post.slot}",
        "platform": PLATFORMS[post.platform].name,
        "handle": post.handle,
        "time": f"{post.due.astimezone(zone):%H:%M}",
        "local": f"{local:%H:%M} ({post.zone})" if post.zone != zone.key else "",
        "utc": utc_text(post.due),
        "iso": post.due.isoformat(),
        "text": post.text,
        "lang": post.language,
        "dir": LANGUAGES[post.review].direction,
        "count": f"{post.length} sur {post.limit:,} caractères".replace(",", "\u202f"),
        "media": [
            {
                "file": _name(media.path), "alt": media.alt, "width": media.width, "height": media.height,
                "clip": media.is_video,
            }
            for media in post.media
        ],
    }  # fmt: skip
