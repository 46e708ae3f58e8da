"""The loader answers whatever it is given. The long run is `python -m tests.load.fuzz`."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.errors import InputError
from tests.load import fuzz
from tests.support.campaign import SHIPPED

SEED = 2026


def test_two_hundred_spoilt_campaigns_are_loaded_or_refused_with_sense() -> None:
    outcomes = fuzz.run(200, SEED, workers=1)
    assert [outcome for outcome in outcomes if outcome.problem] == []
    assert {outcome.kind for outcome in outcomes} == {"loaded", "refused"}


def test_a_case_is_a_function_of_seed_and_number() -> None:
    assert fuzz.spoil(Random("1:7")) == fuzz.spoil(Random("1:7"))
    assert fuzz.spoil(Random("1:7")) != fuzz.spoil(Random("1:8"))


@pytest.mark.parametrize("change", fuzz.MUTATIONS)
def test_every_mutation_spoils_something(change: object) -> None:
    """The referee is tested too: a mutation that changes nothing proves nothing."""
    data = fuzz.originals()[0]["campaign.yaml"]
    assert any(change(Random(n), data) != data for n in range(50))  # type: ignore[operator]


@settings(max_examples=150)
@given(data=st.data())
def test_any_mixture_of_yaml_pieces_is_loaded_or_refused(data: st.DataObject) -> None:
    pieces = st.sampled_from(
        [*fuzz.NASTY, *fuzz.TRAPS, b"\n", b"\n  ", b": ", b", ", b"texts:", b"tools:", b"facts:"]
    )
    files = dict(fuzz.originals()[0])
    name = data.draw(st.sampled_from(sorted(files)))
    rows = files[name].split(b"\n")
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(rows) - 1))
        rows[at] = rows[at][: data.draw(st.integers(0, len(rows[at])))] + b"".join(
            data.draw(st.lists(st.one_of(pieces, st.binary(max_size=6)), max_size=6))
        )
    files[name] = b"\n".join(rows)
    with tempfile.TemporaryDirectory() as folder:
        fuzz.write_files(Path(folder), files)
        outcome = fuzz.judge(Path(folder))
    assert not outcome.problem, outcome.problem


class TestTheFuzzer:
    """It fails when the loader does."""

    def test_a_traceback_is_a_failure(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(fuzz, "load", lambda folder: 1 // 0)
        assert "ZeroDivisionError" in fuzz.judge(tmp_path).problem

    def test_silence_is_a_failure(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(folder: Path) -> None:
            raise InputError("something is wrong")

        monkeypatch.setattr(fuzz, "load", refuse)
        assert "without sense" in fuzz.judge(tmp_path).problem

    def test_waiting_for_ever_is_a_failure(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def spin(folder: Path) -> None:
            while True:
                pass

        monkeypatch.setattr(fuzz, "LIMIT_S", 0.05)
        monkeypatch.setattr(fuzz, "load", spin)
        assert "took more than" in fuzz.judge(tmp_path).problem

    def test_a_failed_case_is_kept(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(fuzz, "load", lambda folder: None)
        monkeypatch.setattr(fuzz, "ROOT", tmp_path)
        assert fuzz.run_case(SEED, 3).kind == "failed"
        assert (tmp_path / "test-report" / "fuzz" / f"{SEED}-3" / "campaign.yaml").is_file()

    def test_it_runs_as_a_program_and_says_what_it_found(self) -> None:
        command = [sys.executable, "-m", "tests.load.fuzz", "--count", "20", "--seed", "3", "--workers", "1"]
        done = subprocess.run(command, cwd=SHIPPED, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.startswith("seed 3: 20 cases in ")
        assert " 0 failed; " in done.stdout
