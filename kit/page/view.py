"""Everything one page says, in one language, seen from its own place in the folder."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, TypeVar
from urllib.parse import quote

from kit.model.artifact import Artifact
from kit.model.campaign import Campaign
from kit.model.facts import Fact, Scheme, Service, Tool
from kit.model.theme import Theme
from kit.page.parts import File, Film, Group, Picture, Post, PrintShelf, Row, SchemeEntry, Shelf, ToolLink
from kit.resources import Resources
from kit.tables.clips import CLIPS
from kit.tables.languages import LANGUAGES
from kit.tables.platforms import DESTINATIONS, PLATFORMS
from kit.tables.prints import PRINT_IDS, PRINTS, RECEIPT
from kit.text.dates import full_date, source_date
from kit.text.length import length
from kit.text.references import fact_text, write
from kit.text.typography import NBSP, apply_typography, label_with

T = TypeVar("T")

TICKS = 25
"""The signature of the campaign: one tick a second (art direction)."""

_ALIKE = {"wide": "landscape"}
_SOUNDS = {"ebu": "MP4 EBU R128", "silent": "MP4 silent"}
_CARRIED = ("visual", "print", "clip", "loop", "captions", "transcript", "poster", "post", "data")
"""Kinds that the page offers; the others are reports, or the page and the archives themselves."""


@dataclass
class View:
    """Everything one page says, in one language, seen from its own place in the folder."""

    campaign: Campaign
    language: str
    path: str
    artifacts: Sequence[Artifact]
    failed: frozenset[str]
    texts: Mapping[str, str]
    archives: Mapping[str, str]
    resources: Resources
    own: list[Artifact] = field(init=False)
    withheld: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.own = [a for a in self.artifacts if a.language == self.language and a.kind in _CARRIED]
        refused = {a.id for a in self.artifacts if a.id in self.failed or a.of in self.failed}
        quoting = {a.id for a in self.artifacts if refused & set(a.media)}
        self.withheld = frozenset(refused | quoting | {a.id for a in self.artifacts if a.of in quoting})

    def for_template(self, theme: Theme) -> dict[str, Any]:
        """What the template may use, and nothing else."""
        campaign, code = self.campaign, self.language
        row, words = LANGUAGES[code], campaign.texts[code].words
        archive = self.archives.get(code)
        return {
            "t": self.words(),
            "tag": row.tag,
            "direction": row.direction,
            "palette": theme.palette.model_dump(),
            "ticks": TICKS,
            "title": self.set(campaign.title),
            "hashtag": campaign.hashtag,
            "day": full_date(campaign.day, row),
            "until": label_with(self.write(words.use_until), full_date(campaign.use_until, row)),
            "emitter": campaign.emitter.name if campaign.emitter else None,
            "exit_url": str(campaign.exit_url),
            "languages": self.languages(),
            "groups": self.groups(),
            "reviewed": campaign.texts[code].review.state == "signed",
            "verified": all(fact.verified_on is not None for fact in self.listed_facts()),
            "archive": None
            if archive is None
            else {"href": self.href(archive), "name": PurePosixPath(archive).name},
            "shelves": self.shelves(),
            "prints": self.prints(),
            "directory": self.directory(),
            "films": self.films(),
            "platforms": self.platforms(),
            "facts": self.facts(),
            "checksums": [(a.sha256, a.path) for a in self.by_path() if a.id not in self.withheld],
        }

    def write(self, text: str) -> str:
        """A finished text of this page's language."""
        return write(self.campaign, self.language, text).text

    def set(self, text: str) -> str:
        """A text that refers to nothing (a value, a name): only set by the language's typography."""
        return apply_typography(text, LANGUAGES[self.language].tag)

    def href(self, path: str) -> str:
        """A file of the kit, relative to this page, so that it opens from a disk as from a server."""
        up = "../" * (len(PurePosixPath(self.path).parts) - 1)
        return up + quote(path)

    def words(self) -> dict[str, Any]:
        """All words of the page, finished."""
        raw = self.campaign.texts[self.language].page.model_dump()
        return {name: _each(self.write, value) for name, value in raw.items()}

    def languages(self) -> list[dict[str, Any]]:
        """The campaign's languages, by the name their readers use."""
        rows = [LANGUAGES[code] for code in self.campaign.languages]
        return [
            {
                "name": row.native_name,
                "tag": row.tag,
                "direction": row.direction,
                "href": self.href(f"{row.code}/index.html"),
                "here": row.code == self.language,
            }
            for row in rows
        ]

    # the tools, so that who came here in need is not sent away with a ZIP

    def groups(self) -> list[Group]:
        """Both groups, emergency first: the page speaks to "you, in danger" (content rules §6)."""
        labels = self.campaign.texts[self.language].groups
        return [
            Group(
                label=self.write(labels[group.id].label),
                emergency=group.emergency,
                icon=self.icon("group-emergency-filled" if group.emergency else "group-help-outlined"),
                tools=[self.tool(tool) for tool in self.campaign.tools if tool.group == group.id],
            )
            for group in sorted(self.campaign.groups, key=lambda group: not group.emergency)
        ]

    def tool(self, tool: Tool) -> ToolLink:
        """One tool with its complete name: the 114 is never a bare number."""
        words = self.campaign.texts[self.language].tools[tool.id]
        shown = fact_text(self.campaign, tool.picture, self.language)
        is_address = tool.picture.channel == "web"
        # an address may break before its ending, nowhere else
        head, dot, tail = shown.partition(".") if is_address else (shown, "", "")
        return ToolLink(
            href=_target(tool),
            head=head,
            tail=dot + tail,
            beside=self.write(words.beside) if words.beside else None,
            is_address=is_address,
            spoken=_spoken(shown) if tool.picture.channel == "voice" else None,
            purpose=self.write(words.purpose),
            icon=self.icon(
                f"{tool.pictogram}-{'filled' if self.campaign.group(tool.group).emergency else 'outlined'}"
            ),
        )

    def icon(self, name: str) -> str:
        """A pictogram as a data address. As an image it can neither run code nor load anything."""
        data = self.resources.find("assets", f"pictograms/{name}.svg").read_bytes()
        return f"data:image/svg+xml;base64,{base64.b64encode(data).decode()}"

    # the pieces

    def by_path(self) -> list[Artifact]:
        """The pieces of this language, by path."""
        return sorted(self.own, key=lambda a: a.path)

    def masters(self, kind: str) -> list[Artifact]:
        """Originals of a kind, by format and piece in the campaign's order."""
        formats, pieces = list(self.campaign.formats), [piece.id for piece in self.campaign.pieces]
        if kind in ("clip", "loop"):
            formats = list(CLIPS)
        found = [a for a in self.own if a.kind == kind and a.of is None]
        return sorted(found, key=lambda a: (_place(formats, a.format), _place(pieces, a.piece), a.id))

    def copies(self, master: Artifact) -> list[Artifact]:
        """What was made from an original."""
        return [a for a in self.own if a.of == master.id]

    def file(self, artifact: Artifact) -> File:
        """A download, or the mention that there is none."""
        sizes = [
            f"{artifact.width}{NBSP}×{NBSP}{artifact.height}" if artifact.width else "",
            f"{artifact.duration_s:g}{NBSP}s" if artifact.duration_s else "",
            self.size(artifact.bytes),
        ]
        path = PurePosixPath(artifact.path)
        suffix = path.suffix.removeprefix(".").upper()
        return File(
            id=artifact.id,
            label=_SOUNDS.get(artifact.id.rpartition(".")[2], "") or {"JPG": "JPEG"}.get(suffix, suffix),
            href=None if artifact.id in self.withheld else self.href(artifact.path),
            name=path.name if artifact.format is None else _file_name(artifact),
            sizes=[size for size in sizes if size],
        )

    def size(self, count: int) -> str:
        """A size for people: whole thousands, above a million whole millions."""
        small, large = map(self.write, self.campaign.texts[self.language].page.size_units)
        if count < 999_500:
            return f"{max(1, round(count / 1000))}{NBSP}{small}"
        return f"{round(count / 1_000_000)}{NBSP}{large}"

    def title_of(self, artifact: Artifact) -> str:
        """The headline of a piece; a clip, which has none, goes by its short alternative text."""
        words = self.campaign.texts[self.language]
        if artifact.piece in words.pieces:
            return self.write(words.pieces[artifact.piece].headline)
        if (artifact.piece or "").startswith("directory"):
            return self.write(words.directory.headline)
        return artifact.alt.short if artifact.alt else (artifact.piece or artifact.id)

    def shelves(self) -> list[Shelf]:
        """Visuals by format."""
        names = self.words()["formats"]
        shelves = []
        for format_id, visuals in _grouped(self.masters("visual"), lambda a: a.format or ""):
            width, height = visuals[0].width or 1, visuals[0].height or 1
            accepted = {p for visual in visuals for copy in self.copies(visual) for p in copy.platforms}
            shelves.append(
                Shelf(
                    title=names.get(format_id, format_id),
                    size=f"{width}{NBSP}×{NBSP}{height}",
                    shape="wide" if width > 1.2 * height else "tall",
                    platforms=", ".join(sorted(map(_platform_name, accepted), key=str.lower)),
                    pictures=[self.picture(visual) for visual in visuals],
                )
            )
        return shelves

    def picture(self, visual: Artifact) -> Picture:
        """One visual. The lightest copy is the thumbnail, and no file to take away."""
        files = [visual, *self.copies(visual)]
        images = [
            a for a in reversed(files) if a.media_type.startswith("image/") and a.id not in self.withheld
        ]
        files = [a for a in files if a.media_type != "image/webp"]
        refused = visual.id in self.withheld
        return Picture(
            title=self.title_of(visual),
            short="" if refused or not visual.alt else visual.alt.short,
            full="" if refused or not visual.alt else visual.alt.full,
            thumbnail=self.href(images[0].path) if images else None,
            width=visual.width or 1,
            height=visual.height or 1,
            files=[self.file(a) for a in files],
        )

    def prints(self) -> list[PrintShelf]:
        """Print pieces by format, each with the printer's file and the one for screens."""
        names, words = self.words()["formats"], self.campaign.texts[self.language].page
        shelves = []
        masters = sorted(self.masters("print"), key=lambda a: _place(PRINT_IDS, a.format))
        for format_id, pieces in _grouped(masters, lambda a: a.format or ""):
            paper = PRINTS.get(format_id)
            mm = (
                f"{paper.trim_mm[0]:g}{NBSP}×{NBSP}{paper.trim_mm[1]:g}" if paper else f"{RECEIPT.paper_mm:g}"
            )
            rows = []
            for piece in pieces:
                files = [self.file(a) for a in (piece, *self.copies(piece))]
                if paper:
                    labels = (self.write(words.print_label), self.write(words.screen_label))
                    files = [
                        File(f.id, f"{f.label} {label}", f.href, f.name, f.sizes)
                        for f, label in zip(files, labels, strict=True)
                    ]
                rows.append((self.title_of(piece), files))
            shelves.append(PrintShelf(names.get(format_id, format_id), f"{mm}{NBSP}mm", rows))
        return shelves

    def directory(self) -> list[SchemeEntry]:
        """The other schemes that are current and settled."""
        return [self.scheme(scheme) for scheme in self.campaign.listed_schemes]

    def scheme(self, scheme: Scheme) -> SchemeEntry:
        """One scheme, with the date of its oldest source."""
        texts, row = self.campaign.texts[self.language], LANGUAGES[self.language]
        words, picture = texts.schemes[scheme.id], scheme.picture
        shown = fact_text(self.campaign, picture, self.language)
        dates = [fact.source_date for fact in scheme.facts.values() if fact.source_date and fact.print_ok]
        return SchemeEntry(
            href=_target(scheme),
            shown=shown,
            spoken=_spoken(shown),
            ltr=picture.value is not None,
            name=self.write(words.name),
            purpose=self.write(words.purpose),
            source=f"{self.write(texts.words.sources)} {source_date(min(dates), row)}" if dates else "",
        )

    def films(self) -> list[Film]:
        """Clips in every shape, then loops, each with captions, poster and transcript."""
        return [self.film(clip) for kind in ("clip", "loop") for clip in self.masters(kind)]

    def film_title(self, clip: Artifact) -> str:
        """A loop's tool by its full name, then the name of the shape: a stranger to the page's words goes by its platform.

        `wide` is called what a picture of that shape is called.
        """
        shape, names = clip.format or "", self.words()["formats"]
        name = names.get(shape) or names.get(_ALIKE.get(shape, ""), _platform_name(shape))
        tool = next((t.id for t in self.campaign.tools if f"{clip.piece}".endswith(f"-{t.id}")), None)
        return f"{self.write(f'{{{tool}}}')}, {name}" if clip.kind == "loop" and tool else name

    def film(self, clip: Artifact) -> Film:
        """One clip. A part that was refused is left out; the others still stand."""
        copies = self.copies(clip)
        fine = [a for a in copies if a.id not in self.withheld]
        transcript = next((a for a in fine if a.kind == "transcript"), None)
        said = self.texts.get(transcript.id, "\n".join(transcript.text)) if transcript else ""

        def href(wanted: Callable[[Artifact], bool]) -> str | None:
            return next((self.href(a.path) for a in fine if wanted(a)), None)

        return Film(
            title=self.film_title(clip),
            size=f"{clip.width}{NBSP}×{NBSP}{clip.height}",
            short=clip.alt.short if clip.alt else "",
            video=None if clip.id in self.withheld else self.href(clip.path),
            poster=href(lambda a: a.kind == "poster"),
            captions=href(lambda a: a.kind == "captions" and a.media_type.startswith("text/vtt")),
            width=clip.width or 1,
            height=clip.height or 1,
            files=[self.file(a) for a in (clip, *copies) if a.kind != "poster"],
            transcript=[line for line in said.split("\n") if line.strip()],
        )

    def platforms(self) -> list[tuple[str, list[Post]]]:
        """Posts by platform, in the campaign's order of platforms."""
        order = list(self.campaign.posts.platforms)
        found = sorted(self.masters("post"), key=lambda a: _place(order, a.format))
        return [
            (_platform_name(platform), [self.post(post) for post in posts])
            for platform, posts in _grouped(found, lambda a: a.format or "")
        ]

    def post(self, post: Artifact) -> Post:
        """One post, counted as its platform counts."""
        text = self.texts.get(post.id, "\n".join(post.text)).removesuffix("\n")
        platform = PLATFORMS.get(post.format or "")
        refused = post.id in self.withheld
        by_id = {a.id: a for a in self.own}
        picture = next((by_id[name] for name in post.media if name in by_id), None)
        return Post(
            id=post.id,
            title=self.title_of(post),
            text=None if refused else text,
            count=f"{length(text, platform)}/{platform.max_text}" if platform else "",
            alt=post.alt.full if post.alt and not refused else None,
            picture=self.file(picture) if picture and not refused else None,
        )

    # the proof

    def listed_facts(self) -> list[Fact]:
        """Facts that this kit may show. A volatile one that nothing shows is not spread by its proof."""
        shown = {name for a in self.own for name in a.facts}
        listed: tuple[Service, ...] = (*self.campaign.tools, *self.campaign.listed_schemes)
        return [
            fact
            for service in listed
            for fact in service.facts.values()
            if fact.id in shown or (fact.print_ok and fact.status == "current")
        ]

    def fact_ids(self) -> tuple[str, ...]:
        """What this page shows, for the manifest."""
        return tuple(sorted(fact.id for fact in self.listed_facts()))

    def facts(self) -> list[tuple[str, list[Row]]]:
        """Facts by tool or scheme, under its complete name."""
        schemes = self.campaign.texts[self.language].schemes
        owners = _grouped(self.listed_facts(), lambda fact: fact.tool)
        return [
            (
                self.write(schemes[owner].name if owner in schemes else f"{{{owner}}}"),
                [self.row(fact) for fact in facts],
            )
            for owner, facts in owners
        ]

    def row(self, fact: Fact) -> Row:
        """One fact. A tool's own number stands there with its complete name."""
        row = LANGUAGES[self.language]
        is_picture = any(tool.picture.id == fact.id for tool in self.campaign.tools)
        value = fact_text(self.campaign, fact, self.language)
        return Row(
            id=fact.id,
            value=self.write(f"{{{fact.tool}}}") if is_picture else self.set(value),
            source=str(fact.source_url) if fact.source_url else None,
            source_name=(fact.source_url.host or "").removeprefix("www.") if fact.source_url else "",
            source_date=source_date(fact.source_date, row) if fact.source_date else "",
            verified_on=full_date(fact.verified_on, row) if fact.verified_on else None,
        )


