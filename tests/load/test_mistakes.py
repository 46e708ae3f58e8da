"""All mistakes at once, each with an address, each once."""

from __future__ import annotations

import os
import re
import sys
import textwrap
from collections import Counter
from pathlib import Path

import pytest

from kit.load import Loaded, load
from tests.load.yaml_edit import campaign_of, change, lines, mistakes, only, place, without_texts


def test_the_shipped_campaign_is_valid(shipped: Path) -> None:
    loaded = load(shipped)
    assert isinstance(loaded, Loaded)
    assert loaded.schedule is not None
    clips = loaded.campaign.clips
    assert set(loaded.storyboards) == {*clips.storyboards, *clips.loops}


def test_a_campaign_is_named_by_its_folder_or_its_file(campaign_folder: Path) -> None:
    assert load(campaign_folder).campaign == load(campaign_folder / "campaign.yaml").campaign


def test_the_shipped_campaign_loads_with_little_work(shipped: Path) -> None:
    """Calls of Python functions, which a busy machine does not change: twice the 59,393 counted (2026-11-30)."""
    calls = Counter[str]()
    before = sys.getprofile()
    load(shipped)
    sys.setprofile(lambda _frame, event, _value: calls.update([event]))
    try:
        load(shipped)
    finally:
        sys.setprofile(before)
    assert 0 < calls["call"] < 120_000


def test_mistakes_of_all_files_come_in_one_run(campaign_folder: Path) -> None:
    folder = campaign_folder
    rest = (folder / "campaign.yaml").read_text(encoding="utf-8").split("\n  fr:\n", 1)[1]
    french = "".join(line for line in rest.splitlines(keepends=True) if not line[:3].strip())
    (folder / "fr.yaml").write_text(textwrap.dedent(french), encoding="utf-8")
    campaign_of(folder, without_texts(folder) + "\ntexts:\n  fr: fr.yaml\n")
    for kind, name in (("themes", "nuit"), ("clips", "main")):
        target = folder / "templates" / kind / f"{name}.yaml"
        target.parent.mkdir(parents=True)
        shipped = Path(__file__).parents[2] / "templates" / kind / f"{name}.yaml"
        target.write_text(shipped.read_text(encoding="utf-8"), encoding="utf-8")
    change(folder, "day: 2026-11-25", "day: 2026-11-31")
    change(folder, "quick_exit:", "quick_exitt:", "fr.yaml")
    change(folder, "zone: Europe/Paris", "zone: Europe/Pariss", "schedule.yaml")
    change(folder, '"#160A26"', "violet", "templates/themes/nuit.yaml")
    change(folder, "layout: hook", "layout: hok", "templates/clips/main.yaml")

    found = {(mistake.file, mistake.path): mistake for mistake in mistakes(folder)}
    expected = {
        ("campaign.yaml", "day"): "day: 2026-11-31",
        ("fr.yaml", "page.quick_exitt"): "quick_exitt:",
        ("fr.yaml", "page.quick_exit"): "page:",
        ("schedule.yaml", "zone"): "zone: Europe",
        ("templates/themes/nuit.yaml", "palette.ink"): "ink:",
        ("templates/clips/main.yaml", "scenes.0.layout"): "layout: hok",
    }
    assert found.keys() == expected.keys()
    for (file, path), needle in expected.items():
        mistake = found[file, path]
        assert f"{mistake.line}:{mistake.column}" == place(folder, needle, file), path
    assert "write it as #F58220" in found["templates/themes/nuit.yaml", "palette.ink"].message


@pytest.mark.parametrize(
    ("old", "new", "path", "meant"),
    [
        ("title: Ne", "titel: Ne", "titel", "title"),
        ("  theme: nuit", "  themee: nuit", "brand.themee", "theme"),
        ("sources:  ", "sourcess:  ", "sourcess", "sources"),
        ("    url: https", "    ulr: https", "sources.sp-2026.ulr", "url"),
        ("shown_as: number", "shownas: number", "tools.0.shownas", "shown_as"),
        ("channel: voice", "chanel: voice", "tools.0.chanel", "channel"),
        ("print_ok: false", "print_k: false", "tools.0.facts.languages.print_k", "print_ok"),
        ("opens: ", "open: ", "tools.0.facts.chat.hours.0.open", "opens"),
        ("lit: 25}", "lti: 25}", "pieces.0.lti", "lit"),
        ("emergency: false}", "emergancy: false}", "groups.0.emergancy", "emergency"),
        ("headline:", "headlin:", "texts.fr.pieces.overview.headlin", "headline"),
        ("        short:", "        shrt:", "texts.fr.posts.overview.shrt", "short"),
        ("review: {state", "review: {stat", "texts.fr.review.stat", "state"),
        ("sms: [SMS]", "sns: [SMS]", "texts.fr.words.sns", "sms"),
        ("purpose: ", "purpos: ", "texts.fr.tools.3919.purpos", "purpose"),
    ],
)
def test_an_unknown_key_is_named_where_it_stands_with_the_key_meant(
    campaign_folder: Path, old: str, new: str, path: str, meant: str
) -> None:
    change(campaign_folder, old, new)
    found = [m for m in mistakes(campaign_folder) if m.path == path]
    assert [m.message for m in found] == [f"unknown key (did you mean {meant}?)"]
    bare = new.replace("review: {", "").replace("emergency: false}, {", "").strip()
    key = bare.split(":")[0].split(" ")[-1]
    assert f"{found[0].line}:{found[0].column}" == place(campaign_folder, f"{key}:")


