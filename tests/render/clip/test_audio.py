"""The sound of a clip: its level, its peaks, its bytes, and every recording that cannot be used."""

from __future__ import annotations

import io
import subprocess
import wave
from pathlib import Path

import numpy as np
import pytest

from kit.errors import InputError
from kit.media.aac import samples_to_encode
from kit.media.ffmpeg import decoded_sound, ffmpeg_path
from kit.media.loudness import BROADCAST_LUFS, RATE, SOCIAL_LUFS, Sound, integrated_loudness, measured
from kit.render.clip import audio
from kit.render.clip.audio import bed, levelled, soundtrack
from kit.render.clip.voice import VOICE_LUFS, spoken, voice_of
from kit.resources import Resources


def speech(seconds: float, rate: int = RATE, channels: int = 1) -> np.ndarray:
    """Syllables of a deep voice with pauses, sharp enough to need a limiter."""
    time = np.arange(int(seconds * rate)) / rate
    buzz = sum(np.sin(2 * np.pi * 140 * k * time) / k for k in range(1, 24))
    syllables = np.clip(np.sin(2 * np.pi * 4 * time), 0, 1) ** 2
    phrases = (time % 3 < 2) * 1.0
    one = 0.3 * buzz / np.abs(buzz).max() * syllables * phrases
    return np.repeat(one[:, None], channels, axis=1)


def wav(path: Path, sound: np.ndarray, rate: int = RATE, depth: int = 2) -> Path:
    """A WAV file of 16 or 24 bits, or unsigned 8."""
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(sound.shape[1])
        file.setsampwidth(depth)
        file.setframerate(rate)
        if depth == 1:
            file.writeframes((sound * 127 + 128).astype(np.uint8).tobytes())
        elif depth == 2:
            file.writeframes((sound * 32767).astype("<i2").tobytes())
        else:
            whole = (sound * (2**23 - 1)).astype("<i4")
            file.writeframes(whole.reshape(-1, 1).view(np.uint8)[:, :3].tobytes())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(held.getvalue())
    return path


def heard(samples: bytes) -> Sound:
    """What a soundtrack's bytes say."""
    return np.frombuffer(samples, "<i2").reshape(-1, 2).astype(np.float32) / np.float32(32767)


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return wav(tmp_path_factory.mktemp("voice") / "fr.wav", speech(20))


@pytest.mark.parametrize("target", [SOCIAL_LUFS, BROADCAST_LUFS])
@pytest.mark.parametrize("spoken_too", [False, True])
def test_after_the_encoder_the_sound_is_at_its_target_and_below_its_peak(
    tmp_path: Path, voice: Path, target: float, spoken_too: bool
) -> None:
    """−14 and −23 LUFS, with and without a voice, measured on the decoded AAC."""
    raw, coded = tmp_path / "sound.raw", tmp_path / "sound.mp4"
    raw.write_bytes(soundtrack(25.0, target, voice if spoken_too else None))
    encode = [
        ffmpeg_path(), "-v", "error", "-y", "-f", "s16le", "-ar", str(RATE), "-ac", "2", "-i", str(raw),
        "-c:a", "aac", "-b:a", "128k", "-flags:a", "+bitexact", str(coded),
    ]  # fmt: skip
    subprocess.run(encode, check=True)
    result = measured(decoded_sound(coded, "mp4", 60))
    assert result.integrated_lufs == pytest.approx(target, abs=0.3)
    assert result.true_peak_dbtp <= -1


@pytest.mark.parametrize("with_voice", [False, True])
def test_the_same_inputs_are_the_same_bytes(voice: Path, with_voice: bool) -> None:
    """Also when nothing is remembered from the time before."""
    first = soundtrack(6.0, SOCIAL_LUFS, voice_for_six_seconds(voice) if with_voice else None)
    audio._finished.cache_clear()
    assert soundtrack(6.0, SOCIAL_LUFS, voice_for_six_seconds(voice) if with_voice else None) == first


def voice_for_six_seconds(voice: Path) -> Path:
    return wav(voice.with_name("six.wav"), speech(5.5))


