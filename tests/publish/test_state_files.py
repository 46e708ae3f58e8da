"""The folder of state is opened as itself: no link, no pipe, no file of somebody else, and private."""

from __future__ import annotations

import ast
import json
import logging
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from kit.errors import KitError
from kit.publish import approvals, ledger_mark, logs, secret_store, store
from kit.publish.ledger import Ledger
from kit.publish.state_files import open_private

PUBLISH = Path(store.__file__).parent
OPENERS: dict[str, Callable[[Path], object]] = {
    "ledger.sqlite": lambda home: store.SqliteStore(home / "ledger.sqlite").close(),
    "ledger.sqlite-wal": lambda home: store.SqliteStore(home / "ledger.sqlite").close(),
    "ledger.lock": lambda home: store.only_runner(home / "ledger.sqlite").__enter__(),
    "publish.log": lambda home: logs.stop_logging(logs.start_logging(home / "publish.log", str)),
    "approvals.json": lambda home: approvals.read_approvals(home),
    "ledger.mark": lambda home: ledger_mark.older(Ledger(store.SqliteStore(None)), home),
    "credentials.json": lambda home: secret_store.look_up(["NOT_IN_ENVIRONMENT"], home),
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    path = tmp_path / ".kit"
    path.mkdir()
    return path


@pytest.mark.parametrize("name", sorted(OPENERS))
def test_no_file_of_state_is_followed_where_it_is_a_link(home: Path, tmp_path: Path, name: str) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("dear all")
    (home / name).symlink_to(letter)
    with pytest.raises(KitError):
        OPENERS[name](home)
    assert letter.read_text() == "dear all"


@pytest.mark.parametrize("name", sorted(OPENERS))
def test_a_pipe_in_place_of_a_file_of_state_holds_nothing_up(home: Path, name: str) -> None:
    os.mkfifo(home / name)
    with pytest.raises(KitError):
        OPENERS[name](home)


@pytest.mark.parametrize("name", sorted(OPENERS))
def test_a_folder_of_state_that_is_a_link_is_refused(tmp_path: Path, name: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / ".kit").symlink_to(elsewhere)
    with pytest.raises(KitError, match="is a link"):
        OPENERS[name](tmp_path / ".kit")
    assert not list(elsewhere.iterdir())


def test_a_file_of_state_of_another_user_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "ledger.lock").touch()
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(KitError, match="belongs to another user"):
        open_private(home / "ledger.lock", os.O_RDWR)


def test_a_log_is_private_before_and_after_it_is_rotated(home: Path) -> None:
    path = home / "publish.log"
    path.touch(mode=0o644)
    handler = logs.start_logging(path, str)
    try:
        logging.getLogger("kit").info("one")
        handler.doRollover()  # type: ignore[attr-defined]
        logging.getLogger("kit").info("two")
    finally:
        logs.stop_logging(handler)
    files = sorted(home.iterdir())
    assert [json.loads(file.read_text())["message"] for file in files] == ["two", "one"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_state_is_opened_by_one_module() -> None:
    """Nothing else in `publish/` opens or writes a file by its name, but what belongs to the kit's own folder."""
    allowed = {
        "state_files.py",
        "secret_store.py",
    }  # the second opens by descriptor, with the flags of the first
    for path in PUBLISH.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and path.name not in allowed:
                called = ast.unparse(node.func).split(".")[-1]
                assert called not in {
                    "open", "read_text", "read_bytes", "write_text", "write_bytes", "mkdir", "atomic_path",
                }, f"{path.name}:{node.lineno}: use kit.publish.state_files"  # fmt: skip
