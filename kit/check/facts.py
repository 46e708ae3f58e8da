"""Checks of facts: every number, hour and address in a file that is handed out has a dated source.

The rules answer mistakes found in real campaigns (read 2026-11-23): contradictory opening hours,
mistyped addresses, "SMS to 112", 114 dialled as a voice number, 3919 called an emergency line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

import regex

from kit.check.finding import fail, warn
from kit.check.runner import Check
from kit.check.subject import Subject
from kit.media.html_reader import is_external, spoken_attributes
from kit.media.pdf.titles import titles
from kit.model.artifact import Finding
from kit.model.campaign import Campaign
from kit.model.facts import Fact
from kit.tables.characters import (
    digits_in,
    name_of,
    unseen,
    with_plain_digits,
    without_isolates,
    without_unseen,
)
from kit.tables.languages import LANGUAGES, Language
from kit.text.dates import full_date, source_date
from kit.text.names import claims_in
from kit.text.references import fact_text, spoken_number
from kit.text.typography import apply_typography

_SPACES = regex.compile(r"\p{Zs}")
_HOURS = re.compile(r"\d{1,2}\s?(?:h\b|:)\s?\d{0,2}", re.I)
_ADDRESS = re.compile(
    r"(?:[a-z]+://|www\.)[^\s،؛؟\u2066-\u2069\u3000-\u303f\uff00-\uffef]+|\b(?:[\w-]+\.)+[a-z]{2,}\b(?:/\S*)?",
    re.I,
)
_SENTENCE = re.compile(r"[.!?؟;؛\n]+(?:\s|$)|[。！？；]+")
_TOUCHED_BEFORE = r"(?<![\d.@+*#\p{Lu}\p{Ll}]|\d-)"
_TOUCHED_AFTER = r"(?![\d@*#\p{Lu}\p{Ll}\p{M}]|-\d)"
_ARABIC_INDIC = re.compile("[\u0660-\u0669\u06f0-\u06f9]+")
MAX_ALT_FULL = 1000
_EUROPEAN_EMERGENCY = "112"
_READS = ("visual", "print", "clip", "loop", "captions", "transcript", "post", "data", "page")


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """NFC as it is seen, with ordinary spaces and digits 0 to 9, so that ١٧, 𝟏𝟕 and 1·zero-width·7 are 17.

    Remembered: a page of a thousand blocks asks for the same few dates a thousand times.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _SPACES.sub(" ", unicodedata.normalize("NFC", without_unseen(text)))
    return with_plain_digits(text)


def _shown(subject: Subject) -> Iterator[Fact]:
    for name in subject.artifact.facts:
        if fact := subject.campaign.facts.get(name):
            yield fact


def _blocks(subject: Subject) -> tuple[str, ...]:
    return tuple(_read(subject, subject.texts))


def _read(subject: Subject, texts: Iterable[str]) -> Iterator[str]:
    """The texts as they are read, with names cut down to what they claim."""
    names = _names(subject.campaign, _language(subject))
    return (_without_names(plain(text), names) for text in texts)


def _names(campaign: Campaign, language: Language) -> dict[str, str]:
    """Each name that holds a digit or a full stop, as it may be set, as a pattern; and what is left of it."""
    emitter = campaign.emitter
    names = [campaign.title, *((emitter.name, emitter.printer or "") if emitter else ())]
    found = {}
    for name in sorted(filter(re.compile(r"[\d.]").search, map(plain, names)), key=len, reverse=True):
        claims = claims_in(name, filter(None, _values(campaign)))
        for written in (name, plain(apply_typography(name, language))):
            found[r"\s+".join(re.escape(word) for word in written.rstrip(".").split())] = " ".join(claims)
    return found


def _without_names(block: str, names: dict[str, str]) -> str:
    for name, claims in names.items():
        block = f" {claims} ".join(re.split(rf"(?<!\w){name}(?!\w)", block))
    return block


def _said(subject: Subject) -> tuple[str, ...]:
    """Every text that goes out with the file: its blocks, and what is said beside them."""
    return (*subject.texts, *_beside(subject))


_SPACES_AT_THE_CUT = 2
"""A text that is cut behind a space loses that as well, and is then shorter than the limit."""


