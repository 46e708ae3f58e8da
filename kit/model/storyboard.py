"""The storyboard of a clip: `templates/clips/*.yaml`, timing and movement as data.

A storyboard says in which shapes a clip is made, when each scene stands, and how it comes and
goes. What the scenes say is in the language files, how they look is in the `.typ` files beside: a
team can retime a clip without touching either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isfinite
from typing import Annotated, Any, Literal

from pydantic import Field, PositiveFloat

from kit.model.base import Flag, Line, Model, Slug, Version, Violation, duplicate_ids, entry
from kit.model.ids import loop_piece
from kit.tables.clips import CLIPS, TICKS

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
    """One scene. `tool` is a tool of the campaign (layout tool), `text` a key of the clip's words.

    In a loop both are left out: it is made once for each tool, with that tool's own line.
    """

    id: Slug
    layout: Literal["hook", "tool", "end"]
    tool: Line | None = None
    from_s: Annotated[float, Field(ge=0)]
    to_s: PositiveFloat
    text: Line | None = None
    enter: Motion | None = None
    leave: Motion | None = None

    @classmethod
    def violations(cls, given: Mapping[str, Any]) -> Iterable[Violation]:
        """It stands long enough to be read, and only a tool's scene names a tool."""
        start, end, layout = _seconds(given.get("from_s")), _seconds(given.get("to_s")), given.get("layout")
        if start is not None and end is not None and end - start < _SHORTEST_S:
            yield ("to_s",), f"stands for less than {_SHORTEST_S:g} s, nobody can read it"
        if layout in ("hook", "end") and given.get("tool") is not None:
            yield ("layout",), "layout: tool names a tool, the other layouts name none"


class Cut(Model):
    """Shapes that a storyboard is made in, at one rate. `extra` ones are made with `--extras` only.

    Without `formats` it is made in every shape of the table that is shown at this rate: a new row needs
    no line here.
    """

    formats: Annotated[tuple[Slug, ...], Field(min_length=1)] | None = None
    fps: Annotated[int, Field(ge=10, le=60)]
    extra: Flag = False

    @property
    def shapes(self) -> tuple[str, ...]:
        """The formats it is made in."""
        return _shapes_at(self.fps) if self.formats is None else self.formats

    @classmethod
    def violations(cls, given: Mapping[str, Any]) -> Iterable[Violation]:
        """Every shape is one of the table, at the rate of its row: players of that shape want it."""
        formats, fps = given.get("formats"), _seconds(given.get("fps"))
        for number, name in enumerate(formats if isinstance(formats, (list, tuple)) else ()):
            row = CLIPS.get(name) if isinstance(name, str) else None
            if row is None:
                known = ", ".join(CLIPS)
                yield ("formats", number), f"{name} is not a clip format of the kit (known: {known})"
            elif fps is not None and fps != row.fps:
                yield ("fps",), f"{name} is shown at {row.fps} frames a second, not at {fps:g}"
        if formats is None and fps is not None and not _shapes_at(fps):
            yield ("fps",), f"no clip format of the kit is shown at {fps:g} frames a second"


class Storyboard(Model):
    """A whole clip. Scenes follow each other without gap or overlap from 0 to `duration_s`.

    A `main` clip shows the tools one after the other and ends with all of them. A `loop` is made
    once for each tool; its first frame follows its last, so its scene leaves and comes in again
    before the end. Tick k lights at (k − 1) · `tick_s`. `words` names the clip of the language
    files whose lines are shown.
    """

    storyboard: Version
    kind: Literal["main", "loop"] = "main"
    words: Slug = "main"
    duration_s: PositiveFloat
    poster_s: Annotated[float, Field(ge=0)]
    tick_s: PositiveFloat = 1.0
    cuts: tuple[Cut, ...] = Field(min_length=1)
    scenes: tuple[StoryScene, ...] = Field(min_length=1)

    def clip_names(self, name: str, tools: Iterable[str]) -> dict[str, str | None]:
        """The clips that the storyboard `name` makes, each with the one tool it shows: a loop's only."""
        return {name: None} if self.kind == "main" else {loop_piece(name, tool): tool for tool in tools}

    @classmethod
    def violations(cls, given: Mapping[str, Any]) -> Iterable[Violation]:
        """No gap, no overlap, something to read in the first frame, the tools in the last."""
        scenes, length = given.get("scenes"), _seconds(given.get("duration_s"))
        poster, tick = _seconds(given.get("poster_s")), _seconds(given.get("tick_s", 1.0))
        if length is not None and poster is not None and poster >= length:
            yield ("poster_s",), f"{poster:g} s is not inside the clip"
        if length is not None and tick is not None and (TICKS - 1) * tick >= length:
            yield (
                ("tick_s",),
                f"the last of {TICKS} ticks would light at {(TICKS - 1) * tick:g} s, after the end",
            )
        yield from _cuts(given.get("cuts"), length)
        if not isinstance(scenes, (list, tuple)) or not scenes:
            return
        yield from duplicate_ids(scenes, "scenes")
        yield from _without_gap(scenes, length)
        kind = given.get("kind", "main")
        if kind == "main":
            yield from _main_scenes(scenes)
        elif kind == "loop":
            yield from _loop_scenes(scenes)


