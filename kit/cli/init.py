"""`kit init`: a campaign folder to edit."""

from __future__ import annotations

from pathlib import Path

import click

from kit.cli.options import Common, kit_command
from kit.errors import InputError
from kit.files import stable_json, write_bytes, write_text
from kit.load import CAMPAIGN_FILE, SCHEDULE_FILE
from kit.load.json_schema import MODELS, schema_of
from kit.resources import DEFAULTS


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@kit_command
def init_command(common: Common, folder: Path) -> None:
    """Make FOLDER with the real campaign, its languages and schedule, to edit and build."""
    languages = [path.relative_to(DEFAULTS).as_posix() for path in sorted(DEFAULTS.glob("languages/*.yaml"))]
    names = (CAMPAIGN_FILE, *languages, SCHEDULE_FILE)
    taken = [name for name in names if (folder / name).exists()]
    if taken:
        raise InputError(
            f"{folder} already holds {' and '.join(taken)}; nothing was overwritten",
            "choose another folder, or edit what is there",
        )
    for name in names:
        write_bytes(folder / name, (DEFAULTS / name).read_bytes())
    for name, model in MODELS.items():
        write_text(folder / "docs" / "schema" / f"{name}.schema.json", stable_json(schema_of(model)))
    common.say(
        f"made {folder / CAMPAIGN_FILE}, {len(languages)} languages beside it, and {folder / SCHEDULE_FILE}"
    )
    common.say(f"next: cd {folder} && kit build")
