"""`kit publish`: due, watch, status, resolve, pause, resume."""

from __future__ import annotations

import sys
from datetime import datetime
from functools import cache
from typing import Any, Literal

import click

from kit.cli.options import Common, kit_command
from kit.cli.publish_admin import pause_command, resolve_command, resume_command, status_command
from kit.files import sha256_of, stable_json
from kit.publish import dry_run as dry
from kit.publish.decide import Action, Work
from kit.publish.ledger import Ledger
from kit.publish.ledger_view import database, line_of, question, shown
from kit.publish.protocol import Publisher
from kit.publish.records import ASKING, BEFORE, Entry, State
from kit.publish.runner import Pass, SystemClock, begin, one_pass, watch
from kit.publish.session import (
    RunnerOptions,
    Session,
    ledger_is_missing,
    open_runner,
    open_session,
)


@click.group("publish")
def publish_group() -> None:
    """Send what is due, once each; show, decide, pause."""


for _command in (status_command, resolve_command, pause_command, resume_command):
    publish_group.add_command(_command)


def _runner_options(command: Any) -> Any:
    for option in (
        click.option(
            "--on-unknown",
            type=click.Choice(["hold", "retry"]),
            default="hold",
            show_default=True,
            help="A post whose outcome is unknown and that was not found: ask a person, or send it again",
        ),
        click.option(
            "--media-base-url", metavar="URL", help="Public address that the kit's files are served from"
        ),
        click.option(
            "--hand-off",
            is_flag=True,
            help="Give the posts of the next 24 hours to platforms that keep them until their time",
        ),
        click.option(
            "--new-ledger",
            is_flag=True,
            help="The ledger begins anew: what was due already waits for your word",
        ),
        click.option(
            "--trust-clock", is_flag=True, help="The clock is right, although the ledger is ahead of it"
        ),
    ):
        command = option(command)
    return command


@publish_group.command("due")
@_runner_options
@click.option("--dry-run", is_flag=True, help="Show what would be sent; no network, nothing is written")
@kit_command
def due_command(common: Common, dry_run: bool, **options: Any) -> None:
    """One pass: look for what may be out, then send what is due. For cron or a timer."""
    clock, asked = SystemClock(), RunnerOptions(**options)
    session = open_session(common.campaign, common.out)
    if dry_run:
        _dry_run(common, session, asked, clock.now())
        return
    with open_runner(session, asked, clock, _confirm, debug=common.debug) as (ledger, run):
        before = {entry.name for entry in ledger.entries(*ASKING)}
        work = run.work(session, clock.now())
        begin(ledger, work, clock)
        done = one_pass(ledger, work, clock, session.home)
        asking = [entry for entry in ledger.entries(*ASKING) if entry.name not in before]
        _tell(common, ledger, done, asking)
    if asking:
        raise SystemExit(1)


@publish_group.command("watch")
@_runner_options
@kit_command
def watch_command(common: Common, **options: Any) -> None:
    """Send everything at its time, until the schedule is done. Shows what is next and what went out."""
    clock = SystemClock()
    session = open_session(common.campaign, common.out)
    asked = RunnerOptions(**options)
    with open_runner(session, asked, clock, _confirm, debug=common.debug) as (ledger, run):
        told: dict[str, str] = {}

        def refresh() -> Work:
            return run.work(open_session(common.campaign, common.out), clock.now())

        def tell(done: Pass, work: Work) -> None:
            _tell_news(common, ledger, done, told, clock.now())

        watch(ledger, refresh, clock, session.home, tell)
        asking = ledger.entries(*ASKING)
        _tell(common, ledger, Pass(), asking)
    if asking:
        raise SystemExit(1)


def _confirm(why: str) -> bool:
    if not sys.stdin.isatty():
        return False
    click.echo(f"{why}: if another machine or an older folder has sent them, stop here.", err=True)
    return click.confirm("Begin a new ledger, in which these wait for your word?", default=False)


