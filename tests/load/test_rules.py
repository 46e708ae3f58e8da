"""What texts may say and what a fact must be."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from kit.load import load
from kit.model.facts import Fact, Hours, Opening
from tests.load.yaml_edit import change, lines, mistakes, only, place, set_first

NUMBER = 'number: {value: "114", link: sms}'


def headline(folder: Path, text: str) -> None:
    set_first(folder, "headline", f"'{text}'")


class TestTexts:
    """Numbers and addresses come from facts; nobody types one."""

    @pytest.mark.parametrize(
        ("typed", "digits"),
        [
            ("Appelez le 17", "17"),
            ("اتصل ١٧", "١٧"),
            ("हेल्प १७", "१७"),
            ("全角 ３９１９", "３９１９"),
            ("note¹", "¹"),
            ("H₂O", "₂"),
            ("la moitié, ½", "½"),
            ("point ①", "①"),
            ("Ⅳ", "Ⅳ"),
            ("gras 𝟏𝟕", "𝟏𝟕"),
            ("clavier 3️⃣", "3"),
            ("{3919.number} ou 17", "17"),
        ],
    )  # fmt: skip
    def test_a_typed_digit_of_any_script_is_refused(
        self, campaign_folder: Path, typed: str, digits: str
    ) -> None:
        headline(campaign_folder, typed)
        assert f"headline: {digits} is typed by hand; numbers come from facts" in only(campaign_folder)

    @pytest.mark.parametrize(
        "typed",
        [
            "sur arretonslesviolences.gouv.fr",
            "sur ArretonsLesViolences.gouv.fr.",
            "sur arrêtonslesviolences.gouv.fr",
            "https://exemple",
            "HTTPS://EXEMPLE",
            "www.exemple",
            "voir exemple.social",
            "nom@exemple.be",
            "(exemple.org)",
            "signalement.gouv/fr",
            "une phrase.Une autre",
            "сайт пример.укр",
        ],
    )
    def test_a_typed_address_is_refused(self, campaign_folder: Path, typed: str) -> None:
        headline(campaign_folder, typed)
        assert "is an address typed by hand; addresses come from facts" in only(campaign_folder)

    @pytest.mark.parametrize(
        "typed",
        [
            "Parler. Alerter.",
            "Attendez… ici",
            "Alors... oui",
            "p. ex. la nuit",
            "fin.",
            "求助。请拨打",
            "a/b",
            "et :",
        ],
    )
    def test_punctuation_is_not_an_address(self, campaign_folder: Path, typed: str) -> None:
        headline(campaign_folder, typed)
        load(campaign_folder)

    @pytest.mark.parametrize(
        ("typed", "message"),
        [
            ("{3919.numbr}", "{3919.numbr} names no fact or constant (did you mean 3919.number?)"),
            ("{secondes}", "{secondes} names no fact or constant (did you mean seconds?)"),
            ("{ 3919 }", "{ 3919 } names no fact or constant (did you mean 3919?)"),
            ("{}", "{} names no fact or constant"),
            ("{3919", "a brace that is not a reference; write {tool.fact}"),
            ("3919}", "a brace that is not a reference; write {tool.fact}"),
            ("{{3919}}", "a brace that is not a reference; write {tool.fact}"),
        ],
    )
    def test_a_reference_names_something_that_exists(
        self, campaign_folder: Path, typed: str, message: str
    ) -> None:
        headline(campaign_folder, typed)
        assert message in only(campaign_folder)

    def test_all_that_is_wrong_with_one_text_is_said_at_once_at_its_place(
        self, campaign_folder: Path
    ) -> None:
        headline(campaign_folder, "{wbe} 24 a.fr }")
        line = only(campaign_folder)
        assert line.startswith(f"campaign.yaml:{place(campaign_folder, 'headline: ')}: ")
        assert [part in line for part in ("{wbe} names", "a brace", "24 is typed", "'a.fr' is an")] == [
            True
        ] * 4

    def test_every_text_of_the_language_has_the_rule(self, campaign_folder: Path) -> None:
        for old in (
            "label: ",
            "purpose: ",
            "hook: ",
            "title: Kit",
            "        short: |-\n          ",
            "gratuit",
        ):
            change(campaign_folder, old, f"{old}17 " if old != "gratuit" else "17")
        assert len([line for line in lines(campaign_folder) if "17 is typed by hand" in line]) == 5 + 1

    def test_a_tools_name_may_not_name_a_tool(self, campaign_folder: Path) -> None:
        """It would be replaced by itself for ever."""
        change(campaign_folder, 'name: "{web.address}"', 'name: "{web}"')
        assert "texts.fr.tools.web.name: {web} is a tool's name, and names are made of facts" in only(
            campaign_folder
        )

    def test_a_vocabulary_word_holds_no_reference(self, campaign_folder: Path) -> None:
        """It is what a reference is replaced by: its braces would be printed."""
        change(campaign_folder, "free: gratuit", 'free: "{3919}"')
        assert "texts.fr.words.vocabulary.free: a vocabulary word holds no reference" in only(campaign_folder)

    def test_a_word_that_a_fact_needs_is_missed_in_each_language(self, campaign_folder: Path) -> None:
        change(campaign_folder, "        free: gratuit\n", "")
        assert "texts.fr.words.vocabulary: the word 'free', used by a fact, is missing" in only(
            campaign_folder
        )

    def test_a_signature_is_whole_or_absent(self, campaign_folder: Path) -> None:
        change(campaign_folder, "review: {state: pending}", "review: {state: pending, by: Ada}")
        assert "texts.fr.review: a signed review needs both `by` and `on`" in only(campaign_folder)
        change(campaign_folder, "state: pending, by: Ada", "state: signed, by: Ada, on: 2026-11-20")
        assert load(campaign_folder).campaign.texts["fr"].review.on == date(2026, 11, 20)


class TestFacts:
    """Each fact is one value, with a source, and dates that exist."""

    @pytest.mark.parametrize(
        ("fact", "message"),
        [
            ("{}", "tools.3.facts.number: needs exactly one of value, hours, word; it has none"),
            ("{value: a, word: free}", "needs exactly one of value, hours, word; it has value and word"),
            ("{value: a, hours: always}", "needs exactly one of value, hours, word; it has value and hours"),
            (
                "{hours: allways}",
                "number.hours: 'allways' are no hours; write `always` or a list of openings",
            ),
            ("{hours: []}", "number.hours: write either `always` or a list of openings"),
            ("{hours: {always: yes}}", "number.hours.always: 'yes' is not a yes or no; write true or false"),
            ("{value: a, valid_from: 2026-02-30}", "number.valid_from: '2026-02-30' is not a date"),
            ("{value: a, valid_from: 2026-03-02, valid_to: 2026-03-01}", "valid_from is later than valid_to"),
            ("{value: a, verified_on: 2026-11-20}", "verified_on and verified_by go together"),
            ("{value: a, verified_by: Ada}", "verified_on and verified_by go together"),
            (
                "{value: a, source: tf1-203}",
                "number.source: 'tf1-203' is not one of `sources` (did you mean tf1-2023?)",
            ),
            ("{value: a, source: [tf1-2023]}", "number.source: a list is not one of `sources`"),
            ("{value: a, link: tel}", "number.link: link: tel is also listed in never_link_as"),
            ("{value: a b, link: sms}", "number.link: link: sms needs a number as value"),
            (
                "{value: a.fr, link: https}",
                "number.link: link: https needs a value that begins with https://",
            ),
            (
                "{value: a, channel: fax}",
                "number.channel: 'fax' is not one of 'voice', 'sms', 'chat', 'web', 'app' or 'person'",
            ),
            ("{value: a, id: x}", "number.id: unknown key; a fact's name and place say it already"),
            ("{value: a, territory: []}", "number.territory: is empty; list at least 1"),
            ("{value: a, sourc: tf1-2023}", "number.sourc: unknown key (did you mean source?)"),
            ("{value: javascript:a, link: https}", "link: https needs a value that begins with https://"),
            ("[a]", "number.value: a text was expected, not a list"),
        ],
    )
    def test_what_is_wrong_with_a_fact_is_said_at_the_fact(
        self, campaign_folder: Path, fact: str, message: str
    ) -> None:
        change(campaign_folder, NUMBER, f"number: {fact}")
        found = [line for line in lines(campaign_folder) if message in line]
        assert len(found) == 1, lines(campaign_folder)
        row = place(campaign_folder, f"number: {fact}").split(":")[0]
        assert found[0].startswith(f"campaign.yaml:{row}:")

    def test_opening_hours_are_wrong_at_the_opening(self, campaign_folder: Path) -> None:
        change(campaign_folder, '[mon, tue, wed, thu, fri], opens: "13:00", closes: "20:00"',
               '[mon, tue, mon], opens: "21:00", closes: "20:00"')  # fmt: skip
        assert [line.split(":", 3)[2:] for line in lines(campaign_folder)] == [
            [place(campaign_folder, "mon]").split(":")[1], " tools.0.facts.chat.hours.0.days.2: 'mon' is listed twice"],
            [place(campaign_folder, "opens").split(":")[1], " tools.0.facts.chat.hours.0.opens: opens must be earlier than closes"],
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("inherited", "path", "message"),
        [
            (
                "verified_on: 2026-02-30\n    verified_by: Ada",
                "tools.3.verified_on",
                "'2026-02-30' is not a date",
            ),
            ("verified_by: Ada", "tools.3.verified_by", "verified_on and verified_by go together"),
            ("review_by: soon", "tools.3.review_by", "'soon' is not a date"),
            ("status: old", "tools.3.status", "'old' is not one of 'current' or 'historique'"),
            ("valid_to: 1999", "tools.3.valid_to", "'1999' is not a date"),
        ],
    )
    def test_what_facts_take_over_is_wrong_once_where_it_was_written(
        self, campaign_folder: Path, inherited: str, path: str, message: str
    ) -> None:
        change(campaign_folder, "never_link_as: [tel]", f"never_link_as: [tel]\n    {inherited}")
        (mistake,) = mistakes(campaign_folder)
        assert (mistake.path, f"{mistake.line}:{mistake.column}") == (path, place(campaign_folder, inherited))
        assert message in mistake.message

    def test_an_item_of_a_list_that_facts_take_over_is_wrong_once_at_that_item(
        self, campaign_folder: Path
    ) -> None:
        change(campaign_folder, "never_link_as: [tel]", "never_link_as: [tel, fax]")
        at = place(campaign_folder, "fax]")
        assert only(campaign_folder).startswith(
            f"campaign.yaml:{at}: tools.3.never_link_as.1: 'fax' is not one of"
        )

    def test_an_unknown_source_of_a_tool_is_reported_once_at_the_tools_line(
        self, campaign_folder: Path
    ) -> None:
        change(campaign_folder, "source: handicap-2024", "source: handicap-2025")
        at = place(campaign_folder, "source: handicap-2025")
        assert only(campaign_folder) == (
            f"campaign.yaml:{at}: tools.3.source: 'handicap-2025' is not one of `sources` (did you mean handicap-2024?)"
        )

    @pytest.mark.parametrize("key", ["channel", "emergency", "territory"])
    def test_what_a_tool_and_all_its_facts_lack_is_missing_once(
        self, campaign_folder: Path, key: str
    ) -> None:
        text = (campaign_folder / "campaign.yaml").read_text(encoding="utf-8")
        tool = text.index('  - id: "114"')
        start = text.index(f"    {key}:", tool)
        text = text[:start] + text[text.index("\n", start) + 1 :]
        (campaign_folder / "campaign.yaml").write_text(text, encoding="utf-8")
        at = place(campaign_folder, 'id: "114"')
        assert only(campaign_folder) == f"campaign.yaml:{at}: tools.3.{key}: missing; this key is required"

    @pytest.mark.parametrize("day", ["2026-02-30", "2026-13-01", "2026-13", "26", "2026-1-1", "٢٠٢٦"])
    def test_a_source_is_dated_by_a_day_that_exists_and_is_wrong_once(
        self, campaign_folder: Path, day: str
    ) -> None:
        change(campaign_folder, "date: 2026-02-04", f"date: {day}")
        at = place(campaign_folder, f"date: {day}")
        assert only(campaign_folder).startswith(f"campaign.yaml:{at}: sources.sp-2026.date: ")

    @pytest.mark.parametrize("day", ["2026-02-28", "2026-12", "2020"])
    def test_a_source_is_dated_as_exactly_as_it_is_known(self, campaign_folder: Path, day: str) -> None:
        change(campaign_folder, "date: 2026-02-04", f"date: {day}")
        assert load(campaign_folder).campaign.facts["3919.number"].source_date == day

    def test_a_source_that_nothing_uses_is_checked_too(self, campaign_folder: Path) -> None:
        change(campaign_folder, "\nsources:  ", "\nsources:\n  unused: {url: ftp://a.fr}\n  #")
        assert [line.split(": ", 1)[1].split(":")[0] for line in lines(campaign_folder)] == [
            "sources.unused.confidence", "sources.unused.date", "sources.unused.url",
        ]  # fmt: skip

    def test_a_fact_without_source_says_so(self, campaign_folder: Path) -> None:
        change(campaign_folder, "    source: handicap-2024\n", "")
        found = lines(campaign_folder)
        assert found and all(
            "has no source; name one, or say confidence: K (unsourced)" in line for line in found
        )
        change(campaign_folder, "never_link_as: [tel]", "never_link_as: [tel]\n    confidence: K")
        assert load(campaign_folder).campaign.facts["114.number"].confidence == "K"

    def test_a_fact_built_by_hand_has_the_same_rules(self) -> None:
        whole: dict[str, Any] = {
            "id": "a.b", "tool": "a", "value": "17", "confidence": "K", "territory": ("metropole",),
            "channel": "voice", "emergency": True,
        }  # fmt: skip
        assert Fact(**whole, link="tel").value == "17"
        with pytest.raises(ValidationError, match="exactly one of"):
            Fact(**{**whole, "value": None})
        with pytest.raises(ValidationError, match="go together"):
            Fact(**whole, verified_on=date(2026, 11, 20))
        with pytest.raises(ValidationError, match="later than"):
            Fact(**whole, valid_from=date(2026, 11, 20), valid_to=date(2026, 11, 19))
        with pytest.raises(ValidationError, match="never_link_as"):
            Fact(**whole, link="tel", never_link_as=("tel",))
        with pytest.raises(ValidationError, match="either"):
            Hours()
        with pytest.raises(ValidationError, match="earlier"):
            Opening.model_validate({"days": ("mon",), "opens": "20:00", "closes": "13:00"})
        assert Opening.model_validate({"days": ("mon",), "opens": "20:00", "closes": "24:00"})
