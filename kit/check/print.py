"""Checks of the print files: what a printer's software and a screen reader will meet in the PDF.

The master (`of` is None) goes to the press and holds CMYK only; the copy whose id ends in
`.screen` is read on a screen and holds tags. Sizes and the limit of ink are rows of `tables/prints`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from kit.check.finding import fail, skip, unread
from kit.check.runner import Check
from kit.check.subject import Subject
from kit.media.pdf import BoxMm, CmykColour, NotAPdf, Page, PdfFacts, inspect
from kit.model.artifact import Finding
from kit.tables.kit_files import Role
from kit.tables.languages import LANGUAGES
from kit.tables.prints import MAX_INK_PERCENT, PRINTS, PrintFormat

BOX_TOLERANCE_MM = 0.1
INK_ROUNDING_PERCENT = 0.8
"""Typst writes each ink in steps of 1/255, so 4 × 70 % becomes 280.8 % (measured, 0.15)."""
BLACK_INK_PERCENT = 50
BLACK_SPREAD_PERCENT = 30

_PRESS_SPACES = ("DeviceCMYK", "DeviceGray", "ICCBased-4", "Pattern")
_OPENER = "print-unreadable"
_UA = "typeset it with the standard ua-1, finish it with render.pdf"


# --- page boxes ----------------------------------------------------------------------------------


def _boxes(facts: PdfFacts, subject: Subject) -> Iterator[Finding]:
    row = PRINTS.get(subject.artifact.format or "")
    if row is None:
        yield fail(
            subject, "print-box", "no such print format", str(subject.artifact.format), ", ".join(PRINTS),
            "add a row for it",
        )  # fmt: skip
        return
    if len(facts.pages) != row.pages:
        yield fail(
            subject, "print-box", "another number of pages", str(len(facts.pages)), str(row.pages),
            "fix the template",
        )  # fmt: skip
    for number, page in enumerate(facts.pages, start=1):
        for name, box, wanted in _wanted(page, row, _is_screen(subject)):
            if box is None:
                yield fail(
                    subject, "print-box", f"page {number} has no {name}", "none", _mm(wanted),
                    "finish it with render.pdf",
                )  # fmt: skip
            elif _differs(box, wanted):
                yield fail(
                    subject, "print-box", f"the {name} of page {number} is wrong for {row.id}", _mm(box),
                    _mm(wanted), "fix the page size in the template",
                )  # fmt: skip
        if page.rotation:
            yield fail(
                subject, "print-box", f"page {number} is turned", f"{page.rotation}°", "0°", "fix the template",
            )  # fmt: skip


def _wanted(page: Page, row: PrintFormat, screen: bool) -> Iterator[tuple[str, BoxMm | None, BoxMm]]:
    """Each box and what it should be, reckoned from the page's own corner."""
    around = 0.0 if screen else row.bleed_mm + row.marks_mm
    media = BoxMm(page.media.x, page.media.y, row.trim_mm[0] + 2 * around, row.trim_mm[1] + 2 * around)
    yield "MediaBox", page.media, media
    yield "TrimBox", page.trim, _inset(media, around)
    if not screen:
        yield "BleedBox", page.bleed, _inset(media, row.marks_mm)
    if page.crop is not None:
        yield "CropBox", page.crop, media


def _inset(box: BoxMm, by: float) -> BoxMm:
    return BoxMm(box.x + by, box.y + by, box.w - 2 * by, box.h - 2 * by)


def _differs(one: BoxMm, other: BoxMm) -> bool:
    pairs = ((one.x, other.x), (one.y, other.y), (one.w, other.w), (one.h, other.h))
    return any(abs(a - b) > BOX_TOLERANCE_MM for a, b in pairs)


def _mm(box: BoxMm) -> str:
    return f"{box.w:.1f} x {box.h:.1f} mm at {box.x:.1f}, {box.y:.1f}"


# --- fonts and inks ------------------------------------------------------------------------------