def test_unknown_keys_of_the_schedule_are_named_at_any_depth(campaign_folder: Path) -> None:
    change(campaign_folder, "handle:", "handel:", "schedule.yaml")
    change(campaign_folder, "piece:", "peace:", "schedule.yaml")
    found = lines(campaign_folder)
    assert [line.split(": ", 1)[1] for line in found if "unknown" in line] == [
        "accounts.0.handel: unknown key (did you mean handle?)",
        "slots.0.peace: unknown key (did you mean piece?)",
    ]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            "theme: nuit",
            "theme: nuti",
            "brand.theme: 'nuti' is not a theme in templates/themes (did you mean nuit?)",
        ),
        ("group: help", "group: hlep", "tools.0.group: 'hlep' is not one of `groups` (did you mean help?)"),
        (
            "pictogram: handset",
            "pictogram: handest",
            "tools.0.pictogram: 'handest' is not a pictogram in assets/pictograms (did you mean handset?)",
        ),
        (
            "shown_as: number",
            "shown_as: nmber",
            "tools.0.shown_as: 'nmber' is not a fact of this tool (did you mean number?)",
        ),
        (
            "storyboards: [main]",
            "storyboards: [../themes/nuit]",
            "clips.storyboards.0: '../themes/nuit' is not a storyboard in templates/clips",
        ),
        ("platforms: [x,", "platforms: [y, x,", "posts.platforms.0: 'y' is not a platform of the kit"),
        ("formats: [feed-4x5,", "formats: [square, feed-4x5,", "'square' is listed twice"),
        ("  seconds: 25", "  seconds: 25\n  day: 3", "constants.day: {day} already has a meaning"),
        ("  seconds: 25", '  seconds: 25\n  "114": 3', "constants.114: {114} already has a meaning"),
        ("  seconds: 25", '  seconds: 25\n  "3919.cost": 3', "constants.3919.cost: '3919.cost' may hold a-z"),
        ("lit: 25}", "lit: 26}", "pieces.0.lit: '26' is too large; the most is 25"),
        ("lit: 25}", "lit: many}", "pieces.0.lit: 'many' is not a whole number"),
        (
            "lit: 7}",
            "lit: 7}\n  - {id: overview, layout: witness, tools: [web], lit: 1}",
            "pieces.2.id: 'overview' is",
        ),
        (
            "exit_url: https:",
            "exit_url: javascript:",
            "exit_url: 'javascript://meteofrance.com/' is not an address",
        ),
        ("edition: 2026", "edition: 2027", "day: 2026-11-25 is not in edition 2027"),
        ("use_until: 2027-11-24", "use_until: 2026-11-24", "use_until: 2026-11-24 is before the day"),
        (
            "emergency: false}",
            "emergency: no}",
            "groups.0.emergency: 'no' is not a yes or no; write true or false",
        ),
        ("title: Ne rien laisser passer", "title:", "title: a text was expected, not nothing"),
        ("title: Ne rien laisser passer", "title: [a]", "title: a text was expected, not a list"),
        ("tools: [web], lit", "tools: web, lit", "pieces.2.tools: a list was expected, not 'web'"),
        ("  theme: nuit", "  - nuit", "brand: a mapping (`key: value` lines) was expected, not a list"),
        ("pieces: [", "", ""),
    ][:-1],
)
def test_a_wrong_value_says_what_is_wrong_and_what_would_be_right(
    campaign_folder: Path, old: str, new: str, line: str
) -> None:
    change(campaign_folder, old, new)
    assert any(line in found for found in lines(campaign_folder)), lines(campaign_folder)


