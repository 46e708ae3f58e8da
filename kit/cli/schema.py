"""`kit schema`: JSON Schema for editors."""

from __future__ import annotations

from pathlib import Path

import click

from kit.cli.options import Common, kit_command
from kit.files import stable_json, write_text
from kit.load.json_schema import MODELS, schema_of


@click.command("schema")
@click.option(
    "--write", "folder", type=click.Path(path_type=Path, file_okay=False), help="Write the schema files here"
)
@click.argument("name", type=click.Choice(sorted(MODELS)), default="campaign")
@kit_command
def schema_command(common: Common, folder: Path | None, name: str) -> None:
    """Print the JSON Schema that editors complete campaign.yaml, languages/*.yaml or schedule.yaml with."""
    if folder is None:
        click.echo(stable_json(schema_of(MODELS[name])), nl=False)
        return
    for key, model in MODELS.items():
        write_text(folder / f"{key}.schema.json", stable_json(schema_of(model)))
        common.say(f"wrote {folder / f'{key}.schema.json'}")
