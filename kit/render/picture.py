"""Encodings of a still: PNG master and upload JPEG, byte-stable, with one XMP packet and no more.

No EXIF, no dates, no GPS: a file must not say where or when it was made. The XMP packet carries
the rights, a description in the piece's language and how the picture was made; platforms strip it,
archives do not.
"""

from __future__ import annotations

import io
import struct
import zlib
from functools import cache
from xml.sax.saxutils import escape, quoteattr

from PIL import Image, ImageCms

from kit.errors import WorkError
from kit.tables.formats import JPEG_MAX_BYTES

WEBP_PX = 720
"""Longest side of the page's picture."""
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_QUALITIES = (92, 88, 84, 80, 75, 70, 62, 54)
_SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCreation"


def xmp_packet(description: str, rights: str, language_tag: str) -> bytes:
    """One XMP packet. `digitalCreation`: made by people with ordinary tools, no generative model."""
    tag = quoteattr(language_tag)
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">'
        f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{escape(description)}</rdf:li>'
        f"<rdf:li xml:lang={tag}>{escape(description)}</rdf:li></rdf:Alt></dc:description>"
        f'<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">{escape(rights)}</rdf:li></rdf:Alt></dc:rights>'
        f"<Iptc4xmpExt:DigitalSourceType>{_SOURCE_TYPE}</Iptc4xmpExt:DigitalSourceType>"
        "</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='r'?>"
    ).encode()


def png_master(png: bytes, xmp: bytes) -> bytes:
    """The typesetter's PNG with the XMP packet added as an iTXt chunk; pixels are not touched."""
    if not png.startswith(_PNG_SIGNATURE):
        raise WorkError("the typesetter did not return a PNG", "this is a bug; run with --debug")
    header_end = 8 + 25  # signature, then IHDR: length, type, 13 bytes, checksum
    body = b"XML:com.adobe.xmp\0\0\0\0\0" + xmp
    chunk = struct.pack(">I", len(body)) + b"iTXt" + body + struct.pack(">I", zlib.crc32(b"iTXt" + body))
    return png[:header_end] + chunk + png[header_end:]


def decoded(png: bytes) -> Image.Image:
    """The master's pixels, for all its copies: decoding costs more than encoding does (20 against 6 ms)."""
    with Image.open(io.BytesIO(png)) as image:
        rgb: Image.Image = image.convert("RGB")
    return rgb


def upload_jpeg(rgb: Image.Image, xmp: bytes) -> bytes:
    """sRGB JPEG 4:4:4 of at most JPEG_MAX_BYTES: the best quality of a fixed ladder that fits.

    Raises WorkError when even the lowest does not fit, which flat type never comes near.
    """
    for quality in _QUALITIES:
        buffer = io.BytesIO()
        rgb.save(buffer, "JPEG", quality=quality, subsampling=0, icc_profile=srgb_profile(), xmp=xmp)
        if buffer.tell() <= JPEG_MAX_BYTES:
            return buffer.getvalue()
    raise WorkError(f"a JPEG stays over {JPEG_MAX_BYTES:,} bytes even at quality {_QUALITIES[-1]}")


def page_webp(rgb: Image.Image, xmp: bytes) -> tuple[bytes, int, int]:
    """A small WebP for the partner page, with its width and height: twice a thumbnail's size there.

    Why small: seventy pictures a page are read on a phone's connection; who wants a file takes the
    PNG or the JPEG. Filter and method are the fastest that nobody can tell from the best: half the
    time of Lanczos and method 4, 4 % more bytes (79 pictures, looked at side by side, 2026-11-25).
    """
    small = rgb.copy()
    small.thumbnail((WEBP_PX, WEBP_PX), Image.Resampling.HAMMING)
    buffer = io.BytesIO()
    small.save(buffer, "WEBP", quality=82, method=2, xmp=xmp)
    return buffer.getvalue(), small.width, small.height


@cache
def srgb_profile() -> bytes:
    """LittleCMS's sRGB profile with its creation date zeroed: it would change bytes every second."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile[:24] + bytes(12) + profile[36:84] + bytes(16) + profile[100:]
