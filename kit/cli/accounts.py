"""`kit accounts`: log in, and look whether every account is ready for the day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import click

from kit.cli.options import Common, kit_command
from kit.errors import InputError, KitError, WorkError
from kit.files import stable_json
from kit.load import SCHEDULE_FILE, Loaded, load
from kit.model.schedule import Account, Schedule
from kit.publish.accounts import Standing, asked, is_handle, last_slot, standing
from kit.publish.logs import redacted_tracebacks, redactor
from kit.publish.runner import SystemClock
from kit.publish.secret_store import Found, Secret, keep, look_up, without
from kit.publish.session import state_folder
from kit.tables.credentials import by_role, role_of


@click.group("accounts")
def accounts_group() -> None:
    """Credentials: log in to an account, and check all of them before the day."""


@accounts_group.command("login")
@click.argument("account_id", metavar="ACCOUNT")
@click.option("--paste", is_flag=True, help="Type the values in instead of logging in")
@click.option(
    "--store", "place", type=click.Choice(["keyring", "file"]),
    help="Where they are kept [the keyring where there is one; a timer without a desktop needs the file]",
)  # fmt: skip
@click.option(
    "--port", type=click.IntRange(1024, 65535), default=8925, show_default=True,
    help="Port of this machine that the browser comes back to (LinkedIn, Facebook, Instagram, Threads)",
)  # fmt: skip
@click.option(
    "--redirect-uri", metavar="URL",
    help="Come back to this address instead, and paste what the browser ended at (Instagram and Threads "
    "take https only)",
)  # fmt: skip
@kit_command
def login_command(
    common: Common, account_id: str, paste: bool, place: Literal["keyring", "file"] | None,
    port: int, redirect_uri: str | None,
) -> None:  # fmt: skip
    """Log in to ACCOUNT of schedule.yaml and keep its credentials, in the keyring or a private file.

    Nothing is stored unless the platform says that it is the account of the schedule.
    """
    redacted_tracebacks(redactor())
    schedule, _ = _read(common)
    account = _account(schedule, account_id)
    home = state_folder(common.campaign)
    found = look_up(account.credentials, home)
    prompter = _Terminal(quiet=common.as_json)
    if paste:
        values = _pasted(account, prompter)
    else:
        values = _logged_in(account, found, prompter, port, redirect_uri)
    for name, secret in list(values.items()):
        if (there := found.get(name)) and there.place == "environment":
            if there.secret.value != secret.value:
                prompter.say(f"{name} is also set in the environment, which comes first: take it out there")
            else:
                del values[name]
    where = keep(values, home, place)
    if common.as_json:
        click.echo(
            stable_json({"login": 1, "account": account.id, "stored": sorted(values), "in": where}), nl=False
        )
        return
    common.say(f"{account.id}: {', '.join(sorted(values)) or 'nothing new'} kept in the {where}")
    if ends := min((s.expires for s in values.values() if s.expires), default=None):
        common.say(f"it works until {ends:%Y-%m-%d %H:%M} UTC")
    common.say("next: kit accounts check --online")


@accounts_group.command("check")
@click.option(
    "--online", is_flag=True, help="Also ask each platform whether it takes them, and whose they are"
)
@kit_command
def check_command(common: Common, online: bool) -> None:
    """Whether each account has its credentials, and until when they work.

    Exit 1 when something is missing, refused, or ends before the account's last slot. Without --online
    no network is touched. On X asking costs a tenth of a cent an account.
    """
    schedule, loaded = _read(common)
    redacted_tracebacks(redactor())
    home, now = state_folder(common.campaign), SystemClock().now()
    rows = []
    for account in schedule.accounts:
        found = look_up(account.credentials, home)
        row = standing(account, found, last_slot(schedule, account, loaded.campaign.day), now)
        if online and not without(account, found):
            row = _online(row, found)
        rows.append(row)
    if common.as_json:
        click.echo(stable_json({"accounts": 1, "rows": [_plain(row) for row in rows]}), nl=False)
    else:
        for row in rows:
            _show(common, row)
    if any(row.level == "FAIL" for row in rows):
        raise SystemExit(1)


def _read(common: Common) -> tuple[Schedule, Loaded]:
    loaded = load(common.campaign)
    if loaded.schedule is None:
        raise InputError(f"there is no {SCHEDULE_FILE} beside the campaign", "`kit init` shows one")
    return loaded.schedule, loaded


def _account(schedule: Schedule, account_id: str) -> Account:
    for account in schedule.accounts:
        if account.id == account_id:
            return account
    known = ", ".join(account.id for account in schedule.accounts)
    raise InputError(f"{account_id} is no account of {SCHEDULE_FILE}", f"it has: {known}")


def _logged_in(
    account: Account, found: Mapping[str, Found], prompter: _Terminal, port: int, redirect_uri: str | None
) -> dict[str, Secret]:
    """What the platform gave, by the names of the schedule. Raises InputError for somebody else's account."""
    from kit.publish.login.callback import Callback  # HTTP clients take a moment to import
    from kit.publish.login.login_http import LoginHttp
    from kit.publish.login.request import LoginRequest
    from kit.publish.platforms import ADAPTERS

    names = {role.name: name for name in account.credentials if (role := role_of(account.platform, name))}
    given = LoginRequest(
        handle=account.handle, prompter=prompter, http=LoginHttp(), now=SystemClock().now(),
        known={role: found[name].secret.value for role, name in names.items() if name in found},
        callback=Callback(port, redirect_uri),
    )  # fmt: skip
    grant = ADAPTERS[account.platform].log_in(given)
    if grant.who is not None and not is_handle(account.platform, account.handle, grant.who):
        raise InputError(
            f"this is {grant.who}, and {SCHEDULE_FILE} says {account.handle}: nothing was stored",
            f"log in as {account.handle}, or write the handle of {account.id} as it is",
        )
    return {names[role]: secret for role, secret in grant.values.items() if role in names}


