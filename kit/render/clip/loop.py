"""A loop as animated pictures: WebP, and GIF for the mail programs that know nothing else.

Both are half as large as the film: a mail is read on a telephone, and mail servers refuse large
files. The theme's few colours and their mixtures are the palette of both, undithered: a palette made
for each frame would let the ground flicker. It also keeps a loop's frames at a third of the memory.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import combinations

from PIL import Image

from kit.errors import WorkError
from kit.model.plan import ClipJob, ResolvedTheme
from kit.render.clip.compose import ClipFilm
from kit.render.clip.layers import set_layers
from kit.render.picture import xmp_packet
from kit.resources import Resources
from kit.tables.clips import LOOP_MAX_BYTES
from kit.tables.languages import LANGUAGES

SCALE = 0.5
FRAME_MS = 50
"""Twenty frames a second: GIF counts hundredths, and a 6 s loop must last 6.000 s in it too."""
_STEPS = 12


def animations(job: ClipJob, resources: Resources, scale: float = 1.0) -> dict[str, bytes]:
    """The loop as `webp` and `gif`. WorkError where one is too heavy for mail.

    Still stretches are one frame that stands longer; the first frame is the film's.
    """
    film = ClipFilm(job, set_layers(job, resources, SCALE * scale))
    palette, frames, lengths = _palette(job.theme), [], []
    for picture, length in _frames(film, job.duration_s):
        frames.append(picture.quantize(palette=palette, dither=Image.Dither.NONE))
        lengths.append(length)
    xmp = xmp_packet(job.alt_short, job.rights, LANGUAGES[job.language].tag)
    made = {
        # flat colour: without loss it is a third of the weight of quality 85, and the brand's own orange
        "webp": _saved("WEBP", frames, lengths, lossless=True, quality=50, method=2, xmp=xmp),
        "gif": _saved("GIF", frames, lengths, optimize=False, disposal=1),
    }
    for name, data in made.items():
        if len(data) > LOOP_MAX_BYTES:
            raise WorkError(
                f"{job.identity.copy(name)} is {len(data)} bytes, the limit is {LOOP_MAX_BYTES}",
                "make its pictures simpler",
            )
    return made


def _frames(film: ClipFilm, duration_s: float) -> Iterator[tuple[Image.Image, int]]:
    """Frames that differ, each with how long it stands in ms."""
    count = round(duration_s * 1000 / FRAME_MS)
    begun, placed = 0, film.placed(0.0)
    for number in range(1, count + 1):
        now = film.placed(number * FRAME_MS / 1000) if number < count else None
        if now != placed:
            yield film.still(begun * FRAME_MS / 1000), (number - begun) * FRAME_MS
            begun, placed = number, now or placed


def _palette(theme: ResolvedTheme) -> Image.Image:
    """The theme's colours and even steps between each two: what letters' edges are made of."""
    names = (theme.ink, theme.paper, theme.accent, theme.quiet, theme.field, theme.field_ink)
    plain = [tuple(bytes.fromhex(name.removeprefix("#"))) for name in dict.fromkeys(names)]
    mixed = [
        tuple(round(a + (b - a) * step / _STEPS) for a, b in zip(one, other, strict=True))
        for one, other in combinations(plain, 2)
        for step in range(1, _STEPS)
    ]
    colours = list(dict.fromkeys([*plain, *mixed]))[:256]
    image = Image.new("P", (1, 1))
    image.putpalette([value for colour in colours for value in colour])
    return image


def _saved(kind: str, frames: list[Image.Image], lengths: list[int], **options: object) -> bytes:
    target = io.BytesIO()
    frames[0].save(target, kind, save_all=True, append_images=frames[1:], duration=lengths, loop=0, **options)
    return target.getvalue()
