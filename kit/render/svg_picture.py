"""An SVG of someone else as pixels, drawn by Typst in a process of its own.

With an empty folder, one thread, 10 s and 500 MB (this last not on macOS and Windows): patterns of patterns,
or five thousand see-through layers, are valid SVG and cost minutes (measured 2026-11-24, Typst 0.15.2).
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from kit.errors import WorkError
from kit.render.image_file import MAX_SIDE, WORKING_PIXELS, read_file, refusal
from kit.render.svg_check import check_svg

MAX_SVG_BYTES = 2_000_000
DRAWING_SECONDS = 10
_DRAWING_MEGABYTES = 500

_TEMPLATE = """
#let picture = image(bytes(sys.inputs.svg), format: "svg", width: int(sys.inputs.width) * 1pt)
#set page(width: auto, height: auto, margin: 0pt, fill: none)
#context assert(measure(picture).height <= int(sys.inputs.tallest) * 1pt, message: "it is too tall for its width")
#picture
"""
_DRAW = """
import os, sys
os.environ["RAYON_NUM_THREADS"] = "1"
import typst
template, width, tallest, megabytes = sys.argv[1:]
try:
    import resource
    resource.setrlimit(resource.RLIMIT_DATA, (int(megabytes) << 20,) * 2)
except (ImportError, OSError, ValueError):
    pass
inputs = {"svg": sys.stdin.buffer.read().decode(), "width": width, "tallest": tallest}
try:
    png = typst.compile(template.encode(), root=".", format="png", ppi=72, sys_inputs=inputs, ignore_system_fonts=True)
except BaseException as error:
    print(getattr(error, "message", error), file=sys.stderr)
    sys.exit(3)
sys.stdout.buffer.write(png)
"""
"""What the other process runs. A string and not a module: it must not import the kit to start."""


def svg_picture(path: Path, name: str, width_px: int) -> Image.Image:
    """The drawing as RGBA, `width_px` wide, transparent where it draws nothing.

    Raises InputError for a file that is missing, unparseable, without a size, malicious, or too
    costly to draw, with all that the check found at once.
    """
    data = read_file(path, name, MAX_SVG_BYTES)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise refusal(name, "is not UTF-8 text; save it again as UTF-8", line, column) from error
    check_svg(text, name)
    return _drawn(text, name, width_px)


def _drawn(text: str, name: str, width_px: int) -> Image.Image:
    tallest = min(MAX_SIDE, WORKING_PIXELS // width_px)
    program = [sys.executable, "-P", "-c", _DRAW, _TEMPLATE]
    limits = [str(number) for number in (width_px, tallest, _DRAWING_MEGABYTES)]
    try:
        with tempfile.TemporaryDirectory() as empty:
            done = subprocess.run(
                [*program, *limits],
                input=text.encode(),
                capture_output=True,
                cwd=empty,
                timeout=DRAWING_SECONDS,
            )
    except subprocess.TimeoutExpired as error:
        raise refusal(name, f"takes over {DRAWING_SECONDS} s to draw; export it simplified") from error
    said = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
    if done.returncode == 1:  # Python itself: the program did not even start
        raise WorkError(f"the typesetter did not start: {said[-1]}", "reinstall the kit")
    if done.returncode == 3:
        raise refusal(name, f"cannot be drawn: {said[-1].removeprefix('assertion failed: ')}; export it anew")
    if done.returncode:
        raise refusal(name, f"needs over {_DRAWING_MEGABYTES} MB to draw; export it simplified")
    return Image.open(io.BytesIO(done.stdout)).convert("RGBA")
