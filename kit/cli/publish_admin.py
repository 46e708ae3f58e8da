"""`kit publish status`, `resolve`, `pause`, `resume`: what a person sees and decides."""

from __future__ import annotations

from datetime import timedelta
from fnmatch import fnmatchcase

import click

from kit.cli.options import Common, kit_command
from kit.errors import InputError
from kit.files import stable_json
from kit.publish.ledger_view import line_of, open_ledger, question, shown
from kit.publish.protocol import RemoteRef
from kit.publish.records import ASKING, State
from kit.publish.runner import SystemClock
from kit.publish.session import current_user, state_folder

LATE = timedelta(hours=6)
"""How long a post that a person has sent back into the queue may still go out."""


@click.command("status")
@kit_command
def status_command(common: Common) -> None:
    """Every post with its state and address, what waits for a person, and the last events."""
    with open_ledger(state_folder(common.campaign)) as ledger:
        entries, paused, events = ledger.entries(), ledger.paused(), ledger.events(20)
    entries.sort(key=lambda e: (e.due, e.name))
    if common.as_json:
        counts = {state.value: sum(e.state is state for e in entries) for state in State}
        posts = [shown(entry) for entry in entries]
        lines = [{"at": e.at.isoformat(), "post": e.post, "kind": e.kind, "detail": e.detail} for e in events]
        click.echo(
            stable_json({"status": 1, "paused": paused, "counts": counts, "posts": posts, "events": lines}),
            nl=False,
        )
        return
    if paused:
        common.say(f"paused by {paused}; `kit publish resume` goes on")
    for entry in entries:
        common.say(line_of(entry))
    for entry in entries:
        if entry.state in ASKING:
            common.say(question(entry))


@click.command("resolve")
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
@click.option("--posted", metavar="URL", help="It is out, at this address")
@click.option("--not-posted", is_flag=True, help="It is certainly not out: send it at the next pass")
@click.option("--give-up", is_flag=True, help="Leave it: it is never sent")
@click.option("--by", metavar="NAME", help="Who decides [the user of this machine]")
@kit_command
def resolve_command(
    common: Common, keys: tuple[str, ...], posted: str | None, not_posted: bool, give_up: bool, by: str | None
) -> None:
    """Decide about posts that ask. KEY is a post's name as `status` shows it, or a pattern with *."""
    if (posted is not None) + not_posted + give_up != 1:
        raise InputError("say exactly one of --posted URL, --not-posted, --give-up")
    if posted is not None and not posted.startswith(("https://", "http://", "at://")):
        raise InputError(
            f"--posted {posted!r} is not an address", "copy the post's own address from the platform"
        )
    now, person = SystemClock().now(), by or current_user()
    with open_ledger(state_folder(common.campaign)) as ledger:
        entries = ledger.entries()
        chosen = [e for e in entries if any(fnmatchcase(e.name, key) for key in keys) and e.state in ASKING]
        if not chosen:
            there = [e for e in entries if any(fnmatchcase(e.name, key) for key in keys)]
            why = f"{there[0].name} is {there[0].state.value} and asks nothing" if there else "no such post"
            raise InputError(f"{' '.join(keys)}: {why}", "`kit publish status` lists what asks")
        if posted is not None and len(chosen) > 1:
            raise InputError(f"--posted is for one post, and {len(chosen)} match")
        for entry in chosen:
            if posted is not None:
                ref = RemoteRef(entry.remote_id or posted, posted)
                ledger.decide(entry, State.POSTED, now, f"seen by {person}", ref=ref)
            elif not_posted:
                late = max(entry.not_after, now + LATE)
                ledger.decide(entry, State.PLANNED, now, f"not out, says {person}", not_after=late)
            else:
                ledger.decide(
                    entry, State.FAILED, now, f"given up by {person}", not_after=min(entry.not_after, now)
                )
            common.say(f"{'posted' if posted else 'planned' if not_posted else 'given up':<13} {entry.name}")


@click.command("pause")
@click.option("--by", metavar="NAME", help="Who pauses [the user of this machine]")
@kit_command
def pause_command(common: Common, by: str | None) -> None:
    """Send nothing more, on any account, until `resume`. A call under way is finished."""
    with open_ledger(state_folder(common.campaign)) as ledger:
        ledger.pause(by or current_user(), SystemClock().now())
        kept = len(ledger.entries(State.HANDED_OFF))
    common.say("paused: nothing is sent until `kit publish resume`")
    if kept:
        common.say(
            f"{kept} posts are with their platforms: a runner takes them back; none at work? `kit publish due`"
        )


@click.command("resume")
@kit_command
def resume_command(common: Common) -> None:
    """Go on after a pause. Posts that became too late in the meantime ask."""
    with open_ledger(state_folder(common.campaign)) as ledger:
        ledger.pause(None, SystemClock().now())
    common.say("resumed")