def test_rules_between_keys_are_reported_together_with_wrong_fields(campaign_folder: Path) -> None:
    """pydantic alone would show the second of these only after the first is fixed."""
    change(campaign_folder, "edition: 2026", "edition: 2027")
    change(campaign_folder, "lit: 7", "lit: seven")
    change(
        campaign_folder,
        'number: {value: "114", link: sms}',
        'number: {value: "114", link: tel, channel: fax}',
    )
    change(campaign_folder, "day: -1", "day: minus", "schedule.yaml")
    change(campaign_folder, "id: day-overview", "id: eve-witness", "schedule.yaml")
    assert [mistake.path for mistake in mistakes(campaign_folder)] == [
        "day", "tools.3.facts.number.link", "tools.3.facts.number.channel", "pieces.1.lit",
        "slots.2.day", "slots.3.id",
    ]  # fmt: skip


def test_a_slot_names_its_unknown_account_at_that_account(campaign_folder: Path) -> None:
    change(campaign_folder, "accounts: [x-fr, mastodon-fr", "accounts: [x-fr, mastodn-fr", "schedule.yaml")
    assert only(campaign_folder) == (
        f"schedule.yaml:{place(campaign_folder, 'mastodn-fr', 'schedule.yaml')}: slots.0.accounts.1: "
        "'mastodn-fr' is not one of `accounts` (did you mean mastodon-fr?)"
    )


@pytest.mark.parametrize("wrong", ["800", "0800", "18h", "24:00", "18:00:00", "18:00Z", "8:00"])
def test_a_slot_is_at_a_wall_clock_time_and_nothing_that_looks_like_one(
    campaign_folder: Path, wrong: str
) -> None:
    change(campaign_folder, 'at: "18:00"', f"at: {wrong}", "schedule.yaml")
    assert "slots.1.at: " in only(campaign_folder)
    assert "is not a time; write it as 13:00" in only(campaign_folder)


@pytest.mark.parametrize("wrong", ["2026-02-30", "0", "20261125", "2026-11-25T00:00", "25.11.2026", "2026"])
def test_a_day_is_a_day_that_exists_and_nothing_that_looks_like_one(
    campaign_folder: Path, wrong: str
) -> None:
    change(campaign_folder, "day: 2026-11-25", f"day: {wrong}")
    assert "day: " in only(campaign_folder)
    assert "is not a date; write it as 2026-11-25" in only(campaign_folder)


def test_a_secret_written_into_the_schedule_is_not_repeated(campaign_folder: Path) -> None:
    change(campaign_folder, "[THREADS_USER_ID, THREADS_ACCESS_TOKEN]", "[th-s3cr3t-4711]", "schedule.yaml")
    assert "name of an environment variable" in only(campaign_folder)
    assert "s3cr3t" not in only(campaign_folder)


def test_a_zone_of_a_slot_is_a_zone_or_the_word_account(campaign_folder: Path) -> None:
    change(campaign_folder, "{id: eve-witness,", "{id: eve-witness, zone: account,", "schedule.yaml")
    load(campaign_folder)
    change(campaign_folder, "zone: account", "zone: acount", "schedule.yaml")
    assert "slots.2.zone: 'acount' is not a time zone" in only(campaign_folder)


def test_a_campaign_without_schedule_is_whole(campaign_folder: Path) -> None:
    (campaign_folder / "schedule.yaml").unlink()
    assert load(campaign_folder).schedule is None


def test_a_schedule_that_is_a_broken_link_is_not_passed_over(campaign_folder: Path) -> None:
    (campaign_folder / "schedule.yaml").unlink()
    (campaign_folder / "schedule.yaml").symlink_to("nowhere.yaml")
    assert only(campaign_folder).startswith("schedule.yaml: does not exist")


def test_an_unreadable_campaign_does_not_blame_the_schedule(campaign_folder: Path) -> None:
    change(campaign_folder, "campaign: 1", "campaign: 1\n [")
    assert only(campaign_folder).startswith("campaign.yaml:")


