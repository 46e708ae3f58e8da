"""What a schedule may not say; each refused with file, line and column."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kit.errors import InputError
from kit.load import load

WIDE = "[x-fr, mastodon-fr, bluesky-fr, threads-fr, instagram-fr, facebook-fr, linkedin-fr]"
X_RE = """\
  - {id: x-re, platform: x, handle: "@re", language: fr,
     credentials: [X_RE_CONSUMER_KEY, X_RE_CONSUMER_SECRET, X_RE_ACCESS_TOKEN, X_RE_ACCESS_TOKEN_SECRET]}
"""


def change(folder: Path, old: str, new: str, name: str = "schedule.yaml") -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def add_slot(folder: Path, slot: str) -> int:
    """Append a slot; its line number."""
    path = folder / "schedule.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}  - {slot}\n", encoding="utf-8")
    return text.count("\n") + 1


def mistakes(folder: Path) -> list[str]:
    with pytest.raises(InputError) as error:
        load(folder)
    return [str(mistake) for mistake in error.value.mistakes]


def the_only(folder: Path) -> str:
    found = mistakes(folder)
    assert len(found) == 1, found
    assert re.match(r"schedule\.yaml:\d+:\d+: ", found[0])
    return found[0]


def test_an_hour_that_does_not_exist_is_refused_at_its_place(campaign_folder: Path) -> None:
    change(campaign_folder, "day: 2026-11-25", "day: 2026-03-29", "campaign.yaml")
    line = add_slot(
        campaign_folder, '{id: night, day: 0, at: "02:30", piece: tool-114, accounts: [linkedin-fr]}'
    )
    found = the_only(campaign_folder)
    assert found.startswith(f"schedule.yaml:{line}:")
    assert "02:30 does not exist in Europe/Paris: clocks are put forward" in found


def test_an_hour_that_happens_twice_is_refused_at_its_place(campaign_folder: Path) -> None:
    change(campaign_folder, "day: 2026-11-25", "day: 2026-10-25", "campaign.yaml")
    line = add_slot(
        campaign_folder, '{id: night, day: 0, at: "02:30", piece: tool-114, accounts: [linkedin-fr]}'
    )
    found = the_only(campaign_folder)
    assert found.startswith(f"schedule.yaml:{line}:")
    assert "happens twice in Europe/Paris" in found


def test_the_same_wall_time_is_fine_where_no_clock_is_changed(campaign_folder: Path) -> None:
    change(campaign_folder, "day: 2026-11-25", "day: 2026-03-29", "campaign.yaml")
    add_slot(
        campaign_folder,
        '{id: night, day: 0, at: "02:30", zone: Indian/Reunion, piece: tool-114, accounts: [linkedin-fr]}',
    )
    assert load(campaign_folder).schedule


@pytest.mark.parametrize("at", ["2026-11-25T08:00", "08:00:00", "8:00", "08:00Z", "08:00+01:00"])
def test_only_a_plain_wall_time_is_a_time(campaign_folder: Path, at: str) -> None:
    add_slot(campaign_folder, f'{{id: late, day: 0, at: "{at}", piece: tool-114, accounts: [linkedin-fr]}}')
    assert "is not a time; write it as 13:00" in the_only(campaign_folder)


def test_without_a_zone_a_schedule_is_naive_and_refused(campaign_folder: Path) -> None:
    change(campaign_folder, "zone: Europe/Paris\n", "")
    assert "zone: missing" in the_only(campaign_folder)


def test_the_same_text_twice_on_one_account_is_refused(campaign_folder: Path) -> None:
    line = add_slot(campaign_folder, '{id: again, day: 1, at: "08:00", piece: overview, accounts: [x-fr]}')
    change(campaign_folder, "max_links: 3", "max_links: 9")
    found = the_only(campaign_folder)
    assert found.startswith(f"schedule.yaml:{line}:")
    assert "the same text on one account as slot day-overview" in found


def test_the_same_text_on_two_accounts_of_x_is_refused_and_own_words_mend_it(campaign_folder: Path) -> None:
    change(campaign_folder, "accounts:\n", f"accounts:\n{X_RE}")
    add_slot(campaign_folder, '{id: relay, day: 0, at: "08:00", piece: tool-17, accounts: [x-re]}')
    assert "the same text on two accounts of X" in the_only(campaign_folder)
    change(campaign_folder, "accounts: [x-re]}", 'accounts: [x-re], variants: {x-re: "Ici aussi : {17}."}}')
    assert load(campaign_folder).schedule


def test_the_same_text_on_two_platforms_is_what_a_campaign_does(campaign_folder: Path) -> None:
    assert load(campaign_folder).schedule


def test_two_slots_closer_than_the_account_wants_are_refused(campaign_folder: Path) -> None:
    line = add_slot(
        campaign_folder, '{id: soon, day: 0, at: "08:14", piece: tool-114, accounts: [linkedin-fr]}'
    )
    found = the_only(campaign_folder)
    assert found.startswith(f"schedule.yaml:{line}:") and "less than its spacing of 15 min" in found
    change(campaign_folder, '"08:14"', '"08:15"')
    assert load(campaign_folder).schedule


def test_spacing_is_measured_between_moments_not_between_clocks(campaign_folder: Path) -> None:
    add_slot(
        campaign_folder,
        '{id: soon, day: 0, at: "11:05", zone: Indian/Reunion, piece: tool-114, accounts: [linkedin-fr]}',
    )
    assert "less than its spacing" in the_only(campaign_folder)


@pytest.mark.parametrize(
    ("slot", "message"),
    [
        (
            "media: none, piece: tool-114, accounts: [instagram-fr]",
            "Instagram takes no post without a picture",
        ),
        ("media: clip, piece: tool-114, accounts: [x-fr]", "X takes none of the clips made"),
        ("media: clip, clip: other, piece: tool-114, accounts: [x-fr]", "is not one of the campaign's clips"),
        ("media: film, piece: tool-114, accounts: [x-fr]", "'film' is not one of"),
    ],
)
def test_media_that_a_platform_does_not_take_are_refused(
    campaign_folder: Path, slot: str, message: str
) -> None:
    change(
        campaign_folder,
        "  formats: [story, feed-4x5, square, wide, x]",
        "  formats: [story]",
        "campaign.yaml",
    )
    change(campaign_folder, "run-up-114, day: -3", "run-up-114, day: -4")
    for account in ("x-fr, ", "instagram-fr, "):
        text = (campaign_folder / "schedule.yaml").read_text(encoding="utf-8")
        start = text.index("{id: run-up-114")
        (campaign_folder / "schedule.yaml").write_text(
            text[:start] + text[start:].replace(account, "", 1), encoding="utf-8"
        )
    add_slot(campaign_folder, f'{{id: more, day: 2, at: "08:00", {slot}}}')
    assert message in the_only(campaign_folder)


def test_a_price_above_the_budget_is_refused_at_the_budget(campaign_folder: Path) -> None:
    change(campaign_folder, "budget_usd: 1.00", "budget_usd: 0.50")
    found = the_only(campaign_folder)
    assert "budget_usd: the posts on X cost about 0.68 $ (3 of 6 with a link)" in found


def test_one_link_more_than_agreed_is_refused_with_the_slots(campaign_folder: Path) -> None:
    change(campaign_folder, "max_links: 3", "max_links: 2")
    assert "3 posts on X carry a link (week-web, eve-witness, day-overview)" in the_only(campaign_folder)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("INSTAGRAM_USER_ID, ", "", "instagram also needs a name that ends in _USER_ID"),
        ("X_ACCESS_TOKEN_SECRET]", "X_ACCESS_TOKEN]", "is a second one that ends in _ACCESS_TOKEN"),
        ("X_ACCESS_TOKEN_SECRET]", "X_B_ACCESS_TOKEN]", "is a second one that ends in _ACCESS_TOKEN"),
        (
            "FACEBOOK_PAGE_TOKEN]",
            "FACEBOOK_PAGE_TOKENS]",
            "is for nothing here; names for facebook end in _PAGE_ID, _PAGE_TOKEN",
        ),
        (
            "BLUESKY_APP_PASSWORD]",
            "BLUESKY_PASSWORD]",
            "names for bluesky end in _HANDLE, _APP_PASSWORD, _BASE_URL",
        ),
        ("[LINKEDIN_AUTHOR, ", "[", "needs a name that ends in _AUTHOR (urn:li:organization:…"),
    ],
)
def test_credentials_that_do_not_cover_the_platform_are_refused_at_their_place(
    campaign_folder: Path, old: str, new: str, message: str
) -> None:
    change(campaign_folder, old, new)
    lines = (campaign_folder / "schedule.yaml").read_text(encoding="utf-8").splitlines()
    found = mistakes(campaign_folder)
    assert message in "\n".join(found)
    for each in found:
        line, column = map(int, each.split(":")[1:3])
        assert lines[line - 1][column - 1 :].startswith(("credentials", "X_", "FACEBOOK_", "BLUESKY_"))


def test_a_server_of_ones_own_may_be_named_for_bluesky(campaign_folder: Path) -> None:
    change(campaign_folder, "BLUESKY_APP_PASSWORD]", "BLUESKY_APP_PASSWORD, BLUESKY_BASE_URL]")
    assert load(campaign_folder).schedule


def test_words_for_an_account_that_does_not_post_are_refused(campaign_folder: Path) -> None:
    add_slot(
        campaign_folder,
        '{id: more, day: 2, at: "08:00", piece: tool-114, accounts: [linkedin-fr], variants: {x-fr: "Oui."}}',
    )
    assert "is not one of this slot's accounts" in the_only(campaign_folder)


def test_own_words_are_held_to_the_rules_of_every_text(campaign_folder: Path) -> None:
    add_slot(
        campaign_folder,
        '{id: more, day: 2, at: "08:00", piece: tool-114, accounts: [linkedin-fr],\n'
        '     variants: {linkedin-fr: "Appelez le 3919, {4000.number}, www.exemple.fr"}}',
    )
    found = the_only(campaign_folder)
    assert "3919 is typed by hand" in found
    assert "{4000.number} names no fact" in found
    assert "is an address typed by hand" in found


def test_one_zone_for_all_and_one_for_each_cannot_both_be_asked(campaign_folder: Path) -> None:
    add_slot(
        campaign_folder,
        '{id: more, day: 2, at: "08:00", zone: Europe/Paris, each: account, piece: tool-114, accounts: [linkedin-fr]}',
    )
    assert "`each: account` takes each account's own zone" in the_only(campaign_folder)


def test_a_plan_of_a_past_year_still_loads(campaign_folder: Path) -> None:
    text = (campaign_folder / "campaign.yaml").read_text(encoding="utf-8")
    for old, new in (("edition: 2026", "edition: 2019"), ("day: 2026-11-25", "day: 2019-11-25")):
        text = text.replace(old, new, 1)
    (campaign_folder / "campaign.yaml").write_text(text, encoding="utf-8")
    assert load(campaign_folder).schedule
