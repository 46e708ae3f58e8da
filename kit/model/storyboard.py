"""The storyboard of a clip: `templates/clips/*.yaml`, timing and movement as data.

A storyboard says when each scene stands and how it comes and goes. What the scenes say is in the
language files, how they look is in `clip.typ`: a team can retime a clip without touching either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, PositiveFloat

from kit.model.base import Broken, Line, Model, Slug, Version, entry, twins

Move = Literal["rise", "slide", "wipe"]
Ease = Literal["out", "in", "in-out"]

_SHORTEST_S = 1.5
_END_CARD_S = 4.0


class Motion(Model):
    """How the text of a scene enters or leaves.

    `rise` slides a line out of its own mask, `slide` brings it from the side, `wipe` uncovers it
    in reading direction. There is no fade on purpose: half-transparent text fails contrast while
    it lasts.
    """

    move: Move = "rise"
    duration_s: Annotated[float, Field(gt=0, le=1)] = 0.5
    ease: Ease = "out"


class StoryScene(Model):
    """One scene. `tool` is a tool of the campaign (layout tool), `text` a key of the clip's words."""

    id: Slug
    layout: Literal["hook", "tool", "end"]
    tool: Line | None = None
    from_s: Annotated[float, Field(ge=0)]
    to_s: PositiveFloat
    text: Line
    enter: Motion | None = None
    leave: Motion | None = None

    @classmethod
    def broken_rules(cls, given: Mapping[str, Any]) -> Iterable[Broken]:
        """It stands long enough to be read, and names a tool if it shows one."""
        start, end, layout = _seconds(given.get("from_s")), _seconds(given.get("to_s")), given.get("layout")
        if start is not None and end is not None and end - start < _SHORTEST_S:
            yield ("to_s",), f"stands for less than {_SHORTEST_S:g} s, nobody can read it"
        if layout in ("hook", "tool", "end") and (layout == "tool") != (given.get("tool") is not None):
            yield ("layout",), "layout: tool names a tool, the other layouts name none"


class Storyboard(Model):
    """A whole clip. Scenes follow each other without gap or overlap from 0 to `duration_s`."""

    storyboard: Version
    duration_s: PositiveFloat
    fps: Annotated[int, Field(ge=10, le=60)]
    poster_s: Annotated[float, Field(ge=0)]
    scenes: tuple[StoryScene, ...] = Field(min_length=1)

    @classmethod
    def broken_rules(cls, given: Mapping[str, Any]) -> Iterable[Broken]:
        """No gap, no overlap, something to read in the first frame, the tools in the last."""
        scenes, length = given.get("scenes"), _seconds(given.get("duration_s"))
        poster = _seconds(given.get("poster_s"))
        if length is not None and poster is not None and poster >= length:
            yield ("poster_s",), f"{poster:g} s is not inside the clip"
        if not isinstance(scenes, (list, tuple)) or not scenes:
            return
        yield from twins(scenes, "scenes")
        clock: float | None = 0.0
        for number, scene in enumerate(scenes):
            start = _seconds(entry(scene, "from_s"))
            if clock is not None and start is not None and start != clock:
                at = ("scenes", number, "from_s")
                yield at, f"starts at {start:g} s, the scene before ends at {clock:g} s"
            clock = _seconds(entry(scene, "to_s"))
        last, at_last = scenes[-1], ("scenes", len(scenes) - 1)
        start = _seconds(entry(last, "from_s"))
        if clock is not None and length is not None and clock != length:
            yield (*at_last, "to_s"), f"the last scene ends at {clock:g} s, the clip at {length:g} s"
        if entry(scenes[0], "enter") is not None:
            yield ("scenes", 0, "enter"), "the first scene has no `enter`: frame 0 already shows its number"
        short = clock is not None and start is not None and clock - start < _END_CARD_S
        if entry(last, "layout") != "end" or short:
            yield at_last, f"the last scene is an end card of at least {_END_CARD_S:g} s"
        if entry(last, "leave") is not None:
            yield (*at_last, "leave"), "the end card has no `leave`: it is what remains on screen"


def _seconds(value: Any) -> float | None:
    """A number as it was written, None when it is not one (that is reported by its own field)."""
    try:
        return float(value) if isinstance(value, (int, float, str)) else None
    except ValueError:
        return None
