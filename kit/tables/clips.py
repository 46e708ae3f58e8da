"""Every clip format: size, rate, sound, safe box, and the interpreter's place.

Rates, sound and weight are the platforms' own (read 2026-11-23). A clip format is a
`Format` with the same smallest sizes, since both are seen on a telephone. `signer` is the layout that
makes room for sign language; it applies only where there is a film of an interpreter.
"""

from __future__ import annotations

from dataclasses import dataclass

from kit.tables.formats import CLIP_MAX_BYTES, Format, Rect, ScreenFamily
from kit.tables.platforms import takers

TICKS = 25
"""How many ticks the campaign's figure has. When each is lit is the storyboard's."""
LOOP_MAX_BYTES = 5_000_000
"""An animated picture for e-mail and signage: what mail servers let through."""
SIGNAGE_MAX_BYTES = 100_000_000
"""Signage players, general knowledge (UNVERIFIED, 2026-11-23)."""


@dataclass(frozen=True)
class InterpreterPlace:
    """Where an interpreter stands, and where text stays then. Left-to-right; Arabic mirrors it.

    At least a third of the screen (charter of 2015, unapeda.asso.fr), or a round inset of 360 px at
    1080 px. Real footage only.
    """

    place: Rect
    safe: Rect
    family: ScreenFamily
    round: bool = False


@dataclass(frozen=True)
class ClipFormat(Format):
    """One row. `fps`, `sound` and `max_bytes` are what the places that show this shape take.

    `named_like` is the picture format whose name for people it shares (the languages name formats).
    """

    fps: int = 30
    sound: bool = True
    max_bytes: int = CLIP_MAX_BYTES
    signer: InterpreterPlace | None = None
    named_like: str = ""

    @property
    def platforms(self) -> tuple[str, ...]:
        """Who takes this very clip as it is, by the platforms' own rows."""
        return takers("clips", self.id)

    def area(self, signed: bool, rtl: bool) -> tuple[Rect, ScreenFamily, Rect | None]:
        """Where text stays, the family it is composed by, and where the interpreter stands.

        Right-to-left mirrors within the safe box, never the box: an app's buttons stay where they are.
        """
        if not signed or self.signer is None:
            return self.safe, self.family, None
        row = self.signer
        if not rtl:
            return row.safe, row.family, row.place
        return self._mirrored(row.safe), row.family, self._mirrored(row.place)

    def _mirrored(self, rect: Rect) -> Rect:
        return Rect(2 * self.safe.x + self.safe.w - rect.x - rect.w, rect.y, rect.w, rect.h)


_ROWS = (
    # story: the strictest published zones intersected (Meta and TikTok, 2026-11); the inset inside them
    ClipFormat(
        "story", 1080, 1920, "portrait", Rect(65, 270, 777, 978),
        signer=InterpreterPlace(Rect(468, 876, 372, 372), Rect(65, 270, 777, 978), "portrait", round=True),
    ),
    # feed-4x5: the profile grid crops to 3:4, so text keeps to the central 1012 px
    ClipFormat(
        "feed-4x5", 1080, 1350, "portrait", Rect(34, 34, 1012, 1282),
        signer=InterpreterPlace(Rect(720, 0, 360, 1350), Rect(34, 34, 662, 1282), "portrait"),
    ),
    ClipFormat(
        "square", 1080, 1080, "square", Rect(34, 34, 1012, 1012),
        signer=InterpreterPlace(Rect(720, 0, 360, 1080), Rect(34, 34, 662, 1012), "portrait"),
    ),
    ClipFormat(
        "wide", 1920, 1080, "landscape", Rect(40, 40, 1840, 1000),
        signer=InterpreterPlace(Rect(1280, 0, 640, 1080), Rect(40, 40, 1200, 1000), "portrait"), named_like="landscape",
    ),
    # x: the 720p cut that every account on X may upload (2026-11); the story's box, scaled
    ClipFormat(
        "x", 720, 1280, "portrait", Rect(44, 180, 516, 652),
        signer=InterpreterPlace(Rect(312, 584, 248, 248), Rect(44, 180, 516, 652), "portrait", round=True),
    ),
    # signage: players want 25 frames a second and no sound track; nothing covers the screen
    ClipFormat(
        "signage", 1920, 1080, "landscape", Rect(40, 40, 1840, 1000), fps=25, sound=False,
        max_bytes=SIGNAGE_MAX_BYTES,
        signer=InterpreterPlace(Rect(1280, 0, 640, 1080), Rect(40, 40, 1200, 1000), "portrait"),
    ),
    ClipFormat(
        "signage-portrait", 1080, 1920, "portrait", Rect(54, 54, 972, 1812), fps=25, sound=False,
        max_bytes=SIGNAGE_MAX_BYTES,
        signer=InterpreterPlace(Rect(0, 0, 1080, 640), Rect(54, 694, 972, 1172), "portrait"),
    ),
)  # fmt: skip

CLIPS: dict[str, ClipFormat] = {row.id: row for row in _ROWS}
