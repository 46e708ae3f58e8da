"""What stands in a file is what is seen of it: unseen characters, numbers that join, links that lead elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.load import load
from tests.load.yaml_edit import change, lines, only, place, set_first

UNSEEN = ["\u202e", "\u2066", "\u2069", "\u061c", "\u200e", "\u200f", "\u200b", "\u200c", "\u200d", "\u00ad", "\u2060",
          "\u034f", "\u180e", "\ufe0f", "\u3164", "\U000e0067", "\ue000", "\u2800", "\ufffc", "\U0001fffe"]  # fmt: skip


@pytest.mark.parametrize("character", UNSEEN)
def test_an_unseen_character_is_refused_at_its_own_place_with_its_name(
    campaign_folder: Path, character: str
) -> None:
    set_first(campaign_folder, "headline", f"'Appelez {character}le'")
    at = place(campaign_folder, f"{character}le")
    line = only(campaign_folder)
    assert line.startswith(
        f"campaign.yaml:{at}: texts.fr.pieces.overview.headline: holds the invisible character"
    )
    assert f"U+{ord(character):04X}" in line


@pytest.mark.parametrize(
    ("old", "file"),
    [("Ne rien laisser passer", "campaign.yaml"), ("value: arretons", "campaign.yaml"), ("# No fact", "campaign.yaml"),
     ("theme: nuit", "campaign.yaml"), ("piece: tool-web", "schedule.yaml"), ("@exemple", "schedule.yaml")],
)  # fmt: skip
def test_no_key_value_or_comment_of_any_file_goes_around_the_door(
    campaign_folder: Path, old: str, file: str
) -> None:
    change(campaign_folder, old, f"{old}\u202e", file)
    assert any("U+202E (RIGHT-TO-LEFT OVERRIDE)" in line for line in lines(campaign_folder))


def test_an_escape_is_no_way_around(campaign_folder: Path) -> None:
    set_first(campaign_folder, "headline", r'"Le \u202e{3919}"')
    assert "holds the invisible character U+202E" in only(campaign_folder)


@pytest.mark.parametrize("emoji", ["☎️", "👩🏽‍⚕️", "🏳️‍🌈"])
def test_an_emoji_keeps_what_it_is_made_of(campaign_folder: Path, emoji: str) -> None:
    set_first(campaign_folder, "headline", f"'Alertez {emoji}'")
    load(campaign_folder)


def test_a_decomposed_accent_is_composed(campaign_folder: Path) -> None:
    set_first(campaign_folder, "headline", "'E\u0301coute'")
    assert load(campaign_folder).campaign.texts["fr"].pieces["overview"].headline == "\u00c9coute"


@pytest.mark.parametrize(
    "text",
    [
        "{17.number}{seconds}", "{17.number} {seconds}", "{17.number}\u200a{seconds}", "{17.number}.{seconds}",
        "{17.number},{seconds}", "{17.number}\u00b7{seconds}", "x{3919}", "{3919}x", "{3919}-{tools}", "@{3919}", "+{3919}",
        "{seconds}h", "de {seconds} h", "tel {tools}", "{17}{web}", "{web}.{web}", "a{web.address}", "{3919}\u20e3",
    ],
)  # fmt: skip
def test_a_number_that_touches_another_thing_is_refused(campaign_folder: Path, text: str) -> None:
    set_first(campaign_folder, "headline", f"'{text}'")
    row = place(campaign_folder, "headline: ").split(":")[0]
    assert all(line.startswith(f"campaign.yaml:{row}:") for line in lines(campaign_folder))


@pytest.mark.parametrize(
    "text", ["{17}, {114}.", "l\u2019{3919}", "({17})", "{17} ou {seconds} s", "{17}/{3919}", "{3919}."]
)
def test_a_number_beside_words_and_stops_is_a_number(campaign_folder: Path, text: str) -> None:
    set_first(campaign_folder, "headline", f'"{text}"')
    load(campaign_folder)


def test_words_of_an_account_have_the_rule(campaign_folder: Path) -> None:
    change(
        campaign_folder,
        "piece: tool-web,",
        "piece: tool-web, variants: {x-fr: 'Le {17.number}{seconds}'},",
        "schedule.yaml",
    )
    assert "slots.0.variants.x-fr: {17.number} and {seconds} would be read as one number" in only(
        campaign_folder
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("line: 18", "constants.line: is no constant; there are seconds, tools, groups, languages"),
        ("groups: 3", "constants.groups: is 3, but `groups` lists 2; write 2"),
        ("languages: 3919", "constants.languages: '3919' is too large; the most is 99"),
    ],
)
def test_a_constant_is_the_count_of_something(campaign_folder: Path, line: str, message: str) -> None:
    change(campaign_folder, "  seconds: 25", f"  seconds: 25\n  {line}")
    assert any(message in found for found in lines(campaign_folder))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            'number: {value: "17", link: tel}',
            'number: {value: "17"}\n      other: {value: "3918", link: tel}',
        ),
        ('"https://arretonslesviolences.gouv.fr"', '"https://evil.example/"'),
        ('"https://arretonslesviolences.gouv.fr"', '"https://arretonslesviolences.gouv.fr.evil.example/"'),
        ('"https://arretonslesviolences.gouv.fr"', '"https://arretonslesviolences.gouv.fr@evil.example/"'),
        ('"https://arretonslesviolences.gouv.fr"', "'https://x\" onmouseover=\"alert(1)'"),
        ("https://meteofrance.com/", "https://meteofrance.com@evil.example/"),
        ("https://meteofrance.com/", "http://meteofrance.com/"),
    ],
)
def test_a_link_that_leads_elsewhere_than_it_says_is_refused(
    campaign_folder: Path, old: str, new: str
) -> None:
    change(campaign_folder, old, new)
    assert lines(campaign_folder)


@pytest.mark.parametrize("zone", ["localtime", "posixrules", "Factory", "Etc/GMT+1", "Etc/GMT-14", "GMT0"])
def test_a_zone_is_a_place(campaign_folder: Path, zone: str) -> None:
    change(campaign_folder, "zone: Europe/Paris", f"zone: {zone}", "schedule.yaml")
    assert "write a place, such as Europe/Paris, or UTC" in only(campaign_folder)


@pytest.mark.parametrize("name", ["aux", "con", "nul", "com1", "lpt9"])
@pytest.mark.parametrize("old", ["slug: nerienlaisserpasser-2026", "- {id: week-web"])
def test_an_id_is_no_device_of_windows(campaign_folder: Path, old: str, name: str) -> None:
    file = "campaign.yaml" if "slug" in old else "schedule.yaml"
    change(campaign_folder, old, f"{old.split(': ')[0]}: {name}", file)
    assert f"{name!r} is the name of a device on Windows" in only(campaign_folder)


@pytest.mark.parametrize("tag", ["#25Novembre", "#16jours", "#8mars", "#É", "#a_1"])
def test_a_hashtag_holds_a_letter_somewhere(campaign_folder: Path, tag: str) -> None:
    change(campaign_folder, '"#NeRienLaisserPasser"', f'"{tag}"')
    assert load(campaign_folder).campaign.hashtag == tag


@pytest.mark.parametrize("tag", ["#25", "#", "25Novembre", "#a b", "#a-b"])
def test_what_is_no_hashtag_is_told_in_words(campaign_folder: Path, tag: str) -> None:
    change(campaign_folder, '"#NeRienLaisserPasser"', f'"{tag}"')
    assert "is not a hashtag; write # and letters" in only(campaign_folder)


def test_a_pasted_number_has_plain_spaces_and_the_message_shows_how(campaign_folder: Path) -> None:
    change(campaign_folder, '"116 006"', '"116\u00a0006"')
    assert load(campaign_folder).campaign.facts["116006.number"].value == "116 006"
    change(campaign_folder, '"116\u00a0006"', '"116.006"')
    assert "in digits and single spaces, \u00ab116 006\u00bb; not '116.006'" in only(campaign_folder)


@pytest.mark.parametrize("wrong", ["[metropole]", "{a: b}", "[[a]]"])
@pytest.mark.parametrize(
    ("old", "file"),
    [
        ("territory: [metropole, drom]   #", "campaign.yaml"),
        ("platform: x,", "schedule.yaml"),
        ("language: fr,", "schedule.yaml"),
    ],
)
def test_a_list_or_mapping_where_a_name_belongs_is_told_at_its_place(
    campaign_folder: Path, old: str, file: str, wrong: str
) -> None:
    end = old[-1]
    new = f"territory: [{wrong}]   #" if end == "#" else f"{old.split(':')[0]}: {wrong},"
    change(campaign_folder, old, new, file)
    assert lines(campaign_folder)
