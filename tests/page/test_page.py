"""The partner page: safe for who should not be seen reading it, true to the facts, honest about gaps."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

import pytest

from kit.errors import InputError
from kit.load import Loaded, load
from kit.media.html_reader import external_links, is_external, links_of, visible_text
from kit.model.artifact import Alt, Artifact, Finding, Level, Report
from kit.model.campaign import Campaign, Emitter
from kit.model.plan import ClipJob, Job
from kit.page import Page, render_pages
from kit.plan import plan
from kit.resources import Resources
from kit.tables.languages import LANGUAGES
from kit.text.dates import full_date, source_date
from kit.text.references import fact_text

ROOT = Path(__file__).parents[2]
ARCHIVES = {"fr": "bundles/kit-fr-draft.zip"}
FORBIDDEN_IN_HREF = ("javascript:", "tel:114", "sms:3919", "sms:17")


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return load(ROOT)


@pytest.fixture(scope="module")
def artifacts(loaded: Loaded) -> list[Artifact]:
    return fabricated(loaded)


@pytest.fixture(scope="module")
def pages(loaded: Loaded, artifacts: list[Artifact]) -> list[Page]:
    return rendered(loaded, artifacts)


@pytest.fixture(scope="module")
def page(pages: list[Page]) -> Page:
    return pages[0]


def fabricated(loaded: Loaded) -> list[Artifact]:
    """What a build would make, without drawing anything."""
    todo = plan(loaded.campaign, loaded.theme, loaded.storyboards)
    made: list[Artifact] = []
    for visual in todo.visuals:
        alt = Alt(
            short=visual.alt_short, full=f"{visual.headline}. {visual.alt_short} {visual.sources or ''}"
        )
        size = {"width": visual.screen.width_px, "height": visual.screen.height_px, "alt": alt}
        made += [fake(visual, "", **size), fake(visual, "jpg", platforms=visual.screen.platforms, **size)]
    for post in todo.posts:
        text = tuple(line for line in f"{post.fields['text']}\n{post.fields['hashtag']}".split("\n") if line)
        alt = Alt(short=post.alt_short, full=post.alt_short)
        made += [fake(post, "", text=text, media=post.media, alt=alt), fake(post, "alt", media=post.media)]
    for clip in todo.clips:
        made += fabricated_clip(clip)
    return made


def fabricated_clip(clip: ClipJob) -> list[Artifact]:
    size = {
        "width": clip.screen.width_px,
        "height": clip.screen.height_px,
        "alt": Alt(short=clip.alt_short, full=clip.alt_short),
    }
    said = tuple(scene.caption for scene in clip.scenes)
    rows: list[tuple[str, dict[str, Any]]] = [
        ("", {"duration_s": 25.0, **size}), ("srt", {}), ("vtt", {}), ("txt", {"text": said}), ("jpg", size),
    ]  # fmt: skip
    return [fake(clip, suffix, **more) for suffix, more in rows]


def fake(job: Job, suffix: str, **more: Any) -> Artifact:
    """A file of the job, by the suffix of its id, that nobody has drawn."""
    fields = {"facts": job.facts, "bytes": 123_456, "sha256": "5e" * 32, "digest": "d"}
    return Artifact.model_validate({**job.identity.copy(suffix).fields(), **fields, **more})


def rendered(
    loaded: Loaded,
    artifacts: Sequence[Artifact],
    *failed: str,
    campaign: Campaign | None = None,
    resources: Resources | None = None,
) -> list[Page]:
    findings = tuple(Finding(level=Level.FAIL, code="test", artifact=name, message="no") for name in failed)
    return render_pages(
        campaign or loaded.campaign, loaded.theme, artifacts, Report(findings=findings), {}, ARCHIVES,
        resources or loaded.resources,
    )  # fmt: skip


class Elements(HTMLParser):
    """All start tags of a page, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def of(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.found if tag in tags]


# clips in every shape


def test_every_shape_of_a_clip_is_listed_by_name_and_size(page: Page) -> None:
    section = page.html.split('<h2 id="clips">')[1].split("</section>")[0]
    names = re.findall(r"<h3>(.*?)</h3>", section)
    assert names == ["Story", "Publication verticale", "Publication carrée", "Paysage", "X"]
    sizes = re.findall(r"data-technical>(\d+)\u00a0×\u00a0(\d+)</bdi></p>", section)
    assert sizes == [("1080", "1920"), ("1080", "1350"), ("1080", "1080"), ("1920", "1080"), ("720", "1280")]
    assert [a["width"] for a in Elements(section).of("video")] == [width for width, _ in sizes]


