"""A publish session: campaign, kit, queue, approvals and the folder of state, read at one moment.

Commands, and whatever else a person works with, open it and do nothing here by themselves. No terminal here.
"""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from kit.errors import InputError, WorkError
from kit.files import sha256_of
from kit.load import SCHEDULE_FILE, Loaded, find_campaign, load
from kit.load.manifest import read_manifest
from kit.model.artifact import Manifest
from kit.model.post import Queue
from kit.model.schedule import Account, Schedule
from kit.posts.recall import Live
from kit.publish.approvals import Approvals, Gate, gate, read_approvals
from kit.publish.decide import Work
from kit.publish.engine import Redact, Rules
from kit.publish.ledger import Ledger
from kit.publish.ledger_view import DATABASE, database, has_ledger, open_ledger
from kit.publish.logs import redacted_tracebacks, redactor, start_logging, stop_logging
from kit.publish.protocol import NotSent, Publisher, RemoteRef, Unknown
from kit.publish.records import State
from kit.publish.runner import LEDGER, Clock, running
from kit.publish.secret_store import account_secrets, to_black_out, without
from kit.text.printable import printable

HOME = ".kit"
"""State that must outlive `dist`: ledger, approvals, log."""
PARIS = ZoneInfo("Europe/Paris")
LOG = "publish.log"
_DELETED = "recalled:"
"""In the ledger, before a post's name: when it was taken down."""
HAND_OFF = timedelta(hours=24)
"""How far ahead `--hand-off` looks: the evening before is soon enough, and facts may change."""


@dataclass(frozen=True)
class Session:
    """Everything that is read before a post may go out, at one moment."""

    loaded: Loaded
    schedule: Schedule
    manifest: Manifest
    folder: Path
    home: Path
    queue: Queue
    approvals: Approvals

    def gate(self, now: datetime, sha256: Callable[[Path], str] = sha256_of) -> Gate:
        """The gate before every post, on the day that it is in Paris."""
        today = now.astimezone(PARIS).date()
        return gate(self.approvals, self.manifest, self.loaded.campaign, self.folder, today, sha256)

    def account(self, name: str) -> Account:
        """The account of that id. Raises InputError when the schedule has it no more."""
        for account in self.schedule.accounts:
            if account.id == name:
                return account
        raise InputError(f"{name} is no longer an account of the schedule", "put it back to settle its posts")

    def secrets(self) -> dict[str, dict[str, str]]:
        """The credentials of all accounts, by account."""
        return {account.id: account_secrets(account, self.home) for account in self.schedule.accounts}

    def rules(self, options: RunnerOptions, redact: Redact = str) -> Rules:
        """What a person and the schedule have decided for all posts."""
        return Rules(
            on_unknown=options.on_unknown,
            spacing={each.id: timedelta(minutes=each.spacing_min) for each in self.schedule.accounts},
            redact=redact,
            hand_off=HAND_OFF if options.hand_off else None,
        )


@dataclass(frozen=True)
class RunnerOptions:
    """What a person may ask of a runner; the words are those of `kit publish due --help`."""

    on_unknown: Literal["hold", "retry"] = "hold"
    media_base_url: str | None = None
    hand_off: bool = False
    new_ledger: bool = False
    trust_clock: bool = False


@dataclass(frozen=True)
class Run:
    """What lasts while everything else is read anew: options, secrets, and publishers that are logged in."""

    options: RunnerOptions
    secrets: Mapping[str, dict[str, str]]
    redact: Redact
    connected: dict[str, Publisher] = field(default_factory=dict)

    def work(self, session: Session, now: datetime) -> Work:
        """What a runner is given, from everything as it is at this moment."""

        def publisher(name: str) -> Publisher:
            account = session.account(name)
            if name not in self.secrets:
                raise InputError(f"{name} has been added since the runner began", "start it again")
            key = account.model_dump_json()  # an account that was edited is connected anew
            if key not in self.connected:
                self.connected[key] = connect_account(
                    account, self.secrets[name], session.folder, self.options.media_base_url
                )
            return self.connected[key]

        rules = session.rules(self.options, self.redact)
        return Work(
            session.queue.posts, publisher, session.gate(now), rules, blocked=session.queue.blocked
        )  # fmt: skip


def state_folder(campaign: Path) -> Path:
    """The folder of state, beside the campaign file. `campaign` is the folder or the file."""
    return find_campaign(campaign).parent / HOME


