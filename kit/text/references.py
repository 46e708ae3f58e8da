"""Writing facts into texts, and remembering which ones were written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kit.model.campaign import Campaign
from kit.model.facts import Fact
from kit.model.texts import REFERENCE
from kit.tables.languages import LANGUAGES
from kit.text.dates import full_date, opening_hours
from kit.text.typography import NBSP, apply_typography

FIRST_LTR, POP = "\u2066", "\u2069"
"""Unicode isolates: left-to-right isolate, pop directional isolate."""
BUILT_IN = frozenset({"day", "year", "hashtag"})
"""References that every campaign has; no constant and no tool may take these names."""


@dataclass(frozen=True)
class Written:
    """A finished text and the ids of the facts it shows."""

    text: str
    facts: frozenset[str]


def fact_text(campaign: Campaign, fact: Fact, language: str) -> str:
    """A fact as this language writes it: the value itself, formatted hours, or a vocabulary word."""
    if fact.value is not None:
        return fact.value.replace(" ", NBSP)  # 116 006 stays on one line
    if fact.hours is not None:
        return opening_hours(fact.hours, LANGUAGES[language])
    assert fact.word is not None  # the model holds exactly one of the three
    return campaign.texts[language].words.vocabulary[fact.word]


def fact_as_built(campaign: Campaign, fact: Fact) -> str:
    """A fact as the manifest names it: in the first language, one that no language words by its own word.

    Publishing compares it with the fact of the day, so both take it from here.
    """
    reference = campaign.languages[0]
    if fact.word is not None and fact.word not in campaign.texts[reference].words.vocabulary:
        return fact.word
    return fact_text(campaign, fact, reference)


def write(
    campaign: Campaign, language: str, text: str, *, isolates: bool = False, with_scheme: bool = False
) -> Written:
    """Replace every reference in `text`, then set it by the language's typography.

    `{114}` is the tool's full name, `{3919.hours}` a fact, `{seconds}` a constant, `{day}` the
    campaign's date. The loader has refused unknown names, so a KeyError here is our bug.
    `isolates` is for plain text that others lay out (posts): in right-to-left languages numbers and
    addresses are wrapped in U+2066 and U+2069, so that no neighbour turns them around. `with_scheme` is for
    platforms that link nothing else: the `url` of a website stands where its address does.
    """
    facts: set[str] = set()
    writing = _Writing(
        campaign, language, isolates and LANGUAGES[language].direction == "rtl", with_scheme, facts
    )
    finished = REFERENCE.sub(lambda match: _value(writing, match.group(1)), text)
    return Written(apply_typography(finished, LANGUAGES[language]), frozenset(facts))


def reference_names(
    tools: Iterable[tuple[str, Iterable[str]]],
    schemes: Iterable[tuple[str, Iterable[str]]],
    constants: Iterable[str],
) -> frozenset[str]:
    """Every name that texts of a campaign may refer to: tools as a whole, schemes by their facts only."""
    names = {*BUILT_IN, *constants}
    for tool, attributes in tools:
        names.add(tool)
        names |= {f"{tool}.{attribute}" for attribute in attributes}
    names |= {f"{scheme}.{attribute}" for scheme, attributes in schemes for attribute in attributes}
    return frozenset(names)


@dataclass(frozen=True)
class _Writing:
    """How one text is written: see `write`. `facts` gathers the ids of those that it shows."""

    campaign: Campaign
    language: str
    wrap: bool
    with_scheme: bool
    facts: set[str]


def _value(writing: _Writing, name: str) -> str:
    campaign, language = writing.campaign, writing.language
    if name == "day":
        return full_date(campaign.day, LANGUAGES[language])
    if name == "year":
        return str(campaign.day.year)
    if name == "hashtag":
        return campaign.hashtag
    if name in campaign.constants:
        return str(campaign.constants[name])
    if fact := campaign.facts.get(name):
        return _fact(writing, fact)
    # a tool by its name: its words stay together on one line ("114 par SMS")
    inner = REFERENCE.sub(
        lambda match: _value(writing, match.group(1)), campaign.texts[language].tools[name].name
    )
    return apply_typography(inner, LANGUAGES[language]).replace(" ", NBSP)


def _fact(writing: _Writing, fact: Fact) -> str:
    writing.facts.add(fact.id)
    if writing.with_scheme and (link := _link_of(writing.campaign, fact)):
        writing.facts.add(link.id)
        fact = link
    value = fact_text(writing.campaign, fact, writing.language)
    # an address with its scheme is no number: nothing turns it around, and a mark at its end could be taken into it
    bare = fact.value is not None and fact.link != "https"
    return f"{FIRST_LTR}{value}{POP}" if writing.wrap and bare else value


def _link_of(campaign: Campaign, fact: Fact) -> Fact | None:
    """The address with its scheme of the website whose bare address the fact is."""
    for service in campaign.services:
        if service.picture.id == fact.id and service.picture.channel == "web":
            return next((one for one in service.facts.values() if one.link == "https" and one.value), None)
    return None


def spoken_number(number: str) -> str | None:
    """`39 19`: a number of four digits is said in pairs, not as three thousand nine hundred.

    A label begins with the number itself, since who steers by voice says what is seen (WCAG 2.2, 2.5.3).
    """
    return f"{number[:2]} {number[2:]}" if len(number) == 4 and number.isdigit() else None
