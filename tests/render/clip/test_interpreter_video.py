"""Sign language films: right frames, upright, unstretched, in their colours; or an error with a name."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import kit.media.ffmpeg
from kit.build.scheduler import interpreted_languages
from kit.errors import InputError, WorkError
from kit.load import load
from kit.media.ffmpeg import ffmpeg_path
from kit.plan import plan
from kit.render.clip import interpreter_video as footage
from kit.render.clip import render_clip
from kit.render.clip.compose import ClipFilm, _yuv
from kit.render.clip.interpreter import Interpreter, signing
from kit.render.clip.interpreter_video import Recording, fitted, footage_of, look_at, signed_languages
from kit.render.clip.layers import ClipLayout, set_layers
from kit.resources import Resources
from tests.render.clip.clip_job import RESOURCES, short_job
from tests.render.clip.films import CLOCK, ffmpeg, film, patches
from tests.support.campaign import copy_campaign

BOX = (0, 0, 120, 120)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("films")


@pytest.fixture(scope="module")
def clock(folder: Path) -> Path:
    """Four seconds whose grey counts the frames."""
    return film(folder / "clock.mp4", look=CLOCK)


@pytest.fixture(scope="module")
def card(folder: Path) -> Path:
    return film(folder / "card.mp4")


def signer(
    path: Path, seconds: float = 4, box: tuple[int, int, int, int] = BOX, round_: bool = False
) -> Interpreter:
    return Interpreter(look_at(path, seconds), box, round_, 30, seconds)


def grey(found: Interpreter, seconds: float) -> int:
    """The middle of the frame, as the number of the film's own frame."""
    _, _, w, h = found.at
    return round((int(found.frame(seconds)[h // 2, w // 2]) - 16) / 2)


def colours(path: Path) -> list[tuple[int, ...]]:
    """Y, U, V in the middle of the four quarters."""
    with signer(path) as found:
        frame = found.frame(0)
        u, v = frame[120:].reshape(2, 60, 60)
        return [
            (int(frame[2 * y, 2 * x]), int(u[y, x]), int(v[y, x]))
            for y, x in ((15, 15), (15, 45), (45, 15), (45, 45))
        ]


# --- which frame ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "expected"), [(0, 0), (1, 25), (2.2, 55), (3.4, 85), (3.99, 99)])
def test_a_film_at_another_rate_keeps_its_own_time(clock: Path, seconds: float, expected: int) -> None:
    """25 frames a second under 30."""
    with signer(clock) as found:
        assert abs(grey(found, seconds) - expected) <= 1


@pytest.mark.parametrize("seconds", [0.5, 1.9, 2.3, 2.9, 3.5])
def test_a_variable_rate_is_followed_by_its_time_stamps(folder: Path, seconds: float) -> None:
    """Two seconds at 25, then every fifth frame: at its mean it would run away."""
    path = film(folder / "vfr.mp4", 4, "320x240", 25, f"{CLOCK},select='lt(n,50)+not(mod(n,5))'",
                "-fps_mode", "vfr")  # fmt: skip
    last = int(seconds * 25 + 1e-6)
    with signer(path) as found:
        assert abs(grey(found, seconds) - (last if last < 50 else last - last % 5)) <= 1


def test_a_frame_is_the_same_whatever_was_asked_before(clock: Path) -> None:
    """Forwards, backwards, alone."""
    with signer(clock) as found:
        forwards = [found.frame(n / 30) for n in range(0, 120, 7)]
        backwards = [found.frame(n / 30) for n in reversed(range(0, 120, 7))]
        assert all(np.array_equal(a, b) for a, b in zip(forwards, reversed(backwards), strict=True))
    with signer(clock) as alone:
        assert np.array_equal(alone.frame(70 / 30), forwards[10])


def test_a_picture_that_stands_still_is_the_same_object(clock: Path) -> None:
    """25 under 30: every sixth frame comes again, and is not drawn again."""
    with signer(clock) as found:
        frames = [found.frame(n / 30) for n in range(60)]
        assert sum(a is b for a, b in pairwise(frames)) >= 9


def test_only_one_frame_is_held(clock: Path) -> None:
    """A film is never in memory: 4 s of it weigh as much as one frame."""
    import tracemalloc

    with signer(clock) as found:
        found.frame(0)
        tracemalloc.start()
        for number in range(120):
            found.frame(number / 30)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 8 * 120 * 120 * 3 // 2


def test_the_last_frame_stands_where_a_film_is_a_little_shorter(clock: Path) -> None:
    """The signer is at rest: 5.5 s are wanted, 4 are there."""
    with signer(clock, 5.5) as found:
        assert grey(found, 5.4) == 99


def test_nothing_runs_on_after_it_was_closed(clock: Path) -> None:
    found = signer(clock)
    found.frame(0.1)
    stream = found._stream
    found.close()
    with pytest.raises(StopIteration):
        next(stream)  # type: ignore[arg-type]


# --- how it looks -----------------------------------------------------------------------------------


def test_a_film_with_a_rotation_mark_stands_upright(folder: Path, card: Path) -> None:
    """As telephones write it: turned by 90°, its size changes places."""
    turned = folder / "turned.mp4"
    ffmpeg("-display_rotation", "90", "-i", card, "-c", "copy", turned)
    recording = look_at(turned, 4)
    assert (recording.width, recording.height) == (240, 320)
    upright = folder / "upright.mp4"
    ffmpeg("-i", card, "-vf", "transpose=cclock", "-c:v", "libx264", "-qp", "4", upright)
    with signer(turned) as one, signer(upright) as two:
        assert np.abs(one.frame(1).astype(int) - two.frame(1)).mean() < 2


def test_pixels_that_are_not_square_are_made_so(folder: Path) -> None:
    """DV: 720×576 shown at 16:9."""
    path = film(folder / "dv.mp4", 4, "720x576", 25, "setsar=64/45")
    recording = look_at(path, 4)
    assert (recording.width, recording.height) == (1024, 576)


def test_odd_sizes_and_444_come_out_even(folder: Path) -> None:
    path = film(folder / "odd.mp4", 4, "321x241", 25, "format=yuv444p", "-pix_fmt", "yuv444p")
    with signer(path) as found:
        assert found.frame(3).shape == (180, 120)


@pytest.mark.parametrize(
    ("width", "height", "box", "seen"),
    [
        (1920, 1080, (0, 0, 372, 372), (0, 0, 372, 372)),  # landscape into the round inset: sides are cut
        (1080, 1920, (0, 0, 372, 372), (0, 0, 372, 372)),  # portrait: above and below
        (1920, 1080, (1280, 0, 640, 1080), (1280, 220, 640, 640)),  # a third: the middle square stays whole
        (1080, 1920, (1280, 0, 640, 1080), (1280, 0, 640, 1080)),
        (1080, 1080, (720, 0, 360, 1080), (720, 360, 360, 360)),
        (1920, 1080, (0, 0, 1080, 640), (0, 0, 1080, 640)),
        (1281, 721, (10, 20, 250, 250), (10, 20, 250, 250)),
    ],
)
def test_the_middle_square_is_never_cut_and_nothing_is_stretched(
    width: int, height: int, box: tuple[int, int, int, int], seen: tuple[int, int, int, int]
) -> None:
    fit = fitted(Recording(Path("x.mp4"), width, height, 25, "bt709", "bt709", "bt709"), box)
    assert fit.at == seen
    assert fit.scaled[0] / fit.scaled[1] == pytest.approx(width / height, rel=0.01)
    assert min(fit.at[2:]) >= min(fit.scaled) - 2
    assert all(side % 2 == 0 for side in (*fit.scaled, *fit.at))


def test_a_film_of_few_pixels_is_refused_with_the_number_wanted() -> None:
    with pytest.raises(InputError, match="160×90") as caught:
        fitted(Recording(Path("fr.mp4"), 160, 90, 25, "bt709", "bt709", "bt709"), (0, 0, 640, 1080))
    assert "320" in caught.value.hint


_RGB = ((0xC0, 0x20, 0x20), (0x20, 0xA0, 0x40), (0x20, 0x40, 0xC0), (0x80, 0x80, 0x80))
_MEANT = [_yuv(rgb) for rgb in _RGB]
"""The same in BT.709, limited range, as every other layer is converted."""


def test_colours_of_bt709_stay_as_they_are(folder: Path) -> None:
    near(colours(patches(folder / "709.mp4")), _MEANT, 3)


def test_a_standard_definition_film_without_tags_is_bt601(folder: Path) -> None:
    """What every camera of that time wrote; taken for BT.709 its red turns orange."""
    path = patches(folder / "601.mp4", "-pix_fmt", "yuv420p", look="scale=out_color_matrix=smpte170m:out_range=tv,"
                   "format=yuv444p,setparams=colorspace=unknown:range=unknown")  # fmt: skip
    near(colours(path), _MEANT, 3)


def test_full_range_is_brought_to_limited(folder: Path) -> None:
    """Webcams and screen recorders."""
    path = patches(folder / "full.mp4", look="scale=out_color_matrix=bt709:out_range=pc,format=yuv444p,setparams=range=pc:"
                   "color_primaries=bt709:color_trc=bt709:colorspace=bt709")  # fmt: skip
    near(colours(path), _MEANT, 3)


@pytest.mark.parametrize("transfer", ["arib-std-b67", "smpte2084"])
def test_hdr_in_ten_bits_comes_out_in_its_colours_and_not_grey(folder: Path, transfer: str) -> None:
    """As telephones film by default: HLG, BT.2020; and HDR10. Highlights are bent, so not to the digit."""
    to_hdr = (
        "scale=out_color_matrix=bt709:out_range=tv,format=yuv444p,setparams=range=tv:color_primaries=bt709:"
        "color_trc=bt709:colorspace=bt709,zscale=t=linear:npl=203,format=gbrpf32le,"
        f"zscale=p=bt2020:t={transfer}:m=bt2020nc:r=limited:npl=203,format=yuv420p10le"
    )
    near(colours(patches(folder / f"{transfer}.mp4", look=to_hdr)), _MEANT, 10)


def near(found: list[tuple[int, ...]], meant: list[tuple[int, int, int]], most: int) -> None:
    assert np.abs(np.array(found) - np.array(meant)).max() <= most, found


# --- in the clip ------------------------------------------------------------------------------------


def layout_with(place: tuple[int, int, int, int], is_round: bool) -> ClipLayout:
    return replace(set_layers(short_job(), RESOURCES, 0.25), signer=place, signer_round=is_round)


@pytest.mark.parametrize("is_round", [False, True])
def test_the_signer_stands_in_the_film_and_the_rest_is_untouched(clock: Path, is_round: bool) -> None:
    """Also on the first frame, on a frame where texts move, and asked for alone."""
    place = (100, 200, 120, 120)
    layout, job = layout_with(place, is_round), short_job()
    without = ClipFilm(job, layout)
    with signer(clock, 4, place, is_round) as person:
        film_ = ClipFilm(job, layout, person)
        for seconds in (0.0, 0.2, 0.9, 1.5, 0.9):
            frame, plain, own = film_.frame(seconds), without.frame(seconds), person.frame(seconds)
            inside = np.zeros((480, 270), bool)
            inside[200:320, 100:220] = True
            assert np.array_equal(frame[:480][~inside], plain[:480][~inside])
            seen, meant = frame[200:320, 100:220], own[:120]
            assert np.array_equal(seen[40:80, 40:80], meant[40:80, 40:80])
            corner = plain[200, 100] if is_round else meant[0, 0]
            assert seen[0, 0] == corner
            chroma = frame[480:].reshape(2, 240, 135)[:, 100:160, 50:110]
            assert np.array_equal(chroma[:, 20:40, 20:40], own[120:].reshape(2, 60, 60)[:, 20:40, 20:40])
            with signer(clock, 4, place, is_round) as alone:
                assert np.array_equal(ClipFilm(job, layout, alone).frame(seconds), frame)


def test_a_round_edge_is_smooth_and_as_wide_as_its_place(clock: Path) -> None:
    with signer(clock, 4, BOX, True) as person:
        assert person.shares is not None
        cover = person.shares[0] / 256
    assert cover.sum() == pytest.approx(np.pi * 60**2, rel=0.002)
    assert np.array_equal(cover, cover[::-1]) and np.array_equal(cover, cover.T)
    assert ((cover > 0) & (cover < 1)).sum() < 4 * 120


def test_the_poster_shows_the_signer_in_rgb(folder: Path) -> None:
    place = (100, 200, 120, 120)
    layout, job = layout_with(place, False), short_job()
    with signer(patches(folder / "poster.mp4"), 4, place) as person:
        picture = np.asarray(ClipFilm(job, layout, person).still(0.5))
    for (y, x), meant in zip(((30, 30), (30, 90), (90, 30), (90, 90)), _RGB, strict=True):
        assert np.abs(picture[200 + y, 100 + x].astype(int) - meant).max() <= 4


@pytest.mark.parametrize(("shape", "language"), [("story", "fr"), ("wide", "fr"), ("wide", "ar")])
def test_a_clip_is_made_with_the_campaign_s_own_film(tmp_path: Path, shape: str, language: str) -> None:
    """From the folder, through the shipped layout, to the decoded file."""
    film(tmp_path / "assets" / "lsf" / f"{language}.mp4", 2, "640x640", 25, "geq=lum=200:cb=128:cr=128")
    resources = Resources(tmp_path)
    plain = short_job(silent=True, format=shape, language=language, id=f"clip/{language}/{shape}/main")
    assert signed_languages(resources, [language, "en"]) == {language}
    job = plain.model_copy(update={"signer": True})
    layout = set_layers(job, resources, 0.25)
    assert layout.signer and layout.signer_round is (shape == "story")
    made = render_clip(job, resources, tmp_path / "dist", "d" * 64, scale=0.25)
    run = subprocess.run(
        [ffmpeg_path(), "-v", "error", "-i", tmp_path / "dist" / made[0].path, "-f", "rawvideo", "-"],
        capture_output=True, check=True,
    )  # fmt: skip
    frames = np.frombuffer(run.stdout, np.uint8).reshape(12, layout.height * 3 // 2, layout.width)
    x, y, w, h = layout.signer
    assert x + w // 2 < layout.width // 2 if language == "ar" else x + w // 2 > layout.width // 2
    middle = frames[:, y + h // 2 - 20 : y + h // 2 + 20, x + w // 2 - 20 : x + w // 2 + 20]
    assert np.abs(middle.astype(int) - 200).max() < 6


def test_only_clips_of_a_language_with_a_film_keep_a_place_and_no_loop_does(tmp_path: Path) -> None:
    (tmp_path / "assets" / "lsf").mkdir(parents=True)
    (tmp_path / "assets" / "lsf" / "fr.mp4").write_bytes(b"any")
    folder = copy_campaign(tmp_path)
    loaded = load(folder)
    spoken = loaded.campaign.clips.model_copy(update={"languages": ("fr", "en")})
    loaded = replace(loaded, campaign=loaded.campaign.model_copy(update={"clips": spoken}))
    signed = interpreted_languages(loaded)
    clips = plan(
        loaded.campaign, loaded.theme, loaded.storyboards, extras=True, signed_languages=signed
    ).clips
    assert {(job.language, job.loop) for job in clips} == {
        (a, b) for a in ("fr", "en") for b in (True, False)
    }
    assert {(job.language, job.loop) for job in clips if job.signer} == {("fr", False)}
    assert all(job.signer for job in clips if job.language == "fr" and not job.loop)


def test_without_a_place_or_without_a_film_nobody_signs(tmp_path: Path) -> None:
    """A layout without a place never opens the film."""
    plain = set_layers(short_job(), RESOURCES, 0.25)
    assert not signed_languages(Resources(tmp_path), ["fr"])
    with signing(short_job(), layout_with((0, 0, 120, 120), True), Resources(tmp_path)) as nobody:
        assert nobody is None
    (tmp_path / "assets" / "lsf").mkdir(parents=True)
    (tmp_path / "assets" / "lsf" / "fr.mp4").write_bytes(b"no film at all")
    with signing(short_job(), plain, Resources(tmp_path)) as nobody:
        assert nobody is None


# --- what cannot be used ----------------------------------------------------------------------------


def refused(path: Path, says: str, wanted_s: float = 4) -> InputError:
    """Looking at it, or at the latest reading its frames, is an error with the file's name and a hint."""
    with pytest.raises(InputError, match=says) as caught:
        played(path, wanted_s)
    assert path.name in str(caught.value)
    assert caught.value.hint
    return caught.value


def played(path: Path, wanted_s: float) -> None:
    """Every frame once."""
    with signer(path, wanted_s) as found:
        for number in range(int(wanted_s * 30)):
            found.frame(number / 30)


def test_a_film_that_is_too_short_says_what_it_lasts_and_what_is_wanted(card: Path) -> None:
    refused(card, r"lasts 4\.0 s, the clip 25\.0 s", 25)


def test_a_film_that_is_too_long_says_so_too(card: Path) -> None:
    """Its last sign would be cut off."""
    refused(card, r"lasts 4\.0 s, the clip 3\.0 s", 3)


def test_a_few_frames_too_many_are_cut(card: Path) -> None:
    with signer(card, 3.9) as found:
        assert found.frame(3.89) is not None


def test_broken_films_are_named(folder: Path, card: Path) -> None:
    """Empty, no film, cut short with the index in front or behind, random bytes within."""
    data = card.read_bytes()
    at = data.index(b"mdat")
    chance = np.random.default_rng(25)
    noise = bytearray(data)
    for place in chance.integers(at + 2000, data.index(b"moov") - 8, 300):
        noise[place] ^= 0xFF
    fast = folder / "fast.mp4"
    ffmpeg("-i", card, "-c", "copy", "-movflags", "+faststart", fast)
    for name, content, says in (
        ("empty.mp4", b"", "it is empty"),
        ("text.mp4", b"#EXTM3U\nfile:///etc/hostname\n", "not an MP4 file"),
        ("tail.mp4", data[: len(data) * 6 // 10], "index is missing"),
        ("cut.mp4", fast.read_bytes()[: len(data) * 6 // 10], "cut short"),
        ("noise.mp4", bytes(noise), "cannot be decoded|cut short"),
        ("header.mp4", data[:40], "cut short|cannot be"),
    ):
        path = folder / name
        path.write_bytes(content)
        refused(path, says)


def test_sound_without_pictures_is_refused(folder: Path) -> None:
    path = folder / "sound.mp4"
    ffmpeg("-f", "lavfi", "-i", "sine=duration=4", "-c:a", "aac", path)
    refused(path, "sound in it and no picture")


def test_a_cover_is_no_film(folder: Path, card: Path) -> None:
    """An audio file with a picture of its album: one frame that would stand for ever."""
    cover, path = folder / "cover.jpg", folder / "album.mp4"
    ffmpeg("-i", card, "-frames:v", "1", cover)
    ffmpeg("-f", "lavfi", "-i", "sine=duration=4", "-i", cover, "-map", "0", "-map", "1", "-c:a", "aac",
           "-c:v", "mjpeg", "-disposition:v:0", "attached_pic", path)  # fmt: skip
    refused(path, "no picture|cannot be decoded")


def test_another_container_under_the_name_is_refused(folder: Path) -> None:
    path = folder / "webm.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=size=128x128:duration=1", "-c:v", "libvpx", "-f", "webm", path)
    refused(path, "not an MP4 file")


def test_a_transparent_background_is_refused(folder: Path) -> None:
    path = folder / "alpha.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=size=128x128:duration=4,format=yuva444p10le", "-c:v", "prores_ks",
           "-profile:v", "4", "-f", "mov", path)  # fmt: skip
    refused(path, "transparent")


def test_prores_and_sound_tracks_are_no_hindrance(folder: Path) -> None:
    """What an editing suite exports: QuickTime, 4:2:2 in ten bits, with sound."""
    path = folder / "suite.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=4", "-f", "lavfi", "-i", "sine=duration=4",
           "-c:v", "prores_ks", "-c:a", "pcm_s16le", "-f", "mov", path)  # fmt: skip
    with signer(path) as found:
        assert found.frame(3.9).shape == (180, 120)


def test_a_film_that_is_gone_is_no_traceback(folder: Path) -> None:
    refused(folder / "gone.mp4", "No such file")


def test_a_film_too_heavy_or_too_large_is_refused(
    folder: Path, card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(footage, "MAX_FILM_BYTES", 1000)
    refused(card, "at most 1000 are read")
    monkeypatch.undo()
    monkeypatch.setattr(footage, "MAX_SIDE_PX", 300)
    refused(card, "at most 300 can be read")


@pytest.mark.parametrize("name", ["fr.mov", "fr.MP4", "fr.webm"])
def test_a_film_under_another_ending_is_not_left_out_in_silence(tmp_path: Path, name: str) -> None:
    (tmp_path / "assets" / "lsf").mkdir(parents=True)
    (tmp_path / "assets" / "lsf" / name).write_bytes(b"x")
    with pytest.raises(InputError, match=r"only fr\.mp4 is read"):
        footage_of(Resources(tmp_path), "fr")
    assert footage_of(Resources(tmp_path), "en") is None


def test_a_decoder_that_hangs_is_ended(card: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recording = look_at(card, 4)
    monkeypatch.setattr(kit.media.ffmpeg, "FRAME_TIMEOUT_S", 0.2)
    monkeypatch.setattr(
        "kit.render.clip.interpreter.command", lambda *_: ["sh", "-c", "exec tail -f /dev/null"]
    )
    with (
        pytest.raises(InputError, match=r"nothing came out of it for 0\.2 s"),
        Interpreter(recording, BOX, False, 30, 4) as found,
    ):
        found.frame(0)


def test_a_look_that_hangs_is_ended(tmp_path: Path, card: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "ffmpeg"
    fake.write_text("#!/bin/sh\nexec tail -f /dev/null\n")
    fake.chmod(0o755)
    monkeypatch.setattr("kit.media.ffmpeg.ffmpeg_path", lambda: str(fake))
    monkeypatch.setattr(footage, "_LOOK_S", 0.3)
    with pytest.raises(InputError, match="could not be opened"):
        look_at(card, 4)


def test_a_missing_ffmpeg_is_explained(tmp_path: Path, card: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kit.media.ffmpeg.ffmpeg_path", lambda: str(tmp_path / "none"))
    with pytest.raises(WorkError, match="cannot be started"):
        look_at(card, 4)