def _cuts(cuts: Any, length: float | None) -> Iterator[Violation]:
    """A shape is made once, of whole frames."""
    seen: set[Any] = set()
    for number, cut in enumerate(cuts if isinstance(cuts, (list, tuple)) else ()):
        formats, fps = entry(cut, "formats"), _seconds(entry(cut, "fps"))
        every = formats is None and fps is not None
        listed = _shapes_at(fps) if every else formats
        for place, name in enumerate(listed if isinstance(listed, (list, tuple)) else ()):
            if isinstance(name, str) and name in seen:
                at = ("cuts", number, "fps") if every else ("cuts", number, "formats", place)
                yield at, f"{name} is listed twice"
            seen.add(name if isinstance(name, str) else None)
        if fps is not None and length is not None and abs(fps * length - round(fps * length)) > 1e-6:
            yield (
                ("cuts", number, "fps"),
                f"{length:g} s are not a whole number of frames at {fps:g} a second",
            )


def _shapes_at(fps: float | None) -> tuple[str, ...]:
    return tuple(row.id for row in CLIPS.values() if row.fps == fps)


def _without_gap(scenes: Sequence[Any], length: float | None) -> Iterator[Violation]:
    clock: float | None = 0.0
    for number, scene in enumerate(scenes):
        start = _seconds(entry(scene, "from_s"))
        if clock is not None and start is not None and start != clock:
            yield ("scenes", number, "from_s"), f"starts at {start:g} s, the scene before ends at {clock:g} s"
        clock = _seconds(entry(scene, "to_s"))
    if clock is not None and length is not None and clock != length:
        at = ("scenes", len(scenes) - 1, "to_s")
        yield at, f"the last scene ends at {clock:g} s, the clip at {length:g} s"


def _main_scenes(scenes: Sequence[Any]) -> Iterator[Violation]:
    """Something to read in the first frame, the tools in the last."""
    for number, scene in enumerate(scenes):
        if entry(scene, "layout") == "tool" and entry(scene, "tool") is None:
            yield ("scenes", number, "layout"), "layout: tool names a tool, the other layouts name none"
        if entry(scene, "text") is None:
            yield ("scenes", number), "`text` is missing: a key of the clip's words"
    if entry(scenes[0], "enter") is not None:
        yield ("scenes", 0, "enter"), "the first scene has no `enter`: frame 0 already shows its number"
    last, at_last = scenes[-1], ("scenes", len(scenes) - 1)
    start, end = _seconds(entry(last, "from_s")), _seconds(entry(last, "to_s"))
    short = start is not None and end is not None and end - start < _END_CARD_S
    if entry(last, "layout") != "end" or short:
        yield at_last, f"the last scene is an end card of at least {_END_CARD_S:g} s"
    if entry(last, "leave") is not None:
        yield (*at_last, "leave"), "the end card has no `leave`: it is what remains on screen"


def _loop_scenes(scenes: Sequence[Any]) -> Iterator[Violation]:
    """One scene of each tool, which leaves and comes back: six seconds are too short to read two."""
    if len(scenes) > 1:
        yield ("scenes", 1), "a loop has one scene; nobody could read a second one in its time"
    scene = scenes[0]
    if entry(scene, "layout") != "tool":
        yield ("scenes", 0, "layout"), "a loop shows one tool: layout: tool"
    for key in ("tool", "text"):
        if entry(scene, key) is not None:
            yield (
                ("scenes", 0, key),
                "a loop is made once for each tool, with that tool's own line: leave it out",
            )
    for key in ("enter", "leave"):
        if entry(scene, key) is None:
            yield (
                ("scenes", 0),
                f"`{key}` is missing: a loop's scene leaves and comes in again before its end",
            )


def _seconds(value: Any) -> float | None:
    """A number as it was written, None when it is not one (that is reported by its own field)."""
    try:
        number = float(value) if isinstance(value, (int, float, str)) else None
    except ValueError:
        return None
    return number if number is not None and isfinite(number) else None
