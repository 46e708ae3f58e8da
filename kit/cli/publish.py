"""`kit publish`: due, watch, status, resolve, pause, resume."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

import click

from kit.cli.options import Common, kit_command
from kit.cli.publish_admin import pause_command, resolve_command, resume_command, status_command
from kit.errors import InputError, WorkError
from kit.files import sha256_of, stable_json
from kit.model.schedule import Account
from kit.publish.approvals import gate
from kit.publish.engine import Rules
from kit.publish.ledger import Ledger
from kit.publish.ledger_view import DATABASE, line_of, open_ledger, question, shown
from kit.publish.logs import redacted_tracebacks, redactor, start_logging, stop_logging
from kit.publish.protocol import Publisher
from kit.publish.records import ASKING, BEFORE, Entry, State
from kit.publish.runner import (
    LEDGER,
    Clock,
    Pass,
    SystemClock,
    Work,
    begin,
    one_pass,
    running,
    watch,
)
from kit.publish.secret_store import account_secrets, to_black_out, without
from kit.publish.session import PARIS, Session, open_session

LOG = "publish.log"
HAND_OFF = timedelta(hours=24)
"""How far ahead `--hand-off` looks: the evening before is soon enough, and facts may change."""


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
    clock = SystemClock()
    if dry_run:
        _dry_run(common, clock.now())
        return
    session = open_session(common.campaign, common.out)
    with _runner(common, session, clock, options) as (ledger, secrets):
        before = {entry.name for entry in ledger.entries(*ASKING)}
        work = work_of(session, clock, options, secrets)
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
    with _runner(common, session, clock, options) as (ledger, secrets):
        told: dict[str, str] = {}

        def refresh() -> Work:
            return work_of(open_session(common.campaign, common.out), clock, options, secrets)

        def tell(done: Pass, work: Work) -> None:
            _tell_news(common, ledger, done, told, clock.now())

        watch(ledger, refresh, clock, session.home, tell)
        asking = ledger.entries(*ASKING)
        _tell(common, ledger, Pass(), asking)
    if asking:
        raise SystemExit(1)


@contextmanager
def _runner(
    common: Common, session: Session, clock: Clock, options: dict[str, Any]
) -> Iterator[tuple[Ledger, dict[str, dict[str, str]]]]:
    """The one runner, with its log; secrets are read before, so that they can be blacked out."""
    if os.environ.get(DATABASE):
        raise InputError(
            f"{DATABASE} is set: this ledger is on Postgres", "run `kit publish worker`, or unset it"
        )
    secrets = secrets_for(session)
    redact = redactor(black_list(session, secrets))
    options["redact"] = redact
    redacted_tracebacks(redact)
    handler = start_logging(session.home / LOG, redact, debug=common.debug)
    try:
        new = options["new_ledger"] or _asked_for_new(session, clock.now())
        with running(session.home, clock, new=new, trust_clock=options["trust_clock"]) as ledger:
            yield ledger, secrets
    finally:
        stop_logging(handler)


def _asked_for_new(session: Session, now: datetime) -> bool:
    """An absent ledger after the first slot may mean that posts are out of which nobody knows here."""
    late = [post for post in session.queue.posts if post.due <= now]
    if (session.home / LEDGER).exists() or not late:
        return False
    message = f"there is no ledger at {session.home / LEDGER}, and {len(late)} posts were due already"
    if sys.stdin.isatty():
        click.echo(f"{message}: if another machine or an older folder has sent them, stop here.", err=True)
        if click.confirm("Begin a new ledger, in which these wait for your word?", default=False):
            return True
    raise WorkError(
        message,
        "nothing was sent. If no other ledger exists, run with --new-ledger: what was due already then "
        "waits for `kit publish resolve`",
    )


def work_of(
    session: Session, clock: Clock, options: dict[str, Any], secrets: dict[str, dict[str, str]]
) -> Work:
    """What the runner is given, from everything as it is at this moment."""
    accounts = {account.id: account for account in session.schedule.accounts}
    made: dict[str, Publisher] = options.setdefault("made", {})  # a login is worth keeping between passes

    def publisher(name: str) -> Publisher:
        if name not in accounts:
            raise InputError(
                f"{name} is no longer an account of the schedule", "put it back to settle its posts"
            )
        if name not in secrets:
            raise InputError(f"{name} has been added since the runner began", "start it again")
        key = accounts[name].model_dump_json()
        if key not in made:
            made[key] = connect_account(
                accounts[name], secrets[name], session.folder, options["media_base_url"]
            )
        return made[key]

    spacing = {name: timedelta(minutes=account.spacing_min) for name, account in accounts.items()}
    rules = Rules(
        on_unknown=options["on_unknown"], spacing=spacing, redact=options["redact"],
        hand_off=HAND_OFF if options.get("hand_off") else None,
    )  # fmt: skip
    return Work(
        session.queue.posts, publisher, session.gate(clock.now()), rules, blocked=session.queue.blocked
    )


def secrets_for(session: Session) -> dict[str, dict[str, str]]:
    """The credentials of all accounts, read before anything is logged so that they can be blacked out."""
    return {account.id: account_secrets(account, session.home) for account in session.schedule.accounts}


def black_list(session: Session, secrets: dict[str, dict[str, str]]) -> list[str]:
    """What no log of this run may show."""
    return [v for account in session.schedule.accounts for v in to_black_out(account, secrets[account.id])]


def connect_account(
    account: Account, secrets: dict[str, str], folder: Path, media_base_url: str | None
) -> Publisher:
    """The publisher of an account. No network. Raises InputError when a credential is missing."""
    from kit.publish.platforms import ADAPTERS  # the client libraries take a second to import

    missing = without(account, secrets)
    if missing:
        raise InputError(
            f"{account.id} needs {', '.join(missing)}",
            f"`kit accounts login {account.id}` stores credentials",
        )
    return ADAPTERS[account.platform].connect(secrets, folder, media_base_url)


def _dry_run(common: Common, now: datetime) -> None:
    """What a pass at this moment would do, from files alone."""
    session = open_session(common.campaign, common.out)
    known = _known(session.home)
    refuse = gate(
        session.approvals,
        session.manifest,
        session.loaded.campaign,
        session.folder,
        now.astimezone(PARIS).date(),
        cache(sha256_of),
    )
    rows = []
    for post in session.queue.posts:
        name = str(post.key)
        entry = known.get(name)
        if entry is not None and entry.state not in BEFORE:
            rows.append({"post": name, "does": "nothing", "why": entry.state.value})
            continue
        why = "; ".join(f"{r.code}: {r.why}" for r in refuse(post))
        if now > post.not_after:
            does = "asks"
            why = "; ".join(filter(None, ["missed", why]))
        elif post.due > now:
            does = "waits"
        else:
            does = "held" if why else "sends"
        rows.append(
            {
                "post": name,
                "does": does,
                "why": why,
                "due": post.due.isoformat(),
                "local": f"{post.local} {post.zone}",
            }
        )
    blocked = [
        {"post": str(b.key), "code": b.code, "why": b.why, "fix": b.fix} for b in session.queue.blocked
    ]
    if common.as_json:
        click.echo(stable_json({"dry_run": 1, "posts": rows, "blocked": blocked}), nl=False)
        return
    for row in rows:
        common.say(f"{row['does']:<8} {row.get('local', ''):<32} {row['post']}  {row['why']}".rstrip())
    for row in blocked:
        common.say(f"blocked  {row['post']}: {row['code']}: {row['why']}")


def _known(home: Path) -> dict[str, Entry]:
    if os.environ.get(DATABASE) or not (home / LEDGER).exists():
        return {}  # a dry run touches no network, and no database over one
    with open_ledger(home) as ledger:
        return {entry.name: entry for entry in ledger.entries()}


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
