"""CSV files for Buffer, Publer, Metricool and Hootsuite, each in its own documented columns.

Headers are constants, byte for byte (read 2026-11-23: Buffer's API notes of 2026-09-17, Publer's own
header, a Metricool template of May 2026; Hootsuite, which has no header, from posts of 2015 and 2016,
unverified). All files: UTF-8, CRLF, every field quoted; with a byte order mark where the tool wants one.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from kit.errors import InputError
from kit.model.post import Post
from kit.posts.export.request import Exported, ExportRequest

BUFFER = ("Text", "Image URL", "Tags", "Posting Time")
PUBLER = (
    "Date - Intl. format or prompt",
    "Text",
    "Link(s) - Separated by comma for FB carousels",
    "Media URL(s) - Separated by comma",
    "Title - For the video, pin, PDF ..",
    "Label(s) - Separated by comma",
    "Alt text(s) - Separated by ||",
    "Comment(s) - Separated by ||",
    "Pin board, FB album, or Google category",
    "Post subtype - I.e. story, reel, PDF ..",
    "CTA - For Facebook links or Google",
    "Reminder - For stories, reels, shorts, and TikToks",
)
METRICOOL = tuple(
    (
        "Text;Date;Time;Draft;Facebook;Twitter/X;LinkedIn;GBP;Instagram;Pinterest;TikTok;Youtube;Threads;Bluesky;"
        + "".join(f"Picture Url {n};" for n in range(1, 11))
        + "".join(f"Alt text picture {n};" for n in range(1, 11))
        + "Document title;Shortener;Video Thumbnail Url;Video Cover Frame;"
        "Twitter/X Can reply;Twitter/X Type;Twitter/X Poll Duration minutes;Twitter/X Poll Option 1;"
        "Twitter/X Poll Option 2;Twitter/X Poll Option 3;Twitter/X Poll Option 4;"
        "Pinterest Board;Pinterest Pin Title;Pinterest Pin Link;Pinterest Pin New Format;"
        "Instagram Post Type;Instagram Show Reel On Feed;Instagram Trial Reel Share Automatically;"
        "Youtube Video Title;Youtube Video Type;Youtube Video Privacy;Youtube video for kids;"
        "Youtube AI generated content;Youtube Video Category;Youtube Video Tags;Youtube playlist;"
        "GBP Post Type;Facebook Post Type;Facebook Title;First Comment Text;"
        "TikTok Title;TikTok disable comments;TikTok disable duet;TikTok disable stitch;TikTok Post Privacy;"
        "TikTok Branded Content;TikTok Your Brand;TikTok Auto Add Music;TikTok Photo Cover Index;"
        "TikTok musicId;TikTok music title;TikTok music author;TikTok music previewUrl;"
        "TikTok music thumbnailUrl;TikTok music soundVolume;TikTok music originalVolume;"
        "TikTok music startMillis;TikTok music endMillis;TikTok Ai generated content;"
        "LinkedIn Type;LinkedIn Poll Question;LinkedIn Poll Option 1;LinkedIn Poll Option 2;"
        "LinkedIn Poll Option 3;LinkedIn Poll Option 4;LinkedIn Poll Duration;LinkedIn Show link preview;"
        "LinkedIn Images as Carousel;Threads Reply Control;Threads Is Spoiler;Threads Post Type;Brand name"
    ).split(";")
)
_METRICOOL_NETWORKS = {
    "facebook": "Facebook",
    "x": "Twitter/X",
    "linkedin": "LinkedIn",
    "instagram": "Instagram",
    "threads": "Threads",
    "bluesky": "Bluesky",
}
_METRICOOL_DATES = {"iso": "%Y-%m-%d", "dmy": "%d/%m/%Y"}
_HOOTSUITE_DATES = {"dmy": "%d/%m/%Y %H:%M", "mdy": "%m/%d/%Y %H:%M"}
_ACTIVE = "=+-@\t\r"
_INERT = "\u2060"
_BOM = "\ufeff"


def buffer(request: ExportRequest) -> Exported:
    """A file a channel, at most 100 rows each; times in the channel's zone. No video, no alt text."""
    files: dict[str, bytes] = {}
    written: list[Post] = []
    notes = ["Buffer's CSV takes no alternative text: add it there by hand, post by post"]
    for account, posts in request.by_account().items():
        stills = [post for post in posts if not _has_clip(post)]
        notes += _left_out(posts, stills, "Buffer's CSV takes no video")
        zone = request.zone(account)
        rows = [
            (post.text, request.url(post.media[0]) if post.media else "", "", f"{post.due.astimezone(zone):%Y-%m-%d %H:%M}")
            for post in stills
        ]  # fmt: skip
        files |= _parts(f"buffer-{account}", BUFFER, rows, most=100)
        written += stills
    return Exported(dict(files), tuple(written), tuple(notes))


