"""Encodings of a still: what a platform accepts, what an archive keeps, and no byte by chance."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image, ImageCms

from kit.errors import WorkError
from kit.render import picture
from kit.render.picture import WEBP_PX, decoded, page_webp, png_master, upload_jpeg, xmp_packet
from kit.tables.formats import JPEG_MAX_BYTES

XMP = xmp_packet("3919 <écoute> & « 114 »", "Reproduction libre", "fr")


def png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def noise(width: int, height: int) -> Image.Image:
    """The worst there is for an encoder."""
    return Image.fromarray(np.random.default_rng(25).integers(0, 256, (height, width, 3), np.uint8))


FLAT = png(Image.new("RGBA", (1080, 1350), "#160A26"))


def test_the_master_keeps_its_pixels_and_gains_one_packet() -> None:
    source = png(noise(40, 30).convert("RGBA"))
    master = png_master(source, XMP)
    with Image.open(io.BytesIO(source)) as before, Image.open(io.BytesIO(master)) as after:
        assert before.tobytes() == after.tobytes()
        assert set(after.info) == {"XML:com.adobe.xmp", "xmp"}
    assert master.count(b"iTXt") == 1 and b"eXIf" not in master and b"tIME" not in master


def test_what_is_no_png_is_our_bug() -> None:
    with pytest.raises(WorkError, match="PNG"):
        png_master(b"GIF89a", XMP)


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_every_encoding_carries_the_same_readable_packet_and_no_exif(kind: str) -> None:
    rgb = decoded(FLAT)
    data = {
        "png": lambda: png_master(FLAT, XMP),
        "jpeg": lambda: upload_jpeg(rgb, XMP),
        "webp": lambda: page_webp(rgb, XMP)[0],
    }[kind]()
    assert data.count(b"W5M0MpCehiHzreSzNTczkc9d") == 1
    with Image.open(io.BytesIO(data)) as image:
        assert not image.getexif()
        packet = image.info["xmp"]
    root = ET.fromstring(packet if isinstance(packet, str) else packet.decode())
    texts = [node.text for node in root.iter() if node.text and node.text.strip()]
    assert texts == [
        "3919 <écoute> & « 114 »", "3919 <écoute> & « 114 »", "Reproduction libre",
        "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCreation",
    ]  # fmt: skip


def test_the_upload_copy_is_srgb_and_keeps_full_colour_resolution() -> None:
    with Image.open(io.BytesIO(upload_jpeg(decoded(FLAT), XMP))) as image:
        assert image.mode == "RGB" and image.format == "JPEG"
        assert [row[1:3] for row in image.layer] == [(1, 1)] * 3  # 4:4:4
        profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
        assert "sRGB" in ImageCms.getProfileDescription(profile)
        assert image.info["icc_profile"][24:36] == bytes(12), "a date would change the bytes every second"


def test_a_busy_picture_steps_down_until_it_fits_a_million_bytes() -> None:
    rgb = noise(700, 700)
    data = upload_jpeg(rgb, XMP)
    best = io.BytesIO()
    rgb.save(best, "JPEG", quality=picture._QUALITIES[0], subsampling=0)
    assert best.tell() > JPEG_MAX_BYTES >= len(data)


def test_what_no_quality_makes_fit_is_an_error_and_no_smeared_picture() -> None:
    with pytest.raises(WorkError, match="1,000,000 bytes"):
        upload_jpeg(noise(2400, 2400), XMP)


def test_the_pages_picture_is_small_and_keeps_its_shape() -> None:
    data, width, height = page_webp(decoded(FLAT), XMP)
    assert (width, height) == (576, WEBP_PX)
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (576, WEBP_PX) and image.format == "WEBP"


def test_copies_do_not_touch_the_picture_they_share() -> None:
    rgb = decoded(FLAT)
    before = rgb.tobytes()
    page_webp(rgb, XMP)
    upload_jpeg(rgb, XMP)
    assert rgb.size == (1080, 1350) and rgb.tobytes() == before


def test_the_same_picture_gives_the_same_bytes() -> None:
    one, other = decoded(FLAT), decoded(FLAT)
    assert upload_jpeg(one, XMP) == upload_jpeg(other, XMP)
    assert page_webp(one, XMP) == page_webp(other, XMP)