def _dry_run(common: Common, session: Session, options: RunnerOptions, now: datetime) -> None:
    """What a pass at this moment would do, from files alone."""
    refuse = session.gate(now, cache(sha256_of))

    def publisher(name: str) -> Publisher:
        return dry.stand_in(session.account(name).platform)

    queue = session.queue
    work = Work(queue.posts, publisher, refuse, session.rules(options), blocked=queue.blocked)
    # no database over a network: then it is shown as if nothing was sent yet
    home = None if database() else session.home
    decided = dry.dry_run(home, work, now, new=options.new_ledger)
    rows = []
    for name, decision in decided.items():
        post, why = work.by_name.get(name), decision.why
        if post is not None and decision.action in (Action.WAITS, Action.ASKS):
            why = "; ".join([*filter(None, [why]), *(f"{r.code}: {r.why}" for r in refuse(post))])
        row = {"post": name, "does": decision.action.value, "why": why}
        if post is not None:
            row |= {"due": post.due.isoformat(), "local": f"{post.local} {post.zone}"}
        rows.append(row)
    rows.sort(key=lambda row: (row.get("due", ""), row["post"]))
    blocked = [{"post": str(b.key), "code": b.code, "why": b.why, "fix": b.fix} for b in queue.blocked]
    missing = ledger_is_missing(session, now) if home and not options.new_ledger else None
    if common.as_json:
        told = {"dry_run": 1, "posts": rows, "blocked": blocked}
        click.echo(stable_json(told | ({"refused": missing} if missing else {})), nl=False)
        return
    if missing:
        common.say(f"{missing}: a pass sends nothing until it is run with --new-ledger")
    for row in rows:
        common.say(f"{row['does']:<10} {row.get('local', ''):<32} {row['post']}  {row['why']}".rstrip())
    for row in blocked:
        common.say(f"blocked    {row['post']}: {row['code']}: {row['why']}")


def _tell(common: Common, ledger: Ledger, done: Pass, asking: list[Entry]) -> None:
    """What a pass did, for a person or a program."""
    entries = {entry.name: entry for entry in ledger.entries()}
    if common.as_json:
        click.echo(
            stable_json(
                {
                    "pass": 1,
                    "sent": [shown(entries[name]) for name in done.sent],
                    "held": done.held,
                    "asking": [shown(entry) for entry in asking],
                }
            ),
            nl=False,
        )
        return
    for name in done.sent:
        common.say(line_of(entries[name]))
    for name, why in sorted(done.held.items()):
        common.say(f"{'held':<13} {name}  {why}")
    for entry in asking:
        common.say(question(entry))
    if (paused := ledger.paused()) is not None:
        common.say(f"paused by {paused}; `kit publish resume` goes on")
    if not (done.sent or done.held or asking):
        coming = min((e for e in entries.values() if e.state in BEFORE), key=lambda e: e.due, default=None)
        common.say(f"nothing is due{f'; next: {line_of(coming)}' if coming else ', and nothing is left'}")


def _tell_news(common: Common, ledger: Ledger, done: Pass, told: dict[str, str], now: datetime) -> None:
    """What is new since the last pass, and what is next."""
    entries = ledger.entries()
    news: list[tuple[str, Literal["line", "held"], str]] = [
        (e.name, "line", line_of(e)) for e in entries if e.state is not State.PLANNED
    ]
    news += [(name, "held", f"{'held':<13} {name}  {why}") for name, why in done.held.items()]
    for name, kind, line in news:
        if told.get(f"{kind} {name}") != line:
            told[f"{kind} {name}"] = line
            common.say(line)
    coming = min((e for e in entries if e.state in BEFORE and e.due > now), key=lambda e: e.due, default=None)
    if coming is not None and told.get("next") != coming.name:
        told["next"] = coming.name
        common.say(f"{'next':<13} {coming.due:%Y-%m-%d %H:%M}Z  {coming.name}")
