"""The words of one language. They refer to facts (`{3919.hours}`) and never retype one.

A digit or a web address typed into a text is refused when the file is loaded: rival opening hours and
mistyped addresses are the mistakes found in earlier campaigns (read 2026-11-23).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

import regex
from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo

from kit.model.base import Day, Line, Model, Violation, quoted
from kit.tables.characters import digits_in

REFERENCE = re.compile(r"\{([^{}]*)\}")
_LONGEST_NAME = 80
_DIGITS = regex.compile(r"\p{N}+")
# any `word.word`: platforms make a link of it, and on X a link makes the post thirteen times dearer
_ADDRESS = re.compile(r"(?<![\w-])[\w-]+(?:://|\.(?=[^\W\d_]{2}))\S*")


def _refers_to_facts(text: str, info: ValidationInfo) -> str:
    """Refuse unknown references, typed digits and typed addresses, all of them at once.

    `info.context["references"]` holds the names that exist in this campaign; without it (a model
    built by hand) only the shape is checked.
    """
    known: frozenset[str] | None = (info.context or {}).get("references")
    problems: list[str] = []
    for name in REFERENCE.findall(text):
        if known is not None and name not in known:
            nearest = suggestion(name, known) if len(problems) < 3 else ""
            problems.append(f"{{{name[:60]}}} names no fact or constant{nearest}")
    bare = REFERENCE.sub(" ", text)
    if "{" in bare or "}" in bare:
        problems.append("a brace that is not a reference; write {tool.fact}")
    if digits := _digits(bare):
        problems.append(
            f"{', '.join(digits)[:60]} is typed by hand; numbers come from facts, write a reference "
            "such as {3919.number} or {seconds}"
        )
    if address := _ADDRESS.search(bare):
        problems.append(
            f"{quoted(address.group())} is an address typed by hand; addresses come from facts, write "
            "{web.address} (or a space after the full stop)"
        )
    if problems:
        raise ValueError("; ".join(problems))
    return text


def _digits(text: str) -> list[str]:
    """Digits of any script, and pictures and signs that say one: \u24f5, \u3360, the key of a ten."""
    typed = [str(digits) for digits in _DIGITS.findall(text)]
    return typed + [one for one in _DIGITS.sub("", text) if not one.isascii() and digits_in(one)]


def suggestion(name: str, known: frozenset[str] | set[str] | list[str]) -> str:
    """` (did you mean …?)` for the nearest known name, or the whole list when it is short."""
    from difflib import get_close_matches

    if len(known) > 100:  # time zones: comparing with each takes 10 ms, and a file may hold thousands
        known = {other for other in known if other[:8] == name[:8] or other[-4:] == name[-4:]}
    close = get_close_matches(name, sorted(known), n=1, cutoff=0.6) if len(name) <= _LONGEST_NAME else []
    if close:
        return f" (did you mean {close[0]}?)"
    return f" (known: {', '.join(sorted(known))})" if 0 < len(known) <= 24 else ""


def _is_a_word(text: str) -> str:
    """A vocabulary word is what a reference is replaced by: it holds none itself."""
    if "{" in text or "}" in text:
        raise ValueError("a vocabulary word holds no reference; write plain words")
    return text


_text = AfterValidator(_refers_to_facts)
Text = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\n\r\t]*$"), _text]
Word = Annotated[Text, AfterValidator(_is_a_word)]
LongText = Annotated[str, StringConstraints(min_length=1, max_length=4000), _text]


class Review(Model):
    """Whether a person has read this language and put their name to it."""

    state: Literal["pending", "signed"] = "pending"
    by: Line | None = None
    on: Day | None = None

    @classmethod
    def violations(cls, given: Mapping[str, Any]) -> Iterable[Violation]:
        """A signature is whole, or there is none."""
        state, wanted = given.get("state", "pending"), given.get("state") == "signed"
        if state in ("signed", "pending") and any(
            (given.get(key) is not None) != wanted for key in ("by", "on")
        ):
            yield (), "a signed review needs both `by` and `on`; a pending one has neither"


class Words(Model):
    """The small words that facts and fixed lines are written with.

    `litter` is the line that French law wants on flyers, `printed_by` stands before the printer.
    """

    vocabulary: dict[str, Word]
    sms: tuple[Line, ...] = Field(min_length=1)
    urgent: tuple[Line, ...] = Field(min_length=1)
    sources: Text
    use_until: Text
    printed_by: Text
    litter: Text


class GroupText(Model):
    """`label` is the group's own word: the two groups are never told apart by colour alone."""

    label: Text


