"""The checks of facts, each with a text that must pass and one that must not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kit.check.facts import FACT_CHECKS
from kit.check.runner import run_checks
from kit.check.subject import Subject
from kit.load import load
from kit.model.artifact import Artifact, Level
from kit.model.campaign import Campaign, Emitter
from kit.model.facts import Fact

ROOT = Path(__file__).parent.parent.parent
ALL = ("3919.number", "3919.hours", "17.number", "114.number", "114.hours", "web.address", "web.url")


@pytest.fixture(scope="module")
def campaign() -> Campaign:
    return load(ROOT).campaign


def codes(
    campaign: Campaign, *texts: str, facts: tuple[str, ...] = ALL, links: tuple[str, ...] = (), kind: str = "post",
    today: date = date(2026, 11, 25),
) -> set[str]:  # fmt: skip
    artifact = Artifact.model_validate(
        {
            "id": "post/fr/x/t", "kind": kind, "language": "fr", "direction": "ltr", "path": "t.txt",
            "media_type": "text/plain", "bytes": 0, "sha256": "", "digest": "", "facts": facts, "links": links,
        }
    )  # fmt: skip
    report = run_checks([Subject(artifact, Path("t.txt"), campaign, today, texts)], FACT_CHECKS)
    return {finding.code for finding in report.findings if finding.level is Level.FAIL}


def changed(campaign: Campaign, fact_id: str, **changes: object) -> Campaign:
    """The campaign with one fact changed."""
    tools = []
    for tool in campaign.tools:
        facts: dict[str, Fact] = {
            name: fact.model_copy(update=changes) if fact.id == fact_id else fact
            for name, fact in tool.facts.items()
        }
        tools.append(tool.model_copy(update={"facts": facts}))
    return campaign.model_copy(update={"tools": tuple(tools)})


@pytest.mark.parametrize(
    "text",
    [
        "Le 3919 écoute, 24\u00a0h/24 et 7\u00a0j/7.",
        "Danger immédiat : le 17, ou 114 par SMS.",
        "Le 25\u00a0novembre\u00a02026, 25 secondes pour 4 outils : arretonslesviolences.gouv.fr",
    ],
)
def test_texts_made_of_facts_pass(campaign: Campaign, text: str) -> None:
    assert codes(campaign, text) == set()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Appelez le 3918.", "number-not-a-fact"),
        ("Appelez le 39 19.", "number-not-a-fact"),
        ("Appelez le 3 919.", "number-not-a-fact"),
        ("Appelez le 13919.", "number-not-a-fact"),
        ("Appelez le 118.", "number-not-a-fact"),
        ("Appelez le ٣٩١٨.", "number-not-a-fact"),
        ("Le 08 842 846 37.", "number-not-a-fact"),
        ("En 12 langues.", "number-not-a-fact"),
        ("Le 3919, de 9 h à 19 h.", "hours-not-a-fact"),
        ("Le 3919, 9h-22h.", "hours-not-a-fact"),
        ("Voir arretonslesviolcences.gouv.fr", "link-not-a-fact"),
        ("Voir arretons-les-violences.gouv.fr", "link-not-a-fact"),
        ("Voir https://arretonslesviolences.gouv.fr/piege", "link-not-a-fact"),
        ("Voir stop-violences-femmes.gouv.fr", "link-not-a-fact"),
        ("Le 114 est là.", "sms-number-without-sms"),
        ("Envoyez un SMS au 112.", "112-near-sms"),
        ("Le 3919, numéro d'urgence.", "help-called-emergency"),
        ("Urgence : arretonslesviolences.gouv.fr", "help-called-emergency"),
    ],
)
def test_documented_mistakes_fail(campaign: Campaign, text: str, code: str) -> None:
    assert code in codes(campaign, text)


def test_a_fact_that_the_artifact_does_not_declare_may_not_be_shown(campaign: Campaign) -> None:
    assert codes(campaign, "Le 17.", facts=("3919.number",)) == {"number-not-a-fact"}


@pytest.mark.parametrize("digits", ["٣٩١٩", "３９１９", "𝟑𝟗𝟏𝟗", "③⑨①⑨", "³⁹¹⁹"])
def test_a_number_to_dial_is_written_in_the_digits_of_a_keypad(campaign: Campaign, digits: str) -> None:
    assert codes(campaign, digits) == {"number-not-a-fact"}


@pytest.mark.parametrize(
    "between",
    [
        "\u200b",
        "\u200c",
        "\u00ad",
        "\u2060",
        "\u200e",
        "\u034f",
        "\u180e",
        "\ufe0f",
        "\u2800",
        "\ufffc",
        "\0",
        "\x1b",
        "\x85",
        "\u2028",
    ],
)
def test_numbers_that_nothing_visible_parts_are_one_number(campaign: Campaign, between: str) -> None:
    assert codes(campaign, f"Le 17{between}25") == {"number-not-a-fact", "text-unseen"}


@pytest.mark.parametrize("text", ["\u202e3919\u202c", "\u20663919\u2069", "Le\u061c 17", "a\u200fb"])
def test_a_text_that_something_unseen_turns_around_fails(campaign: Campaign, text: str) -> None:
    assert "text-unseen" in codes(campaign, text)


@pytest.mark.parametrize("text", ["x3919", "3919x", "17h", "+3919", "@3919", "3919-25", "17\ufe0f\u20e3"])
def test_what_touches_a_number_makes_another_of_it(campaign: Campaign, text: str) -> None:
    assert codes(campaign, text) & {"number-not-a-fact", "hours-not-a-fact"}


def test_names_may_hold_a_number_but_no_helplines(campaign: Campaign) -> None:
    def sent_by(name: str) -> Campaign:
        return campaign.model_copy(update={"emitter": Emitter(name=name)})

    assert codes(sent_by("Département 93"), "Département 93") == set()
    assert codes(sent_by("Ligue 1901"), "Ligue 1901") == set()
    assert codes(sent_by("Appelez le 3918"), "Appelez le 3918") == {"number-not-a-fact"}
    assert codes(sent_by("Association 3018"), "Association 3018", facts=()) == {"number-not-a-fact"}


def test_a_hashtag_may_hold_the_day(campaign: Campaign) -> None:
    assert codes(campaign.model_copy(update={"hashtag": "#16jours"}), "#16jours") == set()


def test_sms_in_the_block_beside_is_enough_and_two_blocks_away_is_not(campaign: Campaign) -> None:
    assert codes(campaign, "114", "par SMS") == set()
    assert codes(campaign, "114", "autre chose", "par SMS") == {"sms-number-without-sms"}


def test_urgence_in_another_sentence_is_not_about_3919(campaign: Campaign) -> None:
    assert codes(campaign, "Urgence : le 17. Pour une écoute, le 3919.") == set()


def test_a_chinese_stop_ends_a_sentence_although_no_space_follows(campaign: Campaign) -> None:
    assert "help-called-emergency" not in codes(campaign, "3919。Urgence：17。")
    assert "help-called-emergency" in codes(campaign, "Urgence：3919。")


@pytest.mark.parametrize(
    "link", ["tel:114", "sms:3919", "sms:17", "sms:114?body=aide", "https://example.com"]
)
def test_links_that_mislead_fail(campaign: Campaign, link: str) -> None:
    assert codes(campaign, "", links=(link,)) & {"link-scheme", "link-not-a-fact"}


@pytest.mark.parametrize("link", ["tel:3919", "tel:17", "sms:114", "https://arretonslesviolences.gouv.fr"])
def test_links_of_facts_pass(campaign: Campaign, link: str) -> None:
    assert codes(campaign, "", links=(link,)) == set()


def test_tel_114_in_a_text_fails(campaign: Campaign) -> None:
    assert "link-scheme" in codes(campaign, "tel: 114 par SMS")


def test_an_expired_fact_fails_on_the_campaigns_day_and_only_warns_later(campaign: Campaign) -> None:
    expired = changed(campaign, "3919.number", valid_to=date(2026, 11, 24))
    assert codes(expired, "3919") == {"fact-expired"}
    later = changed(campaign, "3919.number", valid_to=date(2026, 12, 31))
    assert codes(later, "3919", today=date(2027, 1, 1)) == set()


def test_a_historic_fact_fails(campaign: Campaign) -> None:
    assert codes(changed(campaign, "17.number", status="historique"), "17") == {"fact-historic"}


def test_a_fact_that_does_not_hold_in_the_campaigns_territory_fails(campaign: Campaign) -> None:
    assert codes(changed(campaign, "17.number", territory=("metropole",)), "17") == {"fact-territory"}


def test_a_disputed_fact_fails_in_print_only(campaign: Campaign) -> None:
    disputed = changed(campaign, "3919.hours", print_ok=False)
    assert codes(disputed, "24 h/24 et 7 j/7") == set()
    assert codes(disputed, "24 h/24 et 7 j/7", kind="print") == {"fact-not-for-print"}


# names of people and places


def named(campaign: Campaign, **names: str) -> Campaign:
    """The campaign with this sender and printer."""
    emitter = Emitter.model_validate({"name": "Association Exemple", **names})
    return campaign.model_copy(update={"emitter": emitter})


@pytest.mark.parametrize(
    "printer",
    [
        "Imprimerie Exemple, 12 rue du Port, 44000 Nantes",
        "imprimerie-exemple.fr, 114 rue du Port, 17000 La Rochelle",
    ],
)
def test_the_printers_domicile_passes_as_the_law_wants_it(campaign: Campaign, printer: str) -> None:
    line = f"Imprimé par {printer}. Ne pas jeter sur la voie publique."
    assert codes(named(campaign, printer=printer), line, facts=("web.address",), kind="print") == set()
    assert (
        codes(campaign, line, facts=("web.address",), kind="print") != set()
    )  # it passes as a name, not as a text


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Association 3919", "number-not-a-fact"),
        ("Section 17", "number-not-a-fact"),
        ("SOS 114", "sms-number-without-sms"),
        ("arretonslesviolences.fr", "link-not-a-fact"),
        ("Exemple, tel:114", "link-scheme"),
    ],
)
def test_a_helpline_in_the_senders_name_is_a_claim_like_any_other(
    campaign: Campaign, name: str, code: str
) -> None:
    assert code in codes(named(campaign, name=name), name, facts=("web.address",))


def test_the_name_is_known_in_the_typography_of_its_language(campaign: Campaign) -> None:
    name = "L'atelier 44 : affiches"
    assert codes(named(campaign, name=name), "L\u2019atelier 44\u00a0: affiches", facts=()) == set()


@pytest.mark.parametrize("end", ["،", "，", "。", "."])
def test_the_mark_that_follows_an_address_is_no_part_of_it(campaign: Campaign, end: str) -> None:
    assert codes(campaign, f"https://arretonslesviolences.gouv.fr{end} x") == set()
    assert codes(campaign, f"https://arretonslesviolences.gouv.com{end} x") == {"link-not-a-fact"}


def described(campaign: Campaign, full: str, *facts: str) -> set[str]:
    """The codes of a picture that shows no text, and is described like this."""
    artifact = Artifact.model_validate(
        {
            "id": "visual/fr/avatar/t", "kind": "visual", "language": "fr", "direction": "ltr", "path": "t.png",
            "media_type": "image/png", "bytes": 0, "sha256": "", "digest": "", "facts": facts,
            "alt": {"short": "t", "full": full},
        }
    )  # fmt: skip
    report = run_checks([Subject(artifact, Path("t.png"), campaign, campaign.day, ())], FACT_CHECKS)
    return {finding.code for finding in report.findings if finding.level is Level.FAIL}


def test_a_description_may_hold_the_hours_that_the_picture_has_no_room_for(campaign: Campaign) -> None:
    text = "Le 3919, 24\u00a0h/24 et 7\u00a0j/7."
    assert described(campaign, text, "3919.number") == set()
    assert "number-not-a-fact" in described(campaign, text.replace("3919", "3918"), "3919.number")
    assert described(campaign, text, "17.number") != set(), "of another tool"


@pytest.mark.parametrize("end", ["Retirer après le\u00a024 ", "Retirer après le\u00a024\u00a0n"])
def test_half_a_date_at_the_limit_of_a_description_is_no_number(campaign: Campaign, end: str) -> None:
    start = "Le 3919 écoute. "
    text = start + "a" * (1000 - len(start) - len(end) - 2) + ". " + end
    assert len(text) == 1000
    assert described(campaign, text, "3919.number") == set()
