"""Checks of the clip files: the final bytes against the clip's storyboard and the row of its format.

What holds for every clip is the common denominator of all platforms (their documentation, read
2026-11-23): where two disagree the stricter value is kept, so one file fits everywhere.
`CLIP_CHECKS` ends with the checks of the caption files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kit.check.captions import CAPTIONS_CHECKS
from kit.check.clip_contract import ClipSpec
from kit.check.finding import fail, unread
from kit.check.runner import Check
from kit.check.subject import Subject
from kit.media.h264 import Colour
from kit.media.mp4 import Clip, NotAClip, Video, read_clip
from kit.model.artifact import Finding
from kit.tables.clips import CLIPS

GOP_MAX_S = 2

_DURATION_TOLERANCE_S = 0.001
_AAC_FRAME = 1024
_SAMPLE_RATE = 48_000
_AAC_LC = 2
_HIGH = 100
_BT709 = Colour(primaries=1, transfer=1, matrix=1, full_range=False)


# --- the clip file -------------------------------------------------------------------------------

_READ_SPECS = "encode with the options of kit/render/clip/encode.py"


def _container(subject: Subject) -> Iterator[Finding]:
    clip = _opened(subject)
    if isinstance(clip, str):
        yield fail(subject, "clip-container", "not a whole MP4 file", clip, "MP4", "render the clip again")
        return
    if clip.brand == "qt  ":
        yield fail(
            subject, "clip-container", "a QuickTime file, not an MP4", "brand qt", "MP4", "write it with -f mp4",
        )  # fmt: skip
    if not clip.moov_first:
        yield fail(
            subject, "clip-container",
            "the index stands behind the pictures, so nothing plays before all is loaded", "mdat, moov",
            "moov, mdat", "-movflags +faststart",
        )  # fmt: skip
    for handler in ("vide", "soun"):
        if clip.tracks.count(handler) > 1:
            yield fail(
                subject, "clip-container", f"more than one {handler} track", str(clip.tracks.count(handler)), "1",
                _READ_SPECS,
            )  # fmt: skip
    for handler in sorted(set(clip.tracks) - {"vide", "soun"}):
        yield fail(
            subject, "clip-container", f"a {handler} track beside picture and sound", repr(handler), "vide, soun",
            "map two streams only",
        )  # fmt: skip
    if clip.video is None:
        yield fail(
            subject, "clip-container", "a clip without pictures", ", ".join(clip.tracks), "a video track",
            _READ_SPECS,
        )  # fmt: skip


def _edit_list(clip: Clip, _spec: ClipSpec, subject: Subject) -> Iterator[Finding]:
    if clip.has_edit_list:
        yield fail(
            subject, "clip-edit-list", "an edit list, which Instagram refuses", "elst", "none",
            "-use_editlist 0 -movflags +faststart+negative_cts_offsets",
        )  # fmt: skip


def _size_bytes(clip: Clip, spec: ClipSpec, subject: Subject) -> Iterator[Finding]:
    limit = spec.row.max_bytes
    if clip.size_bytes > limit:
        yield fail(
            subject, "clip-size-bytes", "the file is too heavy", f"{clip.size_bytes} bytes", f"{limit} bytes",
            "lower -maxrate and -bufsize, or raise -crf",
        )  # fmt: skip


def _duration(clip: Clip, spec: ClipSpec, subject: Subject) -> Iterator[Finding]:
    wanted = spec.duration_s
    limit = f"{wanted:.3f} ± {_DURATION_TOLERANCE_S} s"
    fix = f"-movflags +negative_cts_offsets, sound cut to {_sound_to_encode(spec)} samples, -frames:v"
    if _differs(clip.duration_s, wanted):
        yield fail(
            subject, "clip-duration", "the file is not as long as it says", f"{clip.duration_s:.3f} s", limit,
            fix,
        )  # fmt: skip
    if clip.video is None:
        return
    if _differs(clip.video.duration_s, wanted):
        yield fail(
            subject, "clip-duration", "the pictures are not as long as the clip",
            f"{clip.video.duration_s:.3f} s", limit, fix,
        )  # fmt: skip
    if _differs(clip.video.starts_at_s, 0):
        yield fail(
            subject, "clip-duration", "the first picture comes late", f"{clip.video.starts_at_s:.3f} s",
            "0.000 s", fix,
        )  # fmt: skip


def _sound_to_encode(spec: ClipSpec, rate: int = _SAMPLE_RATE) -> int:
    """Samples to give the encoder, which puts one AAC frame before them."""
    return (round(spec.duration_s * rate) // _AAC_FRAME - 1) * _AAC_FRAME


def _differs(measured: float, wanted: float) -> bool:
    return abs(measured - wanted) > _DURATION_TOLERANCE_S + 1e-9


def _audio(clip: Clip, spec: ClipSpec, subject: Subject) -> Iterator[Finding]:
    audio = clip.audio
    if audio is None:
        if spec.sound == "wanted":
            yield fail(
                subject, "clip-audio", "a clip without sound", "no audio track", "AAC-LC 48 kHz stereo",
                _READ_SPECS,
            )  # fmt: skip
        return
    if spec.sound == "refused":
        yield fail(
            subject, "clip-audio", "a clip that must be silent has a sound track", audio.codec, "none", "-an"
        )
        return
    if audio.codec != "mp4a" or audio.object_type != _AAC_LC:
        measured = f"{audio.codec}, object type {audio.object_type}"
        yield fail(
            subject, "clip-audio", "the sound is not AAC-LC", measured, "mp4a, object type 2", "-c:a aac"
        )
    if audio.sample_rate != _SAMPLE_RATE:
        yield fail(
            subject, "clip-audio", "another sample rate", f"{audio.sample_rate} Hz", f"{_SAMPLE_RATE} Hz",
            "-ar 48000",
        )  # fmt: skip
    if audio.channels != 2:
        yield fail(
            subject, "clip-audio", "the sound is not stereo", f"{audio.channels} channels", "2 channels", "-ac 2",
        )  # fmt: skip
    if audio.sample_rate:
        wanted = round(spec.duration_s * audio.sample_rate)
        if abs(audio.duration_samples - wanted) > _AAC_FRAME:
            yield fail(
                subject, "clip-audio", "the sound is not as long as the clip",
                f"{audio.duration_samples} samples", f"{wanted} ± {_AAC_FRAME} samples",
                f"cut the sound to {_sound_to_encode(spec, audio.sample_rate)} samples first",
            )  # fmt: skip


# --- its pictures --------------------------------------------------------------------------------


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
    clip, spec = _opened(subject), subject.clip
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


# --- the tables ----------------------------------------------------------------------------------


def _is_clip(subject: Subject) -> bool:
    artifact = subject.artifact
    return artifact.kind == "clip" or (artifact.kind == "loop" and artifact.media_type == "video/mp4")


def _opened(subject: Subject) -> Clip | str:
    """The clip, or why there is none; a file that went missing is the world's doing, not our bug."""
    try:
        return read_clip(subject.path)
    except NotAClip as error:
        return str(error)
    except OSError as error:
        return error.strerror or "it cannot be read"


