"""`kit plan`: what would be made, what X would cost, which credentials the schedule needs."""

from __future__ import annotations

from collections import Counter
from typing import Any

import click

from kit.build.forecast import credentials_needed, tokens_that_end, x_forecast
from kit.cli.options import Common, kit_command
from kit.files import stable_json
from kit.load import Loaded, load
from kit.model.plan import Plan
from kit.plan import plan


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
            f"about {forecast.usd:.3f} $, {forecast.alt_usd:.3f} $ of it for alternative texts (prices of "
            f"2026-04-20); reading at most {forecast.reads_usd:.3f} $ more, if every answer were lost"
        )
    for account, names in credentials_needed(loaded.schedule):
        common.say(f"account {account}: needs {', '.join(names)}")
    for account, name, days in tokens_that_end(loaded.schedule):
        common.say(f"{name} of {account} works for {days} days: `kit accounts check` says until when")


def _plan_json(loaded: Loaded, jobs: Plan) -> dict[str, Any]:
    forecast = x_forecast(loaded.schedule, jobs, loaded.resources)
    return {
        "plan": 1,
        "jobs": [
            {"id": job.id, "language": job.language, "format": job.format, "facts": job.facts}
            for job in jobs.jobs
        ],
        "x": {
            "posts": forecast.posts,
            "with_link": forecast.with_link,
            "usd": round(forecast.usd, 3),
            "alt_usd": round(forecast.alt_usd, 3),
            "reads_usd": round(forecast.reads_usd, 3),
        },
        "credentials": {account: list(names) for account, names in credentials_needed(loaded.schedule)},
    }
