"""Postiz: the bodies of its public API, `POST /public/v1/posts`, one for each post.

Fields follow `create.post.dto.ts` and `media.dto.ts` (github.com/gitroomhq/postiz-app @74b01ad,
2026-08-21). The two things only its owner knows stay to be filled in: `integration.id` is our
account's id until it is replaced, and a picture has to be uploaded there before it has Postiz's id.
"""

from __future__ import annotations

from datetime import UTC
from typing import Any

from kit.files import stable_json
from kit.model.post import Post
from kit.posts.export.request import Exported, ExportRequest

_TYPES = {"linkedin": "linkedin-page"}
"""`settings.__type` where it is not the platform's own name: our accounts on LinkedIn are pages."""
_SETTINGS = {"x": {"who_can_reply_post": "everyone"}, "instagram": {"post_type": "post"}}
"""What Postiz answers 400 without: `x.dto.ts`, `instagram.dto.ts` (@74b01ad). A clip is a `post` too."""


def postiz(request: ExportRequest) -> Exported:
    """`posts.json`: a list of request bodies, times in UTC with `Z` (naive ones shift by an hour, #1954)."""
    bodies = [_body(request, post) for post in request.queue.posts]
    return Exported({"posts.json": stable_json(bodies).encode()}, request.queue.posts)


def _body(request: ExportRequest, post: Post) -> dict[str, Any]:
    images = [{"id": media.artifact, "path": request.url(media), "alt": media.alt} for media in post.media]
    return {
        "type": "schedule",
        "date": f"{post.due.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}",
        "shortLink": False,
        "tags": [],
        "posts": [
            {
                "integration": {"id": post.account},
                "value": [{"content": post.text, "image": images}],
                "settings": {
                    "__type": _TYPES.get(post.platform, post.platform),
                    **_SETTINGS.get(post.platform, {}),
                },
            }
        ],
    }
