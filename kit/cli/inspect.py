"""Commands that look and change nothing: validate, plan, check, doctor, schema."""

from __future__ import annotations

import json
import platform
import sys
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from kit import __version__
from kit.check import check_artifacts, check_campaign
from kit.cli.options import Common, kit_command
from kit.errors import InputError, KitError
from kit.files import stable_json, write_text
from kit.forecast import credentials_needed, x_forecast
from kit.load import Loaded, find_campaign, load
from kit.model.artifact import Manifest
from kit.model.plan import Plan
from kit.plan import plan
from kit.report import report_html, report_json, report_text
from kit.resources import verify_fonts
from kit.schema import MODELS, schema_of


@click.command("validate")
@kit_command
def validate_command(common: Common) -> None:
    """Check the YAML only: every mistake in one run, each with file, line and column."""
    loaded = load(common.campaign)
    if common.as_json:
        click.echo(json.dumps({"valid": True, "slug": loaded.campaign.slug}))
    else:
        common.say(f"{find_campaign(common.campaign).name}: valid")


@click.command("plan")
@click.option("--extras", is_flag=True, help="With what `build --extras` makes")
@kit_command
def plan_command(common: Common, extras: bool) -> None:
    """Show what would be made, what X would cost, and which credentials the schedule needs."""
    loaded = load(common.campaign)
    jobs = plan(loaded.campaign, loaded.theme, loaded.storyboards, loaded.schedule, extras=extras)
    if common.as_json:
        click.echo(stable_json(_plan_json(loaded, jobs)), nl=False)
        return
    groups = {
        "visuals": jobs.visuals,
        "prints": (*jobs.prints, *jobs.receipts),
        "posts": jobs.posts,
        "clips": jobs.clips,
        **({"other sounds": jobs.sounds} if jobs.sounds else {}),
    }
    for kind, group in groups.items():
        counts = Counter((job.language, job.format) for job in group)
        common.say(f"{kind}: {len(group)}")
        for (language, format_id), count in sorted(counts.items()):
            common.say(f"  {language:<8} {format_id:<16} {count}")
    forecast = x_forecast(loaded.schedule, jobs, loaded.resources)
    if forecast.posts:
        common.say(
            f"X: {forecast.posts} posts, {forecast.with_link} of them with a link, "
            f"about {forecast.usd:.3f} $ (prices of 2026-04-20)"
        )
    for account, names in credentials_needed(loaded.schedule):
        common.say(f"account {account}: needs {', '.join(names)}")


def _plan_json(loaded: Loaded, jobs: Plan) -> dict[str, Any]:
    forecast = x_forecast(loaded.schedule, jobs, loaded.resources)
    return {
        "plan": 1,
        "jobs": [
            {"id": job.id, "language": job.language, "format": job.format, "facts": job.facts}
            for job in jobs.jobs
        ],
        "x": {"posts": forecast.posts, "with_link": forecast.with_link, "usd": round(forecast.usd, 3)},
        "credentials": {account: list(names) for account, names in credentials_needed(loaded.schedule)},
    }


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
    manifest = _read_manifest(folder)
    report = check_campaign(loaded.campaign, common.today).plus(
        check_artifacts(loaded.campaign, manifest.artifacts, folder, common.today)
    )
    if form == "json" or common.as_json:
        click.echo(report_json(report), nl=False)
    elif form == "html":
        click.echo(report_html(report, loaded.campaign.title), nl=False)
    else:
        click.echo(report_text(report))
    if report.has_failures:
        raise SystemExit(1)


def _read_manifest(folder: Path) -> Manifest:
    path = folder / "manifest.json"
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise InputError(
            f"{path} does not exist: there is no kit to check", "run `kit build` first"
        ) from None
    except (OSError, ValidationError) as error:
        raise InputError(f"{path} is not a manifest of this kit", "run `kit build` again") from error


@click.command("doctor")
@kit_command
def doctor_command(common: Common) -> None:
    """Say whether this machine has all that a build needs."""
    rows = [("kit", True, __version__), ("python", sys.version_info >= (3, 11), platform.python_version())]
    rows += [_try("fonts", _fonts), _try("typesetter", _typesetter), _try("encoder", _encoder)]
    if common.as_json:
        click.echo(json.dumps({name: {"ok": ok, "detail": detail} for name, ok, detail in rows}))
    else:
        for name, ok, detail in rows:
            click.echo(f"{'ok  ' if ok else 'FAIL'}  {name:<11} {detail}")
    if not all(ok for _, ok, _ in rows):
        raise SystemExit(1)


def _try(name: str, look: Any) -> tuple[str, bool, str]:
    try:
        return name, True, look()
    except (KitError, ImportError, OSError, RuntimeError) as error:
        return name, False, str(error).splitlines()[0]


def _fonts() -> str:
    verify_fonts()
    return "every shipped font is the one that was shipped"


def _typesetter() -> str:
    import typst

    typst.compile(b"#set page(width: 1pt, height: 1pt)", format="png")
    return f"typst {version('typst')}"


def _encoder() -> str:
    import subprocess

    import imageio_ffmpeg

    exe = imageio_ffmpeg.get_ffmpeg_exe()
    listed = subprocess.run(
        [exe, "-hide_banner", "-encoders"], capture_output=True, text=True, timeout=30, check=True
    )
    if "libx264" not in listed.stdout:
        raise OSError("ffmpeg has no libx264")
    return f"ffmpeg {imageio_ffmpeg.get_ffmpeg_version()} with libx264"


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
