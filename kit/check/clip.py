"""Checks of the clip files: the final bytes against the contract of their row.

The contract is the common denominator of all platforms (design §9 "Clips"; reference platforms.md
§2, read 2026-11-23): where two disagree the stricter value is kept, so one file fits everywhere.
`CLIP_CHECKS` ends with the checks of the caption files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kit.check.captions import CAPTIONS_CHECKS
from kit.check.clip_contract import CLIP_SIZES, Fault, finding, spec_of, unread
from kit.check.runner import Check
from kit.check.subject import Subject
from kit.media.h264 import Colour
from kit.media.mp4 import Clip, NotAClip, Video, read_clip
from kit.model.artifact import Finding, Level

GOP_MAX_S = 2

_DURATION_TOLERANCE_S = 0.001
_AAC_FRAME = 1024
_SAMPLE_RATE = 48_000
_AAC_LC = 2
_HIGH = 100
_BT709 = Colour(primaries=1, transfer=1, matrix=1, full_range=False)


# --- the clip file -------------------------------------------------------------------------------

_READ_SPECS = "encode with the options of design §9, Clips"


def _container(clip: Clip, _subject: Subject) -> Iterator[Fault]:
    if clip.brand == "qt  ":
        yield Fault("a QuickTime file, not an MP4", "brand qt", "MP4", "write it with -f mp4")
    if not clip.moov_first:
        yield Fault(
            "the index stands behind the pictures, so nothing plays before all is loaded",
            "mdat, moov", "moov, mdat", "-movflags +faststart",
        )  # fmt: skip
    for handler in ("vide", "soun"):
        if clip.tracks.count(handler) > 1:
            yield Fault(f"more than one {handler} track", str(clip.tracks.count(handler)), "1", _READ_SPECS)
    for handler in sorted(set(clip.tracks) - {"vide", "soun"}):
        yield Fault(
            f"a {handler} track beside picture and sound", repr(handler), "vide, soun", "map two streams only"
        )
    if clip.video is None:
        yield Fault("a clip without pictures", ", ".join(clip.tracks), "a video track", _READ_SPECS)


def _edit_list(clip: Clip, _subject: Subject) -> Iterator[Fault]:
    if clip.has_edit_list:
        yield Fault(
            "an edit list, which Instagram refuses", "elst", "none",
            "-use_editlist 0 -movflags +faststart+negative_cts_offsets",
        )  # fmt: skip


def _size_bytes(clip: Clip, subject: Subject) -> Iterator[Fault]:
    limit = spec_of(subject.artifact).max_bytes
    if clip.size_bytes > limit:
        yield Fault(
            "the file is too heavy", f"{clip.size_bytes} bytes", f"{limit} bytes",
            "lower -maxrate and -bufsize, or raise -crf",
        )  # fmt: skip


def _duration(clip: Clip, subject: Subject) -> Iterator[Fault]:
    wanted = spec_of(subject.artifact).duration_s
    limit = f"{wanted:.3f} ± {_DURATION_TOLERANCE_S} s"
    fix = "-movflags +negative_cts_offsets, sound cut to 1198080 samples, -frames:v"
    if _differs(clip.duration_s, wanted):
        yield Fault("the file is not as long as it says", f"{clip.duration_s:.3f} s", limit, fix)
    if clip.video is None:
        return
    if _differs(clip.video.duration_s, wanted):
        yield Fault("the pictures are not as long as the clip", f"{clip.video.duration_s:.3f} s", limit, fix)
    if _differs(clip.video.starts_at_s, 0):
        yield Fault("the first picture comes late", f"{clip.video.starts_at_s:.3f} s", "0.000 s", fix)


def _differs(measured: float, wanted: float) -> bool:
    return abs(measured - wanted) > _DURATION_TOLERANCE_S + 1e-9


def _audio(clip: Clip, subject: Subject) -> Iterator[Fault]:
    row, audio = spec_of(subject.artifact), clip.audio
    if audio is None:
        if row.audio == "wanted":
            yield Fault("a clip without sound", "no audio track", "AAC-LC 48 kHz stereo", _READ_SPECS)
        return
    if row.audio == "refused":
        yield Fault("a clip that must be silent has a sound track", audio.codec, "none", "-an")
        return
    if audio.codec != "mp4a" or audio.object_type != _AAC_LC:
        measured = f"{audio.codec}, object type {audio.object_type}"
        yield Fault("the sound is not AAC-LC", measured, "mp4a, object type 2", "-c:a aac")
    if audio.sample_rate != _SAMPLE_RATE:
        yield Fault("another sample rate", f"{audio.sample_rate} Hz", f"{_SAMPLE_RATE} Hz", "-ar 48000")
    if audio.channels != 2:
        yield Fault("the sound is not stereo", f"{audio.channels} channels", "2 channels", "-ac 2")
    if audio.sample_rate:
        wanted = round(row.duration_s * audio.sample_rate)
        cut = (wanted // _AAC_FRAME - 1) * _AAC_FRAME  # the encoder puts one frame before the sound
        if abs(audio.duration_samples - wanted) > _AAC_FRAME:
            yield Fault(
                "the sound is not as long as the clip", f"{audio.duration_samples} samples",
                f"{wanted} ± {_AAC_FRAME} samples", f"cut the sound to {cut} samples first",
            )  # fmt: skip


# --- its pictures --------------------------------------------------------------------------------


def _codec(video: Video, _subject: Subject) -> Iterator[Fault]:
    if video.codec != "avc1" or video.sps is None:
        yield Fault("not H.264", video.codec, "avc1", "-c:v libx264")
    elif video.sps.profile_idc != _HIGH:
        measured = f"profile {video.sps.profile_idc}, level {video.sps.level_idc / 10:g}"
        yield Fault("not the High profile", measured, "profile 100 (High)", "-profile:v high")


def _pixel_format(video: Video, _subject: Subject) -> Iterator[Fault]:
    if video.sps is not None:
        if video.sps.chroma_format_idc != 1:
            name = ("4:0:0", "4:2:0", "4:2:2", "4:4:4")[video.sps.chroma_format_idc]
            yield Fault("colour is not sampled 4:2:0", name, "4:2:0", "-pix_fmt yuv420p, even sizes")
        if video.sps.bit_depth != 8:
            yield Fault("not 8 bits a sample", f"{video.sps.bit_depth} bits", "8 bits", "-pix_fmt yuv420p")
        if not video.sps.progressive:
            yield Fault("interlaced", "fields", "progressive frames", "drop -flags +ilme+ildct")
    if video.sample_aspect != 1:
        ratio = f"{video.sample_aspect.numerator}:{video.sample_aspect.denominator}"
        yield Fault("pixels are not square", ratio, "1:1", "-vf setsar=1")


def _colour(video: Video, _subject: Subject) -> Iterator[Fault]:
    """Both places that say it: the stream, and the container where it says anything."""
    said = {"stream": video.sps.colour if video.sps else None, "container": video.colour}
    for place, colour in said.items():
        if colour is not None and colour != _BT709:
            yield Fault(
                f"the {place} is not tagged BT.709, limited range", _colour_words(colour),
                _colour_words(_BT709),
                "-color_primaries, -color_trc, -colorspace bt709 and -color_range tv BEFORE -i, or setparams",
            )  # fmt: skip


def _colour_words(colour: Colour) -> str:
    span = "full" if colour.full_range else "limited"
    return f"primaries {colour.primaries}, transfer {colour.transfer}, matrix {colour.matrix}, {span} range"


def _dimensions(video: Video, subject: Subject) -> Iterator[Fault]:
    size = CLIP_SIZES.get(subject.artifact.format or "")
    if size is None:
        yield Fault("no such clip format", str(subject.artifact.format), ", ".join(CLIP_SIZES), "add the row")
        return
    limit = f"{size[0]}×{size[1]}"
    if (video.width, video.height) != size:
        yield Fault("not the size of its format", f"{video.width}×{video.height}", limit, "-s, or the layout")
    elif video.sps is not None and (video.sps.width, video.sps.height) != size:
        measured = f"{video.sps.width}×{video.sps.height}"
        yield Fault("the stream has another size than the container", measured, limit, "encode it again")


def _frame_rate(video: Video, subject: Subject) -> Iterator[Fault]:
    row = spec_of(subject.artifact)
    if video.fps is None:
        yield Fault("frames do not stand equally long", "variable", f"{row.fps} constant", f"-r {row.fps}")
    elif video.fps != row.fps:
        measured = f"{float(video.fps):.3f} frames a second"
        yield Fault("not the frame rate of its row", measured, f"{row.fps}", f"-r {row.fps}")
    if video.frame_count != row.frames:
        yield Fault(
            "the number of frames", f"{video.frame_count}", f"{row.frames}", f"-frames:v {row.frames}"
        )


def _gop(video: Video, subject: Subject) -> Iterator[Fault]:
    """Counted at the row's rate: a wrong rate is a finding of its own."""
    frames = GOP_MAX_S * spec_of(subject.artifact).fps
    if video.keyframe_gap > frames:
        yield Fault(
            "key frames are too far apart", f"{video.keyframe_gap} frames",
            f"{frames} frames ({GOP_MAX_S} s)", f"-g {frames} -keyint_min {frames} -sc_threshold 0",
        )  # fmt: skip
    if not video.starts_with_keyframe:
        yield Fault("the first frame is no key frame", "frame 0", "a key frame", "encode it again")
    if not video.closed_gops:
        yield Fault("frames reach back over a key frame", "open GOP", "closed GOP", "drop open-gop=1")


