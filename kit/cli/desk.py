"""What approving and publishing both need: the campaign, its kit, the queue, and the folder of state."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from kit.cli.options import Common
from kit.errors import InputError
from kit.load import SCHEDULE_FILE, Loaded, find_campaign, load
from kit.model.artifact import Manifest
from kit.model.post import Queue
from kit.model.schedule import Schedule
from kit.publish.approvals import Approvals, Gate, gate, read_approvals

HOME = ".kit"
"""State that must outlive `dist`: ledger, approvals, log."""
PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True)
class Desk:
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


def home_of(common: Common) -> Path:
    """The folder of state, beside the campaign file."""
    return find_campaign(common.campaign).parent / HOME


def sit_down(common: Common) -> Desk:
    """Read campaign, schedule, manifest and approvals, and make the queue.

    Raises InputError when there is no schedule or no kit, WorkError for damaged approvals.
    """
    from kit.queue import queue  # the platforms' counting rules take a moment to import

    loaded = load(common.campaign)
    if loaded.schedule is None:
        raise InputError(f"there is no {SCHEDULE_FILE} beside the campaign", "`kit init` shows one")
    folder = common.out_folder(find_campaign(common.campaign)) / loaded.campaign.slug
    manifest = read_manifest(folder)
    # without the clock: whether a late post may go is the ledger's business, and a person's
    posts = queue(manifest, loaded.schedule, loaded.campaign)
    home = home_of(common)
    return Desk(loaded, loaded.schedule, manifest, folder, home, posts, read_approvals(home))


def read_manifest(folder: Path) -> Manifest:
    """The built kit's manifest. Raises InputError when there is none, or it is not one."""
    path = folder / "manifest.json"
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise InputError(
            f"{path} does not exist: there is no kit to publish", "run `kit build` first"
        ) from None
    except (OSError, ValidationError) as error:
        raise InputError(f"{path} is not a manifest of this kit", "run `kit build` again") from error


def who() -> str:
    """Whose hands are on this machine."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
