"""`kit publish status`, `resolve`, `pause`, `resume`: what a person sees and decides."""

from __future__ import annotations

import click

from kit.cli.options import Common, kit_command
from kit.errors import InputError
from kit.files import stable_json
from kit.publish.ledger_view import line_of, open_ledger, question, shown
from kit.publish.records import ASKING, State
from kit.publish.runner import SystemClock
from kit.publish.session import current_user, state_folder
from kit.publish.verdicts import Verdict, asking, pause, resume, settle


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
    verdict = Verdict.POSTED if posted else Verdict.NOT_POSTED if not_posted else Verdict.GIVEN_UP
    with open_ledger(state_folder(common.campaign)) as ledger:
        chosen = asking(ledger, keys)
        if posted is not None and len(chosen) > 1:
            raise InputError(f"--posted is for one post, and {len(chosen)} match")
        for entry in chosen:
            settle(ledger, entry, verdict, person, now, posted)
            common.say(f"{verdict.value:<13} {entry.name}")


@click.command("pause")
@click.option("--by", metavar="NAME", help="Who pauses [the user of this machine]")
@kit_command
def pause_command(common: Common, by: str | None) -> None:
    """Send nothing more, on any account, until `resume`. A call under way is finished."""
    with open_ledger(state_folder(common.campaign)) as ledger:
        kept = pause(ledger, by or current_user(), SystemClock().now())
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
        resume(ledger, SystemClock().now())
    common.say("resumed")