def _beside(subject: Subject) -> tuple[str, ...]:
    """What a screen reader says for a file, its titles, and a page's attributes.

    A post's alternative text is its picture's, and is looked at there. One that was cut at its limit is
    read to its last whole sentence: the half date after it is no number.
    """
    artifact = subject.artifact
    beside: tuple[str, ...] = ()
    if artifact.alt and artifact.kind != "post":
        full = artifact.alt.full
        beside = (
            artifact.alt.short,
            full
            if len(full) < MAX_ALT_FULL - _SPACES_AT_THE_CUT
            else full.rpartition(" ")[0].rpartition(". ")[0] + ".",
        )
    if artifact.media_type == "application/pdf" and subject.path.is_file():
        beside += titles(subject.path)
    if artifact.kind == "page" and subject.path.is_file():
        beside += spoken_attributes(subject.path.read_text(encoding="utf-8"))
    return beside


def _without(text: str, phrases: Iterable[str]) -> str:
    """The text with every allowed phrase taken out, longest first, only where it stands alone.

    A letter, an @ or a + at its edge makes another number of it (x3919, 17h, +33), but for letters of
    scripts that write no spaces.
    """
    for phrase in sorted({plain(p) for p in phrases} - {""}, key=len, reverse=True):
        before = _TOUCHED_BEFORE if phrase[0].isdigit() else r"(?<![\d.])"
        after = _TOUCHED_AFTER if phrase[-1].isdigit() else r"(?!\d)"
        text = regex.sub(rf"{before}{regex.escape(phrase)}{after}", " ", text)
    return text


def _language(subject: Subject) -> Language:
    return LANGUAGES[subject.artifact.language]


def allowed_phrases(subject: Subject) -> set[str]:
    """What may be written with digits here: the facts this artifact declares, constants and dates."""
    campaign, language = subject.campaign, _language(subject)
    phrases = {str(value) for value in campaign.constants.values()}
    phrases |= {
        full_date(campaign.day, language),
        full_date(campaign.use_until, language),
        str(campaign.day.year),
        campaign.hashtag,
    }
    for fact in _shown(subject):
        phrases.add(fact_text(campaign, fact, subject.artifact.language))
        if fact.source_date:
            phrases.add(source_date(fact.source_date, language))
        if fact.verified_on:
            phrases.add(full_date(fact.verified_on, language))
    return phrases


def _values(campaign: Campaign) -> list[str | None]:
    return [fact.value for fact in campaign.facts.values()]


def _of_the_same_tools(subject: Subject) -> set[str]:
    """What the facts of the shown tools say: a description may hold the hours that its banner has no room for."""
    campaign, shown = subject.campaign, set(subject.artifact.facts)
    services = [
        s for s in (*campaign.tools, *campaign.schemes) if any(f.id in shown for f in s.facts.values())
    ]
    facts = [fact for service in services for fact in service.facts.values() if fact.status == "current"]
    return {fact_text(campaign, fact, subject.artifact.language) for fact in facts}


def _unseen(subject: Subject) -> Iterator[Finding]:
    """The kit's own isolates are left out, in right-to-left text and in whole pairs only."""
    for text in (*_said(subject), *subject.artifact.links):
        own = without_isolates(text) if subject.artifact.direction == "rtl" else text
        if found := sorted({character for _, character in unseen(own)}):
            yield fail(
                subject, "text-unseen", f"{', '.join(map(name_of, found))} in {text!r}", str(len(found)), "none",
                "remove it: it joins numbers or turns them around",
            )  # fmt: skip


def _look_alikes(block: str, language: Language, dialled: set[str]) -> str | None:
    """Digits that no keypad has. Arabic text may count and date with its own, but shows no number to dial in them."""
    rest = without_unseen(block)
    if rest.isascii():
        return None
    if language.tag == "ar":
        for found in _ARABIC_INDIC.finditer(rest):
            if with_plain_digits(found.group()) in dialled:
                return found.group()
        rest = _ARABIC_INDIC.sub(" ", rest)
    return next((one for one in rest if not one.isascii() and digits_in(one)), None)


