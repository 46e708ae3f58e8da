"""What a PDF calls itself: a window's title, and the first thing a screen reader says."""

from __future__ import annotations

from pathlib import Path

import pikepdf

from kit.media.pdf.model import NotAPdf

_SPOKEN = ("dc:title", "dc:description", "dc:subject", "pdf:Keywords")
_INFO = ("/Title", "/Subject", "/Keywords", "/Author")


def titles(path: Path) -> tuple[str, ...]:
    """The texts of the document information and of the XMP packet, each once; none of a file that is no PDF."""
    try:
        with pikepdf.Pdf.open(path, attempt_recovery=False) as document:
            info = [str(document.docinfo[key]) for key in _INFO if key in document.docinfo]
            packet = document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False, strict=True)
            said = [packet.get(key) for key in _SPOKEN]
    except (pikepdf.PikepdfError, NotAPdf, OSError, ValueError, TypeError, LookupError, SyntaxError):
        return ()  # print-unreadable says why
    words = [
        *info,
        *(" ".join(map(str, one)) if isinstance(one, (list, set)) else str(one) for one in said if one),
    ]
    return tuple(dict.fromkeys(word for word in words if word.strip()))
