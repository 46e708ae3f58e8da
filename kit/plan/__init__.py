"""Plan: from the campaign to the list of jobs, every string resolved. A pure function.

What exists here is what will be made; nothing later adds or drops a file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from kit.model.campaign import Campaign, Piece
from kit.model.plan import ClipJob, ClipScene, Plan, PostJob, Theme, ToolView, VisualJob
from kit.model.storyboard import Storyboard
from kit.model.theme import Theme as ThemeFile
from kit.tables.formats import FORMATS
from kit.tables.languages import LANGUAGES
from kit.tables.platforms import PLATFORMS
from kit.words.dates import full_date, source_date
from kit.words.references import write
from kit.words.typography import NBSP, set_text


@dataclass
class _Writer:
    """Writes the strings of one job and remembers the facts they show."""

    campaign: Campaign
    language: str
    facts: set[str] = field(default_factory=set)

    def __call__(self, text: str) -> str:
        written = write(self.campaign, self.language, text)
        self.facts |= written.facts
        return written.text

    def maybe(self, text: str | None) -> str | None:
        """The same for a text that may be absent."""
        return None if text is None else self(text)


def plan(campaign: Campaign, theme: ThemeFile, storyboards: dict[str, Storyboard]) -> Plan:
    """Every job of the campaign: visuals first, posts, clips last (design §9)."""
    flat = _theme(theme)
    visuals = [
        _visual(campaign, flat, piece, language, format_id)
        for language in campaign.languages
        for piece in campaign.pieces
        for format_id in campaign.formats
        if piece.formats is None or format_id in piece.formats
    ]
    posts = [
        _post(campaign, piece, language, platform)
        for language in campaign.languages
        for platform in campaign.posts.platforms
        for piece in campaign.pieces
        if campaign.posts.pieces is None or piece.id in campaign.posts.pieces
    ]
    clips = [
        _clip(campaign, flat, name, board, language, format_id)
        for language in campaign.clips.languages
        for name, board in storyboards.items()
        for format_id in campaign.clips.formats
    ]
    return Plan(visuals=tuple(visuals), posts=tuple(posts), clips=tuple(clips))


def shown_and_linked(campaign: Campaign, facts: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The facts with the link facts they bring along, and those links: an address shown is a link."""
    shown = set(facts)
    links = set()
    for tool in campaign.tools:
        if tool.picture.channel == "web" and tool.picture.id in shown:
            for fact in tool.facts.values():
                if fact.link == "https" and fact.value:
                    shown.add(fact.id)
                    links.add(fact.value)
    return tuple(sorted(shown)), tuple(sorted(links))


def _theme(theme: ThemeFile) -> Theme:
    palette, fonts = theme.palette, theme.fonts
    return Theme(
        id=theme.name,
        **palette.model_dump(),
        display_family=fonts.display.family,
        display_weight=fonts.display.weight,
        text_family=fonts.text.family,
        text_weight=fonts.text.weight,
        text_bold_weight=fonts.text.bold or fonts.text.weight,
    )


def _tool_view(write_text: _Writer, tool_id: str, *, with_purpose: bool) -> ToolView:
    campaign = write_text.campaign
    tool = campaign.tool(tool_id)
    texts = campaign.texts[write_text.language]
    group = campaign.group(tool.group)
    write_text.facts.add(tool.picture.id)
    return ToolView(
        id=tool.id,
        number=str(tool.picture.value),
        is_address=tool.picture.channel == "web",
        beside=write_text.maybe(texts.tools[tool_id].beside),
        name=write_text(f"{{{tool_id}}}"),
        purpose=write_text(texts.tools[tool_id].purpose) if with_purpose else "",
        group=group.id,
        group_label=write_text(texts.groups[group.id].label),
        emergency=group.emergency,
        pictogram=tool.pictogram,
    )


def _sources_line(write_text: _Writer) -> str:
    """`Sources : novembre 2023. À utiliser jusqu’au …`: the oldest source of what is shown.

    Why the oldest: a line that names the newest one would make old facts look fresh.
    """
    campaign, language = write_text.campaign, LANGUAGES[write_text.language]
    words = campaign.texts[write_text.language].words
    dates = [d for name in write_text.facts if (d := campaign.facts[name].source_date)]
    until = f"{write_text(words.use_until)} {full_date(campaign.use_until, language)}"
    if not dates:
        return until
    source = f"{write_text(words.sources)} {source_date(min(dates), language)}"
    # each half stays whole: where the line is too long it breaks between them
    return f"{source.replace(' ', NBSP)}. {until.replace(' ', NBSP)}"


