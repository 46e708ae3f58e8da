"""Files that are no PDF, locked, broken or made to exhaust the reader: each is refused with a reason."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Dictionary, Name, Pdf

import kit.media.pdf
from kit.media.pdf import NotAPdf, inspect
from tests.support.pdfs import drawn, form, saved, typeset


def test_a_missing_file_is_not_called_broken(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        inspect(tmp_path / "absent.pdf")


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"not a PDF", b"\x89PNG\r\n\x1a\n" * 99])
def test_what_is_no_pdf_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.pdf").write_bytes(content)
    with pytest.raises(NotAPdf) as refusal:
        inspect(tmp_path / "x.pdf")
    assert str(tmp_path) not in str(refusal.value) and "0x" not in str(refusal.value)


@pytest.mark.parametrize("share", [0.3, 0.9, 0.99])
def test_a_file_cut_short_is_refused_not_repaired(tmp_path: Path, share: float) -> None:
    whole = typeset(tmp_path, "Texte")
    (tmp_path / "x.pdf").write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(NotAPdf):
        inspect(tmp_path / "x.pdf")


@pytest.mark.parametrize(("user", "why"), [("secret", "locked with a password"), ("", "encrypted")])
def test_an_encrypted_file_is_refused_even_if_it_opens(tmp_path: Path, user: str, why: str) -> None:
    lock = pikepdf.Encryption(user=user, owner="owner")
    with pytest.raises(NotAPdf, match=why):
        inspect(saved(drawn(b""), tmp_path / "x.pdf", encryption=lock))


def bomb(monkeypatch: pytest.MonkeyPatch) -> Pdf:
    monkeypatch.setattr(kit.media.pdf, "MAX_STREAM_BYTES", 1_000_000)
    return drawn(b" " * 3_000_000)


def endless_form(_: pytest.MonkeyPatch) -> Pdf:
    document = drawn(b"/me Do")
    resources = document.make_indirect(Dictionary())
    resources.XObject = Dictionary(me=form(document, b"/me Do", Resources=resources))
    document.pages[0].obj.Resources = resources
    return document


def forms_that_multiply(_: pytest.MonkeyPatch) -> Pdf:
    document = drawn(b"/f Do")
    below = form(document, b"")
    for _depth in range(9):
        below = form(document, b"/f Do " * 9, Resources=Dictionary(XObject=Dictionary(f=below)))
    document.pages[0].obj.Resources = Dictionary(XObject=Dictionary(f=below))
    return document


def endless_space(_: pytest.MonkeyPatch) -> Pdf:
    return drawn(b"/a cs", ColorSpace=Dictionary(a=Name.b, b=Name.a))


def vast_image(_: pytest.MonkeyPatch) -> Pdf:
    document = drawn(b"/p Do")
    image = document.make_stream(
        b"", Subtype=Name.Image, Width=10**6, Height=10**6, ColorSpace=Name.DeviceCMYK
    )
    document.pages[0].obj.Resources.XObject = Dictionary(p=image)
    return document


def broken_jpeg(_: pytest.MonkeyPatch) -> Pdf:
    document = drawn(b"/p Do")
    image = document.make_stream(
        b"\xff\xd8\xff",
        Subtype=Name.Image,
        Width=1,
        Height=1,
        ColorSpace=Name.DeviceCMYK,
        Filter=Name.DCTDecode,
    )
    document.pages[0].obj.Resources.XObject = Dictionary(p=image)
    return document


def wrong_shapes(_: pytest.MonkeyPatch) -> Pdf:
    document = drawn(b"")
    document.pages[0].obj.TrimBox = Name.A4
    return document


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (bomb, "limit"),
        (endless_form, "without end"),
        (forms_that_multiply, "bytes of drawing"),
        (endless_space, "without end"),
        (vast_image, "pixels"),
        (broken_jpeg, "broken JPEG"),
        (wrong_shapes, "not what it should be"),
    ],
)
def test_a_hostile_file_is_refused_with_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: Callable[[pytest.MonkeyPatch], Pdf], why: str
) -> None:
    limits: dict[str, Any] = pikepdf.settings.get_qpdf_limits()
    with pytest.raises(NotAPdf, match=why):
        inspect(saved(made(monkeypatch), tmp_path / "x.pdf"))
    pikepdf.settings.set_qpdf_limits(**limits)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, Path]:
    folder = tmp_path_factory.mktemp("fuzz")
    plain = io.BytesIO()
    with Pdf.open(io.BytesIO(typeset(folder, '= A\n#link("https://a.fr")[b] #rect(fill: red)'))) as document:
        document.save(plain, qdf=True, static_id=True)  # unpacked, so that faults reach the drawing too
    return plain.getvalue(), folder / "x.pdf"


@settings(max_examples=150)
@given(place=st.floats(0, 1), junk=st.binary(min_size=1, max_size=9))
def test_a_spoilt_file_is_read_or_refused_never_a_traceback(
    sound: tuple[bytes, Path], place: float, junk: bytes
) -> None:
    whole, path = sound
    at = int(place * len(whole))
    path.write_bytes(whole[:at] + junk + whole[at + len(junk) :])
    try:
        assert inspect(path).pages
    except NotAPdf as error:
        assert str(error)
