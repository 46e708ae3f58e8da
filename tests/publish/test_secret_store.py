"""Credentials: where they are found, and that nobody else reads them."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordSetError

from kit.errors import InputError, WorkError
from kit.model.schedule import Account
from kit.publish.secret_store import FILE, Secret, account_secrets, keep, look_up, to_black_out, without

SOON = datetime(2026, 12, 24, tzinfo=UTC)
ACCOUNT = Account.model_validate(
    {
        "id": "b", "platform": "bluesky", "handle": "a.example", "language": "fr",
        "credentials": ("B_HANDLE", "B_APP_PASSWORD", "B_BASE_URL"),
    }
)  # fmt: skip


class Ring(KeyringBackend):
    """A keyring in memory that can be locked."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.held: dict[tuple[str, str], str] = {}
        self.locked = False

    def _open(self) -> None:
        if self.locked:
            raise KeyringLocked

    def get_password(self, service: str, username: str) -> str | None:
        self._open()
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.locked:
            raise PasswordSetError("hush-hush")
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._open()
        del self.held[service, username]


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ACCOUNT.credentials:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def ring() -> Iterator[Ring]:
    before = keyring.get_keyring()
    made = Ring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def test_without_a_keyring_they_are_in_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    assert keep({"B_APP_PASSWORD": Secret("hush-hush", SOON)}, tmp_path) == "file"
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    found = look_up(ACCOUNT.credentials, tmp_path)
    assert found["B_APP_PASSWORD"].secret == Secret("hush-hush", SOON)
    assert (found["B_APP_PASSWORD"].place, len(found)) == ("file", 1)


def test_the_file_is_private_before_the_first_byte_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes = []
    real = Path.write_bytes

    def watched(path: Path, data: bytes) -> int:
        modes.append(stat.S_IMODE(path.stat().st_mode))
        return real(path, data)

    monkeypatch.setattr(Path, "write_bytes", watched)
    before = os.umask(0)
    try:
        keep({"B_APP_PASSWORD": Secret("hush-hush")}, tmp_path)
    finally:
        os.umask(before)
    assert modes[0] == 0o600


def test_a_second_login_keeps_the_other_accounts(tmp_path: Path) -> None:
    keep({"A": Secret("1")}, tmp_path)
    keep({"B": Secret("2")}, tmp_path)
    keep({"A": Secret("3")}, tmp_path)
    assert {name: f.secret.value for name, f in look_up(["A", "B"], tmp_path).items()} == {"A": "3", "B": "2"}


def test_the_environment_comes_first_then_the_keyring_then_the_file(
    tmp_path: Path, ring: Ring, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "B_APP_PASSWORD"
    keep({name: Secret("of the file")}, tmp_path, "file")
    assert look_up([name], tmp_path)[name].place == "file"
    ring.set_password(f"nerienlaisserpasser-kit:{tmp_path}", name, "typed with the keyring's own program")
    assert look_up([name], tmp_path)[name].secret.value == "typed with the keyring's own program"
    monkeypatch.setenv(name, "of the environment")
    assert look_up([name], tmp_path)[name].secret.value == "of the environment"


def test_what_the_environment_has_is_asked_of_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("B_APP_PASSWORD", "of the environment")
    monkeypatch.setattr(keyring, "get_keyring", lambda: pytest.fail("the keyring was asked"))
    (tmp_path / FILE).write_text("not even JSON")
    assert look_up(["B_APP_PASSWORD"], tmp_path)["B_APP_PASSWORD"].place == "environment"


def test_a_new_login_leaves_no_older_token_in_the_other_place(tmp_path: Path, ring: Ring) -> None:
    name = "B_APP_PASSWORD"
    assert keep({name: Secret("1", SOON)}, tmp_path) == "keyring"
    assert look_up([name], tmp_path)[name].secret.expires == SOON
    assert not (tmp_path / FILE).exists()
    assert keep({name: Secret("2")}, tmp_path, "file") == "file"
    assert ring.held == {}
    assert keep({name: Secret("3")}, tmp_path) == "keyring"
    assert "value" not in (tmp_path / FILE).read_text().replace("values", "")


def test_two_campaign_folders_with_the_same_names_do_not_share_an_account(tmp_path: Path, ring: Ring) -> None:
    keep({"X_ACCESS_TOKEN": Secret("theirs")}, tmp_path / "a" / ".kit")
    assert look_up(["X_ACCESS_TOKEN"], tmp_path / "b" / ".kit") == {}


def test_a_locked_keyring_hides_nothing_that_is_in_the_file(tmp_path: Path, ring: Ring) -> None:
    keep({"B_APP_PASSWORD": Secret("2")}, tmp_path, "file")
    ring.locked = True
    assert look_up(["B_APP_PASSWORD"], tmp_path)["B_APP_PASSWORD"].place == "file"
    with pytest.raises(WorkError) as error:
        keep({"B_APP_PASSWORD": Secret("3")}, tmp_path)
    assert "hush" not in f"{error.value} {error.value.hint}"
    assert look_up(["B_APP_PASSWORD"], tmp_path)["B_APP_PASSWORD"].secret.value == "2"


def test_a_keyring_that_was_asked_for_and_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no keyring"):
        keep({"A": Secret("1")}, tmp_path, "keyring")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="rights of files are those of POSIX")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_file_that_others_can_read_is_refused_with_what_to_do(tmp_path: Path, mode: int) -> None:
    keep({"B_APP_PASSWORD": Secret("hush-hush")}, tmp_path)
    (tmp_path / FILE).chmod(mode)
    for step in (
        lambda: account_secrets(ACCOUNT, tmp_path),
        lambda: keep({"B_HANDLE": Secret("a.example")}, tmp_path),
    ):
        with pytest.raises(InputError, match="can be read by others") as error:
            step()
        assert "chmod 600" in error.value.hint and "hush" not in str(error.value)