def _numbers(subject: Subject) -> Iterator[Finding]:
    phrases = allowed_phrases(subject)
    dialled = {re.sub(r"\D", "", value) for value in _values(subject.campaign) if value}
    spoken = {pair for fact in _shown(subject) if fact.value and (pair := spoken_number(fact.value))}
    said_aloud = phrases | spoken | _of_the_same_tools(subject)
    texts = [(text, phrases) for text in subject.texts] + [(text, said_aloud) for text in _beside(subject)]
    for said, allowed in texts:
        if other := _look_alikes(said, _language(subject), dialled):
            yield fail(
                subject, "number-not-a-fact", f"{other!r} in {said!r} is no digit of a keypad", other, "0 to 9",
                "refer to the fact, {tool.number}",
            )  # fmt: skip
            continue
        (block,) = _read(subject, [said])
        rest = _without(block, allowed)
        if stray := _HOURS.search(rest):
            yield fail(
                subject, "hours-not-a-fact", f"{stray.group().strip()!r} in {block!r}", stray.group().strip(),
                "opening hours of the facts it shows", "refer to the fact, {tool.hours}",
            )  # fmt: skip
        elif found := re.findall(r"\d[\d .]*\d|\d", rest):
            yield fail(
                subject, "number-not-a-fact", f"{found[0]!r} in {block!r}", ", ".join(found),
                "numbers of the facts it shows, constants, dates",
                "refer to the fact, {tool.number}, or add the number as a fact with its source",
            )  # fmt: skip


def _links(subject: Subject) -> Iterator[Finding]:
    allowed = {fact.value.lower() for fact in _shown(subject) if fact.value}
    targets = allowed_targets(subject)
    for block in _read(subject, _said(subject)):
        for match in _ADDRESS.finditer(block):
            address = match.group().rstrip(".,;:!?)»").lower()
            if address not in allowed and "." in address:
                yield fail(
                    subject, "link-not-a-fact", f"{address!r} in {block!r}", address,
                    ", ".join(sorted(a for a in allowed if "." in a)) or "no address",
                    "refer to the fact, {web.address}",
                )  # fmt: skip
    for link in subject.artifact.links:
        if is_external(link) and link not in targets:
            yield fail(
                subject, "link-not-a-fact", f"it links to {link!r}", link, "addresses of facts",
                "link only to the official address",
            )  # fmt: skip


def allowed_targets(subject: Subject) -> set[str]:
    """Every address an artifact may link to: of its facts, their sources, and the quick exit."""
    targets = {str(subject.campaign.exit_url)} if subject.artifact.kind == "page" else set()
    for fact in _shown(subject):
        if fact.link == "https" and fact.value:
            targets.add(fact.value)
        elif fact.link and fact.value:
            targets.add(f"{fact.link}:{fact.value.replace(' ', '')}")
        if fact.source_url and subject.artifact.kind == "page":
            targets.add(str(fact.source_url))
    return targets


def _link_schemes(subject: Subject) -> Iterator[Finding]:
    """Looks at every link and at the raw text: `tel:114` anywhere is a call that nobody answers."""
    forbidden = {
        f"{scheme}:{fact.value}": fact
        for fact in subject.campaign.facts.values()
        for scheme in fact.never_link_as
    }
    for link in (*subject.artifact.links, *map(plain, subject.texts)):
        for bad, fact in forbidden.items():
            if re.search(rf"\b{re.escape(bad)}(?!\d)", link.replace(" ", "")):
                yield fail(
                    subject, "link-scheme", f"{bad} stands in {link!r}", bad, f"{fact.link or 'no'}: link only",
                    f"never link {fact.value} as {bad}",
                )  # fmt: skip
        if re.match(r"sms:[^?&;]*[?&;]", link):
            yield fail(
                subject, "link-scheme", f"{link!r} carries a prefilled text", link, "sms: and the number alone",
                "drop the body: it leaves evidence",
            )  # fmt: skip


def _in_date(subject: Subject) -> Iterator[Finding]:
    """Against the campaign's day, which is what the artifact is for; `today` only ever warns."""
    day, today = subject.campaign.day, subject.today
    for fact in _shown(subject):
        if fact.status == "historique":
            yield fail(
                subject, "fact-historic", f"{fact.id} is a fact of the past", "historique", "current",
                "remove it from the texts",
            )  # fmt: skip
        if (fact.valid_to and fact.valid_to < day) or (fact.valid_from and fact.valid_from > day):
            yield fail(
                subject, "fact-expired", f"{fact.id} does not hold on the campaign's day",
                f"{fact.valid_from or '…'} to {fact.valid_to or '…'}", str(day),
                "check it at its source and give new dates",
            )  # fmt: skip
        elif fact.valid_to and fact.valid_to < today:
            yield warn(
                subject, "fact-expired", f"{fact.id} holds no longer", str(fact.valid_to), str(today),
                "withdraw what shows it",
            )  # fmt: skip
        missing = set(subject.campaign.territory) - set(fact.territory)
        if missing:
            yield fail(
                subject, "fact-territory", f"{fact.id} does not hold in {', '.join(sorted(missing))}",
                ", ".join(fact.territory), ", ".join(subject.campaign.territory),
                "narrow the campaign's territory, or leave the fact out",
            )  # fmt: skip
        if not fact.print_ok and subject.artifact.kind == "print":
            yield fail(
                subject, "fact-not-for-print", f"{fact.id} is volatile or disputed",
                "; ".join(fact.conflicts) or "print_ok: false", "settled facts", "leave it out of print",
            )  # fmt: skip


