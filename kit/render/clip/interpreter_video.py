"""Sign language: a film of a person, found, looked at, and brought to the clip's own frames.

`assets/lsf/<lang>.mp4`, in the campaign folder, else in the kit (none is shipped: no picture of a
signer is ever made by a machine). Its zero is the clip's zero.

Why not moviepy, which mixes the sound here: measured on 2.1.2, it shows a film with a rotation mark
sideways and squeezed, runs through a variable rate at its mean (1.6 s late within 4 s), plays a
file that is cut short to its last whole frame and stands there, shows broken frames as they are,
takes HLG for BT.709 (washed out), opens a WebM or a playlist under the name of an MP4, and has no
time limit. ffmpeg's own filters get each of them right or say why not.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kit.errors import InputError, WorkError
from kit.media.ffmpeg import opening
from kit.render.clip.layers import Box4
from kit.resources import MAX_FILM_BYTES, Resources

HOLD_S = 2.0
"""So much shorter than the clip a film may be: its last frame then stands, as a signer at rest does.
Longer than that, a picture that stands still looks like a fault, and the viewer waits for the rest."""
SPARE_S = 0.2
"""So much longer it may be, and is cut: less than half a sign, and cameras do not stop on a frame."""
MAX_SIDE_PX = 2048
"""The decoder of 1920×1080 takes 80 MB, of 3840×2160 up to 310 (measured, 2026-11-25): with drawing and
encoding that is more than a worker may take, for a place of a few hundred pixels."""
MOST_ENLARGED = 2.0
DECODER_THREADS = 1
"""Ten times as fast as the film runs; each further thread holds more frames."""

_OTHER_FILMS = (".mov", ".m4v", ".webm", ".mkv", ".avi", ".mpg", ".mpeg", ".mts", ".3gp", ".mp4")
_LOOK_S = 60
_MOST_PACKETS = 100_000
_HD_PX = 720
_HDR = ("arib-std-b67", "smpte2084")
_SDR_WHITE_NITS = 203
"""Reference white of an HDR picture (ITU-R BT.2408, 2023): it becomes the white of the clip."""
_HDR_PEAK = 1000 / _SDR_WHITE_NITS
_PICTURE = re.compile(r"pts_time:\S+ .*fmt:(\S+) .*sar:(\d+)/(\d+) s:(\d+)x(\d+)")
_COLOURS = re.compile(r"color_range:(\S+) color_space:(\S+) color_primaries:(\S+) color_trc:(\S+)")


@dataclass(frozen=True)
class Recording:
    """A film that can be used, as far as its frames depend on it.

    `width` and `height` are as it is shown: turned upright, with square pixels.
    """

    path: Path
    width: int
    height: int
    duration_s: float
    matrix: str
    primaries: str
    transfer: str


@dataclass(frozen=True)
class Fit:
    """How a film comes into its place: scaled, then cut around its middle, to stand in `at`."""

    scaled: tuple[int, int]
    at: Box4


def footage_of(resources: Resources, language: str) -> Path | None:
    """The film of a language, None where nobody made one.

    Raises InputError for `fr.mov` or `fr.MP4` beside it: it would be left out without a word.
    """
    names = resources.names("assets", f"lsf/{language}.*")
    wanted = f"lsf/{language}.mp4"
    if wanted in names:
        return resources.find("assets", wanted)
    for name in names:
        if Path(name).suffix.lower() in _OTHER_FILMS:
            raise _unusable(resources.find("assets", name), f"only {language}.mp4 is read")
    return None


def signed_languages(resources: Resources, languages: Iterable[str]) -> frozenset[str]:
    """Those of these languages that have a film."""
    return frozenset(code for code in languages if footage_of(resources, code) is not None)


def look_at(path: Path, wanted_s: float) -> Recording:
    """Open the film, read where its frames stand, decode the first one.

    Raises InputError, naming the file and what was measured, for anything that cannot be shown
    whole, upright and in its colours for `wanted_s` seconds.
    """
    _openable(path)
    said, packets = _look(path)
    picture = _PICTURE.search(said)
    if picture is None:
        if re.search(r"Stream #0:\d+.*: Audio", said) and not re.search(r"Stream #0:\d+.*: Video", said):
            raise _unusable(path, "there is sound in it and no picture")
        raise _unusable(path, "its pictures cannot be decoded")
    pixels, across, down, width, height = picture.groups()
    colours = _COLOURS.search(said, picture.end())
    _, matrix, primaries, transfer = colours.groups() if colours else ("unknown",) * 4
    if pixels.startswith(("yuva", "rgba", "bgra", "argb", "abgr", "gbrap", "ya8", "ya16")):
        raise _unusable(path, "its background is transparent", "export it on a plain background")
    shown = round(int(width) * int(across) / int(down)) if int(across) and int(down) else int(width)
    if max(shown, int(height)) > MAX_SIDE_PX:
        raise _unusable(
            path, f"{shown}×{height} px, at most {MAX_SIDE_PX} can be read", "export it as 1920×1080"
        )
    duration = _duration(packets)
    if duration < wanted_s - HOLD_S:
        raise _too_short(path, duration, wanted_s)
    if duration > wanted_s + SPARE_S:
        raise _unusable(
            path, f"it lasts {duration:.1f} s, the clip {wanted_s:.1f} s: its end would be cut off",
            f"sign a little faster, or cut it to {wanted_s:.1f} s where nobody signs",
        )  # fmt: skip
    if matrix in ("unknown", "reserved"):
        matrix = "bt709" if max(int(width), int(height)) > _HD_PX else "smpte170m"
    return Recording(path, shown, int(height), duration, matrix, primaries, transfer)


def fitted(recording: Recording, box: Box4) -> Fit:
    """Scale and place: the film fills the box as far as its middle square stays whole.

    The square is where a signer's head and hands are; a box of another shape cuts what lies beside
    it, never into it, and is left empty where the film does not reach. All even, for chroma.
    """
    x, y, w, h = box
    share = min(w, h) / min(recording.width, recording.height)
    if share > MOST_ENLARGED:
        raise _unusable(
            recording.path, f"{recording.width}×{recording.height} px are too few",
            f"its shorter side needs at least {int(min(w, h) / MOST_ENLARGED)} px, better {min(w, h)}",
        )  # fmt: skip
    share = min(share, max(w / recording.width, h / recording.height))
    scaled = tuple(2 * -(-round(side * share) // 2) for side in (recording.width, recording.height))
    seen_w, seen_h = min(w, scaled[0]), min(h, scaled[1])
    left, top = x + 2 * ((w - seen_w) // 4), y + 2 * ((h - seen_h) // 4)
    return Fit((scaled[0], scaled[1]), (left, top, seen_w, seen_h))


def command(recording: Recording, fit: Fit, fps: int) -> list[str]:
    """The command that writes the film's I420 frames, BT.709 limited range, `fps` a second."""
    return [
        *opening(recording.path, "mp4", "error", "-threads", str(DECODER_THREADS)),
        "-map", "0:V:0", "-an", "-sn", "-dn", "-vf", _graph(recording, fit, fps),
        "-fps_mode", "passthrough", "-pix_fmt", "yuv420p", "-f", "rawvideo", "pipe:1",
    ]  # fmt: skip