@pytest.mark.parametrize("duration_s", [2.0, 6.0, 25.0])
def test_a_voice_changes_nothing_in_the_length(tmp_path: Path, duration_s: float) -> None:
    """The contract's cut holds: no edit list, no longer file."""
    short = wav(tmp_path / "fr.wav", speech(1))
    assert len(soundtrack(duration_s, voice=short)) == samples_to_encode(duration_s, RATE) * 4


def test_the_bed_stands_twenty_below_speech_and_comes_back_in_a_pause(tmp_path: Path) -> None:
    """Two seconds of speech in the middle of ten."""
    sound = np.zeros((10 * RATE, 1))
    sound[4 * RATE : 6 * RATE] = speech(2)
    samples = samples_to_encode(10, RATE)
    said = spoken(wav(tmp_path / "fr.wav", sound), samples)
    music = bed(samples)
    ducked = audio._under(music, said)
    assert len(ducked) == samples
    part = {at: 20 * np.log10(rms(ducked[at * RATE : (at + 1) * RATE]) / rms(music[at * RATE : (at + 1) * RATE]))
            for at in (2, 4, 5, 7)}  # fmt: skip
    assert part[4] == pytest.approx(part[2] - 14, abs=0.5)
    assert part[5] == pytest.approx(part[2] - 14, abs=1.5)
    assert part[7] == pytest.approx(part[2], abs=0.5)
    assert integrated_loudness(said) - integrated_loudness(ducked[4 * RATE : 6 * RATE]) > 15


def test_the_bed_moves_without_a_click(voice: Path) -> None:
    """A jump of the ducking would be heard; its steepest second half is slower than 10 dB in 50 ms."""
    curve = audio._speaking(spoken(voice, samples_to_encode(25, RATE)))
    assert curve.min() >= 0 and curve.max() <= 1
    assert np.abs(np.diff(curve)).max() * RATE / 20 < 0.2


def rms(sound: Sound) -> float:
    return float(np.sqrt(np.mean(sound.astype(np.float64) ** 2)))


@pytest.mark.parametrize(("rate", "channels", "depth"), [
    (8_000, 1, 2), (22_050, 1, 1), (44_100, 2, 2), (48_000, 2, 3), (96_000, 1, 3), (44_100, 6, 2),
])  # fmt: skip
def test_any_rate_depth_and_number_of_channels_comes_out_the_same(
    tmp_path: Path, rate: int, channels: int, depth: int
) -> None:
    path = wav(tmp_path / "fr.wav", speech(4, rate, channels), rate, depth)
    samples = samples_to_encode(6, RATE)
    sound = spoken(path, samples)
    reference = spoken(wav(tmp_path / "same.wav", speech(4)), samples)
    assert sound.shape == (samples, 2)
    assert integrated_loudness(sound) == pytest.approx(VOICE_LUFS, abs=0.1)
    assert np.allclose(sound[:, 0], sound[:, 1], atol=1e-4)
    together = float(np.corrcoef(sound[:, 0], reference[:, 0])[0, 1])
    assert together > 0.95  # right speed, right place


@pytest.mark.parametrize("codec", ["pcm_f32le", "pcm_f64le", "pcm_alaw", "adpcm_ms", "libmp3lame"])
def test_whatever_a_recorder_puts_into_a_wav_is_heard(tmp_path: Path, codec: str) -> None:
    """Float, telephone, compressed, and MP3 in a WAV's clothes: right speed, right place, right level."""
    path, samples = tmp_path / "fr.wav", samples_to_encode(6, RATE)
    plain = wav(tmp_path / "plain.wav", speech(4), 44_100)
    encode = [ffmpeg_path(), "-v", "error", "-y", "-i", str(plain), "-c:a", codec, "-f", "wav", str(path)]
    subprocess.run(encode, check=True)
    sound, meant = spoken(path, samples), spoken(plain, samples)
    assert integrated_loudness(sound) == pytest.approx(VOICE_LUFS, abs=0.1)
    near = max(
        float(np.corrcoef(sound[at : at + 2 * RATE, 0], meant[: 2 * RATE, 0])[0, 1])
        for at in (0, 1105, 1203, 1257)
    )  # an MP3 begins with its coder's delay
    assert near > 0.9


