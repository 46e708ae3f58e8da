"""Every screen and clip format: size, family, safe box, smallest sizes of text.

All sizes are even, since H.264 4:2:0 refuses odd ones (a table test holds that). Floors (smallest sizes) are given
at 360 px wide, the width of a telephone: a designer's "40 px" means 40 px there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kit.tables.platforms import takers

ScreenFamily = Literal["portrait", "square", "landscape", "banner", "avatar", "flanks"]

PHONE_WIDTH_PX = 360
JPEG_MAX_BYTES = 1_000_000
"""The upload copy fits every platform (Bluesky's older servers are the tightest, 2026-11)."""
CLIP_MAX_BYTES = 16_000_000
"""WhatsApp Status is the tightest, 2026-11."""


@dataclass(frozen=True)
class Rect:
    """A box in px from the top left of the picture."""

    x: int
    y: int
    w: int
    h: int


@dataclass(frozen=True)
class Floors:
    """Smallest sizes in px at 360 px wide, by role."""

    number: float
    address: float
    body: float
    constants: float

    def of(self, role: str, address: bool) -> float:
        """The floor of a box role of the manifest. `address`: the number is a web address."""
        if role == "number":
            return self.address if address else self.number
        return self.constants if role in ("hashtag", "date", "logo") else self.body


_READING = Floors(number=40, address=16, body=14, constants=9)
_BANNER = Floors(number=24, address=16, body=14, constants=9)
_BACKDROP = Floors(number=40, address=9, body=9, constants=9)
"""A call's background is seen on a laptop at 1280 px and more, never at 360: words are 48 px of 1920 there."""


@dataclass(frozen=True)
class Format:
    """One row: `safe` is where all text must stay.

    `layouts` are those that exist in this shape: an avatar is one number or the ticks, a banner
    holds numbers and no sentence. `addresses` says whether a web address can be the picture here.
    """

    id: str
    width_px: int
    height_px: int
    family: ScreenFamily
    safe: Rect
    dated: bool = False
    floors: Floors = _READING
    layouts: tuple[str, ...] = ("overview", "tool", "witness")
    addresses: bool = True
    covered: Rect | None = None

    @property
    def platforms(self) -> tuple[str, ...]:
        """Who takes this very file as it is, by the platforms' own rows."""
        return takers("pictures", self.id)

    @property
    def roomy(self) -> bool:
        """Whether each tool of a group may carry its purpose; elsewhere the group's word says it."""
        return self.family == "portrait" and self.safe.h >= 1200

    @property
    def wordless(self) -> bool:
        """Whether it holds numbers and labels only, no sentence."""
        return self.family in ("banner", "avatar", "flanks")

    def floor_px(self, role: str, address: bool = False) -> float:
        """Smallest font size in px of this format for a box role of the manifest."""
        return self.floors.of(role, address) * self.width_px / PHONE_WIDTH_PX


def _inset(width: int, height: int, margin: int) -> Rect:
    return Rect(margin, margin, width - 2 * margin, height - 2 * margin)


_ROWS = (
    # feed-4x5: the profile grid crops to 3:4, so text keeps to the central 1012 px
    Format(
        "feed-4x5", 1080, 1350, "portrait", Rect(34, 34, 1012, 1282), dated=True,
        layouts=("overview", "tool", "witness", "directory"),
    ),
    Format("square", 1080, 1080, "square", _inset(1080, 1080, 34)),
    # story: the strictest published zones intersected (Meta and TikTok, 2026-11)
    Format("story", 1080, 1920, "portrait", Rect(65, 270, 777, 978), dated=True),
    Format("landscape", 1600, 900, "landscape", _inset(1600, 900, 40)),
    Format("link", 1200, 630, "landscape", _inset(1200, 630, 30)),
    # x-header: the round avatar covers the lower left, wide screens crop top and bottom (its place is
    # an estimate from the profile page's proportions, 2026-11, unverified)
    Format("x-header", 1500, 500, "banner", Rect(50, 60, 1400, 380), floors=_BANNER,
           covered=Rect(40, 330, 340, 170)),
    # linkedin-cover: the page's logo touches the lower left; the sign column stands there
    Format("linkedin-cover", 1512, 256, "banner", Rect(36, 12, 1440, 232), floors=_BANNER),
    # facebook-cover: telephones show the middle 1280 px of it
    Format("facebook-cover", 1640, 624, "banner", Rect(180, 20, 1280, 584), floors=_BANNER),
    # avatar: cut to a circle
    Format(
        "avatar", 800, 800, "avatar", _inset(800, 800, 40), layouts=("overview", "tool"), addresses=False,
    ),
    # videoconf: a head stands in the middle third
    Format(
        "videoconf", 1920, 1080, "flanks", _inset(1920, 1080, 54), floors=_BACKDROP, addresses=False,
    ),
    Format("signage", 1920, 1080, "landscape", _inset(1920, 1080, 54)),
    Format("signage-portrait", 1080, 1920, "portrait", _inset(1080, 1920, 54), dated=True),
    # e-mail signature: shown at half its size
    Format("email-signature", 1200, 300, "banner", _inset(1200, 300, 18), floors=_BANNER),
)  # fmt: skip

FORMATS: dict[str, Format] = {row.id: row for row in _ROWS}