@pytest.mark.skipif(os.name != "posix", reason="rights of files are those of POSIX")
def test_a_link_a_pipe_and_a_folder_are_no_file_of_credentials(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.json").write_text(json.dumps({"credentials": 1, "values": {}}))
    (tmp_path / "elsewhere.json").chmod(0o600)
    path = tmp_path / FILE
    path.symlink_to("elsewhere.json")
    with pytest.raises(InputError, match="is a link"):
        account_secrets(ACCOUNT, tmp_path)
    path.unlink()
    os.mkfifo(path, 0o600)
    with pytest.raises(InputError, match="is not a file"):
        account_secrets(ACCOUNT, tmp_path)
    path.unlink()
    path.mkdir(0o700)
    with pytest.raises(InputError, match="is not a file"):
        account_secrets(ACCOUNT, tmp_path)


@pytest.mark.parametrize(
    "text",
    ["", "hush-hush", "[]", '{"credentials": 2, "values": {}}', '{"credentials": 1, "values": {"A": "hush-hush"}}',
     '{"credentials": 1, "values": {"A": {"value": 1}}}', '{"credentials": 1, "values": [1]}',
     '{"credentials": 1, "values": {"A": {"value": "hush-hush", "expires": "2026-12-24T00:00:00"}}}'],
)  # fmt: skip
def test_a_damaged_file_is_refused_without_being_quoted(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    (tmp_path / FILE).chmod(0o600)
    with pytest.raises(InputError, match="is not a file of credentials") as error:
        account_secrets(ACCOUNT, tmp_path)
    assert "hush" not in f"{error.value} {error.value.hint}"
    assert error.value.__cause__ is None


def test_version_control_does_not_take_the_file_in_by_chance(tmp_path: Path) -> None:
    keep({"A": Secret("1")}, tmp_path)
    assert (tmp_path / ".gitignore").read_text() == f"{FILE}\n"
    (tmp_path / ".gitignore").write_text("*\n")
    keep({"A": Secret("2")}, tmp_path)
    assert (tmp_path / ".gitignore").read_text() == "*\n"


def test_no_value_is_in_what_a_debugger_or_a_traceback_prints(tmp_path: Path) -> None:
    keep({"B_APP_PASSWORD": Secret("hush-hush")}, tmp_path)
    assert "hush" not in repr(look_up(ACCOUNT.credentials, tmp_path))


def test_what_may_be_missing_and_what_logs_may_show_is_a_matter_of_the_role() -> None:
    given = {"B_HANDLE": "a.example", "B_APP_PASSWORD": "hush-hush"}
    assert without(ACCOUNT, given) == []
    assert without(ACCOUNT, {}) == ["B_HANDLE", "B_APP_PASSWORD"]
    assert to_black_out(ACCOUNT, given) == ["hush-hush"]
