"""`make faults`: the whole harness, and its own test."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.publish.harness.rows import ROWS
from tests.publish.harness.scenario import Harness, Verdict, has_primitive


def main() -> int:
    """Print one line a platform; 1 if a post was lost or is out twice, or if the harness is blind."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=100, help="scenarios a platform")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--row", action="append", choices=ROWS, help="only this platform; may be repeated")
    wanted = parser.parse_args()
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        harness = Harness(Path(folder))
        try:
            for row in wanted.row or ROWS:
                lines = harness.lines(row)
                seeds = range(wanted.seed, wanted.seed + wanted.count)
                started = time.monotonic()
                verdicts = [harness.scenario(row, seed, lines) for seed in seeds]
                bad += _report(row, lines, verdicts, time.monotonic() - started)
            if not wanted.row:
                bad += _blind(harness, wanted.count)
        finally:
            harness.close()
    return 1 if bad else 0


def _blind(harness: Harness, count: int) -> bool:
    """The harness's own test: without the ledger's protection it has to see duplicates."""
    row = "none"
    lines = harness.lines(row)
    verdicts = [harness.scenario(row, seed, lines, unprotected=True) for seed in range(count)]
    caught = sum(v.duplicate for v in verdicts)
    print(f"without the ledger's protection: {caught} duplicates in {count} scenarios")
    return not caught


def _report(row: str, lines: int, verdicts: list[Verdict], seconds: float) -> int:
    states = Counter(v.state.value for v in verdicts)
    wrong = [v for v in verdicts if v.duplicate or v.lost or (has_primitive(row) and v.seen != 1)]
    print(
        f"{row:<12} {lines} lines, {len(verdicts)} scenarios, {sum(v.killed for v in verdicts)} kills, "
        f"{sum(v.duplicate for v in verdicts)} duplicates, {sum(v.lost for v in verdicts)} lost, "
        f"{', '.join(f'{n} {s}' for s, n in sorted(states.items()))}, {seconds:.1f} s",
        flush=True,
    )
    for verdict in wrong:
        print(f"  wrong: {verdict}")
    return len(wrong)


if __name__ == "__main__":
    sys.exit(main())
