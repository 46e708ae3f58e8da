"""References become facts, and what was written is remembered."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.load import load
from kit.model.campaign import Campaign
from kit.text.references import Written, fact_text, reference_names, write
from kit.text.typography import NBSP


@pytest.fixture(scope="module")
def campaign(shipped: Path) -> Campaign:
    return load(shipped).campaign


def test_a_fact_is_written_and_recorded(campaign: Campaign) -> None:
    assert write(campaign, "fr", "le {3919.number}") == Written("le 3919", frozenset({"3919.number"}))


def test_a_tool_is_written_by_its_full_name_and_its_facts_are_recorded(campaign: Campaign) -> None:
    written = write(campaign, "fr", "Écrivez au {114}")
    assert written == Written(f"Écrivez au 114{NBSP}par{NBSP}SMS", frozenset({"114.number"}))


def test_constants_and_dates_are_no_facts(campaign: Campaign) -> None:
    written = write(campaign, "fr", "{seconds} secondes, {tools} outils, le {day}, {year} {hashtag}")
    day = f"25{NBSP}novembre{NBSP}2026"
    assert written.text == f"25{NBSP}secondes, 4{NBSP}outils, le {day}, 2026 #NeRienLaisserPasser"
    assert written.facts == frozenset()


def test_every_fact_of_one_text_is_recorded_once(campaign: Campaign) -> None:
    written = write(campaign, "fr", "{3919} {3919} {3919.cost} {3919.hours} {web}")
    assert written.facts == {"3919.number", "3919.cost", "3919.hours", "web.address"}


def test_what_a_reference_is_replaced_by_is_not_read_again(campaign: Campaign) -> None:
    tool = campaign.tools[0]
    fact = tool.facts["number"].model_copy(update={"value": "{seconds}"})
    facts = {**tool.facts, "number": fact}
    odd = campaign.model_copy(
        update={"tools": (tool.model_copy(update={"facts": facts}), *campaign.tools[1:])}
    )
    assert write(odd, "fr", "{3919.number}").text == "{seconds}"


def test_the_groups_of_a_number_never_part(campaign: Campaign) -> None:
    fact = campaign.facts["3919.number"].model_copy(update={"value": "116 006"})
    assert fact_text(campaign, fact, "fr") == f"116{NBSP}006"


def test_every_name_that_the_loader_allows_can_be_written(campaign: Campaign) -> None:
    names = reference_names(
        [(tool.id, tool.facts) for tool in campaign.tools],
        [(scheme.id, scheme.facts) for scheme in campaign.listed_schemes],
        campaign.constants,
    )
    for language in campaign.languages:
        for name in names:
            assert "{" not in write(campaign, language, f"{{{name}}}").text
    assert {"day", "year", "hashtag", "seconds", "114", "114.number"} <= names


def test_an_unknown_name_is_our_bug_and_raises(campaign: Campaign) -> None:
    with pytest.raises(KeyError):
        write(campaign, "fr", "{nobody}")


def test_every_shipped_text_can_be_written(campaign: Campaign) -> None:
    def texts(value: object) -> list[str]:
        if isinstance(value, dict):
            return [text for child in value.values() for text in texts(child)]
        if isinstance(value, list | tuple):
            return [text for child in value for text in texts(child)]
        return [value] if isinstance(value, str) else []

    for code, language in campaign.texts.items():
        for text in texts(language.model_dump()):
            assert "{" not in write(campaign, code, text).text
