"""Checks of the download page: its links lead where they say, and it loads nothing from the network."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote, urldefrag

from kit.check.finding import fail
from kit.check.runner import Check
from kit.check.subject import Subject
from kit.media.html_reader import is_external
from kit.model.artifact import Finding


def _local_links(subject: Subject) -> Iterator[Finding]:
    for link in dict.fromkeys(subject.artifact.links):
        target, _ = urldefrag(link)
        if not target or is_external(link) or link.startswith("data:"):
            continue
        if not (subject.path.parent / unquote(target)).is_file():
            yield fail(
                subject, "page-link-broken", f"{link!r} leads nowhere", "no such file", "a file of the kit",
                "build again",
            )  # fmt: skip


def _is_page(subject: Subject) -> bool:
    return subject.artifact.kind == "page"


PAGE_CHECKS: tuple[Check[Subject], ...] = (
    Check(
        "page-link-broken",
        "A partner who meets a dead link does not come back.",
        _local_links,
        applies=_is_page,
    ),
)
