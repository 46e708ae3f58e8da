"""Beside a ledger: how many publishing calls it knew of, so that an older copy of it is noticed.

A second net: without the mark the ledger is what there is.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from kit.errors import WorkError
from kit.publish.ledger import Ledger
from kit.publish.state_files import read_state, write_state
from kit.text.foreign_json import read_json

MARK = "ledger.mark"


def older(ledger: Ledger, home: Path) -> WorkError | None:
    """What is to be said of a copy from before the last publishing call; None for any other ledger.

    Why: a ledger put back from a backup knows nothing of what has gone out since, and would send it again.
    """
    try:
        seen = read_json(read_state(home / MARK))
        calls, ledger_id = int(seen["calls"]), str(seen["ledger"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if ledger_id != ledger.meta("id") or calls > ledger.calls():
        return WorkError(
            f"{ledger.store.place} is older than the ledger that was last used here: it knows of "
            f"{ledger.calls()} publishing calls, and {calls} were made",
            "nothing was sent. Put the newer file back; if it is lost, read docs/publishing.md, "
            "«The ledger is damaged or gone», then run with --new-ledger",
        )
    return None


def mark(ledger: Ledger, home: Path) -> None:
    """Keep beside the ledger how many calls it knows of."""
    if ledger.meta("id") is None:
        ledger.set_meta("id", os.urandom(8).hex())
    write_state(home / MARK, json.dumps({"ledger": ledger.meta("id"), "calls": ledger.calls()}) + "\n")
