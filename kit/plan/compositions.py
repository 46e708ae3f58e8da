"""Jobs of stills, print pieces and the directory: which exist, and every string they show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kit.model.campaign import Campaign, Piece
from kit.model.facts import Scheme
from kit.model.ids import ArtifactId
from kit.model.plan import Mark, PhotoView, PrintJob, ReceiptJob, SchemeView, VisualJob
from kit.model.theme import Theme
from kit.plan.job_text import Writer, resolved_theme, shown_and_linked, source_notes, sources_line, tool_view
from kit.tables.clips import TICKS
from kit.tables.formats import FORMATS, Format
from kit.tables.languages import LANGUAGES
from kit.tables.prints import PRINTS, RECEIPT
from kit.text.dates import full_date, source_date
from kit.text.typography import label_with

CARD_SCHEMES = 2
"""Schemes on one card of the carousel: more would be too small for a phone."""


def visuals(campaign: Campaign, theme: Theme, language: str) -> Iterator[VisualJob]:
    """Every still of one language, by piece and format, then the carousel of the directory."""
    for piece in campaign.pieces:
        for name in campaign.formats:
            if _exists(campaign, piece, name, FORMATS[name].layouts, FORMATS[name].addresses):
                yield _visual(campaign, theme, piece, language, FORMATS[name])
    listed = campaign.listed_schemes
    cards = [listed[at : at + CARD_SCHEMES] for at in range(0, len(listed), CARD_SCHEMES)]
    for name in campaign.directory.formats:
        for number, schemes in enumerate(cards, 1):
            lit = round(TICKS * number / len(cards))
            parts = _directory(campaign, theme, language, schemes, lit, sources=False)
            yield VisualJob(
                id=str(ArtifactId("visual", language, name, f"directory-{number}")),
                piece=f"directory-{number}",
                format=name,
                **parts,
            )


def prints(campaign: Campaign, theme: Theme, language: str) -> Iterator[PrintJob]:
    """Every print piece of one language, then the directory's leaflets."""
    for piece in campaign.pieces:
        for name in campaign.prints.formats:
            if name in PRINTS and _exists(campaign, piece, name, PRINTS[name].layouts):
                yield _print(campaign, theme, piece, language, name)
    for name in campaign.directory.prints if campaign.listed_schemes else ():
        parts = _directory(campaign, theme, language, campaign.listed_schemes, TICKS, sources=True)
        yield PrintJob(
            id=str(ArtifactId("print", language, name, "directory")), piece="directory", format=name, cover=None,
            title=f"{campaign.title}. {parts['headline']}", legal=_legal(campaign, language), **parts,
        )  # fmt: skip


def receipts(campaign: Campaign, theme: Theme, language: str) -> Iterator[ReceiptJob]:
    """The till receipt of one language."""
    for piece in campaign.pieces if RECEIPT.id in campaign.prints.formats else ():
        if _exists(campaign, piece, RECEIPT.id, RECEIPT.layouts):
            write_text = Writer(campaign, language)
            parts = _parts(write_text, theme, piece, purposes=True, dated=True)
            yield ReceiptJob(
                id=str(ArtifactId("print", language, RECEIPT.id, piece.id)), piece=piece.id, format=RECEIPT.id,
                notes=tuple(note for note in source_notes(write_text) if note), **parts,
            )  # fmt: skip


def _exists(
    campaign: Campaign, piece: Piece, name: str, layouts: tuple[str, ...], addresses: bool = True
) -> bool:
    """Whether a cell of the matrix exists: not every piece is made in every shape."""
    if piece.layout not in layouts or (piece.formats is not None and name not in piece.formats):
        return False
    return addresses or piece.layout != "tool" or campaign.tool(piece.tools[0]).picture.channel != "web"


def _visual(campaign: Campaign, theme: Theme, piece: Piece, language: str, screen: Format) -> VisualJob:
    write_text = Writer(campaign, language)
    parts = _parts(
        write_text, theme, piece, purposes=screen.roomy, dated=screen.dated, sentences=not screen.wordless
    )
    if screen.family == "avatar" and piece.layout == "overview":
        # the ticks and the hashtag: it shows no tool, so it claims none
        parts |= {"tools": (), "facts": (), "links": (), "alt_short": campaign.hashtag}
    return VisualJob(
        id=str(ArtifactId("visual", language, screen.id, piece.id)), piece=piece.id, format=screen.id, **parts
    )