def test_a_loop_goes_by_its_number_and_other_sounds_by_theirs(
    loaded: Loaded, artifacts: list[Artifact]
) -> None:
    clip = next(a for a in artifacts if a.id == "clip/fr/square/main")
    loop = clip.model_copy(update={"id": "clip/fr/square/loop-114", "kind": "loop", "piece": "loop-114"})
    sounds = [
        clip.model_copy(update={"id": f"{clip.id}.{role}", "of": clip.id, "path": f"x.{role}.mp4"})
        for role in ("ebu", "silent")
    ]
    html = next(p.html for p in rendered(loaded, [*artifacts, loop, *sounds]) if p.language == "fr")
    assert "<h3>114\u00a0par\u00a0SMS, Publication carrée</h3>" in html
    assert "MP4 EBU R128" in html and "MP4 silent" in html


# who must be able to leave


def test_the_quick_exit_comes_first_on_the_keyboard_and_works_without_a_script(
    loaded: Loaded, page: Page
) -> None:
    first = next(
        (tag, a) for tag, a in Elements(page.html).found
        if (tag == "a" and "href" in a) or tag in ("button", "input", "summary", "video") or "tabindex" in a
    )  # fmt: skip
    assert first[0] == "a"
    assert first[1]["href"] == str(loaded.campaign.exit_url)
    assert set(str(first[1]["rel"]).split()) >= {"nofollow", "noreferrer"}


def test_leaving_by_keyboard_is_shift_and_never_escape(page: Page) -> None:
    script = page.html.split("<script>")[1]
    assert '"Shift"' in script and "location.replace" in script
    assert not re.search(r"""["']Esc""", script)


def test_no_link_within_the_kit_leaves_an_entry_in_the_history(page: Page) -> None:
    script = page.html.split("<script>")[1]
    assert "history.pushState" not in script and not re.search(
        r"location(\.href)? =|location\.assign", script
    )
    taken = re.search(r"closest\('(.*?)'\)", script)
    assert taken and taken[1] == 'a[href^="#"], a[hreflang]'
    for link in Elements(page.html).of("a"):
        href = str(link["href"])
        inside = not is_external(href) and "download" not in link
        assert inside == (href.startswith("#") or "hreflang" in link), href


def test_the_page_says_that_the_history_stays(loaded: Loaded, page: Page) -> None:
    note = loaded.campaign.texts["fr"].page.quick_exit_note.replace("'", "’")
    assert any(note in block for block in page.text)


def test_nothing_is_fetched_from_elsewhere(page: Page) -> None:
    elements = Elements(page.html)
    for tag, attributes in elements.found:
        for name in ("src", "poster", "srcset"):
            assert not is_external(attributes.get(name) or ""), (tag, attributes)
        if tag == "link":
            assert str(attributes["href"]).startswith("data:")
        assert tag not in ("iframe", "form", "object", "embed")
    style = page.html.split("<style>")[1].split("</style>")[0]
    assert not re.search(r"@import|@font-face|url\((?!data:)", style)
    assert not re.search(r"cookie|localStorage|fetch\(|XMLHttp|sendBeacon", page.html)


def test_the_page_does_not_tell_where_one_comes_from_or_what_it_is_about(page: Page) -> None:
    metas = {a.get("name"): a.get("content") for a in Elements(page.html).of("meta")}
    assert metas["referrer"] == "no-referrer"
    assert "noindex" in str(metas["robots"])
    assert not any(str(name).startswith(("og:", "twitter:", "description")) for name in metas)
    title = page.html.split("<title>")[1].split("</title>")[0]
    assert not re.search(r"violence|danger|3919|femme|victime", title, re.I)


# the tools


def test_numbers_are_links_of_the_right_kind_with_nothing_prefilled(page: Page) -> None:
    assert {"tel:3919", "tel:17", "sms:114", "https://arretonslesviolences.gouv.fr"} <= set(page.links)
    assert "tel:114" not in page.html
    for link in links_of(page.html):
        assert not link.lower().startswith(FORBIDDEN_IN_HREF), link
        assert not re.match(r"sms:[^?&;]*[?&;]", link), link


def test_3919_is_said_in_pairs_after_what_is_seen(page: Page) -> None:
    link = next(a for a in Elements(page.html).of("a") if a.get("href") == "tel:3919")
    assert link["aria-label"] == "3919 (39 19)"


