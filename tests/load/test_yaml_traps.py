"""What YAML does behind a writer's back: read as typed, or refused at its place, never a traceback."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from kit.load import load
from kit.load.tree import MAX_BYTES, Tree, read_tree
from tests.load.yaml_edit import campaign_of, change, lines, mistakes, only, place, set_first


def tree_of(folder: Path, text: str | bytes) -> Tree:
    return read_tree(campaign_of(folder, text) / "campaign.yaml", "f.yaml")


def value_of(folder: Path, text: str | bytes) -> object:
    tree = tree_of(folder, text)
    assert not tree.mistakes, tree.mistakes
    return tree.value


def wrong_with(folder: Path, text: str | bytes) -> list[str]:
    return [str(mistake) for mistake in sorted(tree_of(folder, text).mistakes)]


@pytest.mark.parametrize(
    "typed",
    ["3919", "0800", "17:30", "1_000", "0x11", "1e3", "0o17", ".5", "+33", "2026-11-25", "no", "on", "yes", "off",
     "y", "n", "True", "false", "NULL_", ".inf", ".nan", "=", "116 006"],
)  # fmt: skip
def test_a_plain_scalar_stays_the_text_that_was_typed(tmp_path: Path, typed: str) -> None:
    assert value_of(tmp_path, f"a: {typed}\n{typed}: b\n") == {"a": typed, typed: "b"}


@pytest.mark.parametrize("typed", ["no", "on", "3919", "0800", "17:30", "1_000", "0x11"])
def test_a_text_field_takes_what_looks_like_a_number_or_a_boolean(campaign_folder: Path, typed: str) -> None:
    change(campaign_folder, "title: Ne rien laisser passer", f"title: {typed}")
    assert load(campaign_folder).campaign.title == typed


def test_a_phone_number_without_quotes_keeps_its_zero(campaign_folder: Path) -> None:
    change(campaign_folder, 'number: {value: "114", link: sms}', "number: {value: 0800, link: sms}")
    assert load(campaign_folder).campaign.facts["114.number"].value == "0800"


@pytest.mark.parametrize("nothing", ["", "~", "null"])
def test_nothing_is_nothing_and_in_quotes_it_is_text(tmp_path: Path, nothing: str) -> None:
    assert value_of(tmp_path, f"a: {nothing}\nb: '{nothing}'\n") == {"a": None, "b": nothing}


def test_spaces_around_a_text_are_not_part_of_it(campaign_folder: Path) -> None:
    """Why: a name with a space at its end would be another name in one place and not in the other."""
    change(campaign_folder, 'id: "114"', 'id: " 114 "')
    change(campaign_folder, '\n      "114":\n', '\n      "114 ":\n')
    assert load(campaign_folder).campaign.tool("114")


def test_a_key_used_twice_is_named_at_its_second_place_with_the_line_of_the_first(
    campaign_folder: Path,
) -> None:
    change(campaign_folder, "edition: 2026", "title: Autre\nedition: 2026")
    first = place(campaign_folder, "title: Ne").split(":")[0]
    at = place(campaign_folder, "title: Autre")
    assert (
        only(campaign_folder)
        == f"campaign.yaml:{at}: title: the key is already used on line {first}; keep one"
    )


def test_mistakes_inside_a_second_key_are_still_found(tmp_path: Path) -> None:
    assert wrong_with(tmp_path, "a: 1\na: {b: 1, b: 2}\n") == [
        "f.yaml:2:1: a: the key is already used on line 1; keep one",
        "f.yaml:2:11: a.b: the key is already used on line 2; keep one",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a:\n\tb: 1\n", "2:1: a tab is used to indent; YAML indents with spaces"),
        ("a:\n  - b\n\t- c\n", "3:1: a tab is used to indent; YAML indents with spaces"),
        ("a: {3919} vous\n", "1:4: a text that begins with a reference or a brace is a mapping to YAML; put the text"),
        ("a: 'L'eau'\nb: c\n", "1:4: the text ends at its second ', an apostrophe; put it in double quotes"),
        ("a:\n\u00a0\u00a0b: 1\n  c: 4\n", "2:1: \u00a0\u00a0b: a no-break space stands here"),
        ("a:\u00a0b\nc: d\n", "1:3: a no-break space stands here, pasted from elsewhere; type a plain space"),
        ("a: *b* c\n", "1:4: a text that begins with * is a reference to YAML; put the text in quotes"),
        ("a: - b\n", "1:4: a text that begins with a dash is a list to YAML; put the text in quotes"),
        ("a: b #AvecNous c\n", "1:6: a: the text ends before this #, which begins a comment; put it in quotes"),
        ('"\\e[2J\\r\\nFAKE": x\n', "1:1: \\x1b[2J\\r\\nFAKE: holds the invisible character U+001B; remove it"),
        ("a: b: c\n", "1:5: a second `: ` on the line; put the text in quotes"),
        ("a: 1\n b: 2\n", "2:3: a key cannot stand here: it is indented deeper than the line before, or too long"),
        ('a: "x\nb: 1\n', "1:4: a quote is opened here and never closed"),
        ("a: 'x", "1:4: a quote is opened here and never closed"),
        ("a: @x\n", "1:4: '@' cannot start a value here; put the text in quotes"),
        ("a: `x\n", "1:4: '`' cannot start a value here; put the text in quotes"),
        ("a: %x\n", "1:4: '%' cannot start a value here; put the text in quotes"),
        ("a: [1, 2\nb: 3\n", "2:2: a comma is missing, or the bracket opened on line 1 is not closed"),
        ("a: [", "2:1: a value is missing; is a bracket before it not closed?"),
        ("a:\n  - b\n c: d\n", "3:2: the indentation does not fit the block that begins on line 1"),
        ("a: 1\nbc\n", "2:1: a `key: value` line was expected"),
        ('a: "\\ud800"\n', "1:7: not valid YAML: found invalid Unicode character escape code"),
        ("%YAML 2.0\n---\na: 1\n", "1:1: not valid YAML: found incompatible YAML document"),
        ("a: !e!x y\n", "1:4: not valid YAML: found undefined tag handle"),
        ("a: 1\n---\nb: 2\n", "2:1: a second YAML document (`---`); one file holds one"),
        ("a: 1\n<<: {b: 2}\n", "2:1: <<: merge keys are not supported; write the keys out"),
        ("[a, b]: c\n", "1:1: a key must be plain text"),
        ("? {a: b}\n: c\n", "1:3: a key must be plain text"),
        ("a: &x b\n*x : c\n", "2:1: a key must be plain text"),
        ("a: *b\n", "1:4: a: *b is not defined"),
        ("a: &b [*b]\n", "1:8: a.0: *b contains itself"),
        ("a: &b {c: &d {e: *b}}\n", "1:18: a.c.e: *b contains itself"),
        ("a: !!python/object/apply:os.system [ls]\n", "1:4: a: the tag tag:yaml.org,2002:python/object/apply:os.system"),
        ("a: !!int 5\n", "1:4: a: the tag tag:yaml.org,2002:int is not supported; write plain values"),
        ("!x a: 5\n", "1:1: a: the tag !x is not supported; write plain values"),
        ("a: b\x00c\n", "1:5: the invisible character U+0000 stands in the file; remove it"),
        ("a: b\n  c\x1b[31m\n", "2:4: the invisible character U+001B stands in the file; remove it"),
        ("a: é\u2028b: 1\n", "1:5: the invisible character U+2028 (LINE SEPARATOR) stands in the file; remove it"),
        ("a: b\ufeff\n", "1:5: the invisible character U+FEFF (ZERO WIDTH NO-BREAK SPACE) stands in the file; remove it"),
        ('é: 1\na: "x\\0y"\n', "2:4: a: holds the invisible character U+0000; remove it"),
        ('a: ["x\\e[31m"]\n', "1:5: a.0: holds the invisible character U+001B; remove it"),
        ('"a\\0b": 1\n', "1:1: a"),
        (b"a: \xe9t\xe9\n", "1:4: byte 0xE9 is not UTF-8 (it is 'é' in Latin-1); save the file as UTF-8"),
        ("é: \n".encode() + b"ok: 1\r\n\xc3\xa9\xe9", "3:2: byte 0xE9 is not UTF-8"),
        (b"\xef\xbb\xbfa: \xe9", "1:4: byte 0xE9 is not UTF-8"),
        ("a: 1\n".encode("utf-16"), "1:1: byte 0xFF is not UTF-8 (the file is UTF-16); save the file as UTF-8"),
        ("a: 1\n".encode("utf-16-le"), "1:2: the invisible character U+0000 stands in the file; remove it"),
        (b"a: \xed\xa0\x80", "1:4: byte 0xED is not UTF-8"),
    ],
)  # fmt: skip
def test_what_yaml_cannot_say_is_refused_at_its_place(tmp_path: Path, text: str | bytes, line: str) -> None:
    found = wrong_with(tmp_path, text)
    assert len(found) == 1, found
    assert found[0].startswith(f"f.yaml:{line}"), found


def test_refused_keys_do_not_hide_the_mistakes_after_them(tmp_path: Path) -> None:
    assert [line.split(": ", 1)[0] for line in wrong_with(tmp_path, "[a]: {b: 1, b: 2}\n? {c: *d}\nx: !t y\n")] == [
        "f.yaml:1:1", "f.yaml:1:13", "f.yaml:2:3", "f.yaml:2:7", "f.yaml:3:4",
    ]  # fmt: skip


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_a_byte_order_mark_change_nothing(campaign_folder: Path, end: str, mark: str) -> None:
    expected = load(campaign_folder).campaign
    text = (campaign_folder / "campaign.yaml").read_text(encoding="utf-8")
    campaign_of(campaign_folder, (mark + text.replace("\n", end)).encode())
    assert load(campaign_folder).campaign == expected


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_positions_are_an_editors_whatever_the_line_end(tmp_path: Path, end: str) -> None:
    text = "\ufeffé: '😀'\n  # x\nb: 1\nb: 2\n".replace("\n", end)
    assert wrong_with(tmp_path, text.encode()) == [
        "f.yaml:4:1: b: the key is already used on line 3; keep one"
    ]


def test_an_anchor_may_be_used_and_its_copy_is_independent(campaign_folder: Path) -> None:
    change(
        campaign_folder,
        "territory: [metropole, drom]\n    source",
        "territory: &t [metropole, drom]\n    source",
    )
    change(campaign_folder, "territory: [metropole, drom]\n    source", "territory: *t\n    source")
    assert len({tool.picture.territory for tool in load(campaign_folder).campaign.tools}) == 1


@pytest.mark.timed
def test_an_alias_bomb_is_refused_at_once(tmp_path: Path) -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 60)
    )
    start = time.process_time()
    assert "more than 12000 values; this is not a campaign file" in only(campaign_of(tmp_path, bomb))
    assert time.process_time() - start < 2


@pytest.mark.timed
@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? [", "[{a: "])
def test_deep_nesting_is_refused_at_once(tmp_path: Path, opening: str) -> None:
    start = time.process_time()
    assert any("nested deeper than 32" in line for line in lines(campaign_of(tmp_path, opening * 100_000)))
    assert time.process_time() - start < 2


@pytest.mark.timed
def test_a_file_of_ten_megabytes_is_refused_unread(tmp_path: Path) -> None:
    start = time.process_time()
    assert only(campaign_of(tmp_path, "a: b\n" * 2_000_000)).startswith(
        "campaign.yaml: is larger than 1,000,000 bytes"
    )
    assert time.process_time() - start < 1


@pytest.mark.timed
@pytest.mark.parametrize(
    ("old", "line", "count"),
    [
        ("# No fact below", "# % comment comment comment comment comment comment comment\n", 15_000),
        ("title: Ne", "kee%: x\n", 5_200),
        ("        free: gratuit", '        w%: "{391.c%} {391.n%} {wb.ad%} {391.h%} {114.n%}"\n', 5_000),
        ("      overview:\n        headline", "      overvieu%: {headline: a, alt: b}\n", 1_650),
        ('  - id: "3919"', "  - {id: t%, facts: {n: {value: a}, m: {word: b}}}\n", 700),
        ("  - {id: overview", "  - {id: tool%, layout: tool, tools: [wbe], formats: [fed-4x5]}\n", 950),
        ("  sp-2026:", "  s%: {url: htps://a.fr, dat: 2020-13}\n", 1_650),
    ],
)
def test_any_file_of_nearly_a_megabyte_is_answered_in_five_seconds(
    campaign_folder: Path, old: str, line: str, count: int
) -> None:
    """As many values as a file may hold (12,000), and comments up to the last byte but one."""
    text = (campaign_folder / "campaign.yaml").read_text(encoding="utf-8")
    head, tail = text.split(old, 1)
    text = head + "".join(line.replace("%", str(n)) for n in range(count)) + old + tail
    campaign_of(campaign_folder, text + "#" * (MAX_BYTES - 1 - len(text.encode())))
    start = time.process_time()
    if line.startswith("#"):
        load(campaign_folder)
    else:
        assert len(mistakes(campaign_folder)) >= count
    assert time.process_time() - start < 5


@pytest.mark.timed
def test_thousands_of_wrong_zones_are_answered_in_five_seconds(campaign_folder: Path) -> None:
    rows = "\n".join(f"  - {{id: a{n}, zone: Europe/Pari{n}}}" for n in range(2300))
    (campaign_folder / "schedule.yaml").write_text(f"schedule: 1\nzone: Europe/Paris\naccounts:\n{rows}\n")
    start = time.process_time()
    assert mistakes(campaign_folder)
    assert time.process_time() - start < 5


@pytest.mark.parametrize("key", ["title", "headline", "free", "pictogram", "url", "hashtag", "group"])
def test_a_very_long_scalar_is_answered_with_a_short_sentence(campaign_folder: Path, key: str) -> None:
    set_first(campaign_folder, key, "a" * 900_000)
    found = lines(campaign_folder)
    assert len("\n".join(found)) < 600 * len(found)


def test_a_very_long_key_is_answered_with_a_short_sentence(campaign_folder: Path) -> None:
    change(campaign_folder, "title: Ne", "? " + "k" * 900_000 + "\n: 1\ntitle: Ne")
    assert len(only(campaign_folder)) < 1000


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("", "campaign.yaml:1:1: the file is empty; `key: value` lines were expected"),
        ("# only a comment\n", "campaign.yaml:1:1: the file is empty; `key: value` lines were expected"),
        ("---\n", "the file is empty; `key: value` lines were expected"),
        ("- a\n- b\n", "campaign.yaml:1:1: the file is not a mapping; `key: value` lines were expected"),
        ("\n\nhello\n", "campaign.yaml:3:1: the file is not a mapping; `key: value` lines were expected"),
    ],
)
def test_a_file_that_is_no_mapping_says_so(tmp_path: Path, content: str, line: str) -> None:
    assert only(campaign_of(tmp_path, content)).endswith(line)


def test_what_is_no_file_says_so(tmp_path: Path) -> None:
    assert only(tmp_path).startswith("campaign.yaml: does not exist; `kit init DIR` makes")
    assert only(tmp_path / "nowhere").startswith("nowhere: does not exist")
    assert only(tmp_path / ("x" * 300)).endswith(": cannot be read: File name too long")
    assert only(tmp_path / "a\0b").endswith(": is not the name of a file")
    (tmp_path / "campaign.yaml").mkdir()
    assert only(tmp_path) == "campaign.yaml: is a folder, a YAML file was expected"


def test_a_pipe_in_place_of_the_campaign_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "campaign.yaml")
    assert only(tmp_path) == "campaign.yaml: is not a regular file"


def test_a_loop_of_links_in_place_of_the_campaign_ends(tmp_path: Path) -> None:
    (tmp_path / "campaign.yaml").symlink_to("campaign.yaml")
    assert only(tmp_path) == "campaign.yaml: cannot be read: Too many levels of symbolic links"


def test_a_file_without_the_right_to_read_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a patch, since root may read everything."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    campaign_of(tmp_path, "a: b\n")
    monkeypatch.setattr(Path, "open", refuse)
    assert only(tmp_path) == "campaign.yaml: cannot be read: Permission denied"
