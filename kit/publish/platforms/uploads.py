"""What was uploaded for a post and is noted in the ledger: kept at once, and not used past its time."""

from __future__ import annotations

from datetime import datetime, timedelta

from kit.publish.protocol import Notes, Save

UPLOAD_LIVES = timedelta(hours=20)
"""X and Mastodon drop what was uploaded and not posted after 24 hours (their documentation, 2026-11-23); four
are kept for clocks and delays."""


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