def test_114_never_stands_without_its_words(page: Page) -> None:
    blocks = [block.replace("\u00a0", " ") for block in page.text]
    for place, block in enumerate(blocks):
        if re.search(r"(?<!\d)114(?!\d)", block):
            assert "SMS" in " ".join(blocks[max(place - 1, 0) : place + 2]), block


def test_the_two_groups_have_their_words(page: Page) -> None:
    classes = [str(a.get("class")) for a in Elements(page.html).of("section")]
    assert [c for c in classes if c.startswith("group ")] == [
        "group emergency",
        "group help",
    ]  # "you, in danger" is spoken to
    assert {"Écoute et signalement", "Urgence"} <= set(page.text)


# what is offered, and what is not


def test_every_local_link_is_a_file_of_the_kit_or_a_place_on_the_page(
    pages: list[Page], artifacts: list[Artifact]
) -> None:
    there = {a.path for a in artifacts} | set(ARCHIVES.values()) | {p.path for p in pages}
    for page in pages:
        ids = {a["id"] for _, a in Elements(page.html).found if "id" in a}
        for link in links_of(page.html):
            if is_external(link) or link.startswith("data:"):
                continue
            if link.startswith("#"):
                assert link[1:] in ids
                continue
            parts: list[str] = list(PurePosixPath(page.path).parts[:-1])
            for part in PurePosixPath(unquote(link)).parts:
                parts = parts[:-1] if part == ".." else [*parts, part]
            assert "/".join(parts) in there, link


def test_every_master_and_copy_is_offered(page: Page, artifacts: list[Artifact]) -> None:
    offered = set(links_of(page.html))
    for artifact in artifacts:
        if artifact.language == page.language and artifact.kind not in ("post", "data"):
            assert artifact.path in offered


def test_captions_are_handed_out_under_the_name_that_facebook_takes(pages: list[Page]) -> None:
    page = next(page for page in pages if page.path == "ar/index.html")
    names = [str(a["download"]) for a in Elements(page.html).of("a") if str(a.get("href")).endswith(".srt")]
    assert "main-x.ar_AR.srt" in names and all(re.fullmatch(r"[\w-]+\.ar_AR\.srt", name) for name in names)


def test_root_is_the_french_page_seen_from_the_root(loaded: Loaded, pages: list[Page]) -> None:
    own = [f"{code}/index.html" for code in loaded.campaign.languages]
    assert [page.path for page in pages] == ["index.html", *own]
    assert pages[0].text == pages[1].text
    assert pages[0].links == pages[1].links


@pytest.mark.parametrize(
    ("failed", "gone", "stays"),
    [
        ("visual/fr/square/tool-17", ["visuals/fr/square/tool-17.png", "visuals/fr/square/tool-17.jpg"],
         "visuals/fr/square/overview.png"),
        ("visual/fr/square/tool-17.jpg", ["visuals/fr/square/tool-17.jpg"], "visuals/fr/square/tool-17.png"),
        ("clip/fr/story/main", [f"clips/fr/main-story.{e}" for e in ("mp4", "srt", "vtt", "txt", "jpg")],
         "visuals/fr/square/tool-17.png"),
        ("clip/fr/story/main.vtt", ["clips/fr/main-story.vtt"], "clips/fr/main-story.mp4"),
    ],
)  # fmt: skip
def test_what_failed_is_named_and_has_no_link(
    loaded: Loaded, artifacts: list[Artifact], failed: str, gone: list[str], stays: str
) -> None:
    page = rendered(loaded, artifacts, failed)[0]
    links = links_of(page.html)
    assert not set(gone) & set(links)
    assert stays in links
    assert failed in page.html
    checksums = page.html.split('class="sums"')[1]
    assert all(path not in checksums for path in gone)


def test_the_text_of_a_failed_post_is_not_shown(loaded: Loaded, artifacts: list[Artifact]) -> None:
    marked = [
        a.model_copy(update={"text": ("Un texte fautif",)}) if a.id == "post/fr/x/tool-17" else a
        for a in artifacts
    ]
    assert "Un texte fautif" in rendered(loaded, marked)[0].html
    page = rendered(loaded, marked, "post/fr/x/tool-17")[0]
    assert "Un texte fautif" not in page.html
    assert "post/fr/x/tool-17" in page.html