def _graph(recording: Recording, fit: Fit, fps: int) -> str:
    """Fields to frames, any rate to the clip's by its time stamps, size, colour, cut.

    HDR is brought to light, its highlights bent (mobius leaves skin as it is), and back: BT.2020
    matrices alone would leave it grey.
    """
    width, height = fit.scaled
    size = f"w={width}:h={height}:flags=lanczos+accurate_rnd+full_chroma_int"
    steps = ["bwdif=mode=send_frame:deint=interlaced", f"fps={fps}:start_time=0"]
    if recording.transfer in _HDR or recording.primaries == "bt2020":
        steps += [
            f"scale={size}", "format=yuv420p10le",
            f"zscale=t=linear:npl={_SDR_WHITE_NITS}", "format=gbrpf32le", "zscale=p=bt709",
            *([f"tonemap=mobius:desat=0:peak={_HDR_PEAK:.2f}"] if recording.transfer in _HDR else []),
            "zscale=t=bt709:m=bt709:r=limited",
        ]  # fmt: skip
    else:
        steps += [f"scale={size}:in_color_matrix={recording.matrix}:out_color_matrix=bt709:out_range=tv"]
    _, _, w, h = fit.at
    return ",".join([*steps, "format=yuv420p", f"crop={w}:{h}"])


