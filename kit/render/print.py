"""Print pieces: a PDF in CMYK with bleed and marks for the printer, and a tagged one for the screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import segno

from kit.files.artifacts import write_artifact
from kit.model.artifact import Alt, Artifact
from kit.model.plan import PrintJob
from kit.render.alt import full_alt
from kit.render.logo_data import marks_data
from kit.render.pdf import finish_print, finish_screen
from kit.render.photo_fit import beside_photo, photo_data
from kit.render.template_data import sheet_data
from kit.render.typeset import RawBoxes, Typesetter
from kit.resources import Resources
from kit.tables.languages import LANGUAGES
from kit.tables.prints import QR_MM, QUIET_MM, STRIP_MM

TEMPLATE = "visual/print.typ"
_PT_PER_MM = 72 / 25.4
_QR_UNITS = 150
"""On a grid of 1080: three centimetres on A4."""


def render_print(job: PrintJob, typesetter: Typesetter, out: Path, digest: str) -> list[Artifact]:
    """Set one print piece into `out` and return its two artifacts, the press's first.

    Boxes are in mm from the trimmed edge. Raises InputError naming the string when a text does not
    fit or a glyph is missing; in that case nothing of this job is written.
    """
    paper, language, resources = job.paper, LANGUAGES[job.language], typesetter.resources

    def draw(share: float, *, shown: bool) -> tuple[bytes, RawBoxes]:
        data = data_for(job, resources, share, press=True, shown=shown)
        return typesetter.compile_pdf(TEMPLATE, data, job, tagged=False)

    press, raw, photo = beside_photo(job, paper.family, draw)
    boxes = typesetter.boxes(raw, job)
    screen, _ = typesetter.compile_pdf(
        TEMPLATE, data_for(job, resources, photo or 0, press=False, shown=True), job, tagged=True
    )
    press = finish_print(press, paper.trim_mm, paper.bleed_mm, paper.marks_mm, job.title, language.tag)
    screen = finish_screen(screen, paper.trim_mm, job.title, language.tag)
    return [
        write_artifact(
            out,
            identity,
            data,
            alt=Alt(short=job.alt_short, full=full_alt(boxes, job.tools)),
            photo=photo,
            text=tuple(box.text for box in boxes if box.text and box.role != "qr"),
            facts=job.facts,
            links=job.links,
            boxes=tuple(boxes),
            digest=digest,
        )
        for identity, data in ((job.identity, press), (job.identity.copy("screen"), screen))
    ]


def data_for(
    job: PrintJob, resources: Resources, photo: float = 0, *, press: bool, shown: bool = False
) -> dict[str, Any]:
    """What the template is given: the page on its grid, and how large a unit of it is on paper.

    `photo` is the share of the page that its photo takes.
    """
    paper = job.paper
    width = paper.grid_px
    height = width * paper.trim_mm[1] / paper.trim_mm[0]
    quiet = QUIET_MM / paper.unit_mm
    code = [
        "".join("1" if module else "0" for module in row)
        for row in segno.make(job.code_to[0], error="m", micro=False).matrix
    ] if job.code_to else None  # fmt: skip
    return {
        **sheet_data(job, resources, width, paper.floors_of(job.layout)),
        "family": paper.family,
        "width": width,
        "height": height,
        "safe": {"x": quiet, "y": quiet, "w": width - 2 * quiet, "h": height - 2 * quiet},
        "unit": paper.unit_mm * _PT_PER_MM,
        "per_pt": 1 / _PT_PER_MM,
        "origin": (paper.bleed_mm + paper.marks_mm) * _PT_PER_MM if press else 0,
        "bleed": paper.bleed_mm / paper.unit_mm if press else 0,
        "quiet_zone": quiet,
        "strip_floor": STRIP_MM / paper.unit_mm,
        "pages": paper.pages,
        "press": press,
        "title": job.title,
        "cover": job.cover,
        "legal": job.legal,
        "qr": code,
        "qr_side": max(_QR_UNITS, (QR_MM + 1) / paper.unit_mm),
        "address": job.code_to[1] if job.code_to else None,
        "links": list(job.code_to[:1]) if job.code_to else [],
        "marks": marks_data(job, resources, press=press),
        "photo": photo_data(job, resources, (width, height), paper.family, photo, shown=shown, press=press),
    }