def publer(request: ExportRequest) -> Exported:
    """A file an account, at most 500 rows each, with alternative text."""
    files: dict[str, bytes] = {}
    for account, posts in request.by_account().items():
        zone = request.zone(account)
        rows = []
        for post in posts:
            cells = dict.fromkeys(PUBLER, "")
            cells[PUBLER[0]] = f"{post.due.astimezone(zone):%Y/%m/%d %H:%M}"
            cells[PUBLER[1]] = post.text
            cells[PUBLER[3]] = ",".join(request.url(media) for media in post.media)
            cells[PUBLER[6]] = "||".join(media.alt.replace("||", "| |") for media in post.media)
            rows.append(tuple(cells.values()))
        files |= _parts(f"publer-{account}", PUBLER, rows, most=500)
    return Exported(dict(files), request.queue.posts)


def metricool(request: ExportRequest) -> Exported:
    """One file a zone, a row for each post and network, matched by column name.

    Dates: `--date-format iso` (default) or `dmy`, since templates in circulation disagree.
    """
    pattern = _pattern(request, _METRICOOL_DATES, "iso")
    taken = [post for post in request.queue.posts if post.platform in _METRICOOL_NETWORKS]
    notes = _left_out(request.queue.posts, taken, "Metricool's CSV has no such network")
    rows: dict[str, list[tuple[str, ...]]] = {}
    for post in taken:
        zone = request.zone(post.account)
        wall = post.due.astimezone(zone)
        cells = dict.fromkeys(METRICOOL, "")
        cells |= dict.fromkeys(METRICOOL[4:14], "FALSE")
        cells |= {
            "Text": post.text,
            "Date": wall.strftime(pattern),
            "Time": f"{wall:%H:%M:%S}",
            "Draft": "FALSE",
        }
        cells[_METRICOOL_NETWORKS[post.platform]] = "TRUE"
        for number, media in enumerate(post.media, 1):
            cells[f"Picture Url {number}"] = request.url(media)
            cells[f"Alt text picture {number}"] = media.alt
        if post.platform in ("instagram", "facebook"):
            cells[f"{_METRICOOL_NETWORKS[post.platform]} Post Type"] = "POST"
        cells["Brand name"] = post.account
        rows.setdefault(zone.key, []).append(tuple(cells.values()))
    files = {
        f"metricool-{zone.replace('/', '-')}.csv": csv_bytes([METRICOOL, *own], delimiter=";")
        for zone, own in rows.items()
    }
    return Exported(dict(files), tuple(taken), tuple(notes))


def hootsuite(request: ExportRequest) -> Exported:
    """A file a profile, without header: date, message, link. No media; minutes in steps of five.

    Dates: `--date-format dmy` (default) or `mdy`; the same has to be chosen when it is uploaded.
    """
    pattern = _pattern(request, _HOOTSUITE_DATES, "dmy")
    notes = ["Hootsuite's CSV takes no picture: add each picture and its alternative text there by hand"]
    files: dict[str, bytes] = {}
    written: list[Post] = []
    for account, posts in request.by_account().items():
        taken = [post for post in posts if post.due.minute % 5 == 0]
        notes += _left_out(posts, taken, "Hootsuite takes minutes in steps of five")
        zone = request.zone(account)
        rows = [(post.due.astimezone(zone).strftime(pattern), post.text, "") for post in taken]
        files |= _parts(f"hootsuite-{account}", None, rows, most=350)
        written += taken
    return Exported(dict(files), tuple(written), tuple(notes))


def csv_bytes(rows: Iterable[Sequence[str]], delimiter: str = ",") -> bytes:
    """RFC 4180 with a byte order mark, every field quoted, no field a formula."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([[inert(cell) for cell in row] for row in rows])
    return (_BOM + out.getvalue()).encode()


def inert(cell: str) -> str:
    """A cell that no spreadsheet runs: a word joiner, which nobody sees, before = + - @ tab and CR.

    Why not an apostrophe: the tool at the other end would publish it.
    """
    return _INERT + cell if cell[:1] and cell[0] in _ACTIVE else cell


def _parts(
    name: str, header: tuple[str, ...] | None, rows: Sequence[tuple[str, ...]], most: int
) -> Iterator[tuple[str, bytes]]:
    top = [header] if header else []
    for number, start in enumerate(range(0, len(rows), most), 1):
        suffix = f"-{number}" if len(rows) > most else ""
        yield f"{name}{suffix}.csv", csv_bytes([*top, *rows[start : start + most]])


def _pattern(request: ExportRequest, known: dict[str, str], default: str) -> str:
    name = request.date_format or default
    if name not in known:
        raise InputError(f"--date-format {name} is not known to this tool", f"write {' or '.join(known)}")
    return known[name]


def _has_clip(post: Post) -> bool:
    return any(media.is_video for media in post.media)


def _left_out(posts: Iterable[Post], kept: Sequence[Post], why: str) -> list[str]:
    there = {post.key for post in kept}
    return [f"left out: {post.key} ({why})" for post in posts if post.key not in there]