def _near(blocks: tuple[str, ...], place: int, words: Iterable[str]) -> bool:
    """Whether a word stands in the block or in one beside it."""
    around = " ".join(blocks[max(place - 1, 0) : place + 2]).lower()
    return any(word.lower() in around for word in words)


def _has_number(text: str, number: str) -> bool:
    return re.search(rf"(?<!\d){re.escape(number)}(?!\d)", text) is not None


def _sms(subject: Subject) -> Iterator[Finding]:
    words = subject.campaign.texts[subject.artifact.language].words.sms
    blocks = _blocks(subject)
    by_sms = [fact.value for fact in subject.campaign.facts.values() if fact.link == "sms" and fact.value]
    for place, block in enumerate(blocks):
        for number in by_sms:
            if _has_number(block, number) and not _near(blocks, place, words):
                yield fail(
                    subject, "sms-number-without-sms", f"{number} stands alone in {block!r}", block,
                    f"{number} with {' or '.join(words)}", f"write {{{number}}}, its full name",
                )  # fmt: skip
        if _has_number(block, _EUROPEAN_EMERGENCY) and _near(blocks, place, words):
            yield fail(
                subject, "112-near-sms", f"112 takes no texts in France: {block!r}", block, "never together",
                "name 114 for texts",
            )  # fmt: skip


def _emergency_word(subject: Subject) -> Iterator[Finding]:
    urgent = subject.campaign.texts[subject.artifact.language].words.urgent
    helpers = [
        t.picture.value for t in subject.campaign.tools if not subject.campaign.group(t.group).emergency
    ]
    for block in _blocks(subject):
        for sentence in _SENTENCE.split(block):
            words = set(re.findall(r"\w+", sentence.lower()))
            called = [word for word in urgent if word.lower() in words]
            named = [n for n in helpers if n and (_has_number(sentence, n) if n.isdigit() else n in sentence)]
            if called and named:
                yield fail(
                    subject, "help-called-emergency", f"{named[0]} beside {called[0]!r}: {sentence!r}",
                    sentence.strip(), "not in one sentence",
                    "3919 and the website are help, not emergency services",
                )  # fmt: skip


def _readable(subject: Subject) -> bool:
    return subject.artifact.kind in _READS and subject.artifact.language in subject.campaign.texts


FACT_CHECKS: tuple[Check[Subject], ...] = (
    Check("number-not-a-fact", "Wrong numbers come from typing them twice; all come from dated facts.",
          _numbers, ("number-not-a-fact", "hours-not-a-fact"), _readable),
    Check("text-unseen", "U+202E shows 3919 as 9193; 17, a zero-width space and 25 are read as 1725 (measured 2026-11-30).",
          _unseen, applies=_readable),
    Check("link-not-a-fact", "Mistyped official addresses are documented; addresses come from facts.",
          _links, applies=_readable),
    Check("link-scheme", "63 % believe that 114 can be phoned (Viavoice, 2024-01); a link must not prove them right.",
          _link_schemes, applies=_readable),
    Check("fact-in-date", "Five rival opening hours of 3919 are still online; ours expire.",
          _in_date, ("fact-historic", "fact-expired", "fact-territory", "fact-not-for-print"), _readable),
    Check("sms-number-without-sms", "114 is answered by SMS only; 112 takes no SMS in France.",
          _sms, ("sms-number-without-sms", "112-near-sms"), _readable),
    Check("help-called-emergency", "3919 was called an emergency number in the press (2021); it is not.",
          _emergency_word, applies=_readable),
)  # fmt: skip