def _fonts(facts: PdfFacts, subject: Subject) -> Iterator[Finding]:
    for font in facts.fonts:
        if not font.embedded:
            yield fail(
                subject, "print-font", f"the font {font.name or 'without a name'} is not in the file",
                "not embedded", "embedded", "set all type with the fonts of the kit",
            )  # fmt: skip


def _rgb(facts: PdfFacts, subject: Subject) -> Iterator[Finding]:
    """The innermost space decides: Indexed(DeviceRGB) is RGB, Separation(DeviceCMYK) is not."""
    for colour in sorted(facts.colours):
        if colour.rstrip(")").split("(")[-1] not in _PRESS_SPACES:
            yield fail(
                subject, "print-rgb", "something is painted in a colour that the printer has to convert", colour,
                "CMYK", "give it a cmyk() fill or stroke; draw SVG as curves; turn photos into CMYK JPEG",
            )  # fmt: skip


def _ink(facts: PdfFacts, subject: Subject) -> Iterator[Finding]:
    limit, most = f"{MAX_INK_PERCENT} %", MAX_INK_PERCENT + INK_ROUNDING_PERCENT
    worst = {colour.coverage: colour for colour in facts.cmyk_colours if colour.coverage > most}
    for coverage in sorted(worst, reverse=True):
        yield fail(
            subject, "print-ink", f"too much ink: {_name(worst[coverage])}", f"{coverage:.1f} %", limit,
            "use less of C, M and Y",
        )  # fmt: skip
    for image in facts.images:
        if image.area_coverage is not None and image.area_coverage > most:
            yield fail(
                subject, "print-ink", f"too much ink in a picture of {image.width} x {image.height} pixels",
                f"{image.area_coverage:.1f} %", limit, "separate it again, with more grey replaced by black",
            )  # fmt: skip


def _black(facts: PdfFacts, subject: Subject) -> Iterator[Finding]:
    for colour in facts.cmyk_colours:
        inks = (colour.c, colour.m, colour.y)
        neutral = max(inks) - min(inks) <= BLACK_SPREAD_PERCENT
        if colour.in_text and min(inks) > BLACK_INK_PERCENT and neutral:
            yield fail(
                subject, "print-black", f"text in four-colour black: {_name(colour)}", _name(colour), "K alone",
                "cmyk(0%, 0%, 0%, 100%)",
            )  # fmt: skip


def _name(colour: CmykColour) -> str:
    return f"C{colour.c:.0f} M{colour.m:.0f} Y{colour.y:.0f} K{colour.k:.0f}"


# --- tags ----------------------------------------------------------------------------------------


def _tags(facts: PdfFacts, subject: Subject) -> Iterator[Finding]:
    tags = facts.tags
    if not tags.has_tree or not tags.marked or not tags.roles:
        yield fail(
            subject, "print-untagged", "a screen reader finds no tags", "untagged", "StructTreeRoot, Marked", _UA,
        )  # fmt: skip
    if tags.ua_part != "1":
        yield fail(
            subject, "print-untagged", "it does not say that it is PDF/UA", tags.ua_part or "none",
            "pdfuaid:part 1", _UA,
        )  # fmt: skip
    if not (tags.title or "").strip():
        yield fail(subject, "print-untagged", "no title", "none", "dc:title", "give the piece a title")
    elif not tags.title_shown:
        yield fail(
            subject, "print-untagged", "a reader shows the file's name, not its title", "no", "DisplayDocTitle",
            _UA,
        )  # fmt: skip
    language = LANGUAGES.get(subject.artifact.language)
    wanted = language.tag if language else subject.artifact.language
    if tags.language != wanted:
        yield fail(
            subject, "print-untagged", "it is read aloud in another language", tags.language or "none", wanted,
            "set the language",
        )  # fmt: skip
    if tags.figures_without_alt:
        yield fail(
            subject, "print-untagged", "figures without a description", str(tags.figures_without_alt), "0",
            "give each an alt",
        )  # fmt: skip
    for number, page in enumerate(facts.pages, start=1):
        if page.untagged:
            fix = "tag it, or mark it as an artifact"
            yield fail(
                subject, "print-untagged", f"page {number} paints outside its tags", str(page.untagged), "0", fix,
            )  # fmt: skip
        if page.links and page.tab_order != "S":
            yield fail(
                subject, "print-untagged", f"the Tab key jumps about on page {number}", page.tab_order or "none",
                "S", _UA,
            )  # fmt: skip