def _clip_check(
    code: str, rationale: str, look: Callable[[Clip, ClipSpec, Subject], Iterator[Finding]]
) -> Check[Subject]:
    def run(subject: Subject) -> Iterator[Finding]:
        clip = _opened(subject)
        if isinstance(clip, str):
            yield unread(subject, code, "clip-container")
        elif subject.clip is None:
            yield unread(subject, code, "clip-dimensions")
        else:
            yield from look(clip, subject.clip, subject)

    return Check(code, rationale, run, applies=_is_clip)


def _video_check(
    code: str, rationale: str, look: Callable[[Video, ClipSpec, Subject], Iterator[Finding]]
) -> Check[Subject]:
    def look_at_video(clip: Clip, spec: ClipSpec, subject: Subject) -> Iterator[Finding]:
        if clip.video is None:
            yield unread(subject, code, "clip-container")
        else:
            yield from look(clip.video, spec, subject)

    return _clip_check(code, rationale, look_at_video)


CLIP_CHECKS: tuple[Check[Subject], ...] = (
    Check(
        "clip-container",
        "A whole MP4, index in front, plays while it loads; Instagram asks for it (Graph API, 2026-09).",
        _container,
        applies=_is_clip,
    ),
    _clip_check(
        "clip-edit-list",
        "Instagram refuses edit lists (Graph API, 2026-09), and ffmpeg writes one unless told not to.",
        _edit_list,
    ),
    _clip_check(
        "clip-size-bytes",
        "WhatsApp Status takes 16 MB (2026-11), the least of all platforms.",
        _size_bytes,
    ),
    _clip_check(
        "clip-duration",
        "A clip is as long as its storyboard. Without negative offsets 25 s grow to 25.067 (measured, ffmpeg 9.0.2).",
        _duration,
    ),
    _clip_check(
        "clip-audio",
        "AAC-LC, 48 kHz, stereo is what every platform takes unchanged (X, Meta, YouTube, 2026-11).",
        _audio,
    ),
    _video_check(
        "clip-codec",
        "H.264 High is the one codec that every platform takes (X and YouTube name the profile, 2026-11).",
        _codec,
    ),
    _video_check(
        "clip-pixel-format",
        "Many players refuse 4:4:4 and 10 bits; X wants 4:2:0, progressive, square pixels (2026-08). "
        "moviepy writes 4:4:4 for odd sizes without a word (measured, 2.1.2).",
        _pixel_format,
    ),
    _video_check(
        "clip-colour",
        "Untagged colour is guessed, and the brand's orange shifts. ffmpeg 9 ignores primaries and transfer "
        "given as output options (measured, 9.0.2).",
        _colour,
    ),
    Check(
        "clip-dimensions",
        "Each format is exactly the size its platforms ask for (their documentation, 2026-11).",
        _dimensions,
        applies=_is_clip,
    ),
    _video_check(
        "clip-frame-rate",
        "Facebook wants a constant rate (Reels API, 2026-11); frames and rate are those of the storyboard.",
        _frame_rate,
    ),
    _video_check(
        "clip-gop",
        "X and Instagram want closed groups, Facebook key frames 2 to 5 s apart (2026-11).",
        _gop,
    ),
    *CAPTIONS_CHECKS,
)  # fmt: skip
