"""`kit schedule`: the plan as people read it, and as other tools take it."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import click

from kit.cli.options import Common, kit_command
from kit.errors import InputError
from kit.files import refuse_links, sha256_of, stable_json, write_bytes
from kit.load import SCHEDULE_FILE
from kit.model.artifact import Manifest
from kit.model.post import Post, Queue
from kit.posts.export import EXPORTERS, ExportRequest
from kit.posts.post_queue import queue
from kit.posts.recall import EXPORT_RECORD, export_folder
from kit.publish.session import ledger_posts, open_session
from kit.text.foreign_json import read_json_file
from kit.text.wall_time import utc_text

_FOR_PEOPLE = ("ics", "sheet")
"""What is past stays in these; another tool would refuse it, or send it at once."""


@click.group("schedule")
def schedule_command() -> None:
    """What goes out when: a list, or files for the scheduler that you already own."""


@schedule_command.command("list")
@kit_command
def list_command(common: Common) -> None:
    """Every post in local time and UTC, the next one first; what is past or blocked after them."""
    now = datetime.now(UTC)
    session = open_session(common.campaign, common.out)
    found = queue(session.manifest, session.schedule, session.loaded.campaign, now)
    out = {live.name: live for live in ledger_posts(session.home) if live.state in ("posted", "handed_off")}
    open_posts = [post for post in found.posts if str(post.key) not in out]
    coming = [post for post in open_posts if post.due >= now]
    late = [post for post in open_posts if post.due < now]
    found = found.model_copy(
        update={"blocked": tuple(each for each in found.blocked if str(each.key) not in out)}
    )
    if common.as_json:
        body = found.model_dump(mode="json", exclude={"blocked"})
        body["posts"] = [_entry(post, now) for post in (*coming, *late)]
        body["blocked"] = [each.model_dump(mode="json") | {"key": str(each.key)} for each in found.blocked]
        body["out"] = [{"key": name, "url": live.url} for name, live in sorted(out.items())]
        click.echo(stable_json(body), nl=False)
        return
    for post in coming:
        common.say(_line(post))
    if late:
        common.say("past, and still wanted until their not_after:")
    for post in late:
        common.say(_line(post))
    _tell_blocked(common, found)
    dollars = sum(post.usd for post in open_posts)
    common.say(
        f"{len(coming)} to come, {len(late)} late, {len(out)} out, {len(found.blocked)} blocked; "
        f"X {dollars:.3f} $"
    )


def _entry(post: Post, now: datetime) -> dict[str, object]:
    return post.model_dump(mode="json") | {"key": str(post.key), "late": post.due < now}


def _line(post: Post) -> str:
    return (
        f"{post.local}  {utc_text(post.due)}  {post.account:<16} {post.slot:<20} {post.piece:<12} "
        f"{post.length}/{post.limit}" + (f"  {post.usd:.3f} $" if post.usd else "") + f"  ({post.zone})"
    )


def _tell_blocked(common: Common, found: Queue) -> None:
    for each in found.blocked:
        common.say(f"BLOCKED {each.code}: {each.key}: {each.why}" + (f"; {each.fix}" if each.fix else ""))


@schedule_command.command("export")
@click.option(
    "--to", "tool", type=click.Choice(sorted(EXPORTERS)), required=True, help="The tool to write for"
)
@click.option("--media-base-url", help="Public https address that the kit's folder is served from")
@click.option("--account", "accounts", multiple=True, metavar="ID", help="Only these accounts")
@click.option("--date-format", type=click.Choice(["iso", "dmy", "mdy"]), help="For metricool and hootsuite")
@kit_command
def export_command(
    common: Common, tool: str, media_base_url: str | None, accounts: tuple[str, ...], date_format: str | None
) -> None:
    """Write files for a calendar, a scheduler or a person with a sheet of paper.

    They land beside the kit, in `<slug>.schedule/<tool>/`, those of single accounts in
    `<tool>.<accounts>/`. Exporting again replaces them; a calendar keeps the identity of its events.
    """
    session = open_session(common.campaign, common.out)
    schedule, manifest, folder = session.schedule, session.manifest, session.folder
    known = {account.id for account in schedule.accounts}
    if unknown := sorted(set(accounts) - known):
        raise InputError(
            f"--account {', '.join(unknown)}: not in {SCHEDULE_FILE}", f"known: {', '.join(sorted(known))}"
        )
    made = datetime.now(UTC).replace(microsecond=0)
    wanted = tuple(post for post in session.queue.posts if not accounts or post.account in accounts)
    past = [post for post in wanted if post.due <= made and tool not in _FOR_PEOPLE]
    wanted = tuple(post for post in wanted if post not in past)
    found = session.queue.model_copy(update={"posts": wanted})
    # a folder of its own: a calendar of one account must not cancel the events of the others
    target = export_folder(folder) / ".".join((tool, *sorted(set(accounts))))
    for place in (folder, target.parent, target):
        refuse_links(place)
    job = ExportRequest(
        queue=found, manifest=manifest, schedule=schedule, resources=session.loaded.resources,
        made=made, media_base=media_base_url, date_format=date_format,
        before=_before(target),
    )  # fmt: skip
    exported = EXPORTERS[tool](job)
    files = {name: _bytes(data, folder, manifest) for name, data in exported.files.items()}
    written = exported.posts  # what a tool cannot take is in no file, so no recall looks for it there
    posts = [{"key": str(post.key), "facts": post.facts, "file": tool} for post in written]
    record = {"to": tool, "posts": posts, "files": sorted(files)}
    left = _write(target, files | {EXPORT_RECORD: stable_json(record).encode()}, _owned(target))
    if common.as_json:
        told = {
            "folder": str(target), "files": sorted(files), "posts": len(written), "notes": exported.notes,
            "left_alone": left,
        }  # fmt: skip
        click.echo(
            stable_json(told | {"blocked": [each.model_dump(mode="json") for each in found.blocked]}),
            nl=False,
        )
        return
    for note in (*(f"left out: {post.key} (its time is past)" for post in past), *exported.notes):
        common.say(note)
    for name in left:
        common.say(f"left alone, not made by the last export: {target / name}")
    _tell_blocked(common, found)
    common.say(f"{len(written)} posts, {len(files)} files in {target}")
    if any(fact.verified_on is None for fact in manifest.facts if any(fact.id in p.facts for p in written)):
        common.say("these posts show facts that nobody has verified: check them before anything is sent")


def _bytes(data: bytes | Path, folder: Path, manifest: Manifest) -> bytes:
    """A file of the kit is handed on only if it is the one that was checked."""
    if isinstance(data, bytes):
        return data
    artifact = next(a for a in manifest.artifacts if a.path == data.as_posix())
    path = folder / data
    if not path.is_file() or sha256_of(path) != artifact.sha256:
        raise InputError(f"{artifact.path} is not the file that was built", "run `kit build`")
    return path.read_bytes()


def _before(target: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in target.glob("*") if _is_plain(path)}


def _is_plain(path: Path) -> bool:
    """An ordinary file itself, and no link to one."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def _owned(target: Path) -> frozenset[str]:
    """The files that the last export here made, by its own record; none where there is no such record."""
    record = target / EXPORT_RECORD
    try:
        listed = read_json_file(record)["files"] if _is_plain(record) else []
        return frozenset(name for name in listed if isinstance(name, str))
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()


def _write(target: Path, files: Mapping[str, bytes], owned: frozenset[str]) -> list[str]:
    """Write all, take away what the last export made and this one does not name; what else lies there.

    Why only that: a person keeps notes beside a plan. `target` has no links to folders in it (`refuse_links`).
    """
    for name, data in files.items():
        if not _is_plain(target / name) or (target / name).read_bytes() != data:
            write_bytes(target / name, data)
    there = {path.relative_to(target).as_posix() for path in target.rglob("*") if not path.is_dir()}
    gone = (there & owned) - files.keys()  # only names that stand below: a record cannot point elsewhere
    for name in gone:
        (target / name).unlink()
    return sorted(there - files.keys() - gone)
