"""Jobs of clips: a storyboard with the strings of one language."""

from __future__ import annotations

from kit.model.campaign import Campaign
from kit.model.plan import ClipJob, ClipScene, ToolView
from kit.model.storyboard import Storyboard
from kit.model.theme import Theme as ThemeFile
from kit.plan.described import described
from kit.plan.writer import Writer, flat_theme, shown_and_linked, sources_line, tool_view
from kit.tables.languages import LANGUAGES
from kit.words.dates import full_date
from kit.words.typography import set_text


def clip(
    campaign: Campaign, theme: ThemeFile, name: str, board: Storyboard, language: str, format_id: str
) -> ClipJob:
    """One clip of a storyboard: its scenes with their strings."""
    texts = campaign.texts[language]
    write_text = Writer(campaign, language)
    scenes = []
    shown_tools = [scene.tool for scene in board.scenes if scene.tool and scene.layout == "tool"]
    views = {tool: tool_view(write_text, tool, with_purpose=True) for tool in shown_tools}
    always = f"{campaign.hashtag}, {full_date(campaign.day, LANGUAGES[language])}"
    for scene in board.scenes:
        line = write_text(texts.clips[name][scene.text])
        view = views.get(scene.tool) if scene.tool else None
        scenes.append(
            ClipScene(
                **scene.model_dump(exclude={"text", "tool"}),
                tool=view,
                line=line,
                caption=_caption(scene.layout, line, view, list(views.values()), LANGUAGES[language].tag),
                described=described(
                    write_text, texts.described, scene.layout, line, view, list(views.values()), always
                ),
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
        theme=flat_theme(theme, language),
        duration_s=board.duration_s,
        fps=board.fps,
        poster_s=board.poster_s,
        scenes=tuple(scenes),
        tools=tuple(views.values()),
        hashtag=campaign.hashtag,
        day=full_date(campaign.day, LANGUAGES[language]),
        sources=sources_line(write_text),
        rights=write_text(texts.page.terms),
        alt_short=write_text(texts.clips[name]["alt"]),
        description_title=write_text(texts.described.title),
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
    stop, colon = ("。", "：") if tag.startswith("zh") else (".", " :" if tag == "fr" else ":")
    space = "" if tag.startswith("zh") else " "
    return set_text(
        f"{inside[0].group_label}{colon}{space}{names}{stop}" if inside[0].emergency else f"{names}{stop}",
        tag,
    )