def test_a_post_whose_picture_failed_is_withheld_with_it(loaded: Loaded, artifacts: list[Artifact]) -> None:
    post = next(a for a in artifacts if a.id == "post/fr/x/tool-17")
    master = post.media[0].removesuffix(".jpg")
    before, after = (p[0].html for p in (rendered(loaded, artifacts), rendered(loaded, artifacts, master)))
    assert before.count("post/fr/x/tool-17<") == 0
    assert after.count("post/fr/x/tool-17<") == 1


# honest about gaps


def test_the_page_says_what_is_missing_until_it_is_there(loaded: Loaded, artifacts: list[Artifact]) -> None:
    campaign = loaded.campaign
    words = campaign.texts["fr"].page
    text = rendered(loaded, artifacts)[0].text
    assert words.not_reviewed in text
    assert any("non vérifiées" in block for block in text)
    french = campaign.texts["fr"].model_dump()
    french["review"] = {"state": "signed", "by": "A. Personne", "on": campaign.day}
    whole = {**campaign.model_dump(), "texts": {"fr": french}, "languages": ["fr"]}
    for service in (*whole["tools"], *whole["schemes"]):
        for fact in service["facts"].values():
            fact.update(verified_on=campaign.day, verified_by="A. Personne")
    done = Campaign.model_validate(whole)
    text = rendered(loaded, artifacts, campaign=done)[0].text
    assert words.not_reviewed not in text
    assert not any("non vérifiée" in block for block in text)
    assert not any(words.draft_note.replace("'", "’") in block for block in text)


def test_every_fact_shown_has_its_proof_and_a_volatile_one_is_not_spread(
    loaded: Loaded, page: Page, artifacts: list[Artifact]
) -> None:
    shown = {name for artifact in artifacts for name in artifact.facts}
    proof = page.html.split('id="sources"')[1]
    campaign = loaded.campaign
    told = {f.id for s in (*campaign.tools, *campaign.listed_schemes) for f in s.facts.values() if f.print_ok}
    for fact in campaign.facts.values():
        assert (f">{fact.id}<" in proof) == (fact.id in shown | told), fact.id
        if fact.id in shown:
            assert str(fact.source_url) in page.links


# true to the facts


def test_no_digit_is_typed(loaded: Loaded, page: Page) -> None:
    campaign, language = loaded.campaign, LANGUAGES["fr"]
    allowed = {str(n) for n in campaign.constants.values()} | {str(campaign.day.year)}
    allowed |= {full_date(campaign.day, language), full_date(campaign.use_until, language)}
    for fact in (fact for fact in campaign.facts.values() if fact.status == "current"):
        allowed.add(fact_text(campaign, fact, "fr"))
        if fact.source_date:
            allowed.add(source_date(fact.source_date, language))
    for block in page.text:
        rest = block.replace("\u00a0", " ")
        for phrase in sorted({phrase.replace("\u00a0", " ") for phrase in allowed}, key=len, reverse=True):
            rest = re.sub(rf"(?<![\d.]){re.escape(phrase)}(?!\d)", " ", rest)
        assert not re.search(r"\d", rest), block


def test_the_template_holds_no_words_of_its_own() -> None:
    """Numbers, addresses and sentences come from the campaign; the template has markup only."""
    for name in ("index.html.j2", "parts.html.j2"):
        source = (ROOT / "templates" / "page" / name).read_text(encoding="utf-8")
        source = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", source, flags=re.S)
        words = [block for block in visible_text(source) if re.search(r"\w", block)]
        assert words == []


# hostile input


def test_campaign_texts_are_data_and_never_markup(loaded: Loaded, artifacts: list[Artifact]) -> None:
    evil = "</title><script>alert(1)</script>{{ 7*7 }} {nothing} \"onload='x'"
    campaign = loaded.campaign.model_copy(update={"title": evil, "emitter": Emitter(name=evil)})
    posts = [
        a.model_copy(update={"text": (evil,), "alt": Alt(short=evil, full=evil)}) if a.kind == "post" else a
        for a in artifacts
    ]
    html = rendered(loaded, posts, campaign=campaign)[0].html
    assert len(Elements(html).of("script")) == 1
    assert "<script>alert" not in html
    assert "{{ 7*7 }}" in html
    assert not any("onload" in attributes for _, attributes in Elements(html).found)


