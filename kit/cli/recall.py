"""`kit recall FACT`: what carries a fact, the draft of a correction, and taking live posts back."""

from __future__ import annotations

import click

from kit.cli.options import Common, kit_command
from kit.errors import InputError
from kit.files import stable_json
from kit.posts.recall import Live, Recalled, exports_with, find_fact, recall
from kit.publish.runner import SystemClock
from kit.publish.session import Session, ledger_posts, open_session, take_down


@click.command("recall")
@click.argument("fact")
@click.option("--delete", is_flag=True, help="Take the live posts back, after asking for each")
@click.option("--yes", is_flag=True, help="With --delete: do not ask")
@click.option(
    "--media-base-url",
    metavar="URL",
    help="Public address that the kit is served from, where a platform asks",
)
@kit_command
def recall_command(common: Common, fact: str, delete: bool, yes: bool, media_base_url: str | None) -> None:
    """List what carries FACT (`3919.hours`): live posts, exports, archives, pieces; draft the correction.

    Exit 1 when a post was to be deleted and is, or may be, still there.
    """
    session = open_session(common.campaign, common.out)
    if find_fact(fact, session.manifest) is None:
        known = ", ".join(each.id for each in session.manifest.facts)
        raise InputError(f"{fact} is no fact of this kit", f"it has: {known}")
    found = recall(
        fact,
        session.manifest,
        session.loaded.campaign,
        exports_with(fact, session.folder),
        ledger_posts(session.home),
    )
    failed: list[str] = []
    if delete:
        failed = _delete(session, found, yes=yes, media_base=media_base_url)
    elif common.as_json:
        click.echo(stable_json(_as_json(found)), nl=False)
    else:
        _show(common, found)
    if failed:
        raise SystemExit(1)


def _show(common: Common, found: Recalled) -> None:
    common.say(f"{found.fact}: {len(found.live)} posts out or perhaps out")
    for live in found.live:
        common.say(f"  {live.state:<12} {live.name}  {live.url or 'no address known'}")
        for line in found.drafts[live.name].splitlines():
            common.say(f"      {line}")
    common.say(f"{len(found.waiting)} posts of it wait; approve nothing of them until they are corrected")
    for live in found.waiting:
        common.say(f"  {live.state:<12} {live.name}")
    exports = ", ".join(found.exports) or "none"
    common.say(f"exports with it, to be taken out of the tools they were loaded into: {exports}")
    for label, artifacts in (("archives and pages", found.archives), ("pieces", found.pieces)):
        common.say(f"{len(artifacts)} {label}")
        for artifact in artifacts:
            common.say(f"  {artifact.path}")


def _as_json(found: Recalled) -> dict[str, object]:
    def posts(group: tuple[Live, ...]) -> list[dict[str, object]]:
        return [
            {
                "post": live.name,
                "state": live.state,
                "url": live.url,
                "correction": found.drafts.get(live.name),
            }
            for live in group
        ]

    return {
        "fact": found.fact,
        "live": posts(found.live),
        "waiting": posts(found.waiting),
        "exports": list(found.exports),
        "archives": [artifact.path for artifact in found.archives],
        "pieces": [artifact.path for artifact in found.pieces],
    }


def _delete(session: Session, found: Recalled, *, yes: bool, media_base: str | None) -> list[str]:
    """Take back every live post whose id is known; the names of those that may still be there."""
    failed = []
    for live in found.live:
        if live.remote_id is None:
            click.echo(
                f"{live.name}: its id is unknown; look for it by hand on {live.post.platform}", err=True
            )
            failed.append(live.name)
            continue
        place = live.url or f"{live.post.platform} {live.remote_id}"
        if not yes and not click.confirm(f"delete {live.name} ({place})?", default=False, err=True):
            failed.append(live.name)
            continue
        if why := take_down(session, live, live.remote_id, media_base, SystemClock().now()):
            click.echo(f"{live.name}: {why}; {place}", err=True)
            failed.append(live.name)
        else:
            click.echo(f"deleted {live.name} ({place})")
    return failed
