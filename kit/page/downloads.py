"""What the page offers to take away or to copy: visuals, print pieces, clips, posts."""

from __future__ import annotations

from collections.abc import Callable

from kit.model.artifact import Artifact
from kit.model.ids import tool_of_loop
from kit.page.context import PageContext, grouped, place
from kit.page.parts import PageClip, PageFile, PagePicture, PagePost, PrintShelf, Shelf
from kit.tables.clips import CLIPS
from kit.tables.platforms import DESTINATIONS, PLATFORMS
from kit.tables.prints import PRINT_IDS, PRINTS, RECEIPT
from kit.text.length import length
from kit.text.typography import NBSP

"""Platforms that take files but no text of ours, and so have no row in the table."""


def shelves(page: PageContext) -> list[Shelf]:
    """Visuals by format."""
    names = page.format_names
    found = []
    for format_id, visuals in grouped(page.masters("visual"), lambda a: a.format or ""):
        width, height = visuals[0].width or 1, visuals[0].height or 1
        accepted = {p for visual in visuals for copy in page.copies(visual) for p in copy.platforms}
        found.append(
            Shelf(
                title=names.get(format_id, format_id),
                size=f"{width}{NBSP}×{NBSP}{height}",
                shape="wide" if width > 1.2 * height else "tall",
                platforms=", ".join(sorted(map(_name_of, accepted), key=str.lower)),
                pictures=[_picture(page, visual) for visual in visuals],
            )
        )
    return found


def _picture(page: PageContext, visual: Artifact) -> PagePicture:
    """One visual. The lightest copy is the thumbnail, and no file to take away."""
    files = [visual, *page.copies(visual)]
    images = [a for a in reversed(files) if a.media_type.startswith("image/") and a.id not in page.withheld]
    files = [a for a in files if a.media_type != "image/webp"]
    refused = visual.id in page.withheld
    return PagePicture(
        title=page.title_of(visual),
        short="" if refused or not visual.alt else visual.alt.short,
        full="" if refused or not visual.alt else visual.alt.full,
        thumbnail=page.href(images[0].path) if images else None,
        width=visual.width or 1,
        height=visual.height or 1,
        files=[page.file(a) for a in files],
    )


def print_shelves(page: PageContext) -> list[PrintShelf]:
    """Print pieces by format, each with the printer's file and the one for screens."""
    names, words = page.format_names, page.texts.page
    labels = (page.write(words.print_label), page.write(words.screen_label))
    found = []
    masters = sorted(page.masters("print"), key=lambda a: place(PRINT_IDS, a.format))
    for format_id, pieces in grouped(masters, lambda a: a.format or ""):
        paper = PRINTS.get(format_id)
        mm = f"{paper.trim_mm[0]:g}{NBSP}×{NBSP}{paper.trim_mm[1]:g}" if paper else f"{RECEIPT.paper_mm:g}"
        rows = []
        for piece in pieces:
            files = [page.file(a) for a in (piece, *page.copies(piece))]
            if paper:
                files = [
                    PageFile(f.id, f"{f.label} {label}", f.href, f.name, f.sizes)
                    for f, label in zip(files, labels, strict=True)
                ]
            rows.append((page.title_of(piece), files))
        found.append(PrintShelf(names.get(format_id, format_id), f"{mm}{NBSP}mm", rows))
    return found


def clips(page: PageContext) -> list[PageClip]:
    """Clips in every shape, then loops, each with captions, poster and transcript."""
    return [_clip(page, clip) for kind in ("clip", "loop") for clip in page.masters(kind)]


def _clip(page: PageContext, clip: Artifact) -> PageClip:
    """One clip. A part that was refused is left out; the others still stand."""
    copies = page.copies(clip)
    fine = [a for a in copies if a.id not in page.withheld]
    transcript = next((a for a in fine if a.kind == "transcript"), None)
    said = page.posted.get(transcript.id, "\n".join(transcript.text)) if transcript else ""

    def href(wanted: Callable[[Artifact], bool]) -> str | None:
        return next((page.href(a.path) for a in fine if wanted(a)), None)

    return PageClip(
        title=_clip_title(page, clip),
        size=f"{clip.width}{NBSP}×{NBSP}{clip.height}",
        short=clip.alt.short if clip.alt else "",
        video=None if clip.id in page.withheld else page.href(clip.path),
        poster=href(lambda a: a.kind == "poster"),
        captions=href(lambda a: a.kind == "captions" and a.media_type.startswith("text/vtt")),
        width=clip.width or 1,
        height=clip.height or 1,
        files=[page.file(a) for a in (clip, *copies) if a.kind != "poster"],
        transcript=[line for line in said.split("\n") if line.strip()],
    )


def _clip_title(page: PageContext, clip: Artifact) -> str:
    """A loop's tool by its full name, then the name of the shape; without one, the name of its platform."""
    shape, names = clip.format or "", page.format_names
    like = CLIPS[shape].named_like if shape in CLIPS else ""
    name = names.get(shape) or names.get(like, _name_of(shape))
    tool = tool_of_loop(clip.piece or "", (t.id for t in page.campaign.tools))
    return f"{page.write(f'{{{tool}}}')}, {name}" if clip.kind == "loop" and tool else name


def posts(page: PageContext) -> list[tuple[str, list[PagePost]]]:
    """Posts by platform, in the campaign's order of platforms."""
    order = list(page.campaign.posts.platforms)
    found = sorted(page.masters("post"), key=lambda a: place(order, a.format))
    return [
        (_name_of(platform), [_post(page, post) for post in posts])
        for platform, posts in grouped(found, lambda a: a.format or "")
    ]


def _post(page: PageContext, post: Artifact) -> PagePost:
    """One post, counted as its platform counts."""
    text = page.posted.get(post.id, "\n".join(post.text)).removesuffix("\n")
    platform = PLATFORMS.get(post.format or "")
    refused = post.id in page.withheld
    by_id = {a.id: a for a in page.own}
    picture = next((by_id[name] for name in post.media if name in by_id), None)
    return PagePost(
        id=post.id,
        title=page.title_of(post),
        text=None if refused else text,
        count=f"{length(text, platform)}/{platform.max_text}" if platform else "",
        alt=post.alt.full if post.alt and not refused else None,
        picture=page.file(picture) if picture and not refused else None,
    )


def _name_of(place: str) -> str:
    """A platform's name; of a clip's shape the platform it is cut for, or its own id."""
    row = DESTINATIONS.get(place)
    return row.name if row else place
