"""Each CSV as a strict reader of that tool would take it."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import pytest

from kit.errors import InputError
from kit.model.post import Post
from kit.posts.export import EXPORTERS, Exported, ExportRequest
from kit.posts.export.csv_exports import csv_bytes, inert
from kit.posts.post_queue import queue
from tests.support.posts import make_kit

BASE = "https://example.org/kit/"
PARIS = ZoneInfo("Europe/Paris")
BUFFER = "Text,Image URL,Tags,Posting Time"
PUBLER = (
    '"Date - Intl. format or prompt","Text","Link(s) - Separated by comma for FB carousels",'
    '"Media URL(s) - Separated by comma","Title - For the video, pin, PDF ..","Label(s) - Separated by comma",'
    '"Alt text(s) - Separated by ||","Comment(s) - Separated by ||","Pin board, FB album, or Google category",'
    '"Post subtype - I.e. story, reel, PDF ..","CTA - For Facebook links or Google",'
    '"Reminder - For stories, reels, shorts, and TikToks"'
)


@pytest.fixture(scope="module")
def job(shipped_copy: Path) -> ExportRequest:
    loaded, manifest, _ = make_kit(shipped_copy)
    assert loaded.schedule
    found = queue(manifest, loaded.schedule, loaded.campaign)
    made = datetime(2026, 11, 1, tzinfo=UTC)
    return ExportRequest(found, manifest, loaded.schedule, loaded.resources, made, BASE)


def with_posts(job: ExportRequest, *posts: Post) -> ExportRequest:
    return ExportRequest(
        job.queue.model_copy(update={"posts": posts}), job.manifest, job.schedule, job.resources, job.made,
        job.media_base, job.date_format,
    )  # fmt: skip


def rows(data: bytes | Path, delimiter: str = ",") -> list[list[str]]:
    """Strict: a byte order mark, CRLF between rows, every field quoted, equal rows, and no formula."""
    assert isinstance(data, bytes)
    assert data.startswith(b"\xef\xbb\xbf") and data.endswith(b'"\r\n')
    text = data.decode("utf-8-sig")
    assert "\ufeff" not in text
    read = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    quoted = io.StringIO(newline="")
    csv.writer(quoted, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(read)
    assert quoted.getvalue() == text
    assert len({len(row) for row in read}) == 1
    assert not any(cell.lstrip()[:1] in tuple("=+-@") for row in read for cell in row if cell)
    return read


def check_url(job: ExportRequest, url: str) -> None:
    """The address is under the base, and what it names was built."""
    assert url.startswith(BASE)
    assert unquote(url.removeprefix(BASE)) in {artifact.path for artifact in job.manifest.artifacts}


def texts(job: ExportRequest, account: str) -> list[str]:
    return [post.text for post in job.queue.posts if post.account == account]


def test_buffer_reads_its_own_columns_a_file_a_channel(job: ExportRequest) -> None:
    exported = EXPORTERS["buffer"](job)
    assert set(exported.files) == {f"buffer-{account.id}.csv" for account in job.schedule.accounts}
    for account in job.schedule.accounts:
        head, *body = rows(exported.files[f"buffer-{account.id}.csv"])
        assert ",".join(head) == BUFFER
        assert [row[0] for row in body] == texts(job, account.id)
        for row in body:
            check_url(job, row[1])
            assert row[1].endswith(".jpg")
            assert re.fullmatch(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}", row[3])
    assert any("no alternative text" in note for note in exported.notes)


def test_buffer_times_are_of_the_channels_zone(job: ExportRequest) -> None:
    moved = [
        a.model_copy(update={"zone": "Pacific/Noumea"}) if a.id == "x-fr" else a
        for a in job.schedule.accounts
    ]
    schedule = job.schedule.model_copy(update={"accounts": tuple(moved)})
    away = ExportRequest(job.queue, job.manifest, schedule, job.resources, job.made, BASE)
    times = [row[3] for row in rows(EXPORTERS["buffer"](away).files["buffer-x-fr.csv"])[1:]]
    assert "2026-11-25 18:00" in times  # 08:00 in Paris is 18:00 in Nouméa


def test_buffer_takes_a_hundred_rows_a_file(job: ExportRequest) -> None:
    post = job.queue.posts[0]
    many = [
        post.model_copy(update={"slot": f"s{n}", "due": post.due + timedelta(hours=n)}) for n in range(250)
    ]
    files = EXPORTERS["buffer"](with_posts(job, *many)).files
    assert sorted(files) == [f"buffer-{post.account}-{n}.csv" for n in (1, 2, 3)]
    assert [len(rows(files[name])) - 1 for name in sorted(files)] == [100, 100, 50]


def test_publer_reads_twelve_columns_with_alternative_text(job: ExportRequest) -> None:
    exported = EXPORTERS["publer"](job)
    for account in job.schedule.accounts:
        data = exported.files[f"publer-{account.id}.csv"]
        assert isinstance(data, bytes)
        assert data.decode("utf-8-sig").split("\r\n")[0] == PUBLER
        _, *body = rows(data)
        posts = [post for post in job.queue.posts if post.account == account.id]
        for row, post in zip(body, posts, strict=True):
            assert datetime.strptime(row[0], "%Y/%m/%d %H:%M").replace(tzinfo=PARIS) == post.due
            assert row[1] == post.text
            check_url(job, row[3])
            assert row[6] == post.media[0].alt


def test_metricool_is_matched_by_column_name_a_row_a_network(job: ExportRequest) -> None:
    exported = EXPORTERS["metricool"](job)
    head, *body = rows(exported.files["metricool-Europe-Paris.csv"], ";")
    assert len(head) == len(set(head)) == 96
    assert head[:14] == [
        "Text",
        "Date",
        "Time",
        "Draft",
        "Facebook",
        "Twitter/X",
        "LinkedIn",
        "GBP",
        "Instagram",
        "Pinterest",
        "TikTok",
        "Youtube",
        "Threads",
        "Bluesky",
    ]
    taken = [post for post in job.queue.posts if post.platform != "mastodon"]
    for row, post in zip(body, taken, strict=True):
        cells = dict(zip(head, row, strict=True))
        assert cells["Text"] == post.text
        assert sum(cells[name] == "TRUE" for name in head[4:14]) == 1
        assert datetime.fromisoformat(f"{cells['Date']} {cells['Time']}").replace(tzinfo=PARIS) == post.due
        check_url(job, cells["Picture Url 1"])
        assert cells["Alt text picture 1"] == post.media[0].alt
    assert sum("Metricool's CSV has no such network" in note for note in exported.notes) == len(
        job.queue.posts
    ) - len(taken)


@pytest.mark.parametrize(
    ("tool", "form", "date"),
    [
        ("metricool", "dmy", "25/11/2026"),
        ("hootsuite", "mdy", "11/25/2026 08:00"),
        ("hootsuite", "dmy", "25/11/2026 08:00"),
    ],
)
def test_dates_are_written_the_way_that_was_asked(
    job: ExportRequest, tool: str, form: str, date: str
) -> None:
    asked = ExportRequest(job.queue, job.manifest, job.schedule, job.resources, job.made, BASE, form)
    name = {"metricool": "metricool-Europe-Paris.csv", "hootsuite": "hootsuite-x-fr.csv"}[tool]
    cells = [
        cell
        for row in rows(EXPORTERS[tool](asked).files[name], ";" if tool == "metricool" else ",")
        for cell in row
    ]
    assert date in cells


def test_a_date_format_that_a_tool_does_not_know_is_refused(job: ExportRequest) -> None:
    asked = ExportRequest(job.queue, job.manifest, job.schedule, job.resources, job.made, BASE, "mdy")
    with pytest.raises(InputError, match="--date-format mdy"):
        EXPORTERS["metricool"](asked)


def test_hootsuite_has_no_header_three_columns_and_minutes_in_fives(job: ExportRequest) -> None:
    post = next(post for post in job.queue.posts if post.account == "x-fr")
    odd = post.model_copy(update={"slot": "odd", "due": post.due + timedelta(minutes=3)})
    exported = EXPORTERS["hootsuite"](with_posts(job, post, odd))
    body = rows(exported.files["hootsuite-x-fr.csv"])
    assert len(body) == 1 and len(body[0]) == 3 and body[0][1] == post.text
    assert any(str(odd.key) in note for note in exported.notes)


@pytest.mark.parametrize("text", ["=1+1", "+33 6", "-2", "@moi", "\t=1", "\r=1", '=HYPERLINK("http://x")'])
@pytest.mark.parametrize("tool", ["buffer", "publer", "metricool", "hootsuite"])
def test_no_cell_is_a_formula_whatever_a_text_begins_with(job: ExportRequest, tool: str, text: str) -> None:
    post = next(post for post in job.queue.posts if post.account == "x-fr").model_copy(update={"text": text})
    (data,) = EXPORTERS[tool](with_posts(job, post)).files.values()
    cells = [cell for row in rows(data, ";" if tool == "metricool" else ",") for cell in row]
    assert f"\u2060{text}" in cells and text not in cells


def test_an_ordinary_text_is_published_as_it_stands() -> None:
    assert inert("Violences ? Le 3919 écoute = toujours") == "Violences ? Le 3919 écoute = toujours"
    assert csv_bytes([['a"b', "c\nd"]]) == '\ufeff"a""b","c\nd"\r\n'.encode()


@pytest.mark.parametrize("tool", ["buffer", "publer", "metricool", "postiz"])
@pytest.mark.parametrize(
    "base", [None, "http://example.org/", "example.org", "https://example.org/?id=3", "https://"]
)
def test_pictures_need_a_public_https_address(job: ExportRequest, tool: str, base: str | None) -> None:
    asked = ExportRequest(job.queue, job.manifest, job.schedule, job.resources, job.made, base)
    with pytest.raises(InputError, match="--media-base-url"):
        EXPORTERS[tool](asked)


@pytest.mark.parametrize("tool", ["buffer", "publer", "metricool", "postiz"])
def test_an_address_of_a_file_that_was_not_built_is_never_written(job: ExportRequest, tool: str) -> None:
    post = job.queue.posts[0]
    gone = post.media[0].model_copy(update={"path": "visuals/fr/gone.jpg"})
    with pytest.raises(InputError, match=r"visuals/fr/gone\.jpg is not a file of this kit"):
        EXPORTERS[tool](with_posts(job, post.model_copy(update={"media": (gone,)})))


def test_every_exporter_gives_the_same_bytes_for_the_same_queue(job: ExportRequest) -> None:
    for tool, exporter in EXPORTERS.items():
        first, second = exporter(job), exporter(job)
        assert isinstance(first, Exported) and first == second, tool


@pytest.mark.parametrize("tool", sorted(EXPORTERS))
def test_an_export_counts_and_names_the_posts_that_stand_in_its_files(job: ExportRequest, tool: str) -> None:
    exported = EXPORTERS[tool](job)
    left_out = sum(note.startswith("left out: ") for note in exported.notes)
    assert len(exported.posts) == len(job.queue.posts) - left_out
    if tool in ("buffer", "publer", "metricool"):
        delimiter = ";" if tool == "metricool" else ","
        assert len(exported.posts) == sum(len(rows(data, delimiter)) - 1 for data in exported.files.values())
