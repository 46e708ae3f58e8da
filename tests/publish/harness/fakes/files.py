"""A small picture for posts, and the harness row of a platform that is sent one: uploads are where a kill may fall."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from kit.model.post import PostMedia
from kit.publish.protocol import Publisher, Resend
from tests.publish.harness.row import Row, Served, make_post

PICTURE = b"\xff\xd8 a picture of four numbers \xff\xd9"
FILES = {"visuals/fr/feed-4x5/overview.jpg": PICTURE}


def picture(path: str = "visuals/fr/feed-4x5/overview.jpg", data: bytes = PICTURE) -> PostMedia:
    return PostMedia(
        artifact=path.removesuffix(".jpg"), path=path, sha256=hashlib.sha256(data).hexdigest(),
        media_type="image/jpeg", bytes=len(data), width=1080, height=1350, alt="Les quatre numéros",
    )  # fmt: skip


def no_sleep(_: float) -> None:
    """The fakes are ready when they are asked again."""


def row_with_picture(
    platform: str,
    resend: Resend,
    connect: Callable[[int, datetime, Path], Publisher],
    serve: Callable[[], Served],
) -> Row:
    post = make_post(platform).model_copy(update={"media": (picture(),)})
    return Row(resend, connect, post, serve, FILES)