def _print(campaign: Campaign, theme: Theme, piece: Piece, language: str, name: str) -> PrintJob:
    paper, texts = PRINTS[name], campaign.texts[language]
    write_text = Writer(campaign, language)
    parts = _parts(
        write_text,
        theme,
        piece,
        purposes=paper.family == "portrait",
        dated=not paper.wordless,
        sentences=not paper.wordless,
    )
    if paper.family == "tearoff":
        parts["headline"] = write_text(texts.prints.tearoff)
    return PrintJob(
        id=str(ArtifactId("print", language, name, piece.id)),
        piece=piece.id,
        format=name,
        title=f"{campaign.title}. {Writer(campaign, language)(texts.pieces[piece.id].headline)}",
        cover=write_text(texts.prints.card_cover) if paper.family == "card" else None,
        legal=None if paper.wordless else _legal(campaign, language),
        code_to=_code(campaign, parts["links"]) if paper.family == "portrait" else None,
        **parts,
    )


def _code(campaign: Campaign, links: tuple[str, ...]) -> tuple[str, str] | None:
    """The one official address that a layout shows, as link and as it is printed."""
    for tool in campaign.tools:
        for fact in tool.facts.values():
            if fact.link == "https" and fact.value in links:
                return fact.value, str(tool.picture.value)
    return None


def _parts(
    write_text: Writer, theme: Theme, piece: Piece, *,
    purposes: bool, dated: bool, sentences: bool = True,
) -> dict[str, Any]:  # fmt: skip
    """What stills and prints of a piece share. The order matters: `facts` are those written before."""
    campaign, language = write_text.campaign, write_text.language
    texts = campaign.texts[language]
    words = texts.pieces[piece.id]
    tools = tuple(
        tool_view(write_text, tool, with_purpose=piece.layout != "tool" and purposes) for tool in piece.tools
    )
    body = write_text.maybe(words.body) if sentences else None
    aside = write_text.maybe(words.aside) if sentences else None
    headline = write_text(words.headline) if sentences else ""
    sources = sources_line(write_text) if dated else None
    facts, links = shown_and_linked(campaign, write_text.facts)
    photo = piece.photo
    return {
        **_common(campaign, theme, language),
        "layout": piece.layout,
        "tools": tools,
        "headline": headline,
        "body": body,
        "aside": aside,
        "sources": sources,
        "facts": facts,
        "links": links,
        "photo": PhotoView(file=photo.file, focus=photo.focus) if photo and sentences else None,
        "lit": piece.lit,
        "alt_short": Writer(campaign, language)(words.alt),
    }


def _directory(
    campaign: Campaign,
    theme: Theme,
    language: str,
    schemes: tuple[Scheme, ...],
    lit: int,
    *,
    sources: bool,
) -> dict[str, Any]:
    texts = campaign.texts[language].directory
    write_text = Writer(campaign, language)
    entries = tuple(_scheme_view(write_text, scheme) for scheme in schemes)
    headline, emergency = write_text(texts.headline), write_text(texts.emergency)
    line = sources_line(write_text) if sources else None
    facts, links = shown_and_linked(campaign, write_text.facts)
    return {
        **_common(campaign, theme, language),
        "layout": "directory",
        "tools": (),
        "schemes": entries,
        "headline": headline,
        "body": None,
        "aside": emergency,
        "sources": line,
        "facts": facts,
        "links": links,
        "lit": lit,
        "alt_short": Writer(campaign, language)(texts.alt),
    }


def _scheme_view(write_text: Writer, scheme: Scheme) -> SchemeView:
    """An entry of the directory, with the date of its oldest source."""
    campaign, language = write_text.campaign, LANGUAGES[write_text.language]
    texts = campaign.texts[write_text.language]
    words = texts.schemes[scheme.id]
    own = Writer(campaign, write_text.language, facts={scheme.picture.id})
    shown, name, purpose = own(f"{{{scheme.picture.id}}}"), own(words.name), own(words.purpose)
    dates = [d for fact in own.facts if (d := campaign.facts[fact].source_date)]
    write_text.facts |= own.facts
    return SchemeView(
        id=scheme.id,
        shown=shown,
        is_address=scheme.picture.value is not None and "." in scheme.picture.value,
        is_word=scheme.picture.word is not None,
        name=name,
        purpose=purpose,
        source=label_with(own(texts.words.sources), source_date(min(dates), language)) if dates else "",
    )


def _common(campaign: Campaign, theme: Theme, language: str) -> dict[str, Any]:
    emitter = campaign.emitter
    marks = (Mark(name=emitter.name, logo=emitter.logo),) if emitter else ()
    return {
        "language": language,
        "theme": resolved_theme(theme, language),
        "hashtag": campaign.hashtag,
        "day": full_date(campaign.day, LANGUAGES[language]),
        "rights": Writer(campaign, language)(campaign.texts[language].page.terms),
        "marks": marks,
    }


def _legal(campaign: Campaign, language: str) -> str:
    """The printer (1881 law) and the line that French flyers carry."""
    words, write_text = campaign.texts[language].words, Writer(campaign, language)
    printer = campaign.emitter.printer if campaign.emitter else None
    parts = [f"{write_text(words.printed_by)} {printer}"] if printer else []
    parts.append(write_text(words.litter))
    return LANGUAGES[language].note_joiner.join(part.rstrip(".") for part in parts)
