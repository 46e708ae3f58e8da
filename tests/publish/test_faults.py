"""A short seeded part of `make faults`: the runner killed at any line, the server answering wrongly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.publish.records import State
from tests.publish.harness.rows import ROWS
from tests.publish.harness.scenario import Harness, Verdict, has_primitive

SHORT = 12


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harness]:
    made = Harness(tmp_path_factory.mktemp("faults"))
    yield made
    made.close()


def scenarios(harness: Harness, row: str, **how: object) -> list[Verdict]:
    lines = harness.lines(row)
    assert lines > 200, "the kill points have gone: is the code still watched?"
    return [harness.scenario(row, seed, lines, **how) for seed in range(1000, 1000 + SHORT)]


@pytest.mark.parametrize("row", ROWS)
def test_a_killed_runner_loses_nothing_and_sends_nothing_twice(harness: Harness, row: str) -> None:
    verdicts = scenarios(harness, row)
    assert sum(verdict.killed for verdict in verdicts) >= SHORT // 2
    assert [v for v in verdicts if v.duplicate or v.lost] == []
    for verdict in verdicts:
        if has_primitive(row):
            assert (verdict.state, verdict.seen) == (State.POSTED, 1), verdict
        else:
            assert verdict.state in (State.POSTED, State.NEEDS_REVIEW), verdict


def test_of_two_runners_started_together_exactly_one_sends(harness: Harness, tmp_path: Path) -> None:
    other = Harness(tmp_path)
    try:
        for _ in range(5):
            assert harness.together(other, "none") == 1
    finally:
        other.close()


def test_the_harness_sees_duplicates_when_the_ledger_does_not_protect(harness: Harness) -> None:
    assert any(verdict.duplicate for verdict in scenarios(harness, "none", unprotected=True))


def test_the_harness_sees_duplicates_when_the_ledger_is_thrown_away(harness: Harness) -> None:
    assert any(verdict.duplicate for verdict in scenarios(harness, "none", forget=True))


def test_a_key_made_of_the_slot_protects_even_without_a_ledger(harness: Harness) -> None:
    assert not any(verdict.duplicate for verdict in scenarios(harness, "key", forget=True))
