"""`kit approve`: a person reads what is new or changed, and says yes."""

from __future__ import annotations

import sys
from fnmatch import fnmatchcase

import click

from kit.cli.options import Common, kit_command
from kit.errors import InputError
from kit.files import stable_json
from kit.publish.approvals import approve, changes, withdraw, write_approvals
from kit.publish.runner import SystemClock
from kit.publish.session import open_session


@click.command("approve")
@click.option("--by", metavar="NAME", help="Who approves: the name of a person")
@click.option("--yes", is_flag=True, help="Approve all that is shown, without asking")
@click.option("--only", multiple=True, metavar="GLOB", help="Only posts whose name matches, e.g. '*/x/*'")
@kit_command
def approve_command(common: Common, by: str | None, yes: bool, only: tuple[str, ...]) -> None:
    """Show what is new or changed since the last approval, and sign it off."""
    now = SystemClock().now()
    session = open_session(common.campaign, common.out)
    found = [
        change
        for change in changes(session.approvals, session.queue.posts)
        if not only or any(fnmatchcase(change.name, glob) for glob in only)
    ]
    if common.as_json:
        click.echo(
            stable_json({"approve": 1, "changes": [change.model_dump(mode="json") for change in found]}),
            nl=False,
        )
    for change in found:
        common.say(f"{change.kind:<8} {change.name}")
        for line in change.lines:
            common.say(f"    {line}")
    for blocked in session.queue.blocked:
        common.say(f"blocked  {blocked.key}: {blocked.code}: {blocked.why}")
    if not found:
        if session.queue.posts:
            common.say("nothing new: every post of the queue is approved as it is")
        else:
            common.say(f"no post to approve: {len(session.queue.blocked)} slots are blocked")
        return
    if not yes and not _asked(common, len(found)):
        common.say("nothing was approved")
        return
    if by is None and not yes:
        by = click.prompt("Your name")
    if not (by and by.strip()):
        raise InputError(
            "--by is missing: an approval carries a person's name", "kit approve --by 'A. Martin'"
        )
    names = {change.name for change in found}
    gone = {change.name for change in found if change.kind == "removed"}
    signed = approve(
        session.approvals, [p for p in session.queue.posts if str(p.key) in names], by.strip(), now
    )
    write_approvals(session.home, withdraw(signed, gone))
    common.say(f"{len(names - gone)} approved by {by.strip()}" + (f", {len(gone)} removed" if gone else ""))


def _asked(common: Common, count: int) -> bool:
    if common.as_json or not sys.stdin.isatty():
        return False
    return click.confirm(f"Approve these {count}?", default=False)
