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


def write(campaign: Campaign, language: str, text: str, *, isolates: bool = False) -> Written:
    """Replace every reference in `text`, then set it by the language's typography.

    `{114}` is the tool's full name, `{3919.hours}` a fact, `{seconds}` a constant, `{day}` the
    campaign's date. The loader has refused unknown names, so a KeyError here is our bug.
    `isolates` is for plain text that others lay out (posts): in right-to-left languages numbers and
    addresses are wrapped in U+2066 and U+2069, so that no neighbour turns them around.
    """
    facts: set[str] = set()
    wrap = isolates and LANGUAGES[language].direction == "rtl"
    finished = REFERENCE.sub(lambda match: _value(campaign, language, match.group(1), facts, wrap), text)
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


def _value(campaign: Campaign, language: str, name: str, facts: set[str], wrap: bool) -> str:
    if name == "day":
        return full_date(campaign.day, LANGUAGES[language])
    if name == "year":
        return str(campaign.day.year)
    if name == "hashtag":
        return campaign.hashtag
    if name in campaign.constants:
        return str(campaign.constants[name])
    if fact := campaign.facts.get(name):
        facts.add(name)
        value = fact_text(campaign, fact, language)
        return f"{FIRST_LTR}{value}{POP}" if wrap and fact.value is not None else value
    # a tool by its name: its words stay together on one line ("114 par SMS")
    inner = write(campaign, language, campaign.texts[language].tools[name].name, isolates=wrap)
    facts |= inner.facts
    return inner.text.replace(" ", NBSP)


def spoken_number(number: str) -> str | None:
    """`39 19`: a number of four digits is said in pairs, not as three thousand nine hundred."""
    return f"{number[:2]} {number[2:]}" if len(number) == 4 and number.isdigit() else None