def too_short(recording: Recording, seen_s: float, wanted_s: float) -> InputError:
    """For a film that ends before its own index says so."""
    return _too_short(recording.path, seen_s, wanted_s)


def undecodable(recording: Recording, at_s: float, words: str) -> InputError:
    """For a film whose frames cannot be decoded from here on."""
    return _unusable(recording.path, f"it cannot be decoded at {at_s:.1f} s ({words})")


def _openable(path: Path) -> None:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(12)
    except OSError as error:
        raise _unusable(path, error.strerror or "it cannot be read") from error
    if size > MAX_FILM_BYTES:
        raise _unusable(
            path, f"{size} bytes, at most {MAX_FILM_BYTES} are read", "export it as H.264, 1920×1080"
        )
    if not size:
        raise _unusable(path, "it is empty")
    if head[4:8] not in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        raise _unusable(path, "it is not an MP4 file, whatever its name says")


def _look(path: Path) -> tuple[str, str]:
    """ffmpeg's words about the first frame, and one line for each packet (framecrc)."""
    run = [
        *opening(path, "mp4", "info", "-threads", str(DECODER_THREADS)),
        "-map", "0:V:0", "-frames:v", "1", "-vf", "showinfo=checksum=0", "-f", "null", "-",
        "-map", "0:V:0", "-c", "copy", "-frames:v", str(_MOST_PACKETS), "-f", "framecrc", "pipe:1",
    ]  # fmt: skip
    try:
        done = subprocess.run(
            run, stdin=subprocess.DEVNULL, capture_output=True, timeout=_LOOK_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise _unusable(path, f"it could not be opened within {_LOOK_S} s") from error
    except OSError as error:
        raise WorkError(f"ffmpeg cannot be started: {error}", "install imageio-ffmpeg again") from error
    said = done.stderr.decode(errors="replace")
    if "moov atom not found" in said:
        raise _unusable(path, "it is cut short: its index is missing")
    if "partial file" in said or "corrupt input packet" in said:
        raise _unusable(path, "it is cut short", "copy or export it again")
    if done.returncode != 0 and _PICTURE.search(said):
        raise _unusable(path, "its pictures cannot be decoded")
    return said, done.stdout.decode(errors="replace")


def _duration(packets: str) -> float:
    """When the last frame ends, from `stream, dts, pts, duration, size, …` in ticks of `#tb`."""
    clock = re.search(r"^#tb 0: (\d+)/(\d+)", packets, re.MULTILINE)
    rows = re.findall(r"^0, *-?\d+, *(-?\d+), *(\d+),", packets, re.MULTILINE)
    if clock is None or not rows:
        return 0.0
    return max(int(pts) + int(ticks) for pts, ticks in rows) * int(clock[1]) / int(clock[2])


def _too_short(path: Path, seen_s: float, wanted_s: float) -> InputError:
    return _unusable(
        path, f"it lasts {seen_s:.1f} s, the clip {wanted_s:.1f} s: the signer would stand still",
        f"let the camera run on at rest, for at least {wanted_s - HOLD_S:.1f} s in all",
    )  # fmt: skip


def _unusable(
    path: Path, why: str, hint: str = "export it again as MP4: H.264, 1920×1080, 25 or 30 frames a second"
) -> InputError:
    return InputError(f"{path}: {why}", hint)
