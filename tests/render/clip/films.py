"""Films that teams hand in, good and bad, made by the kit's own ffmpeg: nobody is in any of them."""

from __future__ import annotations

import subprocess
from pathlib import Path

from kit.media.ffmpeg import ffmpeg_path

CLOCK = "geq=lum='16+2*floor(T*25+0.01)':cb=128:cr=128"
"""Grey that says which frame it is: 16, 18, 20, … at 25 frames a second."""
_FAST = ("-c:v", "libx264", "-preset", "ultrafast", "-qp", "4", "-pix_fmt", "yuv420p")


def ffmpeg(*arguments: str | Path) -> None:
    """Run it; a film that cannot be made is a test that cannot fail."""
    command = [ffmpeg_path(), "-v", "error", "-nostdin", "-y", *map(str, arguments)]
    subprocess.run(command, check=True, timeout=60)


def film(
    path: Path, seconds: float = 4, size: str = "320x240", rate: int = 25, look: str = "", *options: str
) -> Path:
    """Pictures of `look` (a filter; by default a moving test card), without sound."""
    path.parent.mkdir(parents=True, exist_ok=True)
    source = f"testsrc2=size={size}:rate={rate}:duration={seconds}" + (f",{look}" if look else "")
    ffmpeg("-f", "lavfi", "-i", source, *_FAST, *options, path)
    return path


def patches(path: Path, *options: str, look: str = "", size: str = "640x640", seconds: float = 4) -> Path:
    """Four quarters: red, green, blue and grey, tagged and coded as BT.709 unless `look` says otherwise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = "x".join(str(int(side) // 2) for side in size.split("x"))
    colours = ("0xC02020", "0x20A040", "0x2040C0", "0x808080")
    sources = [
        part
        for colour in colours
        for part in (
            "-f",
            "lavfi",
            "-i",
            f"color={colour}:size={half}:rate=25:duration={seconds},format=gbrp",
        )
    ]
    stack = "[0][1]hstack[a];[2][3]hstack[b];[a][b]vstack,"
    look = look or (
        "scale=out_color_matrix=bt709:out_range=tv,format=yuv444p,"
        "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
    )
    ffmpeg(*sources, "-filter_complex", stack + look, "-c:v", "libx264", "-preset", "ultrafast", "-qp", "1",
           *options, path)  # fmt: skip
    return path
