"""What a build is asked to do (`Request`), and what it reports (`Summary`, `Built`)."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from kit.errors import InputError
from kit.load import Loaded
from kit.model.artifact import Manifest, Report
from kit.model.plan import Composition, Job, Plan, Preset

Progress = Callable[[str, int, int], None]
"""Called with what is being made, how much is done, and how much there is."""


@dataclass(frozen=True)
class Request:
    """What a build was asked for. Empty selections mean everything."""

    out: Path
    today: date
    only: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    workers: int = 2
    preset: Preset = "veryfast"
    extras: bool = False

    @property
    def narrowed(self) -> bool:
        """Whether this build remakes a part and leaves the rest as it is."""
        return bool(self.only or self.languages)

    def wants(self, job: Job) -> bool:
        """Whether a job was asked for, by language and by a glob over artifact ids."""
        if self.languages and job.language not in self.languages:
            return False
        return not self.only or any(fnmatchcase(job.id, glob) for glob in self.only)

    def refuse_unknown(self, jobs: Plan, languages: tuple[str, ...]) -> None:
        """Raise InputError for a language the campaign does not have, or a selection that matches nothing."""
        if unknown := [code for code in self.languages if code not in languages]:
            raise InputError(
                f"--lang {', '.join(unknown)}: not in `languages` of this campaign",
                f"it has: {', '.join(languages)}",
            )
        if self.narrowed and not any(self.wants(job) for job in jobs.jobs):
            asked = [*(f"--only {glob}" for glob in self.only), *(f"--lang {c}" for c in self.languages)]
            raise InputError(
                f"{' '.join(asked)} matches nothing that this campaign makes",
                "`kit plan` lists the ids; for instance --only 'visual/fr/story/*'",
            )


@dataclass(frozen=True)
class Summary:
    """What a build prints: also where nothing had to be made, and nothing was read again."""

    folder: Path
    report: Report
    jobs: int
    files: int
    foreign: tuple[str, ...]
    made: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()


@dataclass
class Built:
    """What a build did: ids of jobs drawn and kept, paths deleted, and paths in its folder that no build made."""

    folder: Path
    manifest: Manifest
    report: Report
    made: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    read: tuple[Path, ...] = ()
    """Files of the campaign that were read: YAML, logos, photos."""

    @property
    def summary(self) -> Summary:
        """The same, for a person."""
        return Summary(
            self.folder.absolute(), self.report, len(self.made) + len(self.kept), len(self.manifest.artifacts),
            tuple(self.foreign), tuple(self.made), tuple(self.deleted),
        )  # fmt: skip


def files_read(loaded: Loaded, jobs: Plan) -> tuple[Path, ...]:
    """Every file of the campaign that a build of these jobs looks at, beside templates, fonts and assets."""
    own = {name for job in jobs.jobs if isinstance(job, Composition) for name in job.own_files}
    return (*loaded.files, *(loaded.folder / name for name in sorted(own)))


def default_workers() -> int:
    """As many as the machine has cores, at most eight: more only wait for memory."""
    return max(1, min(8, os.cpu_count() or 1))