class ToolText(Model):
    """How a tool is named in running text, and beside its picture.

    `name` is complete in itself ("114 par SMS"); `beside` is what must stand next to the bare
    number when that number is the picture ("par SMS"): 114 never appears without it.
    """

    name: Text
    beside: Text | None = None
    purpose: Text


class PieceText(Model):
    """What one piece says. `body` decides, `aside` gives the silent way, `alt` is the short one."""

    headline: Text
    body: Text | None = None
    aside: Text | None = None
    alt: Text


class PrintText(Model):
    """What only paper says. `card_cover` is neutral: a card must not betray who carries it."""

    card_cover: Text
    tearoff: Text


class SchemeText(Model):
    """A scheme of the directory: its name and, in one sentence, whom it helps and how."""

    name: Text
    purpose: Text


class DirectoryText(Model):
    """The directory of other schemes; `emergency` sends those in danger to the vital tools."""

    headline: Text
    emergency: Text
    alt: Text


class PostText(Model):
    """`short` fits the tightest platform with its hashtag; `long` is for the others."""

    short: LongText
    long: LongText


class PageText(Model):
    """The partner page, top to bottom.

    `formats` names picture formats for people ("Publication verticale"); one that is not named
    goes by its id. `size_units` are thousands and millions of bytes.
    """

    title: Text
    heading: Text
    intro: LongText
    audience: LongText
    quick_exit: Text
    quick_exit_note: Text
    quick_exit_keys: Text
    tools_heading: Text
    not_reviewed: Text
    not_verified: LongText
    downloads_heading: Text
    download_all: Text
    draft_note: LongText
    visuals_heading: Text
    prints_heading: Text
    directory_heading: Text
    clips_heading: Text
    posts_heading: Text
    sources_heading: Text
    checksums_heading: Text
    terms_heading: Text
    terms: LongText
    download: Text
    copy_text: Text
    copied: Text
    text_label: Text
    alt_label: Text
    transcript_label: Text
    captions_label: Text
    images_label: Text
    print_label: Text
    screen_label: Text
    characters: Text
    withheld: LongText
    skip_link: Text
    columns: tuple[Text, Text, Text, Text]
    unsourced: Text
    unverified: Text
    languages_label: Text
    formats: dict[str, Text] = {}
    size_units: tuple[Text, Text]


class DescribedText(Model):
    """Words of the audio description: what is seen in a clip, scene by scene.

    `ticks` is the row of strokes that lights up, `throughout` stands before what stays on screen.
    The others stand before what is read out: the sentence, the large number, its group's label,
    the two groups of the end card. They end with their colon.
    """

    title: Text
    ticks: Text
    throughout: Text
    line: Text
    number: Text
    label: Text
    groups: Text


class LanguageTexts(Model):
    """Everything one language needs. One file a language, or inline in campaign.yaml."""

    review: Review = Review()
    words: Words
    groups: dict[str, GroupText]
    tools: dict[str, ToolText]
    pieces: dict[str, PieceText]
    posts: dict[str, PostText]
    clips: dict[str, dict[str, Text]]
    described: DescribedText
    prints: PrintText
    directory: DirectoryText
    schemes: dict[str, SchemeText] = {}
    page: PageText
