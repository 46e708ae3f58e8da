"""Checks of a clip's picture track: codec, colour, size, frames and groups of frames."""

from __future__ import annotations

from collections.abc import Iterator

from kit.check.clip_contract import ClipSpec
from kit.check.clip_file import is_clip, opened, video_check
from kit.check.finding import fail, unread
from kit.check.runner import Check
from kit.check.subject import Subject
from kit.media.h264 import Colour
from kit.media.mp4 import Video
from kit.model.artifact import Finding
from kit.tables.clips import CLIPS

GOP_MAX_S = 2

_HIGH = 100
_BT709 = Colour(primaries=1, transfer=1, matrix=1, full_range=False)


def _codec(video: Video, _spec: ClipSpec, subject: Subject) -> Iterator[Finding]:
    if video.codec != "avc1" or video.sps is None:
        yield fail(subject, "clip-codec", "not H.264", video.codec, "avc1", "-c:v libx264")
    elif video.sps.profile_idc != _HIGH:
        measured = f"profile {video.sps.profile_idc}, level {video.sps.level_idc / 10:g}"
        yield fail(
            subject, "clip-codec", "not the High profile", measured, "profile 100 (High)", "-profile:v high"
        )


def _pixel_format(video: Video, _spec: ClipSpec, subject: Subject) -> Iterator[Finding]:
    if video.sps is not None:
        if video.sps.chroma_format_idc != 1:
            name = ("4:0:0", "4:2:0", "4:2:2", "4:4:4")[video.sps.chroma_format_idc]
            yield fail(
                subject, "clip-pixel-format", "colour is not sampled 4:2:0", name, "4:2:0",
                "-pix_fmt yuv420p, even sizes",
            )  # fmt: skip
        if video.sps.bit_depth != 8:
            yield fail(
                subject, "clip-pixel-format", "not 8 bits a sample", f"{video.sps.bit_depth} bits", "8 bits",
                "-pix_fmt yuv420p",
            )  # fmt: skip
        if not video.sps.progressive:
            yield fail(
                subject, "clip-pixel-format", "interlaced", "fields", "progressive frames",
                "drop -flags +ilme+ildct",
            )  # fmt: skip
    if video.sample_aspect != 1:
        ratio = f"{video.sample_aspect.numerator}:{video.sample_aspect.denominator}"
        yield fail(subject, "clip-pixel-format", "pixels are not square", ratio, "1:1", "-vf setsar=1")


def _colour(video: Video, _spec: ClipSpec, subject: Subject) -> Iterator[Finding]:
    """Both places that say it: the stream, and the container where it says anything."""
    said = {"stream": video.sps.colour if video.sps else None, "container": video.colour}
    for place, colour in said.items():
        if colour is not None and colour != _BT709:
            yield fail(
                subject, "clip-colour", f"the {place} is not tagged BT.709, limited range", _colour_words(colour),
                _colour_words(_BT709),
                "-color_primaries, -color_trc, -colorspace bt709 and -color_range tv BEFORE -i, or setparams",
            )  # fmt: skip


def _colour_words(colour: Colour) -> str:
    span = "full" if colour.full_range else "limited"
    return f"primaries {colour.primaries}, transfer {colour.transfer}, matrix {colour.matrix}, {span} range"


def _dimensions(subject: Subject) -> Iterator[Finding]:
    """Says too what clip no format or storyboard has: nothing tells what such a clip should be."""
    clip, spec = opened(subject), subject.clip
    if isinstance(clip, str) or (video := clip.video) is None:
        yield unread(subject, "clip-dimensions", "clip-container")
        return
    if spec is None:
        yield from _unknown_clip(subject)
        return
    size = (spec.row.width_px, spec.row.height_px)
    limit = f"{size[0]}×{size[1]}"
    if (video.width, video.height) != size:
        yield fail(
            subject, "clip-dimensions", "not the size of its format", f"{video.width}×{video.height}", limit,
            "-s, or the layout",
        )  # fmt: skip
    elif video.sps is not None and (video.sps.width, video.sps.height) != size:
        measured = f"{video.sps.width}×{video.sps.height}"
        yield fail(
            subject, "clip-dimensions", "the stream has another size than the container", measured, limit,
            "encode it again",
        )  # fmt: skip