def _target(tool: Tool | Scheme) -> str | None:
    """Where a tool's link leads, by the scheme its facts allow; nothing is ever prefilled."""
    candidates = [tool.picture, *tool.facts.values()]
    fact = next((f for f in candidates if f.link and f.link not in f.never_link_as), None)
    if fact is None or fact.value is None:
        return None
    return fact.value if fact.link == "https" else f"{fact.link}:{fact.value.replace(' ', '')}"


def _spoken(number: str) -> str | None:
    """`39 19`: a number of four digits is said in pairs, not as three thousand nine hundred."""
    return f"{number[:2]} {number[2:]}" if len(number) == 4 and number.isdigit() else None


def _each(write_text: Callable[[str], str], value: Any) -> Any:
    if isinstance(value, str):
        return write_text(value)
    if isinstance(value, dict):
        return {key: _each(write_text, item) for key, item in value.items()}
    return [_each(write_text, item) for item in value]


def _platform_name(platform: str) -> str:
    return DESTINATIONS[platform].name if platform in DESTINATIONS else platform


def _file_name(artifact: Artifact) -> str:
    """A name that still says what it is in a folder of downloads: every format has an `overview`."""
    suffix = PurePosixPath(artifact.path).name.partition(".")[2]
    return f"{artifact.piece}-{artifact.format}-{artifact.language}.{suffix}"


def _place(order: Sequence[str], name: str | None) -> int:
    return order.index(name) if name in order else len(order)


def _grouped(items: Iterable[T], key: Callable[[T], str]) -> list[tuple[str, list[T]]]:
    """Items by key, keys in order of first appearance."""
    groups: dict[str, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return list(groups.items())