def test_samples_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    """A plug-in that divided by nothing."""
    path, plain = tmp_path / "fr.wav", wav(tmp_path / "plain.wav", speech(2))
    subprocess.run([ffmpeg_path(), "-v", "error", "-i", plain, "-c:a", "pcm_f32le", path], check=True)
    data = bytearray(path.read_bytes())
    data[-4:] = np.float32("nan").tobytes()
    path.write_bytes(data)
    with pytest.raises(InputError, match="no numbers"):
        soundtrack(6.0, voice=path)


_GOOD = 44


@pytest.mark.parametrize(("spoil", "says"), [
    (lambda data: b"", "empty"),
    (lambda data: b"ID3 this is an mp3", "not a WAV"),
    (lambda data: b"#EXTM3U\nfile:///etc/passwd\n", "not a WAV"),
    (lambda data: data[:_GOOD], "cut short"),
    (lambda data: data[: len(data) // 2], "cut short"),
    (lambda data: data[:30], "no sound"),
    (lambda data: data[:20] + b"\x99\x99" + data[22:], "cannot be decoded"),
    (lambda data: data[:_GOOD] + bytes(len(data) - _GOOD), "nothing to hear"),
])  # fmt: skip
def test_a_spoilt_recording_is_an_error_with_the_file_s_name(tmp_path: Path, spoil, says: str) -> None:  # type: ignore[no-untyped-def]
    path = wav(tmp_path / "fr.wav", speech(2))
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(InputError, match=says) as caught:
        soundtrack(6.0, voice=path)
    assert "fr.wav" in str(caught.value)
    assert caught.value.hint


def test_a_recording_that_speaks_too_long_says_by_how_much(tmp_path: Path) -> None:
    """Silence behind the last word does not count."""
    with pytest.raises(InputError, match=r"until 7\.\d s, the clip has room for 6\.0 s|until 7\.\d s.*5\.9"):
        soundtrack(6.0, voice=wav(tmp_path / "fr.wav", speech(8)))
    quiet_end = np.concatenate([speech(5), np.zeros((4 * RATE, 1))])
    assert soundtrack(6.0, voice=wav(tmp_path / "en.wav", quiet_end))


def test_a_click_far_above_the_voice_is_an_error_and_not_a_whisper(tmp_path: Path) -> None:
    sound = speech(20) * 0.01
    sound[:: RATE * 2] = 0.99
    with pytest.raises(InputError, match="bangs"):
        soundtrack(25.0, voice=wav(tmp_path / "fr.wav", sound))


def test_a_recording_that_vanishes_is_no_traceback(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.wav"):
        soundtrack(6.0, voice=tmp_path / "gone.wav")


def test_a_replaced_recording_is_heard(tmp_path: Path) -> None:
    """Nothing old is remembered under the same name."""
    path = wav(tmp_path / "fr.wav", speech(2))
    first = soundtrack(6.0, voice=path)
    wav(path, speech(4))
    assert soundtrack(6.0, voice=path) != first


def test_the_campaign_s_own_recording_is_found_by_its_language(tmp_path: Path) -> None:
    wav(tmp_path / "assets" / "audio" / "tr.wav", speech(1))
    assert voice_of(Resources(tmp_path), "tr") == tmp_path / "assets" / "audio" / "tr.wav"
    assert voice_of(Resources(tmp_path), "fr") is None


def test_the_limiter_holds_its_ceiling_and_leaves_the_rest_alone() -> None:
    """A bang amid a tone: the tone a tenth of a second away is untouched."""
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(3 * RATE) / RATE)
    sound = np.stack([tone, tone], axis=1).astype(np.float32)
    sound[RATE] = 1.5
    limited = audio._limited(sound)
    assert measured(limited).true_peak_dbtp <= audio.PEAK_DBTP + 0.05
    assert np.array_equal(limited[: RATE - 4800], sound[: RATE - 4800])
    assert np.array_equal(limited[RATE + 4800 :], sound[RATE + 4800 :])


def test_silence_is_levelled_to_silence() -> None:
    """No division by nothing."""
    assert not levelled(np.zeros((RATE, 2), np.float32)).any()
