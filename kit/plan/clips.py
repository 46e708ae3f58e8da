"""Jobs of clips: a storyboard with the strings of one language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kit.model.campaign import Campaign
from kit.model.ids import ArtifactId, board_of_loop, tool_of_loop
from kit.model.plan import ClipJob, ClipScene, Preset, SoundJob, ToolView
from kit.model.storyboard import Cut, Storyboard, StoryScene
from kit.model.theme import Theme
from kit.plan.audio_description import described
from kit.plan.job_text import Writer, resolved_theme, shown_and_linked, sources_line, tool_view
from kit.tables.clips import CLIPS
from kit.tables.languages import LANGUAGES, Language
from kit.text.dates import full_date
from kit.text.typography import apply_typography, join_list, label_with

ROLES: tuple[Literal["ebu", "silent"], ...] = ("ebu", "silent")


@dataclass(frozen=True)
class _Common:
    """What all clips of a plan have in common. `signed_languages` have an interpreter's film."""

    campaign: Campaign
    theme: Theme
    signed_languages: frozenset[str]
    preset: Preset


def clips(
    campaign: Campaign, theme: Theme, boards: Mapping[str, Storyboard], *, extras: bool = False,
    signed_languages: frozenset[str] = frozenset(), preset: Preset = "veryfast",
) -> Iterator[ClipJob]:  # fmt: skip
    """Every clip of the campaign, a language at a time; with `extras` also loops and signage."""
    common = _Common(campaign, theme, signed_languages, preset)
    for language in campaign.clips.languages:
        for name, board in boards.items():
            for cut in board.cuts:
                for format_id in cut.shapes:
                    if extras if cut.extra else format_id in campaign.clips.formats:
                        yield from _of_board(common, name, board, cut, language, format_id)


def sounds(jobs: Iterable[ClipJob]) -> Iterator[SoundJob]:
    """Each clip that has sound, at the loudness of broadcast and without any (`--extras`)."""
    for job in jobs:
        for role in () if job.silent else ROLES:
            yield SoundJob(
                id=str(job.identity.copy(role)), piece=job.piece, language=job.language, format=job.format,
                facts=job.facts, links=job.links, of=job.id, role=role, duration_s=job.duration_s,
            )  # fmt: skip


def clip(
    campaign: Campaign, theme: Theme, name: str, board: Storyboard, language: str, format_id: str, *,
    signed_languages: frozenset[str] = frozenset(), preset: Preset = "veryfast",
) -> ClipJob:  # fmt: skip
    """One clip of a storyboard in one language and shape, whether or not the campaign lists these.

    `name` is the clip's own: a storyboard's, or for a loop `loop-` and the tool. StopIteration for
    a shape or tool that the storyboard does not have.
    """
    cut = next(cut for cut in board.cuts if format_id in cut.shapes)
    tool = tool_of_loop(name, (t.id for t in campaign.tools)) if board.kind == "loop" else None
    stem = board_of_loop(name, tool) if tool else name
    common = _Common(campaign, theme, signed_languages, preset)
    made = _of_board(common, stem, board, cut, language, format_id)
    return next(job for job in made if job.piece == name)


def _of_board(
    common: _Common, name: str, board: Storyboard, cut: Cut, language: str, format_id: str
) -> Iterator[ClipJob]:
    """A main storyboard's one clip, or a loop's one for each tool."""
    for piece, tool in board.clip_names(name, (t.id for t in common.campaign.tools)).items():
        scenes = board.scenes
        if tool is not None:
            scenes = tuple(s.model_copy(update={"tool": tool, "text": tool}) for s in scenes)
        yield _clip(common, piece, board, scenes, cut, language, format_id)


def _clip(
    common: _Common, piece: str, board: Storyboard, board_scenes: Sequence[StoryScene], cut: Cut,
    language: str, format_id: str,
) -> ClipJob:  # fmt: skip
    """One clip of a storyboard: its scenes with their strings."""
    campaign = common.campaign
    texts = campaign.texts[language]
    write_text = Writer(campaign, language)
    scenes = []
    shown_tools = [scene.tool for scene in board_scenes if scene.tool and scene.layout == "tool"]
    views = {tool: tool_view(write_text, tool, with_purpose=True) for tool in shown_tools}
    always = f"{campaign.hashtag}, {full_date(campaign.day, LANGUAGES[language])}"
    loop = board.kind == "loop"
    for scene in board_scenes:
        assert scene.text is not None
        line = write_text(texts.clips[board.words][scene.text])
        view = views.get(scene.tool) if scene.tool else None
        scenes.append(
            ClipScene(
                **scene.model_dump(exclude={"text", "tool"}),
                tool=view,
                line=line,
                caption=_caption(scene.layout, line, view, list(views.values()), LANGUAGES[language]),
                described=described(
                    write_text, texts.described, scene.layout, line, view, list(views.values()), always
                ),
            )
        )
    # a loop's line and its number are all it says; its own alternative text is that sentence
    alt = scenes[0].caption if loop else write_text(texts.clips[board.words]["alt"])
    facts, links = shown_and_linked(campaign, write_text.facts)
    return ClipJob(
        id=str(ArtifactId("clip", language, format_id, piece)),
        piece=piece,
        language=language,
        format=format_id,
        facts=facts,
        links=links,
        theme=resolved_theme(common.theme, language),
        loop=loop,
        duration_s=board.duration_s,
        fps=cut.fps,
        poster_s=board.poster_s,
        tick_s=board.tick_s,
        scenes=tuple(scenes),
        tools=tuple(views.values()),
        hashtag=campaign.hashtag,
        day=full_date(campaign.day, LANGUAGES[language]),
        sources=sources_line(write_text),
        rights=write_text(texts.page.terms),
        alt_short=alt,
        description_title=write_text(texts.described.title),
        silent=loop or not CLIPS[format_id].sound,
        signer=not loop and language in common.signed_languages,  # a loop has no time for one
        preset=common.preset,
    )


def _caption(layout: str, line: str, tool: ToolView | None, tools: list[ToolView], language: Language) -> str:
    """The scene's one sentence, which is the on-screen text in reading order."""
    stop, space = language.full_stop, language.sentence_space
    if layout == "tool" and tool is not None:
        return f"{tool.name}{stop}{space}{line.rstrip(stop)}{stop}"
    if layout == "end":
        return space.join(
            _group_sentence(group, tools, language) for group in dict.fromkeys(v.group for v in tools)
        )
    return f"{line.rstrip(stop)}{stop}"


def _group_sentence(group: str, tools: list[ToolView], language: Language) -> str:
    """The tools of one group; emergency is named, so that a caption alone tells the groups apart."""
    inside = [view for view in tools if view.group == group]
    names = join_list((view.name for view in inside), language)
    if inside[0].emergency:
        names = label_with(inside[0].group_label + language.colon, names)
    return apply_typography(names + language.full_stop, language)
