"""`python -m bench.clip_sheet [--at STEP] [--out DIR] GLOB…`: clips as contact sheets, to be looked at.

One PNG a clip, a frame each half second in reading order, ids as globs such as 'clip/fr/story/*'.
Layers only, no encode: what is looked at is what the encoder is given.
"""

from __future__ import annotations

import argparse
from fnmatch import fnmatchcase
from pathlib import Path

from PIL import Image

from kit.load import load
from kit.model.plan import ClipJob
from kit.plan import plan
from kit.render.clip.compose import ClipFilm
from kit.render.clip.layers import set_layers
from kit.resources import Resources

ROOT = Path(__file__).parent.parent
_SCALE = 0.2
_WIDTH_PX = 2000
_GAP_PX = 8


def sheet(job: ClipJob, resources: Resources, step_s: float, scale: float = _SCALE) -> Image.Image:
    """All frames `step_s` apart on one picture."""
    film = ClipFilm(job, set_layers(job, resources, scale))
    width, height = film.layout.width, film.layout.height
    count = round(job.duration_s / step_s)
    columns = max(1, _WIDTH_PX // (width + _GAP_PX))
    rows = -(-count // columns)
    whole = Image.new("RGB", (columns * (width + _GAP_PX), rows * (height + _GAP_PX)), "#808080")
    for number in range(count):
        row, column = divmod(number, columns)
        whole.paste(film.still(number * step_s), (column * (width + _GAP_PX), row * (height + _GAP_PX)))
    return whole


def main() -> None:
    """Sheets of the clips that were asked for, in every language of the campaign."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("globs", nargs="*", default=["clip/fr/story/main", "clip/ar/wide/main"])
    parser.add_argument("--at", type=float, default=0.5, metavar="STEP", help="seconds between frames")
    parser.add_argument("--out", type=Path, default=Path("test-report"))
    asked = parser.parse_args()
    loaded = load(ROOT)
    spoken = loaded.campaign.clips.model_copy(update={"languages": loaded.campaign.languages})
    campaign = loaded.campaign.model_copy(update={"clips": spoken})
    asked.out.mkdir(parents=True, exist_ok=True)
    for job in plan(campaign, loaded.theme, loaded.storyboards, extras=True).clips:
        if any(fnmatchcase(job.id, glob) for glob in asked.globs):
            target = asked.out / f"{job.id.replace('/', '-')}.png"
            sheet(job, loaded.resources, asked.at).save(target)
            print(target)


if __name__ == "__main__":
    main()
