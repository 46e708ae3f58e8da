"""Check of a clip's sound as it is heard: the finished file decoded, measured by EBU R128.

Rows that must be silent (`.silent`, signage) are exempt: there the contract refuses a sound track
altogether, and `clip-audio` sees to that. A loop may have sound; if it has, it is measured.
"""

from __future__ import annotations

from collections.abc import Iterator

from kit.check.clip_file import is_clip
from kit.check.finding import fail, skip, unread
from kit.check.runner import Check
from kit.check.subject import Subject
from kit.errors import WorkError
from kit.media.ffmpeg import Undecodable, decoded_sound
from kit.media.loudness import BROADCAST_LUFS, SOCIAL_LUFS, measured
from kit.media.mp4 import NotAClip, read_clip
from kit.model.artifact import Artifact, Finding
from kit.tables.kit_files import Role

TOLERANCE_LU = 0.5
PEAK_LIMIT_DBTP = -1.0

_MORE_THAN_A_CLIP_S = 600.0


def target_lufs(artifact: Artifact) -> float:
    """−23 LUFS for the role `ebu`, −14 for all others."""
    return BROADCAST_LUFS if artifact.role is Role.EBU else SOCIAL_LUFS


def _has_sound_to_check(subject: Subject) -> bool:
    return is_clip(subject) and (subject.clip is None or subject.clip.sound != "refused")


def _loudness(subject: Subject) -> Iterator[Finding]:
    try:
        if read_clip(subject.path).audio is None:
            if subject.clip is None or subject.clip.sound == "wanted":
                yield unread(subject, "sound-loudness", "clip-audio")
            return
        sound = decoded_sound(subject.path, "mp4", _MORE_THAN_A_CLIP_S)
    except (NotAClip, OSError):
        yield unread(subject, "sound-loudness", "clip-container")
        return
    except Undecodable as error:
        yield fail(
            subject, "sound-loudness", "the sound cannot be decoded", str(error), "AAC-LC",
            "render the clip again",
        )  # fmt: skip
        return
    except WorkError as error:
        yield skip(subject, "sound-loudness", str(error), "nothing", "a decoder", fix=error.hint)
        return
    heard, target = measured(sound), target_lufs(subject.artifact)
    if not abs(heard.integrated_lufs - target) <= TOLERANCE_LU:
        yield fail(
            subject, "sound-loudness",
            "the sound is too loud" if heard.integrated_lufs > target else "the sound is too quiet",
            f"{heard.integrated_lufs:.1f} LUFS", f"{target:g} ± {TOLERANCE_LU} LUFS",
            "bring the sound to its target again, before the encoder",
        )  # fmt: skip
    if heard.true_peak_dbtp > PEAK_LIMIT_DBTP:
        yield fail(
            subject, "sound-peak", "the sound may crackle where a player turns it into a wave",
            f"{heard.true_peak_dbtp:.1f} dBTP", f"{PEAK_LIMIT_DBTP:g} dBTP", "limit its peaks lower",
        )  # fmt: skip


LOUDNESS_CHECKS: tuple[Check[Subject], ...] = (
    Check(
        "sound-loudness",
        "Platforms turn louder sound down and leave quiet sound quiet: −14 LUFS on social networks, −23 in "
        "broadcast (EBU R128), peaks at most −1 dBTP (read 2026-11-23).",
        _loudness,
        ("sound-loudness", "sound-peak"),
        _has_sound_to_check,
    ),
)
