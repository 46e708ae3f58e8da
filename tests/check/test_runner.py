"""The runner on subjects that have nothing to do with campaigns: it must not know what it runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import kit.check.runner
from kit.check.runner import Check, run_checks
from kit.model.artifact import Finding, Level


def finds(*findings: Finding, code: str = "odd", codes: tuple[str, ...] = ()) -> Check[int]:
    """A check that says this about every subject."""
    return Check(code, "because", lambda _: iter(findings), codes)


def finding(level: Level, code: str = "odd", artifact: str | None = None, message: str = "") -> Finding:
    """A finding in short."""
    return Finding(level=level, code=code, artifact=artifact, message=message)


def _odd(number: int) -> Iterator[Finding]:
    if number % 2:
        yield finding(Level.FAIL, artifact=str(number))


def test_a_check_that_yields_nothing_is_one_pass() -> None:
    """PASS is counted for each subject and check, never listed."""
    report = run_checks([1, 2, 4], [Check("odd", "because", _odd), finds(code="other")])
    assert report.passed == 2 + 3
    assert [f.artifact for f in report.findings] == ["1"]
    assert report.failed == {"1"}


def test_findings_stand_worst_first_then_by_code_and_artifact() -> None:
    """The campaign itself, which is no artifact, comes before its artifacts."""
    check = finds(
        finding(Level.SKIP, "a"),
        finding(Level.FAIL, "b", "2"),
        finding(Level.WARN, "a"),
        finding(Level.FAIL, "b"),
        finding(Level.FAIL, "b", "1"),
        finding(Level.FAIL, "a", "9"),
        codes=("a", "b"),
    )
    found = run_checks([0], [check]).findings
    assert [(f.level.value, f.code, f.artifact) for f in found] == [
        ("FAIL", "a", "9"),
        ("FAIL", "b", None),
        ("FAIL", "b", "1"),
        ("FAIL", "b", "2"),
        ("WARN", "a", None),
        ("SKIP", "a", None),
    ]


def test_equal_findings_keep_the_order_they_were_found_in() -> None:
    """Reading order: the first cue that is too long is named first."""
    check = finds(*(finding(Level.FAIL, message=word) for word in ("zebra", "apple", "mango")))
    assert [f.message for f in run_checks([0], [check]).findings] == ["zebra", "apple", "mango"]


def test_a_code_that_was_not_declared_is_our_bug() -> None:
    """The documentation is made from the declared codes, so they must not lie."""
    with pytest.raises(AssertionError, match="check odd yields even"):
        run_checks([0], [finds(finding(Level.WARN, "even"))])


def test_a_listed_pass_is_our_bug() -> None:
    """It would be a finding that says nothing."""
    with pytest.raises(AssertionError, match="PASS"):
        run_checks([0], [finds(finding(Level.PASS))])


def test_declared_codes_replace_the_check_s_own() -> None:
    """A check of several codes need not use its own name."""
    assert finds().may_yield == ("odd",)
    assert finds(codes=("a", "b")).may_yield == ("a", "b")


def test_an_unexpected_exception_keeps_its_traceback() -> None:
    """A bug that is turned into a finding is a blind spot."""

    def broken(number: int) -> Iterator[Finding]:
        yield from ()
        raise ZeroDivisionError(number)

    with pytest.raises(ZeroDivisionError):
        run_checks([0], [Check("odd", "because", broken)])


def test_a_check_that_does_not_apply_counts_as_nothing() -> None:
    """Neither PASS nor SKIP: a poster has no frame rate to pass or skip."""
    check = Check("odd", "because", _odd, applies=lambda number: number > 10)
    report = run_checks([1, 2, 12], [check])
    assert (report.passed, report.findings) == (1, ())


def test_subjects_are_read_once_and_one_at_a_time() -> None:
    """A generator of thousands of files never stands in memory as a whole."""
    seen: list[str] = []

    def subjects() -> Iterator[int]:
        for number in (1, 2):
            seen.append(f"made {number}")
            yield number

    def look(number: int) -> Iterator[Finding]:
        seen.append(f"checked {number}")
        yield from ()

    run_checks(subjects(), [Check("odd", "because", look)])
    assert seen == ["made 1", "checked 1", "made 2", "checked 2"]


def test_the_runner_imports_no_domain() -> None:
    """Only what a report is made of; FontBakery's habit, kept by a test."""
    source = Path(kit.check.runner.__file__).read_text(encoding="utf-8")
    imports = {line.split()[1] for line in source.splitlines() if line.startswith(("from kit", "import kit"))}
    assert imports == {"kit.model.artifact"}
