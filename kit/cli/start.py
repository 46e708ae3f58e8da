"""`kit init`: a campaign folder to edit."""

from __future__ import annotations

from pathlib import Path

import click

from kit.cli.options import Common, kit_command
from kit.errors import InputError
from kit.files import stable_json, write_bytes, write_text
from kit.load import CAMPAIGN_FILE, SCHEDULE_FILE
from kit.model.campaign import Campaign
from kit.model.schedule import Schedule
from kit.resources import DEFAULTS
from kit.schema import schema_of


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@kit_command
def init_command(common: Common, folder: Path) -> None:
    """Make FOLDER with the real campaign.yaml and schedule.yaml, ready to edit and build."""
    taken = [name for name in (CAMPAIGN_FILE, SCHEDULE_FILE) if (folder / name).exists()]
    if taken:
        raise InputError(
            f"{folder} already holds {' and '.join(taken)}; nothing was overwritten",
            "choose another folder, or edit what is there",
        )
    for name in (CAMPAIGN_FILE, SCHEDULE_FILE):
        write_bytes(folder / name, (DEFAULTS / name).read_bytes())
    for name, model in (("campaign", Campaign), ("schedule", Schedule)):
        write_text(folder / "docs" / "schema" / f"{name}.schema.json", stable_json(schema_of(model)))
    common.say(f"made {folder / CAMPAIGN_FILE} and {folder / SCHEDULE_FILE}")
    common.say(f"next: cd {folder} && kit build")
