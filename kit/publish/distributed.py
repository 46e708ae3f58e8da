"""Procrastinate as the engine beside a ledger on Postgres: it says when, the ledger decides whether.

A job is one pass over one account. Nothing depends on a job running once: a job that runs twice,
late, or after its worker died finds in the ledger what may be out, and goes by it.
"""

from __future__ import annotations

import asyncio
import math
import os
import socket
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import procrastinate

from kit.model.post import Post
from kit.publish.decide import Work
from kit.publish.postgres import PostgresStore, pass_over, running_account
from kit.publish.runner import Clock, next_moment

TASK = "kit.publish_account"
AGAIN = timedelta(seconds=60)
"""When another worker has the account, or nothing says when the next step is due."""


def make_app(conninfo: str, work: Callable[[], Work], clock: Clock, schema: str = "kit") -> procrastinate.App:
    """The workers' application. `work` is read anew for every job: approvals and facts may change.

    `lock` keeps jobs of one account apart, `queueing_lock` keeps one waiting job a post; a job whose
    worker died is found by its missing heartbeat and run again. All of that is for speed only.
    """
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=conninfo))
    retry = procrastinate.RetryStrategy(max_attempts=100, wait=int(AGAIN.total_seconds()))

    def one_pass(account: str) -> datetime | None:
        store = PostgresStore(conninfo, schema)
        try:
            owner = f"process {os.getpid()} on {socket.gethostname()}"
            with running_account(store, account, owner, clock) as ledger:
                todo = work()
                pass_over(ledger, todo, account, clock)
                return next_moment(ledger, todo, frozenset({account}))
        finally:
            store.close()

    @app.task(name=TASK, queue="publish", retry=retry)
    async def publish_account(account: str) -> None:
        moment = await asyncio.to_thread(one_pass, account)  # clients and ledger are synchronous
        if moment is not None:
            wait = max(moment - clock.now(), timedelta(seconds=1))
            await _defer(app, account, f"{account} again", wait)

    @app.periodic(cron="* * * * *")
    @app.task(name="kit.retry_stalled", queue="publish", pass_context=True)
    async def retry_stalled(context: procrastinate.JobContext, timestamp: int) -> None:
        for job in await app.job_manager.get_stalled_jobs(task_name=TASK):
            await app.job_manager.retry_job(job)

    return app


async def plan_jobs(app: procrastinate.App, posts: Iterable[Post], clock: Clock) -> int:
    """One job for each post, at its due time; how many are new. The app must be open."""
    return sum([await _defer(app, post.account, str(post.key), post.due - clock.now()) for post in posts])


async def _defer(app: procrastinate.App, account: str, name: str, wait: timedelta) -> bool:
    seconds = max(math.ceil(wait.total_seconds()), 0)
    task = app.tasks[TASK].configure(lock=account, queueing_lock=name, schedule_in={"seconds": seconds})
    try:
        await task.defer_async(account=account)
    except procrastinate.exceptions.AlreadyEnqueued:
        return False
    return True
