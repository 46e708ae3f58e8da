"""What a Mastodon server says of itself, and of servers that speak its API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kit.publish.protocol import Limits
from kit.tables.platforms import PLATFORMS

_DEFAULTS = {
    "max_characters": 500, "max_media_attachments": 4, "characters_reserved_per_url": 23,
    "image_size_limit": 16_777_216, "video_size_limit": 103_809_024,
}  # fmt: skip
_HONOURS_KEY = re.compile(r"(\d+)\.\d+\.\d+(?:-?(?:alpha|beta|rc|nightly)[\w.-]*)?")
"""Mastodon itself, also before a release. `2.7.2 (compatible; Pleroma …)`, forks (`+glitch`) and GoToSocial
(`0.17.3`) are not known to honour the key, so a person is asked there."""


def limits_of(instance: Mapping[str, Any]) -> Limits:
    """The limits in an answer of v2 or v1; Mastodon's own where a server does not say."""
    configuration = _part(instance, "configuration")
    statuses, files = _part(configuration, "statuses"), _part(configuration, "media_attachments")
    version = str(instance["version"])
    known = _HONOURS_KEY.fullmatch(version)
    types = files.get("supported_mime_types")
    # Pleroma and older servers say the length of a post outside of `configuration`
    longest = _number(instance, "max_toot_chars") or _DEFAULTS["max_characters"]
    return Limits(
        max_text=_number(statuses, "max_characters") or longest,
        max_media=_number(statuses, "max_media_attachments") or _DEFAULTS["max_media_attachments"],
        max_image_bytes=_number(files, "image_size_limit") or _DEFAULTS["image_size_limit"],
        max_video_bytes=_number(files, "video_size_limit") or _DEFAULTS["video_size_limit"],
        max_alt=_number(files, "description_limit") or PLATFORMS["mastodon"].max_alt,
        extra={
            "version": version,
            "honours_key": "yes" if known and int(known[1]) >= 4 else "no",
            "url_length": str(
                _number(statuses, "characters_reserved_per_url") or _DEFAULTS["characters_reserved_per_url"]
            ),
            "image_pixels": str(_number(files, "image_matrix_limit")),
            "video_pixels": str(_number(files, "video_matrix_limit")),
            "types": " ".join(map(str, types)) if isinstance(types, list) else "",
        },
    )


def _part(answer: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = answer.get(name)
    return found if isinstance(found, Mapping) else {}


def _number(answer: Mapping[str, Any], name: str) -> int:
    """A positive whole number, or 0 where the server says none."""
    found = answer.get(name)
    return found if isinstance(found, int) and found > 0 else 0