def _pasted(account: Account, prompter: _Terminal) -> dict[str, Secret]:
    """Values that a person has from elsewhere; none is checked here."""
    values: dict[str, Secret] = {}
    for name in account.credentials:
        role = role_of(account.platform, name)
        assert role is not None, "the loader has refused it"
        ask = prompter.ask_hidden if role.secret else prompter.ask
        value = ask(f"{name}: {role.what}").strip()
        if not value and not role.optional:
            raise InputError(f"{name} was not given", "nothing was stored")
        if value:
            values[name] = Secret(
                value, prompter.ask_day("Last day it works, as 2026-12-24") if role.lasts_days else None
            )
    return values


def _online(row: Standing, found: Mapping[str, Found]) -> Standing:
    from kit.publish.login.login_http import LoginHttp
    from kit.publish.platforms import ADAPTERS

    http = LoginHttp()
    platform = row.account.platform
    roles = by_role(platform, {name: each.secret.value for name, each in found.items()})
    for name, each in found.items():
        if (role := role_of(platform, name)) and role.secret:
            http.hide(each.secret.value)
    try:
        return asked(row, ADAPTERS[platform].identify(http, roles))
    except WorkError as error:
        return row.worse("FAIL", str(error))
    except KitError as error:
        return row.worse("FAIL", f"{error}; {error.hint}")


def _plain(row: Standing) -> dict[str, Any]:
    return {
        "account": row.account.id, "platform": row.account.platform, "handle": row.account.handle,
        "level": row.level, "why": list(row.why), "credentials": dict(row.places), "who": row.who,
        "expires": row.expires.isoformat() if row.expires else None,
        "last_slot": row.last.isoformat() if row.last else None,
    }  # fmt: skip


def _show(common: Common, row: Standing) -> None:
    until = f"until {row.expires:%Y-%m-%d}" if row.expires else ""
    last = f"last slot {row.last:%Y-%m-%d %H:%M}Z" if row.last else "no slot"
    head = (
        f"{row.level:<4}  {row.account.id:<16} {row.account.platform:<10} {row.account.handle}",
        last,
        until,
    )
    common.say(", ".join(filter(None, head)))
    places: dict[str, list[str]] = {}
    for name, place in row.places.items():
        if place:
            places.setdefault(place, []).append(name)
    for place, names in places.items():
        common.say(f"      {place}: {', '.join(names)}")
    for why in row.why:
        common.say(f"      → {why}")


class _Terminal:
    """The person at this terminal; with --json all questions go to standard error."""

    def __init__(self, quiet: bool) -> None:
        self._err = quiet

    def say(self, text: str) -> None:
        """Show them something: an address to open has to be seen, also with -q."""
        click.echo(text, err=self._err)

    def ask(self, what: str, default: str = "") -> str:
        """Ask for something that may be seen."""
        return str(click.prompt(what, default=default, show_default=bool(default), err=self._err))

    def ask_hidden(self, what: str) -> str:
        """Ask for something that must not be seen."""
        return str(click.prompt(what, default="", show_default=False, hide_input=True, err=self._err))

    def ask_day(self, what: str) -> Any:
        """The end of a day in UTC, or None."""
        from datetime import UTC, date, datetime, time

        text = self.ask(f"{what} (empty: not known)").strip()
        try:
            return datetime.combine(date.fromisoformat(text), time(23, 59), UTC) if text else None
        except ValueError:
            raise InputError(
                f"{text!r} is not a date", "write it as 2026-12-24; nothing was stored"
            ) from None