def _visual(campaign: Campaign, theme: Theme, piece: Piece, language: str, format_id: str) -> VisualJob:
    screen = FORMATS[format_id]
    texts = campaign.texts[language]
    words = texts.pieces[piece.id]
    write_text = _Writer(campaign, language)
    banner = screen.family == "banner"
    tools = tuple(
        _tool_view(write_text, tool, with_purpose=piece.layout == "overview" and screen.roomy)
        for tool in piece.tools
    )
    body = None if banner else write_text.maybe(words.body)
    aside = None if banner else write_text.maybe(words.aside)
    headline = "" if banner else write_text(words.headline)
    sources = _sources_line(write_text) if screen.dated else None
    facts, links = shown_and_linked(campaign, write_text.facts)
    alt_short = write_text(words.alt)
    return VisualJob(
        id=f"visual/{language}/{format_id}/{piece.id}",
        piece=piece.id,
        language=language,
        format=format_id,
        facts=facts,
        links=links,
        layout=piece.layout,
        theme=theme,
        tools=tools,
        headline=headline,
        body=body,
        aside=aside,
        hashtag=campaign.hashtag,
        day=full_date(campaign.day, LANGUAGES[language]),
        sources=sources,
        rights=_Writer(campaign, language)(texts.page.terms),
        lit=piece.lit,
        alt_short=alt_short,
    )


def _post(campaign: Campaign, piece: Piece, language: str, platform_id: str) -> PostJob:
    texts = campaign.texts[language]
    write_text = _Writer(campaign, language)
    wording = PLATFORMS[platform_id].wording
    fields = {"text": write_text(getattr(texts.posts[piece.id], wording)), "hashtag": campaign.hashtag}
    facts, links = shown_and_linked(campaign, write_text.facts)
    return PostJob(
        id=f"post/{language}/{platform_id}/{piece.id}",
        piece=piece.id,
        language=language,
        format=platform_id,
        facts=facts,
        links=links,
        platform=platform_id,
        fields=fields,
        media=_picture_of(campaign, piece, language, platform_id),
        alt_short=write_text(texts.pieces[piece.id].alt),
    )


def _picture_of(campaign: Campaign, piece: Piece, language: str, platform_id: str) -> tuple[str, ...]:
    """The upload copy that goes with a post: the platform's own format, else one that it takes too."""
    made = [f for f in campaign.formats if piece.formats is None or f in piece.formats]
    fits = [f for f in made if platform_id in FORMATS[f].platforms]
    best = PLATFORMS[platform_id].post_format
    chosen = [best] if best in made else fits[:1]
    return tuple(f"visual/{language}/{format_id}/{piece.id}.jpg" for format_id in chosen)


def _clip(
    campaign: Campaign, theme: Theme, name: str, board: Storyboard, language: str, format_id: str
) -> ClipJob:
    texts = campaign.texts[language]
    write_text = _Writer(campaign, language)
    scenes = []
    shown_tools = [scene.tool for scene in board.scenes if scene.tool and scene.layout == "tool"]
    views = {tool: _tool_view(write_text, tool, with_purpose=True) for tool in shown_tools}
    for scene in board.scenes:
        line = write_text(texts.clips[name][scene.text])
        view = views.get(scene.tool) if scene.tool else None
        scenes.append(
            ClipScene(
                **scene.model_dump(exclude={"text", "tool"}),
                tool=view,
                line=line,
                caption=_caption(scene.layout, line, view, list(views.values()), LANGUAGES[language].tag),
            )
        )
    facts, links = shown_and_linked(campaign, write_text.facts)
    return ClipJob(
        id=f"clip/{language}/{format_id}/{name}",
        piece=name,
        language=language,
        format=format_id,
        facts=facts,
        links=links,
        theme=theme,
        duration_s=board.duration_s,
        fps=board.fps,
        poster_s=board.poster_s,
        scenes=tuple(scenes),
        tools=tuple(views.values()),
        hashtag=campaign.hashtag,
        day=full_date(campaign.day, LANGUAGES[language]),
        sources=_sources_line(write_text),
        rights=write_text(texts.page.terms),
        alt_short=write_text(texts.clips[name]["alt"]),
    )


def _caption(layout: str, line: str, tool: ToolView | None, tools: list[ToolView], tag: str) -> str:
    """The scene's one sentence, which is the on-screen text in reading order."""
    if layout == "tool" and tool is not None:
        return f"{tool.name}. {line.rstrip('.')}."
    if layout == "end":
        return " ".join(_group_sentence(group, tools, tag) for group in dict.fromkeys(v.group for v in tools))
    return f"{line.rstrip('.')}."


def _group_sentence(group: str, tools: list[ToolView], tag: str) -> str:
    """The tools of one group; emergency is named, so that a caption alone tells the groups apart."""
    inside = [view for view in tools if view.group == group]
    names = ", ".join(view.name for view in inside)
    return set_text(f"{inside[0].group_label} : {names}." if inside[0].emergency else f"{names}.", tag)
