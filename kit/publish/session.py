"""What approving and publishing both need: the campaign, its kit, the queue, and the folder of state."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from kit.errors import InputError
from kit.load import SCHEDULE_FILE, Loaded, find_campaign, load
from kit.load.manifest import read_manifest
from kit.model.artifact import Manifest
from kit.model.post import Queue
from kit.model.schedule import Schedule
from kit.publish.approvals import Approvals, Gate, gate, read_approvals

HOME = ".kit"
"""State that must outlive `dist`: ledger, approvals, log."""
PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True)
class Session:
    """Everything that is read before a post may go out, at one moment."""

    loaded: Loaded
    schedule: Schedule
    manifest: Manifest
    folder: Path
    home: Path
    queue: Queue
    approvals: Approvals

    def gate(self, now: datetime) -> Gate:
        """The gate before every post, on the day that it is in Paris."""
        return gate(
            self.approvals, self.manifest, self.loaded.campaign, self.folder, now.astimezone(PARIS).date()
        )


def state_folder(campaign: Path) -> Path:
    """The folder of state, beside the campaign file. `campaign` is the folder or the file."""
    return find_campaign(campaign).parent / HOME


def open_session(campaign: Path, out: Path | None = None) -> Session:
    """Read campaign, schedule, manifest and approvals, and make the queue. `out`: [`dist` beside the campaign].

    Raises InputError when there is no schedule or no kit, WorkError for damaged approvals.
    """
    from kit.posts.post_queue import queue  # the platforms' counting rules take a moment to import

    loaded = load(campaign)
    if loaded.schedule is None:
        raise InputError(f"there is no {SCHEDULE_FILE} beside the campaign", "`kit init` shows one")
    folder = (out or find_campaign(campaign).parent / "dist") / loaded.campaign.slug
    manifest = read_manifest(folder, "publish")
    # without the clock: whether a late post may go is the ledger's business, and a person's
    posts = queue(manifest, loaded.schedule, loaded.campaign)
    home = state_folder(campaign)
    return Session(loaded, loaded.schedule, manifest, folder, home, posts, read_approvals(home))


def current_user() -> str:
    """The name of the user who runs this process; "unknown" where the system has none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