def test_a_campaigns_own_template_cannot_reach_python(
    loaded: Loaded, artifacts: list[Artifact], tmp_path: Path
) -> None:
    own = tmp_path / "templates" / "page" / "index.html.j2"
    own.parent.mkdir(parents=True)
    own.write_text("{{ title.__class__.__mro__ }}")
    with pytest.raises(InputError, match=r"index\.html\.j2"):
        rendered(loaded, artifacts, resources=Resources(tmp_path))
    own.write_text("{{ no_such_name }}")
    with pytest.raises(InputError, match="no_such_name"):
        rendered(loaded, artifacts, resources=Resources(tmp_path))


# for everybody


def test_headings_come_in_order_and_landmarks_are_there(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in Elements(page.html).found if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    for landmark in ("header", "main", "footer"):
        assert len(Elements(page.html).of(landmark)) == 1


def test_every_picture_has_its_words_and_its_size(page: Page) -> None:
    for image in Elements(page.html).of("img"):
        assert image["alt"]
        assert image["width"] and image["height"] and image["loading"] == "lazy"
    video = Elements(page.html).of("video")[0]
    assert video["preload"] == "none" and "autoplay" not in video
    assert Elements(page.html).of("track")[0]["srclang"] == "fr"


def test_ids_are_unique(page: Page) -> None:
    ids = [a["id"] for _, a in Elements(page.html).found if "id" in a]
    assert len(ids) == len(set(ids))


def test_a_right_to_left_language_has_its_own_page(
    loaded: Loaded, artifacts: list[Artifact], monkeypatch: pytest.MonkeyPatch
) -> None:
    arabic = replace(LANGUAGES["fr"], code="ar", tag="ar", native_name="العربية", direction="rtl")
    monkeypatch.setitem(LANGUAGES, "ar", arabic)
    texts = loaded.campaign.texts
    campaign = loaded.campaign.model_copy(
        update={"languages": ("ar", "fr"), "texts": {**texts, "ar": texts["fr"]}}
    )
    root, own, french = rendered(loaded, artifacts, campaign=campaign)
    assert (root.path, root.language, own.path, french.path) == (
        "index.html",
        "fr",
        "ar/index.html",
        "fr/index.html",
    )
    assert '<html lang="ar" dir="rtl">' in own.html
    assert '<bdi class="number" dir="ltr">3919</bdi>' in own.html
    assert 'href="../fr/index.html"' in own.html
    assert 'href="ar/index.html"' in root.html
    assert "visuals/fr/" not in own.html


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "templates" / "themes").glob("*.yaml")))
def test_text_colours_can_be_read_in_every_theme(name: str) -> None:
    import yaml

    raw = yaml.safe_load((ROOT / "templates" / "themes" / f"{name}.yaml").read_text(encoding="utf-8"))
    colour = raw["palette"]
    pairs = [("paper", "ink"), ("accent_text", "ink"), ("field_ink", "field"), ("paper", "quiet")]
    for text, ground in pairs:
        assert contrast(colour[text], colour[ground]) >= 4.5, (text, ground)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio of two `#RRGGBB` colours."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


# reading HTML


def test_visible_text_is_what_a_person_reads() -> None:
    html = (
        "<title>Titre</title><style>a{1}</style><script>var b = 2;</script>"
        "<p>Un <b>deux</b>\n  trois<br>quatre</p><p hidden>cinq</p><ul><li data-technical>6 <i>7</i></li>"
        "<li>huit<li>neuf</ul><pre>dix\n\nonze\u00a0!</pre><img alt='douze'><p>114&nbsp;<span>par SMS</span></p>"
    )
    assert visible_text(html) == (
        "Titre", "Un deux trois", "quatre", "huit", "neuf", "dix", "onze\u00a0!", "douze", "114\u00a0par SMS",
    )  # fmt: skip


def test_technical_and_hidden_parts_end_where_they_end() -> None:
    html = "<p>un <span data-technical>2 <img alt='3'><br></span> quatre</p><div hidden><p>cinq</div>six"
    assert visible_text(html) == ("un quatre", "six")


def test_links_are_all_found_and_strange_schemes_leave_the_kit() -> None:
    html = (
        '<a href="a.png">x</a><a href=" javascript:x ">y</a><img src="//cdn.example/x" srcset="s.png 1x, t.png 2x">'
        '<video poster="p.jpg"></video><a href="tel:17">z</a><a href="a.png">x</a><link href="data:image/png;base64,A">'
    )
    assert links_of(html) == (
        "a.png", "javascript:x", "//cdn.example/x", "s.png", "t.png", "p.jpg", "tel:17", "data:image/png;base64,A",
    )  # fmt: skip
    assert external_links(html) == ("javascript:x", "//cdn.example/x", "tel:17")
