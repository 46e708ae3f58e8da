"""A small kit to queue from: real post texts of the shipped campaign, stand-ins for its pictures."""

from __future__ import annotations

from pathlib import Path

from kit.bundle import make_manifest, write_manifest
from kit.files.artifacts import write_artifact
from kit.load import Loaded, load
from kit.model.artifact import Alt, Artifact, Finding, Manifest, Report
from kit.model.ids import ArtifactId
from kit.plan import plan
from kit.render.post import render_post


def make_kit(
    campaign_folder: Path, findings: tuple[Finding, ...] = (), *, pictures: bool = True
) -> tuple[Loaded, Manifest, Path]:
    """The French posts with a picture each, in `dist/<slug>` of that folder."""
    loaded = load(campaign_folder)
    folder = campaign_folder / "dist" / loaded.campaign.slug
    jobs = plan(loaded.campaign, loaded.theme, loaded.storyboards, loaded.schedule)
    artifacts: dict[str, Artifact] = {}
    for job in jobs.posts:
        if job.language != "fr":
            continue
        picture = _picture(folder, job.media[0], job.piece, job.facts)
        artifacts |= {a.id: a for a in render_post(job, loaded.resources, picture, folder, "0")}
        if pictures:
            artifacts[picture.id] = picture
    manifest = make_manifest(loaded.campaign, artifacts.values(), Report(findings=findings))
    write_manifest(manifest, folder)
    return loaded, manifest, folder


def _picture(folder: Path, name: str, piece: str, facts: tuple[str, ...]) -> Artifact:
    alt = Alt(short=f"image de {piece}", full=f"Image de {piece} : tout son texte.")
    made = write_artifact(
        folder, ArtifactId.parse(name), name,
        platforms=("x",), width=1080, height=1350, alt=alt, facts=facts, digest="0",
    )  # fmt: skip
    return made.model_copy(update={"of": None})  # its master is not in this kit
