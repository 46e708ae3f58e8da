"""Runs checks over subjects and adds up one report.

The runner is independent of the domain: nothing here knows what a clip, a platform or a fact is; what
to look at and when a check applies is said by the check itself. Please keep it so (as in
FontBakery's `checkrunner.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from kit.model.artifact import Finding, Level, Report

S = TypeVar("S")

_WORST_FIRST = (Level.FAIL, Level.WARN, Level.SKIP)


def _always(_subject: object) -> bool:
    return True


@dataclass(frozen=True)
class Check(Generic[S]):
    """One question about one subject.

    `run` yields what is wrong, or nothing. `rationale` says why anybody should care, with source
    and date of the rule. `codes` are the finding codes it may yield, `(code,)` if left empty: the
    documentation is made from them, so the runner holds the check to them. Where `applies` is
    false the question makes no sense and nothing is counted; a check that would apply but could
    not look yields a SKIP instead.
    """

    code: str
    rationale: str
    run: Callable[[S], Iterable[Finding]]
    codes: tuple[str, ...] = ()
    applies: Callable[[S], bool] = _always

    @property
    def may_yield(self) -> tuple[str, ...]:
        """Every code this check can report."""
        return self.codes or (self.code,)


def run_checks(subjects: Iterable[S], checks: Sequence[Check[S]]) -> Report:
    """Ask every check about every subject; a check that finds nothing counts as one PASS.

    Why nothing is caught: an exception in a check is our bug, and a bug that turns into a finding
    is a blind spot that looks like a result. `subjects` is read once, one at a time.
    """
    findings: list[Finding] = []
    passed = 0
    for subject in subjects:
        for check in checks:
            if not check.applies(subject):
                continue
            found = list(check.run(subject))
            for finding in found:
                _hold_to_its_word(check, finding)
            findings += found
            passed += not found
    return worst_first(Report(findings=tuple(findings), passed=passed))


def worst_first(report: Report) -> Report:
    """The same report in the order that people read, whichever order the checks were run in."""
    return Report(findings=tuple(sorted(report.findings, key=_rank)), passed=report.passed)


def _hold_to_its_word(check: Check[S], finding: Finding) -> None:
    """Raised, not `assert`ed: it must also hold under `python -O`."""
    if finding.code not in check.may_yield:
        raise AssertionError(f"check {check.code} yields {finding.code}, which it does not declare")
    if finding.level is Level.PASS:
        raise AssertionError(f"check {check.code} yields a PASS; a PASS is counted, not listed")


def _rank(finding: Finding) -> tuple[int, str, str]:
    """Worst first, then by code and artifact; ties keep the order in which they were found."""
    return _WORST_FIRST.index(finding.level), finding.code, finding.artifact or ""