class TestLanguageFiles:
    """`en: languages/en.yaml` reads that file, and no other."""

    def refer(self, folder: Path, name: str) -> None:
        campaign_of(folder, without_texts(folder) + f"\ntexts:\n  fr: {name}\n")

    def test_an_unknown_language_is_refused_with_the_one_meant(self, campaign_folder: Path) -> None:
        change(campaign_folder, "\n  fr:\n", "\n  fra:\n")
        change(campaign_folder, "\nlanguages: [", "\nlanguages: [frr, ")
        found = lines(campaign_folder)
        assert any(
            "languages.0: 'frr' is not a language of the kit (did you mean fr?)" in line for line in found
        )
        assert any(
            "texts.fra: 'fra' is not a language of the kit (did you mean fr?)" in line for line in found
        )
        assert any("no texts for 'fr'" in line for line in found)

    @pytest.mark.parametrize(
        "name", ["/etc/passwd", "../x.yaml", "a/../../x.yaml", "C:\\x.yaml", "..\\x.yaml"]
    )
    def test_a_name_that_leaves_the_folder_is_refused(self, campaign_folder: Path, name: str) -> None:
        self.refer(campaign_folder, name)
        found = [line for line in lines(campaign_folder) if "texts.fr" in line and "leaves" in line]
        assert len(found) == 1
        assert "leaves the campaign folder; write a path inside it" in found[0]

    def test_a_link_that_leaves_the_folder_is_refused(
        self, campaign_folder: Path, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        outside = tmp_path_factory.mktemp("outside") / "secret.yaml"
        outside.write_text("password: 4711\n")
        (campaign_folder / "in.yaml").symlink_to(outside)
        self.refer(campaign_folder, "in.yaml")
        assert "leads out of the campaign folder" in only(campaign_folder)

    def test_a_missing_file_is_one_mistake_at_the_line_that_names_it(self, campaign_folder: Path) -> None:
        self.refer(campaign_folder, "languages/falc.yaml")
        at = place(campaign_folder, "fr: languages")
        assert only(campaign_folder) == (
            f"campaign.yaml:{at}: texts.fr: 'languages/falc.yaml' does not exist in the campaign folder"
            "; check the name, or add the file"
        )

    @pytest.mark.parametrize("content", ["a: [", "- a\n", "", "\t- a"])
    def test_a_file_that_cannot_be_parsed_is_one_mistake_in_that_file(
        self, campaign_folder: Path, content: str
    ) -> None:
        (campaign_folder / "falc.yaml").write_text(content)
        self.refer(campaign_folder, "falc.yaml")
        assert only(campaign_folder).startswith("falc.yaml:")

    def test_a_loop_of_links_ends(self, campaign_folder: Path) -> None:
        (campaign_folder / "a.yaml").symlink_to("b.yaml")
        (campaign_folder / "b.yaml").symlink_to("a.yaml")
        self.refer(campaign_folder, "a.yaml")
        assert "a.yaml: cannot be read: Too many levels of symbolic links" in only(campaign_folder)

    def test_a_pipe_does_not_hang(self, campaign_folder: Path) -> None:
        os.mkfifo(campaign_folder / "pipe.yaml")
        self.refer(campaign_folder, "pipe.yaml")
        assert only(campaign_folder) == "pipe.yaml: is not a regular file"

    @pytest.mark.parametrize("name", ["x" * 5000, '""', "''", '" "'])
    def test_a_name_that_no_file_can_have_is_refused(self, campaign_folder: Path, name: str) -> None:
        self.refer(campaign_folder, name)
        assert "texts.fr: " in only(campaign_folder)

    def test_two_languages_in_one_broken_file_give_its_mistakes_once(self, campaign_folder: Path) -> None:
        (campaign_folder / "x.yaml").write_text("a: [")
        self.refer(campaign_folder, "x.yaml")
        change(campaign_folder, "\ntexts:\n", "\ntexts:\n  en: x.yaml\n")
        assert len([line for line in lines(campaign_folder) if line.startswith("x.yaml")]) == 1


class TestStoryboards:
    """A storyboard, the tools it shows and the lines it says hold together."""

    def board(self, folder: Path, old: str, new: str) -> None:
        target = folder / "templates/clips/main.yaml"
        target.parent.mkdir(parents=True)
        target.write_text(
            (Path(__file__).parents[2] / "templates/clips/main.yaml").read_text(encoding="utf-8")
        )
        change(folder, old, new, "templates/clips/main.yaml")

    def test_a_line_that_no_scene_shows_is_refused_and_the_missing_one_named(
        self, campaign_folder: Path
    ) -> None:
        change(campaign_folder, "        hook: ", "        hok: ")
        assert [line.split(": ", 1)[1] for line in lines(campaign_folder)] == [
            "texts.fr.clips.main: no texts for hook",
            "texts.fr.clips.main.hok: 'hok' is not a text of the clip main (did you mean hook?)",
        ]

    def test_a_scene_of_a_tool_that_the_campaign_lacks_is_refused(self, campaign_folder: Path) -> None:
        self.board(campaign_folder, "tool: web", "tool: wbe")
        at = place(campaign_folder, "tool: wbe", "templates/clips/main.yaml")
        assert only(campaign_folder) == (
            f"templates/clips/main.yaml:{at}: scenes.2.tool: 'wbe' is not one of the campaign's `tools` (did you mean web?)"
        )

    @pytest.mark.parametrize(
        ("old", "new", "line"),
        [
            (
                "from_s: 3\n",
                "from_s: 3.5\n",
                "scenes.1.from_s: starts at 3.5 s, the scene before ends at 3 s",
            ),
            ("to_s: 25\n", "to_s: 24\n", "scenes.5.to_s: the last scene ends at 24 s, the clip at 25 s"),
            ("duration_s: 25", "duration_s: .inf", "duration_s: '.inf' is not a number"),
            ("duration_s: 25", "duration_s: inf", "duration_s: 'inf' is not a number"),
            ("poster_s: 24.5", "poster_s: 25", "poster_s: 25 s is not inside the clip"),
            ("id: tool-web", "id: hook", "scenes.2.id: 'hook' is the id of an earlier entry too"),
        ],
    )
    def test_its_mistakes_stand_at_the_scene(
        self, campaign_folder: Path, old: str, new: str, line: str
    ) -> None:
        self.board(campaign_folder, old, new)
        found = [text for text in lines(campaign_folder) if line in text]
        assert len(found) == 1
        key = new.split(":")[0]
        last = key in ("to_s", "id")  # the same words stand in earlier scenes too
        at = place(campaign_folder, new.strip(), "templates/clips/main.yaml", -1 if last else 0)
        assert found[0].startswith(f"templates/clips/main.yaml:{at}: ")

    @pytest.mark.parametrize(
        ("old", "new", "line"),
        [
            ("{fps: 30}", "{formats: [story], fps: 25}",
             "cuts.0.fps: story is shown at 30 frames a second, not at 25"),
            ("{fps: 30}", "{formats: [wide, sqare], fps: 30}",
             "cuts.0.formats.1: sqare is not a clip format of the kit"),
            ("{fps: 25,", "{formats: [story, x, story], fps: 30,", "cuts.1.formats.2: story is listed twice"),
            ("{fps: 25,", "{formats: [wide], fps: 30,", "cuts.1.formats.0: wide is listed twice"),
            ("{fps: 25,", "{fps: 24,", "cuts.1.fps: no clip format of the kit is shown at 24 frames a second"),
            ("kind: main\n", "kind: loop\n", "scenes.0.layout: a loop shows one tool: layout: tool"),
            ("duration_s: 25", "duration_s: 25\ntick_s: 2", "the last of 25 ticks would light at 48 s"),
        ],
    )  # fmt: skip
    def test_what_it_is_made_in_and_what_kind_it_is_must_agree(
        self, campaign_folder: Path, old: str, new: str, line: str
    ) -> None:
        self.board(campaign_folder, old, new)
        found = [text for text in lines(campaign_folder) if line in text]
        assert len(found) == 1
        assert re.match(r"templates/clips/main\.yaml:\d+:\d+: ", found[0])

    @pytest.mark.parametrize(
        ("old", "new", "line"),
        [
            ("storyboards: [main]", "storyboards: [loop]", "loop is a storyboard of kind loop; here stand those of kind main"),
            ("loops: [loop]", "loops: [main]", "main is already one of the storyboards"),
            ("square, wide, x]", "square, wide, signage]", "'signage' is not a clip format of the kit"),
            ("square, wide, x]", "square, wide, landscape]", "'landscape' is not a clip format of the kit"),
        ],
    )  # fmt: skip
    def test_the_campaign_names_storyboards_and_shapes_where_they_belong(
        self, campaign_folder: Path, old: str, new: str, line: str
    ) -> None:
        change(campaign_folder, old, new)
        assert [text for text in lines(campaign_folder) if line in text] != []


@pytest.mark.parametrize("wrong", ["{a: b}", "[a]", "", "day", "A.b", "''"])
@pytest.mark.parametrize("old", ['id: "3919"', "id: overview", "id: help"])
def test_an_id_that_is_no_name_is_refused(campaign_folder: Path, old: str, wrong: str) -> None:
    change(campaign_folder, old, f"id: {wrong}")
    assert mistakes(campaign_folder)


def test_a_theme_that_is_a_folder_is_no_theme(campaign_folder: Path) -> None:
    (campaign_folder / "templates" / "themes" / "rose.yaml").mkdir(parents=True)
    change(campaign_folder, "theme: nuit", "theme: rose")
    assert "brand.theme: 'rose' is not a theme in templates/themes" in only(campaign_folder)


def test_pieces_of_the_posts_that_are_not_texts_give_no_traceback(campaign_folder: Path) -> None:
    change(campaign_folder, "posts:\n", "posts:\n  pieces: [[a], {b: c}, overview]\n")
    assert all("posts.pieces" in line for line in lines(campaign_folder))
