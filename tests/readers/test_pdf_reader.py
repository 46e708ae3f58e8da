"""Print files as another library finds them; and that this library would find the faults."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Name, Stream

from kit.load import load
from kit.model.artifact import Artifact
from kit.plan import plan
from kit.render.print import render_print
from kit.render.typeset import Typesetter
from tests.readers.pdf_reader import faults, look
from tests.support.campaign import SHIPPED

# every format, the longest and the shortest piece, the mirrored and the wide script
DRAWN = (
    "print/fr/a4/overview", "print/fr/a3/tool-17", "print/fr/a5/directory", "print/fr/card/overview",
    "print/fr/tearoff/overview", "print/fr/sticker/tool-114", "print/ar/a4/tool-web", "print/ar/card/overview",
    "print/zh/a5/witness", "print/uk/a4/directory", "print/pt/a5/directory",
)  # fmt: skip


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Artifact]]:
    out, loaded = tmp_path_factory.mktemp("print"), load(SHIPPED)
    typesetter = Typesetter(loaded.resources)
    jobs = [job for job in plan(loaded.campaign, loaded.theme, {}).prints if job.id in DRAWN]
    assert len(jobs) == len(DRAWN)
    made = [one for job in jobs for one in render_print(job, typesetter, out, "digest")]
    return out, {one.id: one for one in made}


@pytest.mark.parametrize("sheet", [f"{name}{copy}" for name in DRAWN for copy in ("", ".screen")])
def test_another_library_finds_nothing_wrong(sheets: tuple[Path, dict[str, Artifact]], sheet: str) -> None:
    out, made = sheets
    assert faults(made[sheet], out / made[sheet].path) == []


def test_it_really_reads(sheets: tuple[Path, dict[str, Artifact]]) -> None:
    out, made = sheets
    press = look(out / made["print/fr/a4/overview"].path)
    screen = look(out / made["print/fr/a4/overview.screen"].path)
    assert press.trim[0][2:] == pytest.approx((210, 297), abs=0.01)
    assert press.fonts > 5 and press.marks[0] >= 8
    assert (0, 0, 0, 100) in {tuple(round(n) for n in ink) for ink in press.text_inks}
    assert len(press.inks) >= 4
    assert "3919" in map(str.strip, screen.spoken) and screen.unspoken == ""
    assert set(screen.roles) == {"Document", "P"}


def test_two_numbers_that_stand_under_each_other_are_not_read_as_one(
    sheets: tuple[Path, dict[str, Artifact]],
) -> None:
    out, made = sheets
    spoken = look(out / made["print/fr/card/overview.screen"].path).spoken
    assert {"17", "114", "3919"} <= set(map(str.strip, spoken))


def _rgb(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[0]
    page.contents_add(Stream(pdf, b"q 1 0 0 rg 0 0 10 10 re f Q BT ET "), prepend=False)


def _ink(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[0]
    page.contents_add(Stream(pdf, b"q 0.8 0.8 0.8 0.8 k 0 0 10 10 re f Q BT ET "), prepend=False)


def _shift(pdf: pikepdf.Pdf) -> None:
    x0, y0, x1, y1 = (float(v) for v in pdf.pages[0].trimbox)
    pdf.pages[0].TrimBox = Array([x0 + 0.6, y0, x1 + 0.6, y1])  # 0.2 mm


def _no_bleed(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].BleedBox = pdf.pages[0].TrimBox


def _black(pdf: pikepdf.Pdf) -> None:
    data = b"BT 0.7 0.6 0.6 0.9 k /F 9 Tf (3919) Tj ET q 0 0 1 1 re f Q "
    pdf.pages[0].contents_add(Stream(pdf, data), prepend=False)


def _foreign(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Lang = "en"


def _nameless(pdf: pikepdf.Pdf) -> None:
    del pdf.docinfo["/Title"]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_rgb, "painted in light"),
        (_ink, "320 % of ink"),
        (_shift, "TrimBox"),
        (_no_bleed, "BleedBox"),
        (_black, "four-colour black"),
        (_foreign, "language is 'en'"),
        (_nameless, "no title"),
    ],
)
def test_a_spoilt_sheet_for_the_press_is_caught(
    sheets: tuple[Path, dict[str, Artifact]], tmp_path: Path, spoil: object, said: str
) -> None:
    out, made = sheets
    one = made["print/fr/a4/overview"]
    with pikepdf.open(out / one.path) as pdf:
        spoil(pdf)  # type: ignore[operator]
        pdf.save(tmp_path / "spoilt.pdf")
    assert said in "; ".join(faults(one, tmp_path / "spoilt.pdf"))


def _unmarked(pdf: pikepdf.Pdf) -> None:
    pdf.Root.MarkInfo.Marked = False


def _unclaimed(pdf: pikepdf.Pdf) -> None:
    data = pdf.Root.Metadata.read_bytes().replace(b"pdfuaid:part>1", b"pdfuaid:part>2")
    pdf.Root.Metadata = Stream(pdf, data)
    pdf.Root.Metadata.Type, pdf.Root.Metadata.Subtype = Name.Metadata, Name.XML


def _file_name(pdf: pikepdf.Pdf) -> None:
    pdf.Root.ViewerPreferences.DisplayDocTitle = False


def _treeless(pdf: pikepdf.Pdf) -> None:
    pdf.Root.StructTreeRoot.K = Array([])


def _disordered(pdf: pikepdf.Pdf) -> None:
    document = pdf.Root.StructTreeRoot.K[0]
    document.K = Array(list(reversed(list(document.K))))


def _run_together(pdf: pikepdf.Pdf) -> None:
    document = pdf.Root.StructTreeRoot.K[0]
    one, other = document.K[2], document.K[3]
    one.K = Array([*(one.K if isinstance(one.K, Array) else [one.K]), other.K])
    other.K = Array([])


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_unmarked, "not marked as tagged"),
        (_unclaimed, "claims PDF/UA part 2"),
        (_file_name, "not its title"),
        (_treeless, "text outside the tree"),
        (_disordered, "read aloud in 17 parts, not 17"),
        (_run_together, "parts, not 17"),
    ],
)
def test_a_spoilt_sheet_for_the_screen_is_caught(
    sheets: tuple[Path, dict[str, Artifact]], tmp_path: Path, spoil: object, said: str
) -> None:
    out, made = sheets
    one = made["print/fr/a4/overview.screen"]
    with pikepdf.open(out / one.path) as pdf:
        spoil(pdf)  # type: ignore[operator]
        pdf.save(tmp_path / "spoilt.pdf")
    assert said in "; ".join(faults(one, tmp_path / "spoilt.pdf"))


def test_a_sheet_that_shows_less_than_its_manifest_entry_is_caught(
    sheets: tuple[Path, dict[str, Artifact]],
) -> None:
    out, made = sheets
    one = made["print/fr/a4/overview.screen"]
    more = one.model_copy(update={"text": (*one.text, "08 019 019 11")})
    assert "parts, not 18" in "; ".join(faults(more, out / one.path))
