"""A clip job with real French strings, and a short one for quick renders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from kit.model.plan import ClipJob, ClipScene, ResolvedTheme, ToolView
from kit.model.storyboard import Motion, Storyboard, StoryScene
from kit.resources import DEFAULTS, Resources

RESOURCES = Resources(Path("no-campaign-folder"))
STORYBOARD = DEFAULTS / "templates" / "clips" / "main.yaml"

_THEME = ResolvedTheme(
    id="nuit", ink="#160A26", paper="#FFF4EA", accent="#F58220", accent_text="#F58220",
    field="#F58220", field_ink="#160A26", quiet="#46345F",
    inks={}, number_family="Bricolage Grotesque",
    address_family="Atkinson Hyperlegible Next", address_weight=800, display=("Bricolage Grotesque",), display_weight=800,
    text=("Atkinson Hyperlegible Next",), text_weight=400, text_bold_weight=700,
)  # fmt: skip


def _tool(number: str, purpose: str, emergency: bool, **more: Any) -> ToolView:
    values: dict[str, Any] = {
        "id": number, "number": number, "is_address": False, "beside": None, "name": number,
        "purpose": purpose, "pictogram": "handset", "emergency": emergency,
        "group": "emergency" if emergency else "help",
        "group_label": "Urgence" if emergency else "Écoute et signalement",
    }  # fmt: skip
    return ToolView(**{**values, **more})


TOOLS = (
    _tool("3919", "Être écoutée, orientée", False),
    _tool("arretonslesviolences.gouv.fr", "S’informer, signaler", False, id="web", is_address=True),
    _tool("17", "Police, gendarmerie", True),
    _tool("114", "Alerter sans parler", True, beside="par SMS", name="114 par SMS"),
)
_LINES = {
    "hook": "25 secondes pour 4 outils vitaux",
    "3919": "Appel gratuit et anonyme, 24\u00a0h/24 et 7\u00a0j/7",
    "web": "S’informer, signaler, dialoguer",
    "17": "Danger immédiat\u00a0: police et gendarmerie",
    "114": "Impossible de parler\u202f? Écrivez",
    "end": "Danger immédiat, écoute, signalement\u00a0: retenez-les",
}


def storyboard() -> Storyboard:
    """The shipped storyboard."""
    return Storyboard.model_validate(yaml.safe_load(STORYBOARD.read_text(encoding="utf-8")))


def _line(scene: StoryScene) -> str:
    assert scene.text
    return _LINES[scene.text]


def full_job(**more: Any) -> ClipJob:
    """The 25-second story clip in French."""
    board = storyboard()
    tools = {tool.id: tool for tool in TOOLS}
    scenes = tuple(
        ClipScene(
            id=scene.id, layout=scene.layout, from_s=scene.from_s, to_s=scene.to_s,
            tool=tools.get(scene.tool or ""), line=_line(scene), caption=_line(scene),
            described=(_line(scene),), enter=scene.enter, leave=scene.leave,
        )
        for scene in board.scenes
    )  # fmt: skip
    values: dict[str, Any] = {
        "id": "clip/fr/story/main", "piece": "main", "language": "fr", "format": "story",
        "facts": ("3919.number",), "links": (), "theme": _THEME, "duration_s": board.duration_s,
        "fps": 30, "poster_s": board.poster_s, "scenes": scenes, "tools": TOOLS,
        "hashtag": "#NeRienLaisserPasser", "day": "25\u00a0novembre 2026",
        "sources": "Sources\u00a0: février 2026", "rights": "Reproduction libre, sans modification",
        "description_title": "Audiodescription",
        "alt_short": "3919, arretonslesviolences.gouv.fr, 17, 114 par SMS.",
    }  # fmt: skip
    return ClipJob(**{**values, **more})


def short_job(**more: Any) -> ClipJob:
    """Two seconds at six frames a second: a hook, then the end card."""
    whole = full_job()
    hook = whole.scenes[0].model_copy(update={"from_s": 0.0, "to_s": 1.0})
    enter = Motion(move="slide", duration_s=0.4)
    end = whole.scenes[-1].model_copy(update={"from_s": 1.0, "to_s": 2.0, "enter": enter})
    short = {"duration_s": 2.0, "fps": 6, "poster_s": 1.8, "scenes": (hook, end)}
    return whole.model_copy(update={**short, **more})
