"""Visuals: one layout in one format and language, as PNG master and upload JPEG."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from kit.files import write_bytes
from kit.model.artifact import Alt, Artifact, Box
from kit.model.plan import VisualJob
from kit.render.alt import full_alt
from kit.render.picture import png_master, upload_jpeg, xmp_packet
from kit.render.typeset import Typesetter
from kit.resources import Resources
from kit.tables.languages import LANGUAGES

TEMPLATE = "visual/visual.typ"
TEMPLATE_FILES = ("visual/*.typ",)


def render_visual(job: VisualJob, typesetter: Typesetter, out: Path, digest: str) -> list[Artifact]:
    """Draw one visual into `out` and return its two artifacts.

    Raises InputError naming the string when a text does not fit or a glyph is missing; in that
    case nothing of this job is written.
    """
    pages, raw_boxes = typesetter.compile(TEMPLATE, data_for(job, typesetter.resources), job)
    boxes = [_box(raw) for raw in raw_boxes]
    typesetter.check_glyphs(boxes, job)
    text = tuple(box.text for box in boxes if box.text)
    alt = Alt(short=job.alt_short, full=full_alt(boxes, job.tools))
    language = LANGUAGES[job.language]
    xmp = xmp_packet(alt.full, job.rights, language.tag)
    png = png_master(pages[0], xmp)
    jpeg = upload_jpeg(pages[0], xmp)
    artifacts = []
    for suffix, media_type, data in ((".png", "image/png", png), (".jpg", "image/jpeg", jpeg)):
        path = f"visuals/{job.language}/{job.format}/{job.piece}{suffix}"
        write_bytes(out / path, data)
        copy = suffix == ".jpg"
        artifacts.append(
            Artifact(
                id=f"{job.id}.jpg" if copy else job.id,
                kind="visual",
                piece=job.piece,
                language=job.language,
                direction=language.direction,
                format=job.format,
                platforms=job.screen.platforms if copy else (),
                of=job.id if copy else None,
                path=path,
                media_type=media_type,
                bytes=len(data),
                sha256=hashlib.sha256(data).hexdigest(),
                width=job.screen.width_px,
                height=job.screen.height_px,
                alt=alt,
                text=text,
                facts=job.facts,
                links=job.links,
                boxes=tuple(boxes),
                digest=digest,
            )
        )
    return artifacts


def pictograms_of(job: VisualJob) -> list[str]:
    """Names of the pictograms this visual may draw: its tools' own, and those of the two groups."""
    return sorted({tool.pictogram for tool in job.tools} | {"group-help", "group-emergency"})


def data_for(job: VisualJob, resources: Resources) -> dict[str, Any]:
    """What the template is given: strings, sizes and the theme, nothing to execute."""
    screen = job.screen
    shown = {"tools", "headline", "body", "aside", "hashtag", "day", "sources", "lit", "layout", "theme"}
    return {
        **job.model_dump(mode="json", include=shown),
        "format": screen.id,
        "family": screen.family,
        "width": screen.width_px,
        "height": screen.height_px,
        "safe": {"x": screen.safe.x, "y": screen.safe.y, "w": screen.safe.w, "h": screen.safe.h},
        "floors": {
            "number": screen.floor_px("number"),
            "address": screen.floor_px("number", address=True),
            "body": screen.floor_px("body"),
            "constants": screen.floor_px("hashtag"),
        },
        "pictograms": {
            name: resources.find("assets", f"pictograms/{name}.svg").read_text()
            for name in pictograms_of(job)
        },
        "lang": LANGUAGES[job.language].tag,
        "dir": LANGUAGES[job.language].direction,
    }


def _box(raw: dict[str, Any]) -> Box:
    rounded = {key: round(raw[key], 2) for key in ("x", "y", "w", "h", "size_px")}
    return Box(role=raw["role"], text=raw["text"], font=raw.get("font"), **rounded)
