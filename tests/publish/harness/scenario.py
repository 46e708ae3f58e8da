"""One scenario: a post, a kill, some faults, restarts until all is quiet, and the verdict."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from kit.publish.ledger import Ledger
from kit.publish.ledger_mark import MARK
from kit.publish.protocol import Resend
from kit.publish.records import BEFORE, OPEN, State
from kit.publish.runner import LEDGER
from kit.publish.store import SqliteStore
from tests.publish.harness.rows import ROWS, Served
from tests.publish.harness.world import seeded_faults
from tests.publish.moments import DUE

ROOT = Path(__file__).parents[3]
STEP = timedelta(seconds=45)
MOST_RUNS = 60
_UNSETTLED = (*BEFORE, *OPEN, State.SENDING)


@dataclass
class Verdict:
    """What readers see of a post, and what the ledger says of it."""

    row: str
    seed: int
    killed: int
    runs: int
    state: State
    seen: int
    faults: list[str | None] = field(default_factory=list)

    @property
    def duplicate(self) -> bool:
        return self.seen > 1

    @property
    def lost(self) -> bool:
        """Not out, and nobody is asked; or said to be out, and not."""
        return self.seen == 0 and self.state is not State.NEEDS_REVIEW


class Harness:
    """The server, the process that forks runners, and a folder. `servers` may stand in for a row's own."""

    def __init__(self, folder: Path, servers: Mapping[str, Served] | None = None) -> None:
        self.folder = folder
        for row in ROWS.values():
            for name, data in row.files.items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(data)
        self._servers = dict(servers or {})
        self._forkserver = subprocess.Popen(
            [sys.executable, "-m", "tests.publish.harness.forkserver"],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._made = 0

    def close(self) -> None:
        assert self._forkserver.stdin is not None and self._forkserver.stdout is not None
        self._forkserver.stdin.close()
        self._forkserver.wait(10)
        self._forkserver.stdout.close()
        for server in self._servers.values():
            server.stop()

    def server(self, row: str) -> Served:
        """The row's server, started when it is first needed."""
        if row not in self._servers:
            self._servers[row] = ROWS[row].serve()
        return self._servers[row]

    def lines(self, row: str) -> int:
        """How many lines a run without any trouble has: the kill points there are."""
        home = self._home()
        self.server(row).clear([])
        assert self._run(row, home, DUE) == 0
        return int((home / "lines").read_text())

    def scenario(self, row: str, seed: int, lines: int, **how: Any) -> Verdict:
        """Killed once at a seeded line, sometimes again, with seeded faults, until all is quiet."""
        chance = random.Random(f"{row} {seed}")
        home = self._home()
        faults = seeded_faults(chance)
        self.server(row).clear(faults)
        now, killed, runs = DUE, 0, 0
        state = State.PLANNED
        kill = chance.randrange(1, lines + 1)
        while state in _UNSETTLED and runs < MOST_RUNS:
            runs += 1
            status = self._run(row, home, now, kill_at=kill, **how)
            assert status in (0, -9), f"{row}, seed {seed}: the runner ended with {status}"
            killed += status == -9
            kill = chance.randrange(1, lines + 1) if chance.random() < 0.3 else 0
            self.server(row).quiet()
            if how.get("forget"):
                for name in (LEDGER, f"{LEDGER}-wal", f"{LEDGER}-shm", MARK):
                    (home / name).unlink(missing_ok=True)
                if runs > 2:
                    break
            state = self._state(home, row)
            now += STEP
        text = ROWS[row].post.text
        return Verdict(row, seed, killed, runs, state, self.server(row).count(text), faults)

    def together(self, other: Harness, row: str) -> int:
        """Two processes start on one ledger at the same moment: how often the post is out."""
        home = self._home()
        self.server(row).clear(["hang"])  # the first call takes long enough for the other to meet the lock
        for one in (self, other):
            one._order(row, home, DUE, port=self.server(row).port)
        statuses = [one._answer() for one in (self, other)]
        assert 0 in statuses, statuses
        self.server(row).quiet()
        return self.server(row).count(ROWS[row].post.text)

    def _home(self) -> Path:
        self._made += 1
        home = self.folder / str(self._made)
        home.mkdir()
        return home

    def _state(self, home: Path, row: str) -> State:
        if not (home / LEDGER).exists():
            return State.PLANNED
        store = SqliteStore(home / LEDGER)
        try:
            entry = Ledger(store).entry(str(ROWS[row].post.key))
        finally:
            store.close()
        return entry.state if entry else State.PLANNED

    def _run(self, row: str, home: Path, now: datetime, kill_at: int = 0, **how: Any) -> int:
        self._order(row, home, now, kill_at, **how)
        return self._answer()

    def _order(
        self, row: str, home: Path, now: datetime, kill_at: int = 0, port: int = 0, **how: Any
    ) -> None:
        order = {
            "row": row, "home": str(home), "port": port or self.server(row).port, "now": now.isoformat(),
            "kill_at": kill_at, "posts": [ROWS[row].post.model_dump(mode="json")], "folder": str(self.folder),
            "unprotected": how.get("unprotected", False), "on_unknown": how.get("on_unknown", "hold"),
        }  # fmt: skip
        assert self._forkserver.stdin is not None
        self._forkserver.stdin.write(json.dumps(order) + "\n")
        self._forkserver.stdin.flush()

    def _answer(self) -> int:
        assert self._forkserver.stdout is not None
        return int(self._forkserver.stdout.readline())


def has_primitive(row: str) -> bool:
    """Whether the platform lets us make sure; elsewhere a person is asked."""
    return ROWS[row].resend is not Resend.NEVER
