"""`kit check`: preflight of the finished kit."""

from __future__ import annotations

import click

from kit.check import check_artifacts, check_campaign
from kit.check.reporters import report_html, report_json, report_text
from kit.cli.options import Common, kit_command
from kit.load import find_campaign, load
from kit.load.manifest import read_manifest


@click.command("check")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    show_default=True,
    help="Form of the report",
)
@kit_command
def check_command(common: Common, form: str) -> None:
    """Preflight of what is in the output folder. Exit 1 if anything fails."""
    loaded = load(common.campaign)
    folder = common.out_folder(find_campaign(common.campaign)) / loaded.campaign.slug
    manifest = read_manifest(folder, "check")
    report = check_campaign(loaded.campaign, common.today).plus(
        check_artifacts(loaded.campaign, loaded.storyboards, manifest.artifacts, folder, common.today)
    )
    if form == "json" or common.as_json:
        click.echo(report_json(report), nl=False)
    elif form == "html":
        click.echo(report_html(report, loaded.campaign.title), nl=False)
    else:
        click.echo(report_text(report))
    if report.has_failures:
        raise SystemExit(1)
