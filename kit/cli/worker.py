"""`kit publish worker`: the runner where one machine is not enough (ledger on Postgres)."""

from __future__ import annotations

import asyncio
from typing import Any

import click

from kit.cli.options import Common, kit_command
from kit.errors import InputError
from kit.publish.decide import Work
from kit.publish.ledger_view import DATABASE, database
from kit.publish.runner import SystemClock
from kit.publish.session import RunnerOptions, logged, open_session, start_run

LOG = "worker.log"


@click.command("worker")
@click.option(
    "--on-unknown", type=click.Choice(["hold", "retry"]), default="hold", show_default=True,
    help="A post whose outcome is unknown and that was not found: ask a person, or send it again",
)  # fmt: skip
@click.option("--media-base-url", metavar="URL", help="Public address that the kit's files are served from")
@click.option("--until-quiet", is_flag=True, help="End when no job is waiting to be run now")
@kit_command
def worker_command(common: Common, until_quiet: bool, **options: Any) -> None:
    """Send at their time, beside other workers; the ledger is in KIT_LEDGER_DATABASE."""
    conninfo = database()
    if conninfo is None:
        raise InputError(f"{DATABASE} is not set", "it names the Postgres database, as libpq writes it")
    try:
        from kit.publish.distributed import make_app, plan_jobs
        from kit.publish.postgres import PostgresStore
    except ImportError as error:
        raise InputError(
            f"{error.name} is not installed", "pip install 'nerienlaisserpasser-kit[distributed]'"
        ) from error
    clock = SystemClock()
    session = open_session(common.campaign, common.out)
    run = start_run(session, RunnerOptions(**options), conninfo)
    PostgresStore(conninfo).close()  # says at once, and in words, when the server is not there

    def refresh() -> Work:
        return run.work(open_session(common.campaign, common.out), clock.now())

    async def work_on() -> None:
        app = make_app(conninfo, refresh, clock)
        async with app.open_async():
            if not await app.check_connection_async():
                await app.schema_manager.apply_schema_async()
            new = await plan_jobs(app, session.queue.posts, clock)
            common.say(f"{new} new jobs, {len(session.queue.posts)} posts in the queue")
            await app.run_worker_async(queues=["publish"], wait=not until_quiet)

    with logged(session, run, LOG, debug=common.debug):
        asyncio.run(work_on())
