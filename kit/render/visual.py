"""Visuals: one layout in one format and language, as PNG master, upload JPEG and WebP for the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kit.files.artifacts import write_artifact
from kit.model.artifact import Alt, Artifact
from kit.model.plan import VisualJob
from kit.render.alt import full_alt
from kit.render.logo_data import marks_data
from kit.render.photo_fit import beside_photo, photo_data
from kit.render.picture import decoded, page_webp, png_master, upload_jpeg, xmp_packet
from kit.render.template_data import sheet_data
from kit.render.typeset import RawBoxes, Typesetter
from kit.resources import Resources
from kit.tables.kit_files import Role
from kit.tables.languages import LANGUAGES

TEMPLATE = "visual/visual.typ"


def render_visual(job: VisualJob, typesetter: Typesetter, out: Path, digest: str) -> list[Artifact]:
    """Draw one visual into `out` and return its three artifacts.

    Raises InputError naming the string when a text does not fit or a glyph is missing; in that
    case nothing of this job is written.
    """
    resources = typesetter.resources

    def draw(share: float, *, shown: bool) -> tuple[list[bytes], RawBoxes]:
        return typesetter.compile(TEMPLATE, data_for(job, resources, share, shown=shown), job)

    pages, raw_boxes, photo = beside_photo(job, job.screen.family, draw)
    boxes = typesetter.boxes(raw_boxes, job)
    text = tuple(box.text for box in boxes if box.text)
    alt = Alt(short=job.alt_short, full=full_alt(boxes, job.tools))
    xmp = xmp_packet(alt.full, job.rights, LANGUAGES[job.language].tag)
    size = (job.screen.width_px, job.screen.height_px)
    picture = decoded(pages[0])
    webp, *small = page_webp(picture, xmp)
    made = (
        (job.identity, png_master(pages[0], xmp), size),
        (job.identity.copy("jpg"), upload_jpeg(picture, xmp), size),
        (job.identity.copy("webp"), webp, tuple(small)),
    )
    return [
        write_artifact(
            out,
            identity,
            data,
            platforms=job.screen.platforms if identity.role is Role.UPLOAD else (),
            width=width,
            height=height,
            alt=alt,
            photo=photo,
            text=text,
            facts=job.facts,
            links=job.links,
            # the page's picture is smaller: px of the master would be wrong there
            boxes=() if identity.role is Role.THUMBNAIL else tuple(boxes),
            digest=digest,
        )
        for identity, data, (width, height) in made
    ]


def data_for(
    job: VisualJob, resources: Resources, photo: float = 0, *, shown: bool = False
) -> dict[str, Any]:
    """What the template of a still is given; `photo` is the share of the page that its photo takes."""
    screen = job.screen
    safe = screen.safe
    return {
        **sheet_data(job, resources, screen.width_px, screen.floors),
        "family": screen.family,
        "width": screen.width_px,
        "height": screen.height_px,
        "safe": {"x": safe.x, "y": safe.y, "w": safe.w, "h": safe.h},
        "covered": {"y": screen.covered.y} if screen.covered else None,
        "marks": [] if screen.wordless else marks_data(job, resources),
        "photo": photo_data(
            job, resources, (screen.width_px, screen.height_px), screen.family, photo, shown=shown
        ),
    }
