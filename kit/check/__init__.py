"""Check: find all that a platform, a law or a safety rule would reject, in the finished files.

`ARTIFACT_CHECKS` and `CAMPAIGN_CHECKS` are the whole list; adding a check is one row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from kit.check.campaign import CAMPAIGN_CHECKS, CampaignSubject
from kit.check.clip import CLIP_CHECKS
from kit.check.clip_contract import ClipSpecs, clip_specs, spec_for
from kit.check.clip_loop import LOOP_CHECKS
from kit.check.contrast import CONTRAST_CHECKS
from kit.check.facts import FACT_CHECKS
from kit.check.finding import fail
from kit.check.flash import FLASH_CHECKS
from kit.check.loudness import LOUDNESS_CHECKS
from kit.check.page import PAGE_CHECKS
from kit.check.picture import PICTURE_CHECKS
from kit.check.print import PRINT_CHECKS
from kit.check.runner import Check, run_checks, worst_first
from kit.check.subject import Subject
from kit.check.text import TEXT_CHECKS
from kit.files import sha256_of
from kit.media.html_reader import links_of, visible_text
from kit.model.artifact import Artifact, Finding, Report
from kit.model.campaign import Campaign
from kit.model.storyboard import Storyboard
from kit.tables.kit_files import Role


def _unchanged(subject: Subject) -> Iterator[Finding]:
    if not subject.path.is_file():
        measured, message = "missing", "the file is gone"
    elif sha256_of(subject.path) != subject.artifact.sha256:
        measured, message = "another sha256", "the file is not the one that was built"
    elif _is_text(subject.artifact) and not _is_utf_8(subject.path):
        measured, message = "other bytes", "the file is not text in UTF-8"
    else:
        return
    yield fail(subject, "file-changed", message, measured, subject.artifact.sha256[:12], "build again")


_FILE_CHECKS = (
    Check(
        "file-changed", "What was checked must be what is handed out, days later and elsewhere.", _unchanged
    ),
)
ARTIFACT_CHECKS: tuple[Check[Subject], ...] = (
    *FACT_CHECKS,
    *TEXT_CHECKS,
    *PICTURE_CHECKS,
    *CONTRAST_CHECKS,
    *PRINT_CHECKS,
    *CLIP_CHECKS,
    *LOOP_CHECKS,
    *LOUDNESS_CHECKS,
    *FLASH_CHECKS,
    *PAGE_CHECKS,
)


def check_artifacts(
    campaign: Campaign,
    storyboards: Mapping[str, Storyboard],
    artifacts: Iterable[Artifact],
    folder: Path,
    today: date,
) -> Report:
    """Findings for these artifacts, read from the files under `folder` (`dist/<slug>`).

    `storyboards` by name say what each clip must be. A file that is missing or changed is reported
    as such and looked at no further.
    """
    specs = clip_specs(campaign, storyboards)
    subjects = [Subject(one, folder / one.path, campaign, today, one.text) for one in artifacts]
    report = run_checks(subjects, _FILE_CHECKS)
    whole = (_as_read(one, specs) for one in subjects if one.artifact.id not in report.failed)
    return worst_first(report.plus(run_checks(whole, ARTIFACT_CHECKS)))


def check_campaign(campaign: Campaign, today: date) -> Report:
    """Findings about the campaign itself: unverified facts, unread languages, no emitter."""
    return run_checks([CampaignSubject(campaign, today)], CAMPAIGN_CHECKS)


def every_code() -> dict[str, str]:
    """Every finding code with its rationale, for the documentation and its test."""
    checks: list[Check[Subject] | Check[CampaignSubject]] = [
        *_FILE_CHECKS,
        *ARTIFACT_CHECKS,
        *CAMPAIGN_CHECKS,
    ]
    return {code: check.rationale for check in checks for code in check.may_yield}


def _as_read(subject: Subject, specs: ClipSpecs) -> Subject:
    """The same with the texts and links of the file itself, which is known to be whole."""
    artifact, texts = subject.artifact, subject.texts
    if _is_text(artifact):
        content = subject.path.read_text(encoding="utf-8")
        if artifact.kind == "page":
            artifact = artifact.model_copy(update={"links": links_of(content)})  # of the bytes, not the claim
            texts = visible_text(content)
        elif artifact.role not in (Role.CAPTIONS, Role.DESCRIPTION):  # full of times; words: `text`
            texts = tuple(line for line in content.split("\n") if line.strip())
    return replace(subject, artifact=artifact, texts=texts, clip=spec_for(artifact.id, specs))


def _is_text(artifact: Artifact) -> bool:
    return artifact.media_type.startswith("text/")


def _is_utf_8(path: Path) -> bool:
    try:
        path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return False
    return True
