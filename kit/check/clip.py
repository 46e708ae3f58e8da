"""Checks of the clip files: the final bytes against the clip's storyboard and the row of its format.

What holds for every clip is the common denominator of all platforms (their documentation, read
2026-11-23): where two disagree the stricter value is kept, so one file fits everywhere.
`CLIP_CHECKS` ends with the checks of the picture track and of the caption files.
"""

from __future__ import annotations

from collections.abc import Iterator

from kit.check.captions import CAPTIONS_CHECKS
from kit.check.clip_contract import ClipSpec
from kit.check.clip_file import clip_check, is_clip, opened
from kit.check.clip_video import VIDEO_CHECKS
from kit.check.finding import fail
from kit.check.runner import Check
from kit.check.subject import Subject
from kit.media.aac import FRAME, samples_to_encode
from kit.media.mp4 import Clip
from kit.model.artifact import Finding

_DURATION_TOLERANCE_S = 0.001
_SAMPLE_RATE = 48_000
_AAC_LC = 2
_READ_SPECS = "encode with the options of kit/render/clip/encode.py"


def _container(subject: Subject) -> Iterator[Finding]:
    clip = opened(subject)
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
    fix = f"-movflags +negative_cts_offsets, sound cut to {samples_to_encode(spec.duration_s, _SAMPLE_RATE)} samples, -frames:v"
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
        if abs(audio.duration_samples - wanted) > FRAME:
            yield fail(
                subject, "clip-audio", "the sound is not as long as the clip",
                f"{audio.duration_samples} samples", f"{wanted} ± {FRAME} samples",
                f"cut the sound to {samples_to_encode(spec.duration_s, audio.sample_rate)} samples first",
            )  # fmt: skip


CLIP_CHECKS: tuple[Check[Subject], ...] = (
    Check(
        "clip-container",
        "A whole MP4, index in front, plays while it loads; Instagram asks for it (Graph API, 2026-09).",
        _container,
        applies=is_clip,
    ),
    clip_check(
        "clip-edit-list",
        "Instagram refuses edit lists (Graph API, 2026-09), and ffmpeg writes one unless told not to.",
        _edit_list,
    ),
    clip_check(
        "clip-size-bytes",
        "WhatsApp Status takes 16 MB (2026-11), the least of all platforms.",
        _size_bytes,
    ),
    clip_check(
        "clip-duration",
        "A clip is as long as its storyboard. Without negative offsets 25 s grow to 25.067 (measured, ffmpeg 9.0.2).",
        _duration,
    ),
    clip_check(
        "clip-audio",
        "AAC-LC, 48 kHz, stereo is what every platform takes unchanged (X, Meta, YouTube, 2026-11).",
        _audio,
    ),
    *VIDEO_CHECKS,
    *CAPTIONS_CHECKS,
)  # fmt: skip