# --- the table -----------------------------------------------------------------------------------


def _is_print(subject: Subject) -> bool:
    return subject.artifact.kind == "print" and subject.artifact.media_type == "application/pdf"


def _is_press(subject: Subject) -> bool:
    return _is_print(subject) and subject.artifact.of is None


def _is_screen(subject: Subject) -> bool:
    return _is_print(subject) and subject.artifact.role is Role.SCREEN


def _opened(subject: Subject) -> PdfFacts | str:
    """The facts, or why there are none; a file that went missing is no bug of ours."""
    try:
        stamp = subject.path.stat()
        return _read(subject.path, stamp.st_mtime_ns, stamp.st_size)
    except OSError as error:
        return error.strerror or "it cannot be read"


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int, _size: int) -> PdfFacts | str:
    """Kept for the next check of the same file: measuring a photo takes a second."""
    try:
        return inspect(path)
    except NotAPdf as error:
        return str(error)


def _file(subject: Subject) -> Iterator[Finding]:
    facts = _opened(subject)
    if isinstance(facts, str):
        yield fail(
            subject, _OPENER, f"a printer cannot read it: {facts}", "no readable PDF", "PDF", "build it again"
        )


def _check(
    code: str,
    rationale: str,
    look: Callable[[PdfFacts, Subject], Iterator[Finding]],
    applies: Callable[[Subject], bool],
    blind: Callable[[PdfFacts], Iterable[str]] = lambda _facts: (),
) -> Check[Subject]:
    def run(subject: Subject) -> Iterator[Finding]:
        facts = _opened(subject)
        if isinstance(facts, str):
            yield unread(subject, code, _OPENER)
            return
        yield from look(facts, subject)
        for what in blind(facts):
            yield skip(subject, code, f"not measured: {what}", fix="use cmyk()")

    return Check(code, rationale, run, (code,), applies)


PRINT_CHECKS: tuple[Check[Subject], ...] = (
    Check(
        _OPENER, "What is broken, locked or packed past all measure is refused or repaired by guess.",
        _file, (_OPENER,), _is_print,
    ),
    _check(
        "print-box",
        "Imposition places by the TrimBox and cuts there; without 3 mm of bleed a white edge remains.",
        _boxes, _is_print,
    ),
    _check(
        "print-font",
        "A font that is not in the file is replaced by the printer's, and lines and numbers move.",
        _fonts, _is_print,
    ),
    _check(
        "print-rgb",
        "The printer converts RGB and managed grey by a profile of its own: brand colours shift, black text is "
        "built of four inks. Typst turns SVG and default black into both without a word (measured, 0.15).",
        _rgb, _is_press,
    ),
    _check(
        "print-ink",
        "Over 280 % the sheet does not dry and marks the next one (ma-bonne-impression.fr, 2026-11).",
        _ink, _is_press, lambda facts: facts.unmeasured,
    ),
    _check(
        "print-black",
        "Four plates never meet exactly: black text of four inks gets coloured edges and small type fills in. "
        "Counted as such: C, M and Y all over 50 % and within 30 points of each other.",
        _black, _is_press,
    ),
    _check(
        "print-untagged",
        "A PDF without tags, title and language is silence to a screen reader (PDF/UA-1, ISO 14289-1).",
        _tags, _is_screen,
    ),
)  # fmt: skip
