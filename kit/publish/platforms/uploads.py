"""What is uploaded for a post: the bytes that were approved; and what was, noted in the ledger.

Notes are kept at once, and an upload is not used past its time.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

from kit.model.post import PostMedia
from kit.publish.protocol import Notes, NotPrepared, NotSent, Save

UPLOAD_LIVES = timedelta(hours=20)
"""X and Mastodon drop what was uploaded and not posted after 24 hours (their documentation, 2026-11-23); four
are kept for clocks and delays."""


def read_media(folder: Path, medium: PostMedia) -> bytes:
    """The bytes of a post's file, read once: those that were approved, and no others.

    Why not by name when they are sent: the gate has looked at the file before, and whoever writes to the
    folder in between, and puts it back, would have unapproved bytes posted. Raises NotPrepared, not for
    good: the gate says at the next pass what has become of the file.
    """
    try:
        with (folder / medium.path).open("rb") as file:
            data = file.read(medium.bytes + 1)
    except OSError as error:
        raise NotPrepared(NotSent(f"{medium.path} cannot be read: {error.strerror}")) from error
    if hashlib.sha256(data).hexdigest() != medium.sha256:
        raise NotPrepared(NotSent(f"{medium.path} is not the file that was approved: nothing of it was sent"))
    return data


class Notebook:
    """The notes of a post while it is prepared: what is added is in the ledger before anything else happens."""

    def __init__(self, known: Notes, save: Save) -> None:
        self.notes = dict(known)
        self._save = save

    def keep(self, found: Notes) -> None:
        """Add to the notes, here and in the ledger."""
        self.notes.update(found)
        self._save(found)


def outlived(notes: Notes, now: datetime) -> bool:
    """Whether an upload of a post (its hour is in a note `<place>.at`) is too old to be posted with.

    Why before the call: a server may take the post and leave the picture out.
    """
    hours = (datetime.fromisoformat(value) for name, value in notes.items() if name.endswith(".at"))
    return any(now - at > UPLOAD_LIVES for at in hours)


def fresh(known: Notes, now: datetime) -> Notes:
    """The notes of earlier tries, or none of them where an upload is too old."""
    return {} if outlived(known, now) else known