def _unknown_clip(subject: Subject) -> Iterator[Finding]:
    shape = str(subject.artifact.format)
    if shape not in CLIPS:
        yield fail(subject, "clip-dimensions", "no such clip format", shape, ", ".join(CLIPS), "add the row")
    else:
        yield fail(
            subject, "clip-dimensions", "no storyboard of the campaign has this clip in this format",
            subject.artifact.id, "clips of the storyboards", "build again",
        )  # fmt: skip


def _frame_rate(video: Video, spec: ClipSpec, subject: Subject) -> Iterator[Finding]:
    if video.fps is None:
        yield fail(
            subject, "clip-frame-rate", "frames do not stand equally long", "variable", f"{spec.fps} constant",
            f"-r {spec.fps}",
        )  # fmt: skip
    elif video.fps != spec.fps:
        measured = f"{float(video.fps):.3f} frames a second"
        yield fail(
            subject, "clip-frame-rate", "not the frame rate of its row", measured, f"{spec.fps}",
            f"-r {spec.fps}",
        )  # fmt: skip
    if video.frame_count != spec.frames:
        yield fail(
            subject, "clip-frame-rate", "the number of frames", f"{video.frame_count}", f"{spec.frames}",
            f"-frames:v {spec.frames}",
        )  # fmt: skip


def _gop(video: Video, spec: ClipSpec, subject: Subject) -> Iterator[Finding]:
    """Counted at the storyboard's rate: a wrong rate is a finding of its own."""
    frames = GOP_MAX_S * spec.fps
    if video.keyframe_gap > frames:
        yield fail(
            subject, "clip-gop", "key frames are too far apart", f"{video.keyframe_gap} frames",
            f"{frames} frames ({GOP_MAX_S} s)", f"-g {frames} -keyint_min {frames} -sc_threshold 0",
        )  # fmt: skip
    if not video.starts_with_keyframe:
        yield fail(
            subject, "clip-gop", "the first frame is no key frame", "frame 0", "a key frame", "encode it again",
        )  # fmt: skip
    if not video.closed_gops:
        yield fail(
            subject, "clip-gop", "frames reach back over a key frame", "open GOP", "closed GOP",
            "drop open-gop=1",
        )  # fmt: skip


VIDEO_CHECKS: tuple[Check[Subject], ...] = (
    video_check(
        "clip-codec",
        "H.264 High is the one codec that every platform takes (X and YouTube name the profile, 2026-11).",
        _codec,
    ),
    video_check(
        "clip-pixel-format",
        "Many players refuse 4:4:4 and 10 bits; X wants 4:2:0, progressive, square pixels (2026-08). "
        "moviepy writes 4:4:4 for odd sizes without a word (measured, 2.1.2).",
        _pixel_format,
    ),
    video_check(
        "clip-colour",
        "Untagged colour is guessed, and the brand's orange shifts. ffmpeg 9 ignores primaries and transfer "
        "given as output options (measured, 9.0.2).",
        _colour,
    ),
    Check(
        "clip-dimensions",
        "Each format is exactly the size its platforms ask for (their documentation, 2026-11).",
        _dimensions,
        applies=is_clip,
    ),
    video_check(
        "clip-frame-rate",
        "Facebook wants a constant rate (Reels API, 2026-11); frames and rate are those of the storyboard.",
        _frame_rate,
    ),
    video_check(
        "clip-gop",
        "X and Instagram want closed groups, Facebook key frames 2 to 5 s apart (2026-11).",
        _gop,
    ),
)
