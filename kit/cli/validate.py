"""`kit validate`: every mistake of all YAML files."""

from __future__ import annotations

import json

import click

from kit.cli.options import Common, kit_command
from kit.load import find_campaign, load


@click.command("validate")
@kit_command
def validate_command(common: Common) -> None:
    """Check the YAML only: every mistake in one run, each with file, line and column."""
    loaded = load(common.campaign)
    if common.as_json:
        click.echo(json.dumps({"valid": True, "slug": loaded.campaign.slug}))
    else:
        common.say(f"{find_campaign(common.campaign).name}: valid")
