"""A worker that is killed in the middle of its publishing call: `CONNINFO SCHEMA RESEND`."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime, timedelta

from kit.publish.decide import Work
from kit.publish.distributed import make_app, plan_jobs
from kit.publish.protocol import Resend
from kit.publish.runner import SystemClock
from tests.publish.world_of_posts import ScriptedPublisher, a_post


def the_call() -> None:
    """Says that the call is being made, and never returns."""
    print("sending", flush=True)
    sys.stdin.read()


async def work(conninfo: str, schema: str, resend: str) -> None:
    now = datetime.now(UTC)
    post = a_post(due=now, not_after=now + timedelta(hours=1))
    publisher, clock = ScriptedPublisher(Resend(resend), during=the_call), SystemClock()
    app = make_app(conninfo, lambda: Work((post,), lambda _: publisher, lambda _: []), clock, schema)
    async with app.open_async():
        if not await app.check_connection_async():
            await app.schema_manager.apply_schema_async()
        await plan_jobs(app, [post], clock)
        await app.run_worker_async(queues=["publish"], install_signal_handlers=False)


if __name__ == "__main__":
    asyncio.run(work(*sys.argv[1:4]))
