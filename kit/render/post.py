"""Posts: the text of one post for one platform, and the alt text of its picture beside it."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from kit.files.artifacts import write_artifact
from kit.model.artifact import PARAGRAPH, Artifact
from kit.model.ids import ArtifactId
from kit.model.plan import PostJob
from kit.resources import Resources
from kit.text.templates import Template
from kit.text.typography import for_platform


def template_name(platform: str) -> str:
    """The jinja2 template of a platform's posts."""
    return f"posts/{platform}.txt.j2"


def render_post(
    job: PostJob, resources: Resources, picture: Artifact | None, out: Path, digest: str
) -> list[Artifact]:
    """Write the post's text, and its picture's alt text as a file of its own for posting by hand.

    `picture` is the visual that goes with it, None when the piece has no picture in that platform's format.
    Raises InputError when the template asks for a field that does not exist.
    """
    text = fill(job, resources)
    files: list[tuple[ArtifactId, str, PostJob | Artifact]] = [(job.identity, text, job)]
    if picture is not None and picture.alt is not None:
        files.append((job.identity.copy("alt"), picture.alt.full, picture))
    return [
        write_artifact(
            out,
            identity,
            content + "\n",
            platforms=(job.platform,),
            alt=picture.alt if picture else None,
            text=tuple(content.split(PARAGRAPH)),
            facts=shown.facts,
            links=shown.links,
            media=job.media,
            digest=digest,
        )
        for identity, content, shown in files
    ]


def fill(job: PostJob, resources: Resources) -> str:
    """The post's finished text. Raises InputError naming the template's line and what it may use."""
    template = Template("posts", PurePosixPath(template_name(job.platform)).name, html=False)
    text = template.fill(resources, job.fields, f"a post template may use: {', '.join(sorted(job.fields))}")
    return for_platform(text.strip())