# --- the tables ----------------------------------------------------------------------------------


def _is_clip(subject: Subject) -> bool:
    return subject.artifact.is_video


def _opened(subject: Subject) -> Clip | str:
    """The clip, or why there is none; a file that went missing is the world's doing, not our bug."""
    try:
        return read_clip(subject.path)
    except NotAClip as error:
        return str(error)
    except OSError as error:
        return error.strerror or "it cannot be read"


def _clip_check(
    code: str, rationale: str, faults: Callable[[Clip, Subject], Iterator[Fault]]
) -> Check[Subject]:
    def run(subject: Subject) -> Iterator[Finding]:
        clip = _opened(subject)
        if isinstance(clip, Clip):
            for fault in faults(clip, subject):
                yield finding(Level.FAIL, code, subject, fault)
        elif code == "clip-container":
            fault = Fault("not a whole MP4 file", clip, "MP4", "render the clip again")
            yield finding(Level.FAIL, code, subject, fault)
        else:
            yield unread(code, subject, "clip-container")

    return Check(code, rationale, run, (code,), _is_clip)


def _video_check(
    code: str, rationale: str, faults: Callable[[Video, Subject], Iterator[Fault]]
) -> Check[Subject]:
    def run(subject: Subject) -> Iterator[Finding]:
        clip = _opened(subject)
        if isinstance(clip, str) or clip.video is None:
            yield unread(code, subject, "clip-container")
        else:
            for fault in faults(clip.video, subject):
                yield finding(Level.FAIL, code, subject, fault)

    return Check(code, rationale, run, (code,), _is_clip)


CLIP_CHECKS: tuple[Check[Subject], ...] = (
    _clip_check(
        "clip-container",
        "A whole MP4, index in front, plays while it loads; Instagram asks for it (Graph API, 2026-09).",
        _container,
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
        "25 November, 25 seconds. Without negative offsets it grows to 25.067 s (measured, ffmpeg 9.0.2).",
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
    _video_check(
        "clip-dimensions",
        "Each format is exactly the size its platforms ask for (design §6).",
        _dimensions,
    ),
    _video_check(
        "clip-frame-rate",
        "Facebook wants a constant rate (Reels API, 2026-11); 750 frames at 30 are 25.000 s.",
        _frame_rate,
    ),
    _video_check(
        "clip-gop",
        "X and Instagram want closed groups, Facebook key frames 2 to 5 s apart (2026-11).",
        _gop,
    ),
    *CAPTIONS_CHECKS,
)  # fmt: skip