def open_session(campaign: Path, out: Path | None = None) -> Session:
    """Read campaign, schedule, manifest and approvals, and make the queue. `out`: [`dist` beside the campaign].

    Raises InputError when there is no schedule or no kit, WorkError for damaged approvals.
    """
    from kit.posts.post_queue import queue  # the platforms' counting rules take a moment to import

    loaded = load(campaign)
    if loaded.schedule is None:
        raise InputError(f"there is no {SCHEDULE_FILE} beside the campaign", "`kit init` shows one")
    folder = (out or find_campaign(campaign).parent / "dist") / loaded.campaign.slug
    manifest = read_manifest(folder, "publish")
    # without the clock: whether a late post may go is the ledger's business, and a person's
    posts = queue(manifest, loaded.schedule, loaded.campaign)
    home = state_folder(campaign)
    return Session(loaded, loaded.schedule, manifest, folder, home, posts, read_approvals(home))


def start_run(session: Session, options: RunnerOptions, *hidden: str) -> Run:
    """Read all credentials, before anything is logged, so that no log and no traceback shows them.

    `hidden`: what else must be blacked out.
    """
    secrets = session.secrets()
    accounts = session.schedule.accounts
    black = [value for account in accounts for value in to_black_out(account, secrets[account.id])]
    redact = redactor([*hidden, *black])
    redacted_tracebacks(redact)
    return Run(options, secrets, redact)


@contextmanager
def logged(session: Session, run: Run, name: str = LOG, *, debug: bool = False) -> Iterator[None]:
    """Keep a log in the folder of state until the block ends."""
    handler = start_logging(session.home / name, run.redact, debug=debug)
    try:
        yield
    finally:
        stop_logging(handler)


@contextmanager
def open_runner(
    session: Session, options: RunnerOptions, clock: Clock, confirm: Callable[[str], bool], *, debug: bool = False
) -> Iterator[tuple[Ledger, Run]]:  # fmt: skip
    """Be the one runner of this session's ledger, with its log, until the block ends.

    `confirm` shows a person that the ledger is absent although posts were due, and answers whether a new one
    may begin. Raises InputError for a ledger on Postgres, WorkError as `runner.running` does.
    """
    if database() is not None:
        raise InputError(
            f"{DATABASE} is set: this ledger is on Postgres", "run `kit publish worker`, or unset it"
        )
    run = start_run(session, options)
    with logged(session, run, debug=debug):
        new = options.new_ledger
        if not new and (why := ledger_is_missing(session, clock.now())):
            new = confirm(why)
            if not new:
                raise WorkError(
                    why,
                    "nothing was sent. If no other ledger exists, run with --new-ledger: what was due already "
                    "then waits for `kit publish resolve`",
                )
        with running(session.home, clock, new=new, trust_clock=options.trust_clock) as ledger:
            yield ledger, run


def ledger_is_missing(session: Session, now: datetime) -> str | None:
    """An absent ledger after the first slot may mean that posts are out of which nobody knows here."""
    path, late = session.home / LEDGER, [post for post in session.queue.posts if post.due <= now]
    if path.exists() or not late:
        return None
    return f"there is no ledger at {path}, and {len(late)} posts were due already"


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


def ledger_posts(home: Path) -> list[Live]:
    """The ledger's posts, without those taken down; none where nothing was ever published from here."""
    if not has_ledger(home):
        return []
    with open_ledger(home) as ledger:
        return [
            Live(entry.name, entry.state.value, entry.remote_id, entry.url, entry.post)
            for entry in ledger.entries()
            if ledger.meta(f"{_DELETED}{entry.name}") is None
        ]


def take_down(
    session: Session, live: Live, remote_id: str, media_base_url: str | None, now: datetime
) -> str | None:
    """Delete one post that is out; None when it is gone and the ledger says so, else why not."""
    from kit.publish.platforms import ADAPTERS  # the clients take seconds to import

    if live.state == State.HANDED_OFF:
        return (
            "its platform keeps it until its time: `kit publish pause`, then `kit publish due`, takes it back"
        )
    account = next((a for a in session.schedule.accounts if a.id == live.post.account), None)
    if account is None:
        return f"the account {live.post.account} is no longer in schedule.yaml"
    secrets = account_secrets(account, session.home)
    redact = redactor(to_black_out(account, secrets))
    publisher = ADAPTERS[account.platform].connect(secrets, session.folder, media_base_url)
    result = publisher.delete(RemoteRef(remote_id, live.url))
    if isinstance(result, NotSent):
        return f"not deleted: {printable(redact(result.why))}"
    if isinstance(result, Unknown):
        return f"perhaps not deleted: {printable(redact(result.why))}; look at it"
    with open_ledger(session.home) as ledger:
        ledger.set_meta(f"{_DELETED}{live.name}", now.isoformat(timespec="seconds"))
    return None


def current_user() -> str:
    """The name of the user who runs this process; "unknown" where the system has none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
