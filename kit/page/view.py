"""Page: the partner page of each language, one self-contained HTML file that needs no server.

The page loads nothing from elsewhere, sets nothing, and works without JavaScript. Its template gets
finished strings only; every number in them was written by `kit.words` from a fact.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, TypeVar
from urllib.parse import quote

import jinja2
from jinja2.sandbox import SandboxedEnvironment

from kit.errors import InputError
from kit.html import external_links, visible_text
from kit.model.artifact import Artifact, Report
from kit.model.campaign import Campaign
from kit.model.facts import Fact, Tool
from kit.model.theme import Theme
from kit.resources import Resources
from kit.tables.languages import LANGUAGES
from kit.tables.platforms import PLATFORMS
from kit.words.count import length
from kit.words.dates import full_date, source_date
from kit.words.references import fact_text, write
from kit.words.typography import NBSP, set_text

T = TypeVar("T")

TEMPLATE = "index.html.j2"
REFERENCE_LANGUAGE = "fr"
"""The root page is in this language where the campaign has it (design §9)."""
TICKS = 25
"""The signature of the campaign: one tick a second (art direction)."""

_OTHER_NAMES = {"tiktok": "TikTok", "whatsapp": "WhatsApp", "youtube": "YouTube"}
"""Platforms that take files but no text of ours, and so have no row in the table."""
_CARRIED = ("visual", "clip", "captions", "transcript", "poster", "post", "data")
"""Kinds that the page offers; the others are reports, or the page and the archives themselves."""


@dataclass(frozen=True)
class Page:
    """One finished page. `links` leave the kit (https, tel, sms); `text` is what a person reads."""

    path: str
    language: str
    html: str
    links: tuple[str, ...]
    text: tuple[str, ...]


def render_pages(
    campaign: Campaign,
    theme: Theme,
    artifacts: Sequence[Artifact],
    report: Report,
    texts: Mapping[str, str],
    archives: Mapping[str, str],
    resources: Resources,
) -> list[Page]:
    """The root page and one page a language; the root is the reference language's, from its own place.

    `texts` are the contents of posts and transcripts by artifact id, `archives` the archive of each
    language. What failed its checks, and what belongs to it, is named without a link.
    """
    template = _environment(resources).get_template(TEMPLATE)
    reference = REFERENCE_LANGUAGE if REFERENCE_LANGUAGE in campaign.languages else campaign.languages[0]
    places = [("index.html", reference), *((f"{code}/index.html", code) for code in campaign.languages)]
    pages = []
    for path, language in places:
        view = _View(campaign, language, path, artifacts, report.failed, texts, archives, resources)
        try:
            html = template.render(view.for_template(theme))
        except jinja2.TemplateError as error:
            raise InputError(
                f"templates/page/{TEMPLATE}: {error}", "compare it with the shipped one"
            ) from error
        pages.append(Page(path, language, html, external_links(html), visible_text(html)))
    return pages


def _environment(resources: Resources) -> SandboxedEnvironment:
    """Strict and escaping: a misspelt name is an error, and no campaign text becomes markup."""

    def source_of(name: str) -> str:
        return resources.find("templates", f"page/{name}").read_text(encoding="utf-8")

    return SandboxedEnvironment(
        loader=jinja2.FunctionLoader(source_of),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@dataclass(frozen=True)
class _File:
    """One file to download. `href` is None when a check refused it."""

    id: str
    label: str
    href: str | None
    name: str
    sizes: list[str]


@dataclass(frozen=True)
class _Picture:
    """A visual: its thumbnail (None when there is none to show) and its files."""

    title: str
    short: str
    full: str
    thumbnail: str | None
    width: int
    height: int
    files: list[_File]


@dataclass(frozen=True)
class _Shelf:
    """Pictures of one format side by side. `shape` chooses the width of the columns."""

    title: str
    size: str
    shape: str
    platforms: str
    pictures: list[_Picture]


@dataclass(frozen=True)
class _Film:
    """A clip with what makes it accessible; only the files are left when it was refused."""

    title: str
    short: str
    video: str | None
    poster: str | None
    captions: str | None
    width: int
    height: int
    files: list[_File]
    transcript: list[str]


@dataclass(frozen=True)
class _Post:
    """A text to copy. `text` is None when a check refused it."""

    id: str
    title: str
    text: str | None
    count: str
    alt: str | None
    picture: _File | None


@dataclass(frozen=True)
class _ToolLink:
    """A vital tool as a link. `spoken` is how a screen reader should say a number that it would
    otherwise read as thousands.
    """

    href: str | None
    head: str
    tail: str
    beside: str | None
    is_address: bool
    spoken: str | None
    purpose: str
    icon: str


@dataclass(frozen=True)
class _Group:
    """One of the two groups: told apart by word, shape and pictogram, never by colour alone."""

    label: str
    emergency: bool
    icon: str
    tools: list[_ToolLink]


@dataclass(frozen=True)
class _Row:
    """A fact with its proof."""

    id: str
    value: str
    source: str | None
    source_name: str
    source_date: str
    verified_on: str | None


@dataclass
class _View:
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
            "until": f"{self.write(words.use_until)} {full_date(campaign.use_until, row)}",
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
        return set_text(text, LANGUAGES[self.language].tag)

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

    def groups(self) -> list[_Group]:
        """Both groups, emergency first: the page speaks to "you, in danger" (content rules §6)."""
        labels = self.campaign.texts[self.language].groups
        return [
            _Group(
                label=self.write(labels[group.id].label),
                emergency=group.emergency,
                icon=self.icon("group-emergency" if group.emergency else "group-help"),
                tools=[self.tool(tool) for tool in self.campaign.tools if tool.group == group.id],
            )
            for group in sorted(self.campaign.groups, key=lambda group: not group.emergency)
        ]

    def tool(self, tool: Tool) -> _ToolLink:
        """One tool with its complete name: the 114 is never a bare number."""
        words = self.campaign.texts[self.language].tools[tool.id]
        shown = fact_text(self.campaign, tool.picture, self.language)
        is_address = tool.picture.channel == "web"
        # an address may break before its ending, nowhere else
        head, dot, tail = shown.partition(".") if is_address else (shown, "", "")
        return _ToolLink(
            href=_target(tool),
            head=head,
            tail=dot + tail,
            beside=self.write(words.beside) if words.beside else None,
            is_address=is_address,
            spoken=_spoken(shown) if tool.picture.channel == "voice" else None,
            purpose=self.write(words.purpose),
            icon=self.icon(tool.pictogram),
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
        found = [a for a in self.own if a.kind == kind and a.of is None]
        return sorted(found, key=lambda a: (_place(formats, a.format), _place(pieces, a.piece), a.id))

    def copies(self, master: Artifact) -> list[Artifact]:
        """What was made from an original."""
        return [a for a in self.own if a.of == master.id]

    def file(self, artifact: Artifact) -> _File:
        """A download, or the mention that there is none."""
        sizes = [
            f"{artifact.width}{NBSP}×{NBSP}{artifact.height}" if artifact.width else "",
            f"{artifact.duration_s:g}{NBSP}s" if artifact.duration_s else "",
            self.size(artifact.bytes),
        ]
        path = PurePosixPath(artifact.path)
        suffix = path.suffix.removeprefix(".").upper()
        return _File(
            id=artifact.id,
            label={"JPG": "JPEG"}.get(suffix, suffix),
            href=None if artifact.id in self.withheld else self.href(artifact.path),
            name=path.name if artifact.format is None else _file_name(artifact),
            sizes=[size for size in sizes if size],
        )

    def size(self, count: int) -> str:
        """A size for people: whole thousands, above a million whole millions."""
        small, large = self.words()["size_units"]
        if count < 999_500:
            return f"{max(1, round(count / 1000))}{NBSP}{small}"
        return f"{round(count / 1_000_000)}{NBSP}{large}"

    def title_of(self, artifact: Artifact) -> str:
        """The headline of a piece; a clip, which has none, goes by its short alternative text."""
        words = self.campaign.texts[self.language]
        if artifact.piece in words.pieces:
            return self.write(words.pieces[artifact.piece].headline)
        return artifact.alt.short if artifact.alt else (artifact.piece or artifact.id)

    def shelves(self) -> list[_Shelf]:
        """Visuals by format."""
        names = self.words()["formats"]
        shelves = []
        for format_id, visuals in _grouped(self.masters("visual"), lambda a: a.format or ""):
            width, height = visuals[0].width or 1, visuals[0].height or 1
            accepted = {p for visual in visuals for copy in self.copies(visual) for p in copy.platforms}
            shelves.append(
                _Shelf(
                    title=names.get(format_id, format_id),
                    size=f"{width}{NBSP}×{NBSP}{height}",
                    shape="wide" if width > 1.2 * height else "tall",
                    platforms=", ".join(sorted(map(_platform_name, accepted), key=str.lower)),
                    pictures=[self.picture(visual) for visual in visuals],
                )
            )
        return shelves

    def picture(self, visual: Artifact) -> _Picture:
        """One visual. The upload copy is the thumbnail: it is the lighter one."""
        files = [visual, *self.copies(visual)]
        images = [
            a for a in reversed(files) if a.media_type.startswith("image/") and a.id not in self.withheld
        ]
        refused = visual.id in self.withheld
        return _Picture(
            title=self.title_of(visual),
            short="" if refused or not visual.alt else visual.alt.short,
            full="" if refused or not visual.alt else visual.alt.full,
            thumbnail=self.href(images[0].path) if images else None,
            width=visual.width or 1,
            height=visual.height or 1,
            files=[self.file(a) for a in files],
        )

    def films(self) -> list[_Film]:
        """Clips, each with captions, poster and transcript."""
        return [self.film(clip) for clip in self.masters("clip")]

    def film(self, clip: Artifact) -> _Film:
        """One clip. A part that was refused is left out; the others still stand."""
        copies = self.copies(clip)
        fine = [a for a in copies if a.id not in self.withheld]
        transcript = next((a for a in fine if a.kind == "transcript"), None)
        said = self.texts.get(transcript.id, "\n".join(transcript.text)) if transcript else ""

        def href(wanted: Callable[[Artifact], bool]) -> str | None:
            return next((self.href(a.path) for a in fine if wanted(a)), None)

        return _Film(
            title=self.words()["formats"].get(clip.format, clip.format or ""),
            short=clip.alt.short if clip.alt else "",
            video=None if clip.id in self.withheld else self.href(clip.path),
            poster=href(lambda a: a.kind == "poster"),
            captions=href(lambda a: a.kind == "captions" and a.media_type.startswith("text/vtt")),
            width=clip.width or 1,
            height=clip.height or 1,
            files=[self.file(a) for a in (clip, *copies) if a.kind != "poster"],
            transcript=[line for line in said.split("\n") if line.strip()],
        )

    def platforms(self) -> list[tuple[str, list[_Post]]]:
        """Posts by platform, in the campaign's order of platforms."""
        order = list(self.campaign.posts.platforms)
        found = sorted(self.masters("post"), key=lambda a: _place(order, a.format))
        return [
            (_platform_name(platform), [self.post(post) for post in posts])
            for platform, posts in _grouped(found, lambda a: a.format or "")
        ]

    def post(self, post: Artifact) -> _Post:
        """One post, counted as its platform counts."""
        text = self.texts.get(post.id, "\n".join(post.text)).removesuffix("\n")
        platform = PLATFORMS.get(post.format or "")
        refused = post.id in self.withheld
        by_id = {a.id: a for a in self.own}
        picture = next((by_id[name] for name in post.media if name in by_id), None)
        return _Post(
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
        return [
            fact
            for fact in self.campaign.facts.values()
            if fact.id in shown or (fact.print_ok and fact.status == "current")
        ]

    def facts(self) -> list[tuple[str, list[_Row]]]:
        """Facts by tool, under its complete name."""
        tools = _grouped(self.listed_facts(), lambda fact: fact.tool)
        return [(self.write(f"{{{tool}}}"), [self.row(fact) for fact in facts]) for tool, facts in tools]

    def row(self, fact: Fact) -> _Row:
        """One fact. A tool's own number stands there with its complete name."""
        row = LANGUAGES[self.language]
        is_picture = self.campaign.tool(fact.tool).picture.id == fact.id
        value = fact_text(self.campaign, fact, self.language)
        return _Row(
            id=fact.id,
            value=self.write(f"{{{fact.tool}}}") if is_picture else self.set(value),
            source=str(fact.source_url) if fact.source_url else None,
            source_name=(fact.source_url.host or "").removeprefix("www.") if fact.source_url else "",
            source_date=source_date(fact.source_date, row) if fact.source_date else "",
            verified_on=full_date(fact.verified_on, row) if fact.verified_on else None,
        )


def _target(tool: Tool) -> str | None:
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
    return PLATFORMS[platform].name if platform in PLATFORMS else _OTHER_NAMES.get(platform, platform)


def _file_name(artifact: Artifact) -> str:
    """A name that still says what it is in a folder of downloads: every format has an `overview`."""
    suffix = PurePosixPath(artifact.path).suffix
    return f"{artifact.piece}-{artifact.format}-{artifact.language}{suffix}"


def _place(order: Sequence[str], name: str | None) -> int:
    return order.index(name) if name in order else len(order)


def _grouped(items: Iterable[T], key: Callable[[T], str]) -> list[tuple[str, list[T]]]:
    """Items by key, keys in order of first appearance."""
    groups: dict[str, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return list(groups.items())
