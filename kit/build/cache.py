"""The build cache: a record for each job of what it made, and the hash of all inputs it was made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from kit.files import digest_of, sha256_of, stable_json, write_text
from kit.load import Loaded
from kit.model.artifact import Artifact, Report
from kit.model.plan import ClipJob, Composition, Job, Plan, PostJob, SoundJob, VisualJob
from kit.render.pictogram import pictogram_files
from kit.render.post import template_name
from kit.render.template_data import pictogram_names
from kit.render.typeset import template_files
from kit.resources import code_digest
from kit.text.foreign_json import read_json_file


@dataclass(frozen=True)
class Cache:
    """One record for each job, kept beside the kit: its digest and the artifacts it made.

    A record is used only if every file exists with exactly the recorded bytes; so a partly written or
    edited file is made again, also after a build that was killed.
    """

    home: Path
    folder: Path

    def _file(self, job_id: str) -> Path:
        return self.home / f"{job_id.replace('/', '~')}.json"

    def artifacts(self, job_id: str) -> list[Artifact]:
        """The artifacts of the last finished run of a job, if they still stand."""
        try:
            raw = read_json_file(self._file(job_id))
            artifacts = [Artifact.model_validate(item) for item in raw]
        except (OSError, ValueError, ValidationError):
            return []
        return artifacts if all(self._stands(artifact) for artifact in artifacts) else []

    def keep(self, job_id: str, artifacts: Sequence[Artifact]) -> None:
        """Record what a job made, after its files are in place."""
        write_text(self._file(job_id), stable_json([artifact.entry() for artifact in artifacts]))

    def report(self, name: str, key: str) -> Report | None:
        """The findings that were recorded under this very key."""
        try:
            raw = read_json_file(self._file(f"check~{name}"))
            return Report.model_validate(raw["report"]) if raw["key"] == key else None
        except (OSError, ValueError, ValidationError, KeyError, TypeError):
            return None

    def keep_report(self, name: str, key: str, report: Report) -> None:
        """Record findings with the key of what they were found in."""
        write_text(
            self._file(f"check~{name}"), stable_json({"key": key, "report": report.model_dump(mode="json")})
        )

    def _stands(self, artifact: Artifact) -> bool:
        path = self.folder / artifact.path
        return path.is_file() and path.stat().st_size == artifact.bytes and sha256_of(path) == artifact.sha256


@dataclass
class Digests:
    """The identity of each job's inputs: its own fields, the templates and fonts it uses, the code and libraries that draw."""

    loaded: Loaded
    pictures: dict[str, VisualJob]
    clips: dict[str, ClipJob]
    _files: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of_plan(cls, loaded: Loaded, plan: Plan) -> Digests:
        """The digests of a plan's jobs. `pictures` are by the upload's id, which a post names."""
        return cls(
            loaded,
            {str(job.identity.copy("jpg")): job for job in plan.visuals},
            {c.id: c for c in plan.clips},
        )

    def of(self, job: Job) -> str:
        """Equal digests mean that the same files would be made again."""
        return digest_of(job.model_dump(mode="json"), self._inputs(job), code_digest("render"))

    def _inputs(self, job: Job) -> list[str]:
        if isinstance(job, Composition):
            return [
                self._of("fonts", "**/*.ttf"),
                self._of("templates", *template_files("visual/*.typ")),
                self._of("assets", *pictogram_files(pictogram_names(job.tools))),
                *(self._own(name) for name in job.own_files),
            ]
        if isinstance(job, ClipJob):
            return [
                self._of("fonts", "**/*.ttf"),
                self._of("templates", *template_files("clips/*.typ")),
                self._of("assets", "pictograms/*.svg"),
                self._of("assets", f"audio/{job.language}.wav"),
                self._of("assets", f"lsf/{job.language}.mp4"),
            ]
        if isinstance(job, SoundJob):
            return [self.of(self.clips[job.of])]
        assert isinstance(job, PostJob)
        # a post file carries its picture's alt text, so it is remade when the picture is
        picture = [self.of(self.pictures[media]) for media in job.media if media in self.pictures]
        return [self._of("templates", template_name(job.platform)), *picture]

    def _own(self, name: str) -> str:
        """The identity of a file in the campaign folder; a missing one is told when it is drawn."""
        path = self.loaded.resources.picture(name)
        return sha256_of(path) if path.is_file() else ""

    def _of(self, folder: str, *patterns: str) -> str:
        key = f"{folder}:{patterns}"
        if key not in self._files:
            self._files[key] = self.loaded.resources.digest(folder, *patterns)  # type: ignore[arg-type]
        return self._files[key]
